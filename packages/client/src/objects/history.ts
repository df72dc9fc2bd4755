/** The shift of an agent, calls and states since the last sign-in: JSON of `/poise/api/history` (Poise only). */
import type { Open } from './read.ts';

export type CallDisposition = Open<
  'handled' | 'transferred' | 'merged' | 'notAnswered' | 'busy' | 'invalidNumber' | 'failed' | 'unknown'
>;

export type CallPhase = Open<'dialTone' | 'ringBack' | 'ring' | 'talk' | 'hold' | 'wrapUp' | 'failed'>;

/** What nobody told, because the server had no word from the CTI server at that moment. */
interface Away {
  readonly beganAway: boolean;
  readonly endedAway: boolean;
  /** It went on over a time of which nothing is known. */
  readonly interrupted: boolean;
}

export interface HistoryCall extends Away {
  /** Counts the calls of the shift, from 1. */
  readonly id: number;
  readonly dialogId: string;
  readonly type: Open<'inbound' | 'outbound' | 'consult' | 'monitor' | 'bargeIn'>;
  readonly direction: Open<'inbound' | 'outbound'>;
  readonly callType: string;
  readonly number: string;
  /** Null: the agent is still in the call. */
  readonly disposition: CallDisposition | null;
  /** Dialog that it went over into; null otherwise. */
  readonly continuedAs: string | null;
  readonly wrapUpReason: string | null;
  readonly queueName: string | null;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  /** Of the finished phases without wrap-up; null: not known. */
  readonly durationMs: number | null;
  /** Ms in each phase that is finished. */
  readonly spentMs: Readonly<Record<string, number>>;
  /** What the agent is in now, and since when; null: the call is over. */
  readonly phase: CallPhase | null;
  readonly phaseSince: Date | null;
}

export interface HistoryState extends Away {
  /** Counts the states of the shift, from 1. */
  readonly id: number;
  readonly state: string;
  readonly reasonCode: number | null;
  readonly reasonLabel: string;
  readonly startTime: Date | null;
  readonly endTime: Date | null;
  /** Null: it goes on, or not known. */
  readonly durationMs: number | null;
}

/** Newest entries first. */
export interface History {
  readonly userId: string;
  /** Null: the agent has not signed in, or the last shift is forgotten. */
  readonly shift: {
    readonly id: number;
    /** Null: not known. */
    readonly startedAt: Date | null;
    /** Null: signed in. */
    readonly endedAt: Date | null;
  } | null;
  readonly calls: readonly HistoryCall[];
  readonly states: readonly HistoryState[];
  readonly callsVersion: number;
  readonly statesVersion: number;
}

export interface HistoryPage<T> extends Pick<History, 'userId' | 'shift'> {
  readonly version: number;
  readonly more: boolean;
  readonly entries: readonly T[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const numberOf = (value: unknown): number => numberOrNull(value) ?? 0;

function dateOf(value: unknown): Date | null {
  const date = new Date(textOf(value));
  return Number.isNaN(date.getTime()) ? null : date;
}

const awayOf = ({ beganAway, endedAway, interrupted }: Json): Away => ({
  beganAway: beganAway === true,
  endedAway: endedAway === true,
  interrupted: interrupted === true,
});

export const readHistoryCall = (json: Json): HistoryCall => ({
  id: numberOf(json.id),
  dialogId: textOf(json.dialogId),
  type: textOf(json.type),
  direction: textOf(json.direction),
  callType: textOf(json.callType),
  number: textOf(json.number),
  disposition: textOrNull(json.disposition),
  continuedAs: textOrNull(json.continuedAs),
  wrapUpReason: textOrNull(json.wrapUpReason),
  queueName: textOrNull(json.queueName),
  startTime: dateOf(json.startTime),
  endTime: dateOf(json.endTime),
  durationMs: numberOrNull(json.durationMs),
  spentMs: isObject(json.spentMs)
    ? Object.fromEntries(Object.entries(json.spentMs).map(([phase, ms]) => [phase, numberOf(ms)]))
    : {},
  phase: textOrNull(json.phase),
  phaseSince: dateOf(json.phaseSince),
  ...awayOf(json),
});

export const readHistoryState = (json: Json): HistoryState => ({
  id: numberOf(json.id),
  state: textOf(json.state),
  reasonCode: numberOrNull(json.reasonCode),
  reasonLabel: textOf(json.reasonLabel),
  startTime: dateOf(json.startTime),
  endTime: dateOf(json.endTime),
  durationMs: numberOrNull(json.durationMs),
  ...awayOf(json),
});

/** @returns null for what is no such answer. @param list name of the member with the entries */
export function readHistoryPage<T>(
  json: unknown,
  list: string,
  read: (json: Json) => T,
): HistoryPage<T> | null {
  if (!isObject(json) || !Array.isArray(json[list])) return null;
  const { shift } = json;
  return {
    userId: textOf(json.userId),
    shift: isObject(shift)
      ? {
          id: numberOf(shift.id),
          startedAt: dateOf(shift.startedAt),
          endedAt: dateOf(shift.endedAt),
        }
      : null,
    version: numberOf(json.version),
    more: json.more === true,
    entries: (json[list] as unknown[]).filter(isObject).map(read),
  };
}
