/** The voice dialogs of a user; none exist before calls do. */
import { EMPTY_DIALOGS } from '../../objects/list.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from './find-user.ts';

function getDialogs(call: Call): Answer {
  const { loginId } = userOf(call);
  call.announce(loginId, loginId);
  return ok(EMPTY_DIALOGS);
}

export const DIALOGS_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/Dialogs',
    methods: { GET: { operation: 'user.dialogs', request: 'dialogs.GET', handle: getDialogs } },
  },
];
