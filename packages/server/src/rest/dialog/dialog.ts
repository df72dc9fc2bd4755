/** One dialog: GET, and PUT for everything that a participant may do with it (rest-api.md 5). */
import type { Element } from '@poise/xml';
import { decide } from '../../accounts/policy.ts';
import { type ActionWish, dialogAction, refuseDialogTo } from '../../commands/dialog-action.ts';
import { legOf } from '../../commands/dialog-admission.ts';
import { type ApiFailure, failure } from '../../domain/errors.ts';
import type { Task } from '../../domain/tasks.ts';
import { type DialogRequest, readDialogRequest } from '../../objects/dialog-request.ts';
import { lastChild, readRoot } from '../../objects/request.ts';
import { readTaskRequest, TASK } from '../../objects/task.ts';
import { objectWriter } from '../../objects/writer.ts';
import { type Answer, accepted, failed, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { requestParameters } from '../request-parameters.ts';
import type { Resource } from '../resource.ts';

function getDialog(call: Call): Answer {
  const { commands, presenter } = call.dependencies;
  const { user } = call.principal!;
  const id = call.parameters.id!;
  call.announce(user.loginId, id.slice(0, 32));
  const task = call.dependencies.media.task(id);
  if (task !== undefined) return getTask(call, task);
  const dialog = commands.dialogs.get(id);
  if (dialog === undefined) return failed(failure('NOT_FOUND', '', 'Invalid dialogId specified for dialog'));
  const refusal = refuseDialogTo(commands, dialog, user, 'see');
  if (refusal !== null) return failed(refusal);
  const viewer = legOf(commands, dialog, user)?.mediaAddress ?? null;
  return ok(presenter.dialog.document(presenter.dialogSource(dialog, viewer)));
}

function putDialog(call: Call): Answer {
  const { commands, presenter } = call.dependencies;
  const { user } = call.principal!;
  const id = call.parameters.id!;
  const root = readRoot(call.body, 'Dialog');
  if (!root.ok) return failed(root.failure);
  const unusableId = call.adoptRequestId(lastChild(root.value, 'requestId')?.text);
  if (unusableId !== null) return failed(unusableId);
  const task = call.dependencies.media.task(id);
  if (task !== undefined) return putTask(call, task, root.value);
  const reading = readDialogRequest(root.value, presenter.profile.deployment);
  if (!reading.ok) return failed(reading.failure);
  call.announce(user.loginId, parametersOf(reading.value));
  const forbidden = refuseRole(call, reading.value);
  if (forbidden !== null) return failed(forbidden);
  const dialog = commands.dialogs.get(id);
  if (dialog === undefined) return failed(failure('DIALOG_NOT_FOUND', id.slice(0, 64)));
  const asking = { user, requestId: call.requestId, cause: call.cause };
  const { targetMediaAddress } = reading.value;
  const admission = dialogAction(commands, asking, dialog, targetMediaAddress, wishOf(reading.value));
  return admission.ok ? accepted(admission.start) : failed(admission.failure);
}

/** A task of a medium beside voice, of which its agent and administrators are told. */
function getTask(call: Call, task: Task): Answer {
  const { loginId, roles } = call.principal!;
  if (task.loginId !== loginId && !roles.has('Administrator')) return failed(failure('NOT_A_PARTY', task.id));
  return ok(objectWriter(TASK, call.dependencies.presenter.profile).document(task));
}

function putTask(call: Call, task: Task, root: Element): Answer {
  const { user } = call.principal!;
  const request = readTaskRequest(root);
  if (!request.ok) return failed(request.failure);
  call.announce(user.loginId, requestParameters({ requestedAction: request.value }));
  if (task.loginId !== user.loginId) return failed(failure('NOT_A_PARTY', task.id));
  const { media } = call.dependencies;
  return accepted(() => media.act(user, task, request.value, call.requestId, call.cause));
}

/** Administrators may set call data and nothing else. */
function refuseRole(call: Call, { request }: DialogRequest): ApiFailure | null {
  const operation = request.action === 'UPDATE_CALL_DATA' ? 'dialog.updateCallData' : 'dialog.action';
  const { current } = call.dependencies.directory;
  return decide(call.principal!, operation, {}, current) === 'allow'
    ? null
    : failure('NO_AUTHORIZED_SUPERVISOR', call.principal!.loginId);
}

function wishOf({ request, targetMediaAddress }: DialogRequest): ActionWish {
  switch (request.action) {
    case 'PARTICIPANT_DROP':
      return { verb: request.action, target: targetMediaAddress! };
    case 'CONSULT_CALL':
    case 'TRANSFER_SST':
      return { verb: request.action, toAddress: request.toAddress };
    case 'SEND_DTMF':
      return { verb: request.action, digits: request.digits };
    case 'UPDATE_CALL_DATA':
      return { verb: request.action, data: request.data };
    case 'ANSWER':
    case 'HOLD':
    case 'RETRIEVE':
    case 'DROP':
    case 'TRANSFER':
    case 'CONFERENCE':
    case 'START_RECORDING':
      return { verb: request.action };
    case 'ACCEPT':
    case 'REJECT':
    case 'CLOSE':
    case 'RECLASSIFY':
    case 'UPDATE_SCHEDULED_CALLBACK':
    case 'CANCEL_SCHEDULED_CALLBACK':
      return { verb: 'RESPOND', word: request.action, responses: request.responses };
    default:
      return { verb: 'FOREIGN', word: request.action };
  }
}

/** Digits and call variables are left out: they may be anything (property logCallVariables, default false). */
function parametersOf({ request, targetMediaAddress }: DialogRequest): string {
  const toAddress = 'toAddress' in request ? request.toAddress : undefined;
  return requestParameters({ requestedAction: request.action, targetMediaAddress, toAddress });
}

export const DIALOG_RESOURCES: readonly Resource[] = [
  {
    path: 'Dialog/{id}',
    methods: {
      GET: { operation: 'dialog.get', request: 'dialog.GET', handle: getDialog },
      PUT: { operation: 'dialog.updateCallData', request: 'dialog.PUT', handle: putDialog },
    },
  },
];
