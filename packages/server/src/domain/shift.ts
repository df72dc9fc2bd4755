/**
 * The shift of an agent: calls and states since the last sign-in (desktop.md 6, D60, D73). News of the agent and of the
 * agent's dialogs go in; what is still going on stays in the shift, what is over comes out, to be kept elsewhere. Pure, and
 * every step costs the same however long the shift is.
 */
import type { AgentState } from './agent-state.ts';
import type { Agent } from './agents.ts';
import type { DialogChange } from './dialog.ts';
import { isWatched } from './dialog-difference.ts';
import {
  type CallNews,
  callBegins,
  callGoesOn,
  callInterrupted,
  callVanished,
  type ShiftCall,
} from './shift-call.ts';

/** A period in one state with one reason. Times are wall ms. */
export interface ShiftState {
  /** Counts the states of the shift, from 1. */
  readonly ordinal: number;
  /** Version of the shift at the last change. */
  readonly version: number;
  readonly state: AgentState;
  /** 0: none, or not known. */
  readonly reasonCode: number;
  readonly reasonLabel: string;
  /** Null: not known. */
  readonly startTime: number | null;
  /** Null: it goes on, or not known. */
  readonly endTime: number | null;
  /** It began, it ended, or the link was lost and came back, where nobody told of it. */
  readonly beganAway: boolean;
  readonly endedAway: boolean;
  readonly interrupted: boolean;
}

/** Immutable, and JSON as it is. */
export interface Shift {
  readonly id: number;
  /** As in the directory. */
  readonly loginId: string;
  /** Sign-in, wall ms; null: not known, the link was away. */
  readonly startedAt: number | null;
  /** Sign-out, or when it was found; null: signed in. */
  readonly endedAt: number | null;
  /** Grows with every change. */
  readonly version: number;
  readonly callsVersion: number;
  readonly statesVersion: number;
  readonly lastCall: number;
  readonly lastState: number;
  /** The present state; after a sign-out LOGOUT. */
  readonly state: ShiftState;
  /** Calls that are not over, and those in wrap-up. */
  readonly calls: readonly ShiftCall[];
}

export type ShiftEntry =
  | { readonly kind: 'call'; readonly entry: ShiftCall }
  | { readonly kind: 'state'; readonly entry: ShiftState };

export interface ShiftStep {
  readonly shift: Shift;
  /** Entries that are over. */
  readonly over: readonly ShiftEntry[];
}

/** What the agent book knows of an agent after news of it. */
export interface AgentNews {
  readonly agent: Agent;
  /** Of the agent's reason code; empty when there is none. */
  readonly reasonLabel: string;
  /** Wall ms. */
  readonly at: number;
  /** False: found when the link came back, not told when it happened. */
  readonly live: boolean;
}

/** Whoever keeps the shifts hears what the webservices hear. */
export interface ShiftListener {
  /** An agent was heard of, or asked about. */
  agentHeard(agent: Agent, at: number, live: boolean): void;
  /** Dialogs changed; what one event did comes together. */
  dialogsChanged(changes: readonly DialogChange[], at: number, live: boolean): void;
  /** The picture is complete (again). @param isThere whether the agent still has the dialog */
  recovered(at: number, isThere: (loginId: string, dialogId: string) => boolean): void;
  /** A user is gone from the directory. */
  forget(loginId: string): void;
}

/** Two times of one beginning may differ so much: of a foreign clock's whole seconds (as in agents.ts), ms. */
const SAME_PERIOD_MS = 3_000;
/** Calls that one agent may have at a time; of others nothing is recorded. */
export const OPEN_CALLS_MAX = 32;

/** Whether the news begin a new shift: a sign-in, and no return of the link or of the webservices. */
export const beginsShift = (shift: Shift | undefined, { agent }: AgentNews): boolean =>
  agent.known && agent.state !== 'LOGOUT' && (shift === undefined || shift.endedAt !== null);

/** The first news of an agent who has signed in. @param id greater than that of the shift before */
export function shiftBegins(id: number, news: AgentNews): Shift {
  const { agent, at, live } = news;
  const state = stateOf(news, { ordinal: 1, version: 1 });
  return {
    id,
    loginId: agent.loginId,
    startedAt: live ? (agent.stateChangeTime ?? at) : null,
    endedAt: null,
    version: 1,
    callsVersion: 1,
    statesVersion: 1,
    lastCall: 0,
    lastState: 1,
    state,
    calls: [],
  };
}

const stateOf = ({ agent, reasonLabel, live }: AgentNews, kept: Pick<ShiftState, 'ordinal' | 'version'>) =>
  ({
    ...kept,
    state: agent.state,
    reasonCode: agent.reasonCode,
    reasonLabel,
    startTime: agent.stateChangeTime,
    endTime: null,
    beganAway: !live,
    endedAway: false,
    interrupted: false,
  }) satisfies ShiftState;

/** News of an agent whose shift goes on ({@link beginsShift} is false). */
export function shiftHears(shift: Shift, news: AgentNews): ShiftStep {
  const { agent, at, live } = news;
  const { state: now } = shift;
  if (!agent.known || shift.endedAt !== null) return { shift, over: [] };
  const version = shift.version + 1;
  if (isSamePeriod(now, news)) {
    const state = learned(now, news, version);
    return { shift: state === now ? shift : { ...shift, version, statesVersion: version, state }, over: [] };
  }
  const over: ShiftState = {
    ...now,
    version,
    endTime: live ? (agent.stateChangeTime ?? at) : null,
    endedAway: !live,
  };
  return {
    shift: {
      ...shift,
      version,
      statesVersion: version,
      lastState: shift.lastState + 1,
      endedAt: agent.state === 'LOGOUT' ? at : null,
      state: stateOf(news, { ordinal: shift.lastState + 1, version }),
    },
    over: [{ kind: 'state', entry: over }],
  };
}

/** After the link, or the process, was away, reason and beginning may be missing: then the state alone has to do. */
function isSamePeriod(now: ShiftState, { agent, live }: AgentNews): boolean {
  if (now.state !== agent.state) return false;
  const reasonTold = agent.reasonCode !== 0 || (live && agent.stateChangeTime !== null);
  if (now.reasonCode !== agent.reasonCode && reasonTold && !(now.reasonCode === 0 && now.beganAway))
    return false;
  if (live || now.startTime === null || agent.stateChangeTime === null) return true;
  return agent.stateChangeTime <= now.startTime + SAME_PERIOD_MS;
}

/** What was missing may be told later; what is not certain any more is marked. */
function learned(now: ShiftState, { agent, reasonLabel, live }: AgentNews, version: number): ShiftState {
  const fills = now.startTime === null && agent.stateChangeTime !== null;
  const explains = now.reasonCode === 0 && agent.reasonCode !== 0;
  const doubts = !live && !now.interrupted && !now.beganAway;
  if (!fills && !explains && !doubts) return now;
  return {
    ...now,
    version,
    startTime: fills ? agent.stateChangeTime : now.startTime,
    ...(explains ? { reasonCode: agent.reasonCode, reasonLabel } : {}),
    interrupted: now.interrupted || doubts,
  };
}

/** A dialog of the agent changed. */
export function shiftSees(shift: Shift, news: CallNews): ShiftStep {
  const index = shift.calls.findIndex(({ dialogId }) => dialogId === news.dialog.id);
  const known = shift.calls[index];
  if (known === undefined && isWatched(news.dialog, news.extension)) return { shift, over: [] };
  const version = shift.version + 1;
  if (known === undefined) {
    if (news.kind === 'DELETE' || shift.calls.length >= OPEN_CALLS_MAX) return { shift, over: [] };
    const ordinal = shift.lastCall + 1;
    const calls = [...shift.calls, callBegins(news, { ordinal, version })];
    return { shift: { ...shift, version, callsVersion: version, lastCall: ordinal, calls }, over: [] };
  }
  const over = news.kind === 'DELETE';
  const next = callGoesOn(known, news);
  if (next === known && !over) return { shift, over: [] };
  const call: ShiftCall = { ...next, version };
  const calls = over ? shift.calls.toSpliced(index, 1) : shift.calls.with(index, call);
  return {
    shift: { ...shift, version, callsVersion: version, calls },
    over: over ? [{ kind: 'call', entry: call }] : [],
  };
}

/** The link is back: calls that are not there any more have ended meanwhile. Proportional to the calls of the agent. */
export function shiftRecovers(shift: Shift, at: number, isThere: (dialogId: string) => boolean): ShiftStep {
  const version = shift.version + 1;
  const over: ShiftEntry[] = [];
  const calls: ShiftCall[] = [];
  let changed = false;
  for (const call of shift.calls) {
    const there = isThere(call.dialogId);
    const next = there ? callInterrupted(call) : callVanished(call, at);
    changed ||= next !== call;
    const entry = next === call ? call : { ...next, version };
    if (there) calls.push(entry);
    else over.push({ kind: 'call', entry });
  }
  return changed ? { shift: { ...shift, version, callsVersion: version, calls }, over } : { shift, over };
}
