import type { Deployment } from './dialect.ts';

/**
 * The agent state machine as a table: for each input and state what happens. Everything that is not in
 * the table is refused with the row's `otherwise` code, so a new state or input cannot slip through.
 * Sources: GED-188 agent states; objects and transitions of the desktop API (CCE and CCX).
 */

/** GED-188 names; the two outbound reservations are RESERVED with a Direction on the wire. */
export const AGENT_STATES = [
  'LOGOUT',
  'NOT_READY',
  'AVAILABLE',
  'RESERVED',
  'RESERVED_OUTBOUND',
  'RESERVED_OUTBOUND_PREVIEW',
  'TALKING',
  'HOLD',
  'WORK_NOT_READY',
  'WORK_READY',
] as const;
export type AgentStateName = (typeof AGENT_STATES)[number];

/** Requests, by who makes them. `signInElsewhere` is a sign-in that names another instrument. */
export const REQUESTS = [
  'signIn',
  'signInElsewhere',
  'signOut',
  'signOutForced',
  'signOutBySupervisor',
  'signOutBySystem',
  'disconnectToNotReady',
  'disconnectToLogout',
  'ready',
  'readyBySupervisor',
  'notReady',
  'notReadyBySupervisor',
  'work',
] as const;

/** What the call model reports about the agent's line. */
export const STIMULI = [
  'offered',
  'offeredOutbound',
  'offeredPreview',
  'withdrawn',
  'notAnswered',
  'answered',
  'callStarted',
  'held',
  'retrieved',
  'callEnded',
  'callEndedIntoWrapUp',
  'wrapUpTimer',
  /** An available agent dials; NOT_READY on the way, AVAILABLE afterwards. */
  'offHook',
  /** CCX: a call outside routing, shown as NOT_READY; AVAILABLE afterwards if it was so before. */
  'nonAcdStarted',
  'nonAcdEnded',
  /** A mobile agent's phone was busy or did not answer. */
  'phoneFailed',
] as const;

export type AgentRequest = (typeof REQUESTS)[number];
export type AgentStimulus = (typeof STIMULI)[number];
export type AgentInput = AgentRequest | AgentStimulus;

/** ControlFailureCode values the table answers with. */
export const CF = {
  INVALID_OBJECT_STATE: 22,
  RESOURCE_BUSY: 33,
  INVALID_AGENT_ID_SPECIFIED: 256,
  INVALID_PASSWORD_SPECIFIED: 257,
  SPECIFIED_AGENT_ALREADY_SIGNED_ON: 259,
  INVALID_LOGON_DEVICE_SPECIFIED: 260,
  INVALID_AGENT_WORKMODE: 265,
  INTERNAL_PROCESSING_ERROR: 269,
  WRAPUP_DATA_REQUIRED: 280,
  REASON_CODE_REQUIRED: 281,
  AGENT_ACCOUNT_LOCKED_OUT: 289,
  INVALID_PARAMETER: 1010,
} as const;

/**
 * A state name: go there. `again`: nothing changes, the state is reported once more. `pending`: accepted,
 * carried out after the call. `pendingOnce`: the same, but a second wish is refused with 265 (CCX).
 * `settle`: go to the pending wish, else back to what the call interrupted. `wrapUp`: the work state that
 * leads there. `stepOut`: NOT_READY for as long as a call lasts; `comeBack` ends that. `setAside`:
 * NOT_READY, unless a pending sign-out is due. A number: refused with that ControlFailureCode.
 */
export type Effect =
  | AgentStateName
  | 'again'
  | 'pending'
  | 'pendingOnce'
  | 'settle'
  | 'wrapUp'
  | 'stepOut'
  | 'comeBack'
  | 'setAside'
  | number;

type Row = Readonly<Partial<Record<AgentStateName, Effect>> & { otherwise: Effect }>;
export type TransitionTable = Readonly<Record<AgentInput, Row>>;

const busy = {
  RESERVED: 'pending',
  RESERVED_OUTBOUND: 'pending',
  RESERVED_OUTBOUND_PREVIEW: 'pending',
  TALKING: 'pending',
  HOLD: 'pending',
} as const;
const idle = (to: AgentStateName) =>
  ({ NOT_READY: to, AVAILABLE: to, WORK_NOT_READY: to, WORK_READY: to }) as const;
const INVALID = CF.INVALID_OBJECT_STATE;

const CCE: TransitionTable = {
  signIn: { LOGOUT: 'NOT_READY', otherwise: 'again' },
  signInElsewhere: {
    NOT_READY: 'again',
    AVAILABLE: 'again',
    WORK_NOT_READY: 'again',
    WORK_READY: 'again',
    otherwise: INVALID,
  },
  signOut: { NOT_READY: 'LOGOUT', otherwise: INVALID },
  signOutForced: { ...idle('LOGOUT'), ...busy, otherwise: INVALID },
  signOutBySupervisor: { ...idle('LOGOUT'), ...busy, otherwise: INVALID },
  signOutBySystem: { LOGOUT: INVALID, otherwise: 'LOGOUT' },
  disconnectToNotReady: { ...idle('NOT_READY'), ...busy, otherwise: INVALID },
  disconnectToLogout: { ...idle('LOGOUT'), ...busy, otherwise: INVALID },
  ready: {
    NOT_READY: 'AVAILABLE',
    AVAILABLE: 'again',
    RESERVED_OUTBOUND: 'AVAILABLE',
    RESERVED_OUTBOUND_PREVIEW: 'pending',
    TALKING: 'pending',
    HOLD: 'pending',
    WORK_NOT_READY: 'AVAILABLE',
    WORK_READY: 'AVAILABLE',
    otherwise: INVALID,
  },
  readyBySupervisor: {
    NOT_READY: 'AVAILABLE',
    AVAILABLE: 'again',
    RESERVED_OUTBOUND: 'AVAILABLE',
    TALKING: 'pending',
    HOLD: 'pending',
    WORK_NOT_READY: 'AVAILABLE',
    WORK_READY: 'AVAILABLE',
    otherwise: INVALID,
  },
  notReady: {
    LOGOUT: CF.INVALID_PASSWORD_SPECIFIED,
    NOT_READY: 'NOT_READY',
    AVAILABLE: 'NOT_READY',
    RESERVED_OUTBOUND: 'NOT_READY',
    RESERVED_OUTBOUND_PREVIEW: 'pending',
    TALKING: 'pending',
    HOLD: 'pending',
    WORK_NOT_READY: 'NOT_READY',
    WORK_READY: 'NOT_READY',
    otherwise: INVALID,
  },
  notReadyBySupervisor: {
    LOGOUT: CF.INVALID_PASSWORD_SPECIFIED,
    AVAILABLE: 'NOT_READY',
    WORK_NOT_READY: 'NOT_READY',
    WORK_READY: 'NOT_READY',
    otherwise: INVALID,
  },
  work: { TALKING: 'pending', HOLD: 'pending', otherwise: INVALID },

  offered: { AVAILABLE: 'RESERVED', otherwise: INVALID },
  offeredOutbound: { AVAILABLE: 'RESERVED_OUTBOUND', otherwise: INVALID },
  offeredPreview: { AVAILABLE: 'RESERVED_OUTBOUND_PREVIEW', otherwise: INVALID },
  withdrawn: {
    RESERVED: 'settle',
    RESERVED_OUTBOUND: 'settle',
    RESERVED_OUTBOUND_PREVIEW: 'settle',
    otherwise: INVALID,
  },
  notAnswered: {
    RESERVED: 'setAside',
    RESERVED_OUTBOUND: 'setAside',
    RESERVED_OUTBOUND_PREVIEW: 'setAside',
    otherwise: INVALID,
  },
  answered: {
    RESERVED: 'TALKING',
    RESERVED_OUTBOUND: 'TALKING',
    RESERVED_OUTBOUND_PREVIEW: 'TALKING',
    otherwise: INVALID,
  },
  callStarted: { ...idle('TALKING'), otherwise: INVALID },
  held: { TALKING: 'HOLD', otherwise: INVALID },
  retrieved: { HOLD: 'TALKING', otherwise: INVALID },
  callEnded: { TALKING: 'settle', HOLD: 'settle', otherwise: INVALID },
  callEndedIntoWrapUp: { TALKING: 'wrapUp', HOLD: 'wrapUp', otherwise: INVALID },
  wrapUpTimer: { WORK_NOT_READY: 'settle', WORK_READY: 'settle', otherwise: INVALID },
  offHook: { AVAILABLE: 'stepOut', otherwise: INVALID },
  nonAcdStarted: { otherwise: INVALID },
  nonAcdEnded: { otherwise: INVALID },
  phoneFailed: { NOT_READY: 'NOT_READY', AVAILABLE: 'NOT_READY', otherwise: INVALID },
};

const INTERNAL = CF.INTERNAL_PROCESSING_ERROR;
const PARAMETER = CF.INVALID_PARAMETER;

const CCX: TransitionTable = {
  ...CCE,
  signOut: { NOT_READY: 'LOGOUT', AVAILABLE: 'LOGOUT', otherwise: INVALID },
  ready: {
    LOGOUT: PARAMETER,
    NOT_READY: 'AVAILABLE',
    AVAILABLE: 'again',
    RESERVED_OUTBOUND: INTERNAL,
    RESERVED_OUTBOUND_PREVIEW: INTERNAL,
    TALKING: CF.INVALID_AGENT_WORKMODE,
    WORK_NOT_READY: 'AVAILABLE',
    otherwise: INVALID,
  },
  readyBySupervisor: {
    LOGOUT: PARAMETER,
    NOT_READY: 'AVAILABLE',
    AVAILABLE: 'again',
    WORK_NOT_READY: 'AVAILABLE',
    otherwise: INVALID,
  },
  notReady: {
    LOGOUT: PARAMETER,
    NOT_READY: 'NOT_READY',
    AVAILABLE: 'NOT_READY',
    RESERVED_OUTBOUND: INTERNAL,
    RESERVED_OUTBOUND_PREVIEW: INTERNAL,
    TALKING: 'pendingOnce',
    WORK_NOT_READY: 'NOT_READY',
    otherwise: INVALID,
  },
  notReadyBySupervisor: {
    LOGOUT: PARAMETER,
    AVAILABLE: 'NOT_READY',
    WORK_NOT_READY: 'NOT_READY',
    otherwise: INVALID,
  },
  work: { LOGOUT: PARAMETER, TALKING: 'pending', otherwise: INVALID },
  // Holding leaves TALKING; calls outside routing leave NOT_READY: both are reported once more.
  held: { TALKING: 'again', otherwise: INVALID },
  retrieved: { TALKING: 'again', otherwise: INVALID },
  callStarted: { NOT_READY: 'TALKING', AVAILABLE: 'TALKING', WORK_NOT_READY: 'TALKING', otherwise: INVALID },
  nonAcdStarted: { NOT_READY: 'again', AVAILABLE: 'stepOut', WORK_NOT_READY: 'again', otherwise: INVALID },
  nonAcdEnded: { NOT_READY: 'comeBack', WORK_NOT_READY: 'again', otherwise: INVALID },
};

export const TRANSITIONS: Readonly<Record<Deployment, TransitionTable>> = { CCE, CCX };

/** The wish that a busy agent's request leaves behind. */
export interface PendingState {
  readonly state: 'AVAILABLE' | 'NOT_READY' | 'LOGOUT';
  readonly reason: number;
}

/** All that the machine remembers of one agent. Immutable. */
export interface AgentStatus {
  readonly state: AgentStateName;
  /** EventReasonCode; 0 unless the state is NOT_READY or LOGOUT. */
  readonly reason: number;
  readonly pending: PendingState | null;
  /** Wrap-up was asked for during this call (mode OPTIONAL). */
  readonly wrapUpWanted: boolean;
  /** State and reason that the current reservation, call or wrap-up interrupted. */
  readonly resume: { readonly state: 'AVAILABLE' | 'NOT_READY'; readonly reason: number };
}

export const SIGNED_OUT: AgentStatus = {
  state: 'LOGOUT',
  reason: 0,
  pending: null,
  wrapUpWanted: false,
  resume: { state: 'NOT_READY', reason: 0 },
};

export interface StepContext {
  /** Reason the new state (or the pending wish) carries. */
  readonly reason?: number;
  /** The agent's desk settings demand a reason for this request. */
  readonly reasonRequired?: boolean;
  /** Wrap-up on request is allowed (mode OPTIONAL). */
  readonly wrapUpOptional?: boolean;
}

export type Step =
  /** The state, its reason, or the time it counts from changed. */
  | { readonly kind: 'moved'; readonly status: AgentStatus }
  /** Accepted; the same state is reported again. */
  | { readonly kind: 'again'; readonly status: AgentStatus }
  /** Accepted and kept for later; the same state is reported with the wish. */
  | { readonly kind: 'pending'; readonly status: AgentStatus }
  | { readonly kind: 'refused'; readonly code: number };

/** Applies one input to one agent: pure, total, never throws. */
export function step(
  deployment: Deployment,
  status: AgentStatus,
  input: AgentInput,
  context: StepContext = {},
): Step {
  const row = TRANSITIONS[deployment][input];
  const effect = row[status.state] ?? row.otherwise;
  if (typeof effect === 'number') return { kind: 'refused', code: effect };
  if (input === 'work' && context.wrapUpOptional !== true) return refused(CF.INVALID_AGENT_WORKMODE);
  if (context.reasonRequired === true && !context.reason) return refused(CF.REASON_CODE_REQUIRED);
  const reason = context.reason ?? 0;
  switch (effect) {
    case 'again':
      return { kind: 'again', status };
    case 'pendingOnce':
      if (status.pending !== null) return refused(CF.INVALID_AGENT_WORKMODE);
      return { kind: 'pending', status: withWish(status, input, reason) };
    case 'pending':
      return { kind: 'pending', status: withWish(status, input, reason) };
    case 'settle': {
      const target = status.pending ?? status.resume;
      return { kind: 'moved', status: enter(status, target.state, target.reason) };
    }
    case 'wrapUp': {
      const ready = deployment === 'CCE' && (status.pending ?? status.resume).state === 'AVAILABLE';
      return { kind: 'moved', status: enter(status, ready ? 'WORK_READY' : 'WORK_NOT_READY', 0) };
    }
    case 'stepOut':
      return { kind: 'moved', status: { ...enter(status, 'NOT_READY', reason), resume: status.resume } };
    case 'setAside': {
      const leave = status.pending?.state === 'LOGOUT' ? status.pending : null;
      return { kind: 'moved', status: enter(status, leave?.state ?? 'NOT_READY', leave?.reason ?? reason) };
    }
    case 'comeBack': {
      const { state, reason: before } = status.resume;
      if (state === status.state && before === status.reason) return { kind: 'again', status };
      return { kind: 'moved', status: enter(status, state, before) };
    }
    default:
      if (effect === status.state && reason === status.reason && status.pending === null) {
        return { kind: 'again', status };
      }
      return { kind: 'moved', status: enter(status, effect, reason) };
  }
}

function refused(code: number): Step {
  return { kind: 'refused', code };
}

const WISHES: Readonly<Partial<Record<AgentInput, PendingState['state']>>> = {
  ready: 'AVAILABLE',
  readyBySupervisor: 'AVAILABLE',
  notReady: 'NOT_READY',
  disconnectToNotReady: 'NOT_READY',
  signOutForced: 'LOGOUT',
  signOutBySupervisor: 'LOGOUT',
  disconnectToLogout: 'LOGOUT',
};

function withWish(status: AgentStatus, input: AgentInput, reason: number): AgentStatus {
  const state = WISHES[input];
  if (state === undefined) return { ...status, wrapUpWanted: true };
  return { ...status, pending: { state, reason: state === 'AVAILABLE' ? 0 : reason } };
}

function enter(status: AgentStatus, state: AgentStateName, reason: number): AgentStatus {
  const keepsReason = state === 'NOT_READY' || state === 'LOGOUT';
  const resting = keepsReason || state === 'AVAILABLE';
  if (resting) {
    const resume =
      state === 'AVAILABLE'
        ? ({ state, reason: 0 } as const)
        : ({ state: 'NOT_READY', reason: state === 'NOT_READY' ? reason : 0 } as const);
    return { state, reason: keepsReason ? reason : 0, pending: null, wrapUpWanted: false, resume };
  }
  return { ...status, state, reason: 0 };
}
