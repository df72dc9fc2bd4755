/** The voice dialogs of a user: list, and POST for calls, silent monitoring, barging in (rest-api.md 4.6, 5). */
import { decide } from '../../accounts/policy.ts';
import type { Admission } from '../../commands/admission.ts';
import type { DialogAsking } from '../../commands/dialog-admission.ts';
import { consultFromList, makeCall } from '../../commands/make-call.ts';
import { bargeCall, silentMonitor } from '../../commands/supervise-call.ts';
import { failure } from '../../domain/errors.ts';
import { type NewDialogRequest, readNewDialog } from '../../objects/dialog-request.ts';
import { listDocument } from '../../objects/list.ts';
import { lastChild, readRoot } from '../../objects/request.ts';
import { type Answer, accepted, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { requestParameters } from '../request-parameters.ts';
import type { Resource } from '../resource.ts';
import { userOf } from './find-user.ts';

function getDialogs(call: Call): Answer {
  const user = userOf(call);
  const { presenter } = call.dependencies;
  call.announce(user.loginId, user.loginId);
  return ok(listDocument('Dialogs', presenter.dialog, presenter.dialogSources(user)));
}

function postDialog(call: Call): Answer {
  const user = userOf(call);
  const { commands, presenter, directory } = call.dependencies;
  const root = readRoot(call.body, 'Dialog');
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  const request = readNewDialog(root.value, presenter.profile.deployment);
  if (!request.ok) return failed(request.failure);
  const { action } = request.value;
  call.announce(user.loginId, parametersOf(request.value));
  const operation = OPERATIONS[action];
  const principal = call.principal!;
  if (decide(principal, operation, { userId: user.loginId }, directory.current) !== 'allow')
    return failed(failure('UNAUTHORIZED', principal.loginId));
  const asking: DialogAsking = { user, requestId: call.requestId, cause: call.cause };
  const admission = admit(commands, asking, request.value);
  return admission.ok ? accepted(admission.start) : failed(admission.failure);
}

const OPERATIONS = {
  MAKE_CALL: 'dialog.makeCall',
  CONSULT_CALL: 'dialog.makeCall',
  SILENT_MONITOR: 'dialog.silentMonitor',
  BARGE_CALL: 'dialog.barge',
} as const;

function admit(
  commands: Call['dependencies']['commands'],
  asking: DialogAsking,
  request: NewDialogRequest,
): Admission {
  switch (request.action) {
    case 'MAKE_CALL':
      return makeCall(commands, asking, request);
    case 'CONSULT_CALL':
      return consultFromList(commands, asking, request);
    case 'SILENT_MONITOR':
      return silentMonitor(commands, asking, request);
    case 'BARGE_CALL':
      return bargeCall(commands, asking, request);
  }
}

/** Call variables are left out: they may be anything (property logCallVariables, default false). */
function parametersOf(request: NewDialogRequest): string {
  const { action, fromAddress, toAddress } = request;
  const associatedDialogUri =
    request.action === 'BARGE_CALL' ? `/finesse/api/Dialog/${request.monitorDialogId}` : undefined;
  return requestParameters({ associatedDialogUri, fromAddress, requestedAction: action, toAddress });
}

export const DIALOGS_RESOURCES: readonly Resource[] = [
  {
    path: 'User/{userId}/Dialogs',
    methods: {
      GET: { operation: 'user.dialogs', request: 'dialogs.GET', handle: getDialogs },
      POST: { operation: 'dialog.makeCall', request: 'dialogs.POST', handle: postDialog },
    },
  },
];
