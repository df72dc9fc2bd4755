/** What all members of a team have in common, one answer for all of them (rest-api.md 6). */
import { listDocument } from '../../objects/list.ts';
import { MEDIA_PROPERTIES_LAYOUT } from '../../objects/media-properties-layout.ts';
import { WRAP_UP_REASON } from '../../objects/reasons.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { reasonCodesOf } from '../reasons/reasons.ts';
import type { Resource } from '../resource.ts';
import { phoneBooksOf } from '../user/phone-books.ts';

/** The dispatcher has refused who is neither member nor supervisor. */
const teamOf = (call: Call): number => Number(call.parameters.teamId);

function announce(call: Call): void {
  call.announce(call.principal!.loginId, String(teamOf(call)));
}

const getReasonCodes = (call: Call): Answer => reasonCodesOf(call, call.principal!.loginId, teamOf(call));

function getWrapUpReasons(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  announce(call);
  const sources = directory.current.wrapUpReasons(teamOf(call)).map((reason) => ({ reason, userId: null }));
  return ok(listDocument('WrapUpReasons', objectWriter(WRAP_UP_REASON, presenter.profile), sources));
}

function getPhoneBooks(call: Call): Answer {
  announce(call);
  return phoneBooksOf(call, teamOf(call));
}

function getMediaPropertiesLayouts(call: Call): Answer {
  const { presenter, directory } = call.dependencies;
  announce(call);
  const writer = objectWriter(MEDIA_PROPERTIES_LAYOUT, presenter.profile);
  return ok(listDocument('MediaPropertiesLayouts', writer, directory.current.mediaPropertiesLayouts()));
}

const get = (request: string, handle: (call: Call) => Answer): Resource['methods'] => ({
  GET: { operation: 'teamResource.get', request, handle },
});

export const TEAM_RESOURCE_RESOURCES: readonly Resource[] = [
  { path: 'TeamResource/{teamId}/ReasonCodes', methods: get('reasonCodes.GET', getReasonCodes) },
  { path: 'TeamResource/{teamId}/WrapUpReasons', methods: get('wrapUpReasons.GET', getWrapUpReasons) },
  { path: 'TeamResource/{teamId}/PhoneBooks', methods: get('phoneBooks.GET', getPhoneBooks) },
  {
    path: 'TeamResource/{teamId}/MediaPropertiesLayouts',
    methods: get('mediaPropertiesLayouts.GET', getMediaPropertiesLayouts),
  },
];
