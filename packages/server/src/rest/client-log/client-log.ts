/** A desktop sends its log (rest-api.md 4.11). */
import { failure } from '../../domain/errors.ts';
import { CLIENT_LOG_CHARACTERS_MAX, CLIENT_LOG_LIMITS, lastChild, readRoot } from '../../objects/request.ts';
import { type Answer, accepted, failed } from '../answer.ts';
import type { Call } from '../call.ts';
import type { Resource } from '../resource.ts';
import { userOf } from '../user/find-user.ts';

function postClientLog(call: Call): Answer {
  const user = userOf(call);
  const root = readRoot(call.body, 'ClientLog', CLIENT_LOG_LIMITS);
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  call.announce(user.loginId, '');
  const data = lastChild(root.value, 'logData')?.text ?? '';
  if (data.trim() === '') return failed(failure('PARAMETER_MISSING', 'logData', 'logData Parameter missing'));
  if (data.length > CLIENT_LOG_CHARACTERS_MAX) return failed(failure('CLIENT_LOG_TOO_LONG'));
  call.dependencies.happenings.publish('client.log', { user: user.loginId, data }, call.cause);
  return accepted();
}

export const CLIENT_LOG_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/ClientLog',
    methods: {
      POST: {
        operation: 'user.clientLog',
        request: 'clientLog.POST',
        body: CLIENT_LOG_LIMITS,
        handle: postClientLog,
      },
    },
  },
];
