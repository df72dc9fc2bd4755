/**
 * One call in the history of an agent's shift (desktop.md 6): what the Dialog told of the agent's own part in it, and how
 * long that part was in each phase. Pure.
 */
import { BARGED } from './call-picture.ts';
import type { Dialog, DialogChange, Participant, ParticipantState } from './dialog.ts';
import { viewAt } from './dialog-difference.ts';
import { printedCallType } from './outbound.ts';

/** Where the agent stands in a call. `failed` and `gone` are counted as no time. */
export type CallPhase = 'dialTone' | 'ringBack' | 'ring' | 'talk' | 'hold' | 'wrapUp' | 'failed' | 'gone';

export const PHASE_OF: Readonly<Record<ParticipantState, CallPhase>> = {
  INITIATING: 'dialTone',
  INITIATED: 'ringBack',
  ALERTING: 'ring',
  ACCEPTED: 'ring',
  ACTIVE: 'talk',
  HELD: 'hold',
  FAILED: 'failed',
  WRAP_UP: 'wrapUp',
  DROPPED: 'gone',
};

/** Phases of a call in which the agent has no part any more. */
const LEFT: ReadonlySet<CallPhase> = new Set(['wrapUp', 'gone']);
const TALKING: ReadonlySet<CallPhase> = new Set(['talk', 'hold']);

/** Ms in each phase. */
export type Spent = Readonly<Record<Exclude<CallPhase, 'failed' | 'gone'>, number>>;

const NOTHING_SPENT: Spent = { dialTone: 0, ringBack: 0, ring: 0, talk: 0, hold: 0, wrapUp: 0 };

/** `consult`: placed or taken as a question of one agent to another; `monitor`, `bargeIn`: a supervisor's. */
export type ShiftCallType = 'inbound' | 'outbound' | 'consult' | 'monitor' | 'bargeIn';

export type Disposition =
  /** Talked, and hung up. */
  | 'handled'
  /** The agent sent the others on. */
  | 'transferred'
  /** It went over into another call: a consult call into a transfer or conference. */
  | 'merged'
  /** Rang, and was not answered: by the agent, or by who was called. */
  | 'notAnswered'
  | 'busy'
  | 'invalidNumber'
  | 'failed'
  /** It ended while the CTI link was away. */
  | 'unknown';

/** Times are wall ms. Immutable, and JSON as it is. */
export interface ShiftCall {
  /** Counts the calls of the shift, from 1. */
  readonly ordinal: number;
  /** Version of the shift at the last change. */
  readonly version: number;
  readonly dialogId: string;
  readonly type: ShiftCallType;
  readonly direction: 'inbound' | 'outbound';
  /** As the Dialog says to this agent. */
  readonly callType: string;
  /** Of the other end; empty when it is not known. */
  readonly number: string;
  readonly queueName: string | null;
  readonly wrapUpReason: string | null;
  /** Null: the agent is still in the call. */
  readonly disposition: Disposition | null;
  /** Dialog that it went over into; null otherwise. */
  readonly continuedAs: string | null;
  /** When it came to the agent; of one that began while the link was away, when it was found. */
  readonly startTime: number;
  /** When the agent left; null before that, and when it is not known. */
  readonly endTime: number | null;
  /** The times of finished phases. */
  readonly spent: Spent;
  readonly phase: CallPhase;
  readonly phaseSince: number;
  readonly talked: boolean;
  /** It began, it ended, or the link was lost and came back, where nobody told of it. */
  readonly beganAway: boolean;
  readonly endedAway: boolean;
  readonly interrupted: boolean;
}

/** What one Update says of the agent's part. */
export interface CallNews {
  readonly kind: DialogChange['kind'];
  readonly dialog: Dialog;
  /** Of the agent. */
  readonly extension: string;
  /** Wall ms. */
  readonly at: number;
  /** False: found when the link came back, not told when it happened. */
  readonly live: boolean;
  /** Dialog that this one went over into. */
  readonly mergedInto: string | undefined;
}

type Kept = Pick<ShiftCall, 'ordinal' | 'version'>;

const ownPart = ({ dialog, extension }: CallNews): Participant | undefined =>
  dialog.participants.find(({ mediaAddress }) => mediaAddress === extension);

/** A call that comes to the agent. */
export function callBegins(news: CallNews, kept: Kept): ShiftCall {
  const own = ownPart(news);
  const phase = own === undefined ? 'gone' : PHASE_OF[own.state];
  const startTime = own?.startTime ?? news.at;
  const begun: ShiftCall = {
    ...kept,
    ...described(news),
    dialogId: news.dialog.id,
    disposition: null,
    continuedAs: null,
    startTime,
    endTime: null,
    spent: NOTHING_SPENT,
    phase,
    phaseSince: Math.max(startTime, own?.stateChangeTime ?? startTime),
    talked: TALKING.has(phase),
    beganAway: own?.startTime == null,
    endedAway: false,
    interrupted: false,
  };
  return LEFT.has(phase) ? left(begun, news, own, startTime, phase) : begun;
}

/** What an Update makes of a call that is known; the same one when that is nothing. Version and ordinal stay. */
export function callGoesOn(call: ShiftCall, news: CallNews): ShiftCall {
  const own = ownPart(news);
  const over = news.kind === 'DELETE';
  const phase = over ? 'gone' : own === undefined ? call.phase : PHASE_OF[own.state];
  // What is told to others of a call that the agent has left does not describe the agent's part.
  let next = LEFT.has(call.phase) ? withWrapUp(call, news) : { ...call, ...described(news) };
  if (phase !== call.phase) {
    const said = own !== undefined && PHASE_OF[own.state] === phase ? own.stateChangeTime : null;
    const at = Math.max(call.phaseSince, Math.min(said ?? news.at, news.at));
    const talked = call.talked || TALKING.has(phase);
    next = { ...next, spent: spentUntil(call, at), phase, phaseSince: at, talked };
    if (LEFT.has(phase) && !LEFT.has(call.phase)) next = left(next, news, own, at, call.phase);
  }
  return sameCall(call, next) ? call : next;
}

/** The link is back, and the call is still there: whether anything happened meanwhile nobody knows. */
export const callInterrupted = (call: ShiftCall): ShiftCall =>
  call.interrupted || LEFT.has(call.phase) ? call : { ...call, interrupted: true };

/** The link is back, and the call is gone. */
export function callVanished(call: ShiftCall, at: number): ShiftCall {
  if (LEFT.has(call.phase)) return { ...call, spent: spentUntil(call, at), phase: 'gone', phaseSince: at };
  return { ...call, phase: 'gone', phaseSince: at, disposition: 'unknown', endedAway: true };
}

/** Ring, talk and hold of an inbound call, dial tone and ring-back, talk and hold of one that was placed; null: unknown. */
export function durationOf({ spent, endedAway }: ShiftCall): number | null {
  return endedAway ? null : spent.dialTone + spent.ringBack + spent.ring + spent.talk + spent.hold;
}

function described({ dialog, extension }: CallNews) {
  const { kind, fromAddress, toAddress, media } = dialog;
  const { callType } = viewAt(dialog, extension);
  const direction: ShiftCall['direction'] = fromAddress === extension ? 'outbound' : 'inbound';
  const type: ShiftCallType = kind !== 'call' ? kind : callType === BARGED ? 'bargeIn' : direction;
  const number = direction === 'inbound' ? fromAddress : toAddress || media.dialedNumber;
  const { queueName, wrapUpReason } = media;
  return { type, direction, callType: printedCallType(callType), number, queueName, wrapUpReason };
}

function withWrapUp(call: ShiftCall, { dialog }: CallNews): ShiftCall {
  return { ...call, wrapUpReason: dialog.media.wrapUpReason ?? call.wrapUpReason };
}

/** The agent's part in the call is over; wrap-up may follow. @param last phase before that */
function left(
  call: ShiftCall,
  news: CallNews,
  own: Participant | undefined,
  at: number,
  last: CallPhase,
): ShiftCall {
  const { live, mergedInto } = news;
  // Of a call that was found over nobody knows how it ended.
  const disposition = live ? dispositionOf(call.talked && last !== 'failed', own) : 'unknown';
  return {
    ...call,
    endTime: live ? at : null,
    endedAway: !live,
    disposition: mergedInto === undefined ? disposition : 'merged',
    continuedAs: mergedInto ?? null,
  };
}

const FAILURES: Readonly<Record<string, Disposition>> = {
  BUSY: 'busy',
  BAD_DESTINATION: 'invalidNumber',
};

/** `stateCause` is OTHER also of a leg that was transferred away from (objects.md 3.4), which talked to the last. */
function dispositionOf(talked: boolean, own: Participant | undefined): Disposition {
  const cause = own?.stateCause ?? '';
  if (talked) return cause === 'OTHER' ? 'transferred' : 'handled';
  return cause === '' ? 'notAnswered' : (FAILURES[cause] ?? 'failed');
}

function spentUntil({ spent, phase, phaseSince }: ShiftCall, at: number): Spent {
  if (phase === 'failed' || phase === 'gone') return spent;
  return { ...spent, [phase]: spent[phase] + Math.max(0, at - phaseSince) };
}

const sameCall = (a: ShiftCall, b: ShiftCall): boolean =>
  (Object.keys(a) as Array<keyof ShiftCall>).every((key) => a[key] === b[key]);
