/** Refusals of call control that are ours to give, after the 202 (rest-endpoints: asyncErrors; objects.md 3.6). */
import type { AgentState } from '../domain/agent-state.ts';
import type { Agent } from '../domain/agents.ts';
import type { Dialog, DialogAction, DialogBookView, Participant } from '../domain/dialog.ts';
import { type AsyncError, callError, ctiCode, peripheralError } from '../domain/errors.ts';
import { outboundType } from '../domain/outbound.ts';
import type { Deployment } from '../domain/profile.ts';
import { activeBeside, type DialogRequestData, legAt } from './dialog-request.ts';

/** The picture that a request meets when its turn has come. */
export interface DialogPicture {
  readonly deployment: Deployment;
  readonly dialogs: DialogBookView;
  /** The agent who is signed in on an extension. */
  readonly agentAt: (extension: string) => Agent | undefined;
  readonly actionsOf: (dialog: Dialog, participant: Participant) => readonly DialogAction[];
}

/** Why the request cannot be carried out; null when the CTI server may decide. */
export function dialogRefusal(data: DialogRequestData, picture: DialogPicture): AsyncError | null {
  const { wish, dialogId, extension } = data;
  const { deployment, dialogs } = picture;
  if (wish.verb === 'SILENT_MONITOR') return monitorRefusal(wish.agentExtension, picture);
  if (dialogId === null) return null;
  const dialog = dialogs.get(dialogId);
  const leg = dialog === undefined ? undefined : legAt(dialog, extension);
  if (dialog === undefined || leg === undefined)
    return callError({ code: ctiCode('CF_INVALID_CSTA_CONNECTION_IDENTIFIER') }, deployment);
  const allowed: readonly string[] = picture.actionsOf(dialog, leg);
  const word = wish.verb === 'FOREIGN' || wish.verb === 'RESPOND' ? wish.word : wish.verb;
  if (allowed.includes(word)) return null;
  return word === 'CONFERENCE' && isGuest(dialog, extension)
    ? notController(deployment)
    : word === 'CONSULT_CALL' && leg.state === 'ACTIVE' && consults(dialogs, extension, dialogId)
      ? notController(deployment)
      : invalidAction(word, extension, deployment);
}

/** Whether the dialog has the action in no state that it may come to. */
export function isForeign(
  { wish, dialogId }: Pick<DialogRequestData, 'wish' | 'dialogId'>,
  dialogs: Pick<DialogBookView, 'get'>,
): boolean {
  if (wish.verb !== 'RESPOND') return wish.verb === 'FOREIGN';
  const dialog = dialogId === null ? undefined : dialogs.get(dialogId);
  return dialog !== undefined && outboundType(dialog.media.callType) === undefined;
}

/** In a conference that somebody else controls. */
const isGuest = ({ controller }: Dialog, extension: string): boolean =>
  controller !== null && controller !== extension;

const consults = (dialogs: DialogBookView, extension: string, dialogId: string): boolean =>
  dialogs.at(extension).some(({ id, kind }) => id !== dialogId && kind === 'consult');

const notController = (deployment: Deployment): AsyncError =>
  deployment === 'CCE'
    ? peripheralError(20999)
    : callError({ code: ctiCode('CF_INVALID_OBJECT_STATE') }, deployment);

/** The form of a live CCE system; CCX says it with a number of the CTI server. */
export function invalidAction(word: string, extension: string, deployment: Deployment): AsyncError {
  if (deployment === 'CCX')
    return callError({ code: ctiCode('CF_GENERIC_STATE_INCOMPATIBILITY') }, deployment);
  return {
    errorType: 'Generic Error',
    errorData: extension,
    errorMessage: `INVALID_ACTION ${word} on extension ${extension}`,
  };
}

/** States of the agent in which silent monitoring is refused, and how. */
const UNWATCHABLE: Readonly<Record<Deployment, Readonly<Partial<Record<AgentState, 'number' | 'state'>>>>> = {
  CCE: {
    HOLD: 'number',
    NOT_READY: 'number',
    READY: 'state',
    RESERVED: 'state',
    WORK: 'state',
    WORK_READY: 'state',
  },
  // On CCX an agent talks in NOT_READY too, when the router did not send the call.
  CCX: { HOLD: 'number', NOT_READY: 'number', READY: 'number', RESERVED: 'number', WORK: 'number' },
};

function monitorRefusal(agentExtension: string, picture: DialogPicture): AsyncError | null {
  const { deployment, dialogs, agentAt } = picture;
  const state = agentAt(agentExtension)?.state;
  const talks = activeBeside(dialogs, agentExtension, '') !== undefined;
  if (talks && (state === 'TALKING' || (deployment === 'CCX' && state === 'NOT_READY'))) return null;
  const how = state === undefined ? undefined : UNWATCHABLE[deployment][state];
  if (how === 'state')
    return {
      ...callError({ code: ctiCode('CF_INVALID_OBJECT_STATE') }, deployment),
      errorType: 'Invalid State',
    };
  return peripheralError(deployment === 'CCE' ? 13145 : 88049);
}
