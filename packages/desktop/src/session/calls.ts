/** The calls of the page: pure functions over the Dialogs that the server tells of. */
import type { Dialog, MediaPropertiesLayout, Participant, PhoneBook, Update } from '@poise/client';
import { type CallOptions, DEFAULT_CALL_OPTIONS } from './call-options.ts';
import { withoutLetters } from './dial-number.ts';
import type { Sentence } from './store.ts';

/** The dialogs of the agent, oldest first. */
export type Calls = readonly Dialog[];

/**
 * What an Update on the own Dialogs node does. A change of a dialog that is not known adds it, since its POST may
 * have been missed, but only while the agent takes part.
 */
export function applyUpdate(calls: Calls, { event, data }: Update, extension: string): Calls {
  if (data.type === 'dialogs') {
    return data.dialogs
      .filter((dialog) => !isListening(dialog, extension))
      .reduce(
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

/** Somebody listens to the agent silently: told to gadgets, and no call of the agent's. */
function isListening(dialog: Dialog, extension: string): boolean {
  return (
    LISTENING.has(dialog.callType) &&
    dialog.fromAddress !== extension &&
    ownPart(dialog, extension) === undefined
  );
}

const LISTENING: ReadonlySet<string> = new Set(['SUPERVISOR_MONITOR', 'SUPERVISOR_WHISPER']);

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

/** The dialogs whose end an Update tells. */
function goneIn({ event, data }: Update): Calls {
  if (event !== 'DELETE') return [];
  if (data.type === 'dialogs') return data.dialogs;
  return data.type === 'dialog' ? [data.dialog] : [];
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
export const HAS_LEFT: ReadonlySet<string> = new Set(['DROPPED', 'WRAP_UP']);

/** The others in the call; before anybody else has joined and when all have left, the number at the other end. */
export function otherParties(dialog: Dialog, extension: string): readonly string[] {
  const others = dialog.participants
    .filter(({ mediaAddress, state }) => mediaAddress !== extension && !HAS_LEFT.has(state))
    .map(({ mediaAddress }) => mediaAddress);
  if (others.length > 0) return others;
  const far = dialog.fromAddress === extension ? dialog.toAddress : dialog.fromAddress;
  return far === '' ? [] : [far];
}

/** Whether the agent has a call that goes on: it rings, or there is somebody at the other end. */
export function isOnCall(calls: Calls, extension: string): boolean {
  return calls.some((dialog) => {
    const own = ownPart(dialog, extension);
    return own !== undefined && !HAS_LEFT.has(own.state) && own.state !== 'FAILED';
  });
}

/** A silent monitor: the supervisor hears, and is not heard. */
export function isMonitor(dialog: Dialog, extension: string): boolean {
  return dialog.callType === 'SUPERVISOR_MONITOR' || allows(dialog, extension, 'BARGE_CALL');
}

/** Whether it waits for the agent: a call to be answered, or a contact that a campaign offers. */
const rings = (dialog: Dialog, extension: string): boolean =>
  allows(dialog, extension, 'ANSWER') || allows(dialog, extension, 'ACCEPT');

/** Calls that ring at the agent, contacts of campaigns included. */
export function ringing(calls: Calls, extension: string): Calls {
  return calls.filter((dialog) => rings(dialog, extension));
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

/** In the order of the rows: what rings first, then the latest first. Nothing that stays changes its place for what comes. */
export function inRows(calls: Calls, extension: string): Calls {
  const latestFirst = calls.toReversed();
  return [
    ...latestFirst.filter((dialog) => rings(dialog, extension)),
    ...latestFirst.filter((dialog) => !rings(dialog, extension)),
  ];
}

/** What a text means that somebody typed, or what is wrong with it. */
export type Reading = { readonly value: string } | { readonly problem: Sentence };

/** Longest number that the server takes. */
const NUMBER_MAX = 39;

/** What can be called: digits, + at the start, *, # and letters, which are the digits of their keys; blanks and usual signs are left out. */
export function dialable(text: string): Reading {
  const number = withoutLetters(text.replace(/[\s()./-]/g, ''));
  if (!/^\+?[0-9*#]+$/.test(number)) return { problem: { key: 'calls.numberInvalid' } };
  if (number.length > NUMBER_MAX)
    return { problem: { key: 'calls.numberTooLong', values: { max: String(NUMBER_MAX) } } };
  return { value: number };
}

/** The keypad of a call (desktop.md D48): other call buttons wait until it is closed and all keys are answered. */
export interface KeypadState {
  readonly of: string;
  readonly isOpen: boolean;
  /** What was sent since it was opened. */
  readonly echo: string;
  /** Keys that have not been answered. */
  readonly pending: number;
}

export type PhoneBookState = readonly PhoneBook[] | 'unread' | 'reading' | 'failed';

/** What the page shows of calls. */
export interface CallState {
  readonly dialogs: Calls;
  /** The last dialogs that have gone, as the server told of their end: who is left in a call that was handed over stands there alone. */
  readonly gone: Calls;
  /** The list was read since the sign-in: what is not in it is not there. */
  readonly isRead: boolean;
  /** Why it could not be read since the sign-in. */
  readonly readError: Sentence | null;
  /** Labels of the reasons that a call can be wrapped up with. */
  readonly wrapUpReasons: readonly string[];
  /** Dialogs whose request has not been answered by its event; {@link NEW_CALL} for one that is being made. */
  readonly busy: ReadonlySet<string>;
  /** The direct transfer that this page asked for last: who is at its other end, the dialog need not tell. */
  readonly handing: { readonly of: string; readonly to: string } | null;
  /** What went wrong last, and with which dialog. */
  readonly error: { readonly of: string; readonly sentence: Sentence } | null;
  /** Layouts of call variables; none: the server has none, or has not told them yet. */
  readonly layouts: readonly MediaPropertiesLayout[];
  readonly phoneBooks: PhoneBookState;
  readonly keypad: KeypadState | null;
  /** Come with the layout. */
  readonly options: CallOptions;
}

/** Dialogs that have gone and are remembered. */
const GONE_MAX = 10;

/** Characters of the echo that are kept. */
const ECHO_MAX = 64;

/** Stands for the dialog that does not exist yet. */
export const NEW_CALL = 'new';

export const NO_CALLS: CallState = {
  dialogs: [],
  gone: [],
  isRead: false,
  readError: null,
  wrapUpReasons: [],
  busy: new Set(),
  handing: null,
  error: null,
  layouts: [],
  phoneBooks: 'unread',
  keypad: null,
  options: DEFAULT_CALL_OPTIONS,
};

export type CallEvent =
  /** `overtaken`: ids of the dialogs that events have told of since the list was asked for. */
  | { readonly type: 'dialogs read'; readonly dialogs: Calls; readonly overtaken?: ReadonlySet<string> }
  /** `error` null: it is asked for again. */
  | { readonly type: 'dialogs unread'; readonly error: Sentence | null }
  | { readonly type: 'dialog update'; readonly update: Update }
  | { readonly type: 'wrap-up reasons'; readonly labels: readonly string[] }
  | { readonly type: 'variable layouts'; readonly layouts: readonly MediaPropertiesLayout[] }
  | { readonly type: 'phone books'; readonly books: PhoneBookState }
  | { readonly type: 'keypad opened'; readonly of: string }
  | { readonly type: 'keypad closed' }
  | { readonly type: 'keys sent'; readonly of: string; readonly keys: string }
  | {
      readonly type: 'keys answered';
      readonly of: string;
      readonly count: number;
      readonly error: Sentence | null;
    }
  /** `to`: to whom it hands the call over. */
  | { readonly type: 'call requested'; readonly of: string; readonly to?: string | undefined }
  | { readonly type: 'call answered'; readonly of: string; readonly error: Sentence | null }
  | { readonly type: 'call error seen' };

export function reduceCalls(state: CallState, event: CallEvent, extension: string): CallState {
  switch (event.type) {
    case 'dialogs read':
      return withDialogs(
        { ...state, isRead: true, readError: null },
        merged(
          state.dialogs,
          event.dialogs.filter((dialog) => !isListening(dialog, extension)),
          event.overtaken,
        ),
        extension,
      );
    case 'dialogs unread':
      return { ...state, readError: event.error };
    case 'dialog update': {
      const dialogs = applyUpdate(state.dialogs, event.update, extension);
      if (dialogs === state.dialogs) return state;
      const gone = [...state.gone, ...goneIn(event.update)].slice(-GONE_MAX);
      return withDialogs({ ...state, gone }, dialogs, extension);
    }
    case 'wrap-up reasons':
      return { ...state, wrapUpReasons: event.labels };
    case 'variable layouts':
      return { ...state, layouts: event.layouts };
    case 'phone books':
      return { ...state, phoneBooks: event.books };
    case 'keypad opened':
      return { ...state, keypad: { of: event.of, isOpen: true, echo: '', pending: 0 } };
    case 'keypad closed':
    case 'keys sent':
    case 'keys answered':
      return withKeypad(state, event);
    case 'call requested':
      return {
        ...state,
        busy: new Set([...state.busy, event.of]),
        handing: event.to === undefined ? state.handing : { of: event.of, to: event.to },
        error: null,
      };
    case 'call answered': {
      const busy = new Set([...state.busy].filter((id) => id !== event.of));
      return {
        ...state,
        busy,
        // What was refused hands nothing over.
        handing: event.error && state.handing?.of === event.of ? null : state.handing,
        error: event.error ? { of: event.of, sentence: event.error } : state.error,
      };
    }
    case 'call error seen':
      return { ...state, error: null };
  }
}

/** Answers to keys of a keypad that is gone say nothing any more. */
function withKeypad(
  state: CallState,
  event: Extract<CallEvent, { type: 'keypad closed' | 'keys sent' | 'keys answered' }>,
): CallState {
  const { keypad } = state;
  if (keypad === null) return state;
  if (event.type === 'keypad closed') {
    return { ...state, keypad: keypad.pending > 0 ? { ...keypad, isOpen: false } : null };
  }
  if (event.of !== keypad.of) return state;
  if (event.type === 'keys sent') {
    const echo = (keypad.echo + event.keys).slice(-ECHO_MAX);
    return {
      ...state,
      keypad: { ...keypad, echo, pending: keypad.pending + event.keys.length },
      error: null,
    };
  }
  const pending = Math.max(0, keypad.pending - event.count);
  return {
    ...state,
    keypad: keypad.isOpen || pending > 0 ? { ...keypad, pending } : null,
    error: event.error ? { of: event.of, sentence: event.error } : state.error,
  };
}

/** The keypad belongs to a call that the agent can still send keys to. */
function keypadOf(keypad: KeypadState | null, dialogs: Calls, extension: string): KeypadState | null {
  const dialog = keypad && dialogs.find(({ id }) => id === keypad.of);
  return dialog && allows(dialog, extension, 'SEND_DTMF') ? keypad : null;
}

/** Whether the buttons of all calls wait for the keypad of one. */
export function waitsForKeypad({ keypad }: CallState): boolean {
  return keypad !== null;
}

/** What was wrong with a request in one state of the call says nothing about the next; nor, of a new call, once there is one. */
function withDialogs(state: CallState, dialogs: Calls, extension: string): CallState {
  const { error } = state;
  const keypad = keypadOf(state.keypad, dialogs, extension);
  if (error === null) return { ...state, dialogs, keypad };
  const isOver =
    error.of === NEW_CALL
      ? dialogs.some(({ id }) => !state.dialogs.some((known) => known.id === id))
      : stageOf(state.dialogs, error.of, extension) !== stageOf(dialogs, error.of, extension);
  return { ...state, dialogs, keypad, error: isOver ? null : error };
}

/** How far a dialog is, for the agent and in all; '' when there is none. */
function stageOf(dialogs: Calls, id: string, extension: string): string {
  const dialog = dialogs.find((each) => each.id === id);
  return dialog ? `${dialog.state} ${ownPart(dialog, extension)?.state ?? ''}` : '';
}
