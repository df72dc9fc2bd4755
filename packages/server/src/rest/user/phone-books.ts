/** Phone books of a user, contacts embedded, by range (rest-api.md 1.8). */
import { CONTACTS_MAX } from '../../configuration/limits.ts';
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import { PHONE_BOOK, parseContactRange, sliceContacts } from '../../objects/phone-books.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, failed } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from './find-user.ts';

function getPhoneBooks(call: Call): Answer {
  const user = userOf(call);
  call.announce(user.loginId, user.loginId);
  return phoneBooksOf(call, user.teamId);
}

/** The phone books of a team's members, as far as the range goes that the request asks for. */
export function phoneBooksOf(call: Call, teamId: number | null): Answer {
  const { presenter, directory } = call.dependencies;
  const asked = call.header('range');
  const range = asked === undefined ? { first: 1, last: CONTACTS_MAX } : parseContactRange(asked);
  if (range === null) return failed(failure('RANGE_NOT_SATISFIABLE', asked?.slice(0, 64)));
  const slice = sliceContacts(directory.current.phoneBooks(teamId), range);
  // Where there are no contacts at all, the usual 1-6000 is still a fair question.
  if (range.first > Math.max(1, slice.total)) {
    return failed(failure('RANGE_NOT_SATISFIABLE', asked?.slice(0, 64)), {
      'Content-Range': `objects */${slice.total}`,
    });
  }
  const body = listDocument('PhoneBooks', objectWriter(PHONE_BOOK, presenter.profile), slice.books);
  if (!slice.partial) return { status: 200, body };
  const last = Math.min(range.last, slice.total);
  return {
    status: 206,
    body,
    headers: { 'Content-Range': `objects ${range.first}-${last}/${slice.total}` },
  };
}

export const PHONE_BOOK_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/PhoneBooks',
    methods: { GET: { operation: 'user.phoneBooks', request: 'phoneBooks.GET', handle: getPhoneBooks } },
  },
];
