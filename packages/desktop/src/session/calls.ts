/** The calls of the page: pure functions over the Dialogs that the server tells of. */
import type { Dialog, Participant, Update } from '@poise/client';
import type { Sentence } from './store.ts';

/** The dialogs of the agent, oldest first. */
export type Calls = readonly Dialog[];

/**
 * What an Update on the own Dialogs node does. A change of a dialog that is not known adds it, since its POST may
 * have been missed, but only while the agent takes part.
 */
export function applyUpdate(calls: Calls, { event, data }: Update, extension: string): Calls {
  if (data.type === 'dialogs') {
    return data.dialogs.reduce(
      (list, dialog) => (event === 'DELETE' ? without(list, dialog.id) : withDialog(list, dialog)),
      calls,
    );
  }
  if (data.type !== 'dialog') return calls;
  const { dialog } = data;
  if (event === 'DELETE') return without(calls, dialog.id);
  const known = calls.some(({ id }) => id === dialog.id);
  const own = ownPart(dialog, extension);
  return known || (own !== undefined && own.state !== 'DROPPED') ? withDialog(calls, dialog) : calls;
}

function withDialog(calls: Calls, dialog: Dialog): Calls {
  const index = calls.findIndex(({ id }) => id === dialog.id);
  return index < 0 ? [...calls, dialog] : calls.with(index, dialog);
}

function without(calls: Calls, id: string): Calls {
  return calls.some((dialog) => dialog.id === id) ? calls.filter((dialog) => dialog.id !== id) : calls;
}

/** The list as it was read; of the dialogs that events have told of meanwhile, what the events made of them. */
function merged(calls: Calls, read: Calls, overtaken: ReadonlySet<string> = new Set()): Calls {
  const later = calls.filter(({ id }) => overtaken.has(id));
  const rest = read.filter(({ id }) => !overtaken.has(id));
  const inOrder = (dialog: Dialog) => {
    const index = calls.findIndex(({ id }) => id === dialog.id);
    return index < 0 ? calls.length : index;
  };
  return [...later, ...rest].sort((a, b) => inOrder(a) - inOrder(b));
}

/** The dialogs that an Update tells of. */
export function dialogsOf({ data }: Update): readonly string[] {
  if (data.type === 'dialogs') return data.dialogs.map(({ id }) => id);
  return data.type === 'dialog' ? [data.dialog.id] : [];
}

/** The agent's own part in a dialog. */
export function ownPart(dialog: Dialog, extension: string): Participant | undefined {
  return dialog.participants.find(({ mediaAddress }) => mediaAddress === extension);
}

/** Whether the agent may ask for this now, as the server says. */
export function allows(dialog: Dialog, extension: string, action: string): boolean {
  return ownPart(dialog, extension)?.actions.includes(action) === true;
}

/** Whoever wraps up has left the call, as one who has hung up. */
const HAS_LEFT = new Set(['DROPPED', 'WRAP_UP']);

/** The others in the call; before anybody else has joined and when all have left, the number at the other end. */
export function otherParties(dialog: Dialog, extension: string): readonly string[] {
  const others = dialog.participants
    .filter(({ mediaAddress, state }) => mediaAddress !== extension && !HAS_LEFT.has(state))
    .map(({ mediaAddress }) => mediaAddress);
  if (others.length > 0) return others;
  const far = dialog.fromAddress === extension ? dialog.toAddress : dialog.fromAddress;
  return far === '' ? [] : [far];
}

/** Calls that ring at the agent. */
export function ringing(calls: Calls, extension: string): Calls {
  return calls.filter((dialog) => allows(dialog, extension, 'ANSWER'));
}

/** Why the agent's own part has failed, by the server's stateCause. */
const FAILURES: Readonly<Record<string, Sentence>> = {
  BUSY: { key: 'call.error.busy' },
  BAD_DESTINATION: { key: 'call.error.destination' },
  DEVICE_RESOURCE_NOT_AVAILABLE: { key: 'call.error.congestion' },
};

/** Why a call came to nothing, or null: it did not. */
export function failureOf(dialog: Dialog, extension: string): Sentence | null {
  const own = ownPart(dialog, extension);
  return own?.state === 'FAILED' ? (FAILURES[own.stateCause] ?? { key: 'call.error.failed' }) : null;
}

/** Call variables that have a value, in the order of the server. */
export function filledVariables(
  dialog: Dialog,
): readonly { readonly name: string; readonly value: string }[] {
  return dialog.callVariables.filter(({ value }) => value !== '');
}

/** What a text means that somebody typed, or what is wrong with it. */
export type Reading = { readonly value: string } | { readonly problem: Sentence };

/** Longest number, and most keys at a time, that the server takes. */
const NUMBER_MAX = 39;
const KEYS_MAX = 31;

/** What can be called: digits, + at the start, *, # and letters of extensions; blanks and usual signs are left out. */
export function dialable(text: string): Reading {
  const number = text.replace(/[\s()./-]/g, '');
  if (!/^\+?[0-9A-Za-z*#]+$/.test(number)) return { problem: { key: 'calls.numberInvalid' } };
  if (number.length > NUMBER_MAX)
    return { problem: { key: 'calls.numberTooLong', values: { max: String(NUMBER_MAX) } } };
  return { value: number };
}

/** Keys of a phone; A to D exist with CCE. */
export function phoneKeys(text: string): Reading {
  const keys = text.replace(/\s/g, '').toUpperCase();
  if (!/^[0-9*#A-D]+$/.test(keys)) return { problem: { key: 'call.digitsInvalid' } };
  if (keys.length > KEYS_MAX)
    return { problem: { key: 'call.digitsTooMany', values: { max: String(KEYS_MAX) } } };
  return { value: keys };
}

/** What the page shows of calls. */
export interface CallState {
  readonly dialogs: Calls;
  /** Labels of the reasons that a call can be wrapped up with. */
  readonly wrapUpReasons: readonly string[];
  /** Dialogs whose request has not been answered by its event; {@link NEW_CALL} for one that is being made. */
  readonly busy: ReadonlySet<string>;
  /** What went wrong last, and with which dialog. */
  readonly error: { readonly of: string; readonly sentence: Sentence } | null;
}

/** Stands for the dialog that does not exist yet. */
export const NEW_CALL = 'new';

export const NO_CALLS: CallState = { dialogs: [], wrapUpReasons: [], busy: new Set(), error: null };

export type CallEvent =
  /** `overtaken`: ids of the dialogs that events have told of since the list was asked for. */
  | { readonly type: 'dialogs read'; readonly dialogs: Calls; readonly overtaken?: ReadonlySet<string> }
  | { readonly type: 'dialog update'; readonly update: Update }
  | { readonly type: 'wrap-up reasons'; readonly labels: readonly string[] }
  | { readonly type: 'call requested'; readonly of: string }
  | { readonly type: 'call answered'; readonly of: string; readonly error: Sentence | null };

export function reduceCalls(state: CallState, event: CallEvent, extension: string): CallState {
  switch (event.type) {
    case 'dialogs read':
      return withDialogs(state, merged(state.dialogs, event.dialogs, event.overtaken), extension);
    case 'dialog update': {
      const dialogs = applyUpdate(state.dialogs, event.update, extension);
      return dialogs === state.dialogs ? state : withDialogs(state, dialogs, extension);
    }
    case 'wrap-up reasons':
      return { ...state, wrapUpReasons: event.labels };
    case 'call requested':
      return { ...state, busy: new Set([...state.busy, event.of]), error: null };
    case 'call answered': {
      const busy = new Set([...state.busy].filter((id) => id !== event.of));
      return { ...state, busy, error: event.error ? { of: event.of, sentence: event.error } : state.error };
    }
  }
}

/** What was wrong with a request in one state of the call says nothing about the next; nor, of a new call, once there is one. */
function withDialogs(state: CallState, dialogs: Calls, extension: string): CallState {
  const { error } = state;
  if (error === null) return { ...state, dialogs };
  const isOver =
    error.of === NEW_CALL
      ? dialogs.some(({ id }) => !state.dialogs.some((known) => known.id === id))
      : stageOf(state.dialogs, error.of, extension) !== stageOf(dialogs, error.of, extension);
  return { ...state, dialogs, error: isOver ? null : error };
}

/** How far a dialog is, for the agent and in all; '' when there is none. */
function stageOf(dialogs: Calls, id: string, extension: string): string {
  const dialog = dialogs.find((each) => each.id === id);
  return dialog ? `${dialog.state} ${ownPart(dialog, extension)?.state ?? ''}` : '';
}
