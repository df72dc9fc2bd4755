import type { Clock } from '@poise/clock';
import {
  type AgentInput,
  type AgentStatus,
  type AgentStimulus,
  CF,
  SIGNED_OUT,
  type StepContext,
  step,
} from './agent-state.ts';
import { DISCONNECT_REASON, type Dialect } from './dialect.ts';
import {
  type AcdAgent,
  type AcdTeam,
  compareRosters,
  type Roster,
  type RosterDifference,
} from './directory.ts';

/**
 * All agents of the contact centre: who is signed in where, in which state, since when. Pure and
 * synchronous: a request changes the model at once and returns what happened; sockets, passwords and
 * messages are the server's business.
 */

/** The states a SET_AGENT_STATE_REQ may ask for. */
export type RequestedState = 'LOGIN' | 'LOGOUT' | 'NOT_READY' | 'AVAILABLE' | 'WORK_NOT_READY' | 'WORK_READY';

export interface AgentStateRequest {
  readonly state: RequestedState;
  /** AgentID; without it the agent is the one signed in on the instrument. */
  readonly agentId?: string | undefined;
  /** As on the wire; a mobile agent's is "instrument;phone". */
  readonly instrument?: string | undefined;
  readonly reason?: number;
  /** ForcedFlag TRUE. */
  readonly forced?: boolean;
  /** AgentID of the supervisor who asks; absent or the agent's own id: the agent asks. */
  readonly supervisorId?: string | undefined;
  /**
   * The client is a bridge (ALL_EVENTS): a supervisor's reason code alone then marks the request as a
   * supervisor's. Default true.
   */
  readonly bridge?: boolean;
  /** AgentWorkMode; 3 and 4 are the mobile modes. */
  readonly workMode?: number;
}

/** Why a request was refused: by the peripheral (CONTROL_FAILURE_CONF) or as such (FAILURE_CONF). */
export type Failure =
  | { readonly kind: 'control'; readonly code: number; readonly peripheral: number }
  | { readonly kind: 'status'; readonly status: number };

export type ChangeKind =
  | 'signIn'
  /** Signed in again on another phone, state kept. */
  | 'relocated'
  | 'state'
  /** Nothing changed; reported again because somebody asked for it. */
  | 'again'
  | 'pending'
  | 'skills'
  | 'signOut';

/** One fact that the clients are told with one AGENT_STATE_EVENT. */
export interface AgentChange {
  readonly kind: ChangeKind;
  readonly agent: AgentView;
  /** The phone before the change; differs from `agent.instrument` after sign-out and relocation. */
  readonly previousInstrument: string | null;
}

export type Outcome =
  | { readonly ok: true; readonly changes: readonly AgentChange[] }
  | { readonly ok: false; readonly failure: Failure };

export interface MobilePhone {
  readonly mode: 'CALL_BY_CALL' | 'NAILED_CONNECTION';
  readonly number: string;
}

/** One agent at one moment. */
export interface AgentView {
  readonly profile: AcdAgent;
  readonly status: AgentStatus;
  /** Phone of a signed-in agent, else null. */
  readonly instrument: string | null;
  readonly mobile: MobilePhone | null;
  /** Whole seconds since state or reason changed. */
  readonly stateSeconds: number;
}

/** What a state request must know of the agent's calls; the call model answers. */
export interface AgentLine {
  /** The agent is in a wrap-up that may not be left without wrap-up data. */
  wrapUpDataMissing(loginId: string): boolean;
  /** A call outside routing is at the agent's phone (of interest on CCX, where the state does not show it). */
  onNonAcdCall(loginId: string): boolean;
}

interface Entry {
  profile: AcdAgent;
  status: AgentStatus;
  instrument: string | null;
  mobile: MobilePhone | null;
  /** Monotonic ms; null until the first change since the start. */
  since: number | null;
}

/** "No device target for the network target": the phone is not one that an agent may sign in on. */
const NO_DEVICE_TARGET = 10125;
const STATUS_REQUIRED_DATA_MISSING = 6;
const STATUS_INCONSISTENT_AGENT_DATA = 32;
const STATUS_SUPERVISOR_NOT_FOUND = 64;
const CF_PRIVILEGE_VIOLATION = 8;
const WORK_MODE_CALL_BY_CALL = 3;
const WORK_MODE_NAILED_CONNECTION = 4;

export class AgentModel {
  readonly #clock: Clock;
  readonly #dialect: Dialect;
  #roster: Roster;
  /** Only agents that ever signed in since the start (or the last removal). */
  readonly #entries = new Map<string, Entry>();
  /** Instrument to the agent signed in on it: the one place that keeps "one agent per phone" true. */
  readonly #byInstrument = new Map<string, Entry>();
  readonly #outOfService = new Set<string>();
  #line: AgentLine | undefined;

  constructor(options: { clock: Clock; dialect: Dialect; roster: Roster }) {
    this.#clock = options.clock;
    this.#dialect = options.dialect;
    this.#roster = options.roster;
  }

  get roster(): Roster {
    return this.#roster;
  }

  /** Number of agents signed in. */
  get signedIn(): number {
    return this.#byInstrument.size;
  }

  agent(loginId: string): AgentView | undefined {
    const profile = this.#roster.agent(loginId);
    return profile && this.#view(profile);
  }

  agentBySkillTarget(id: number): AgentView | undefined {
    const profile = this.#roster.agentBySkillTarget(id);
    return profile && this.#view(profile);
  }

  agentOn(instrument: string): AgentView | undefined {
    const entry = this.#byInstrument.get(instrument);
    return entry && this.#viewOf(entry);
  }

  /** Agents with a wish that waits for the end of a call. */
  *withPendingWish(): Generator<AgentView> {
    for (const entry of this.#entries.values()) if (entry.status.pending !== null) yield this.#viewOf(entry);
  }

  instrumentInService(instrument: string): boolean {
    return this.#roster.hasDevice(instrument) && !this.#outOfService.has(instrument);
  }

  /** Connects the model to the one of the calls. */
  attachLine(line: AgentLine): void {
    this.#line = line;
  }

  /**
   * Applies what happened on the agent's line.
   * @returns what the clients are told; null if the state does not know this stimulus or nobody is signed in
   */
  apply(loginId: string, stimulus: AgentStimulus | 'signOutBySystem', reason = 0): AgentChange | null {
    const entry = this.#entries.get(loginId);
    if (entry?.instrument == null) return null;
    const result = step(this.#dialect.deployment, entry.status, stimulus, { reason });
    return result.kind === 'refused' ? null : this.#adopt(entry, result.kind, result.status);
  }

  /** Carries out a SET_AGENT_STATE_REQ whose password (if any) was already found right. */
  request(request: AgentStateRequest): Outcome {
    return request.state === 'LOGIN' ? this.#signIn(request) : this.#setState(request);
  }

  /**
   * A phone left or came back into service; whoever is signed in on it is signed out (50003).
   * @returns null if nothing changed
   */
  setInstrumentService(instrument: string, inService: boolean): readonly AgentChange[] | null {
    if (!this.#roster.hasDevice(instrument) || inService !== this.#outOfService.has(instrument)) return null;
    if (inService) {
      this.#outOfService.delete(instrument);
      return [];
    }
    this.#outOfService.add(instrument);
    const entry = this.#byInstrument.get(instrument);
    return entry ? [this.#signOutBySystem(entry, this.#dialect.reasons.deviceOutOfService)] : [];
  }

  /** Takes over a changed directory; removed agents and phones end sign-ins, new skills are reported. */
  replaceRoster(roster: Roster): { difference: RosterDifference; changes: readonly AgentChange[] } {
    const difference = compareRosters(this.#roster, roster);
    this.#roster = roster;
    const changes: AgentChange[] = [];
    for (const removed of difference.agents.removed) {
      const entry = this.#entries.get(removed.loginId);
      if (entry?.instrument != null)
        changes.push(this.#signOutBySystem(entry, this.#dialect.reasons.agentRemoved));
      this.#entries.delete(removed.loginId);
    }
    for (const device of difference.devices.removed) {
      this.#outOfService.delete(device);
      const entry = this.#byInstrument.get(device);
      if (entry) changes.push(this.#signOutBySystem(entry, this.#dialect.reasons.deviceRemoved));
    }
    for (const { before, after } of difference.agents.changed) {
      const entry = this.#entries.get(after.loginId);
      if (!entry) continue;
      entry.profile = after;
      const skillsChanged = before.skillGroups.join() !== after.skillGroups.join();
      if (skillsChanged && entry.instrument !== null)
        changes.push(this.#change('skills', entry, entry.instrument));
    }
    return { difference, changes };
  }

  #signIn(request: AgentStateRequest): Outcome {
    if (request.agentId === undefined || request.instrument === undefined)
      return status(STATUS_REQUIRED_DATA_MISSING);
    const profile = this.#roster.agent(request.agentId);
    if (!profile) return control(CF.INVALID_AGENT_ID_SPECIFIED);
    const place = this.#parseInstrument(request.instrument, request.workMode ?? 0);
    if (!place) return control(CF.INVALID_AGENT_WORKMODE);
    if (!this.instrumentInService(place.instrument))
      return control(CF.INVALID_LOGON_DEVICE_SPECIFIED, NO_DEVICE_TARGET);
    const holder = this.#byInstrument.get(place.instrument);
    if (holder && holder.profile.loginId !== profile.loginId) return control(CF.RESOURCE_BUSY);

    const entry = this.#entry(profile);
    const before = entry.instrument;
    const elsewhere = before !== null && before !== place.instrument;
    if (elsewhere && request.forced !== true) return control(CF.SPECIFIED_AGENT_ALREADY_SIGNED_ON);
    const result = step(this.#dialect.deployment, entry.status, elsewhere ? 'signInElsewhere' : 'signIn');
    if (result.kind === 'refused') return control(result.code);
    if (result.kind === 'moved') this.#become(entry, result.status);
    if (before !== null) this.#byInstrument.delete(before);
    entry.instrument = place.instrument;
    entry.mobile = place.mobile;
    this.#byInstrument.set(place.instrument, entry);
    const kind = elsewhere ? 'relocated' : before === null ? 'signIn' : 'again';
    return { ok: true, changes: [this.#change(kind, entry, before)] };
  }

  #setState(request: AgentStateRequest): Outcome {
    const instrument = request.instrument?.split(';', 1)[0];
    const found = this.#find(request.agentId, instrument);
    if (!found) {
      if (request.agentId !== undefined) return control(CF.INVALID_AGENT_ID_SPECIFIED);
      if (instrument === undefined) return status(STATUS_REQUIRED_DATA_MISSING);
      // Nobody is signed in there: the same answers as for an agent who is signed out.
      const refusal = step(this.#dialect.deployment, SIGNED_OUT, inputOf(request.state, false));
      return control(refusal.kind === 'refused' ? refusal.code : CF.INVALID_OBJECT_STATE);
    }
    const entry = this.#entry(found);
    if (instrument && entry.instrument !== null && entry.instrument !== instrument)
      return status(STATUS_INCONSISTENT_AGENT_DATA);

    const supervisor = this.#supervisorOf(request, entry.profile);
    if (typeof supervisor === 'object') return supervisor;
    const { input, context } = this.#classify(request, entry.profile, supervisor);
    const result = step(this.#dialect.deployment, entry.status, input, context);
    if (result.kind === 'refused') return control(result.code);
    const obstacle = this.#obstacleOnLine(entry, input);
    if (obstacle !== null) return control(obstacle);
    return { ok: true, changes: [this.#adopt(entry, result.kind, result.status)] };
  }

  /** What only the calls of the agent can object to; forced sign-outs are never held up. */
  #obstacleOnLine({ profile, status: { state } }: Entry, input: AgentInput): number | null {
    if (input === 'ready' || input === 'notReady') {
      const inWrapUp = state === 'WORK_NOT_READY' || state === 'WORK_READY';
      if (inWrapUp && this.#line?.wrapUpDataMissing(profile.loginId)) return CF.WRAPUP_DATA_REQUIRED;
    }
    // READY during a call outside routing, which CCX shows as NOT_READY.
    if (input === 'ready' && state === 'NOT_READY' && this.#dialect.deployment === 'CCX') {
      if (this.#line?.onNonAcdCall(profile.loginId)) return CF.RESOURCE_BUSY;
    }
    return null;
  }

  /** Turns a request into an input of the state machine. */
  #classify(
    request: AgentStateRequest,
    profile: AcdAgent,
    bySupervisor: boolean,
  ): { input: AgentInput; context: StepContext } {
    const reason = request.reason ?? 0;
    const team = this.#roster.team(profile.teamId);
    if (request.state === 'LOGOUT' && request.forced === true) {
      if (reason === DISCONNECT_REASON) {
        const { to, reason: becomes, atOnce } = this.#dialect.disconnect;
        const toLogout = atOnce ? 'signOutBySystem' : 'disconnectToLogout';
        return { input: to === 'LOGOUT' ? toLogout : 'disconnectToNotReady', context: { reason: becomes } };
      }
      return { input: 'signOutForced', context: { reason } };
    }
    const input = inputOf(request.state, bySupervisor);
    return { input, context: contextOf(input, reason, team) };
  }

  /** @returns whether a supervisor asks, or the refusal if that one may not */
  #supervisorOf(request: AgentStateRequest, profile: AcdAgent): boolean | Outcome {
    const id = request.supervisorId;
    if (id !== undefined && id !== '') {
      const supervisor = this.#roster.agent(id) ?? this.#roster.agentBySkillTarget(Number(id));
      if (!supervisor) return status(STATUS_SUPERVISOR_NOT_FOUND);
      if (supervisor.loginId === profile.loginId) return false;
      if (profile.teamId === null || !supervisor.supervisorOf.includes(profile.teamId))
        return control(CF_PRIVILEGE_VIOLATION);
      return true;
    }
    if (request.bridge === false) return false;
    const { notReady, logout } = this.#dialect.supervisorReasons;
    return (
      (request.state === 'NOT_READY' && request.reason === notReady) ||
      (request.state === 'LOGOUT' && request.reason === logout)
    );
  }

  #signOutBySystem(entry: Entry, reason: number): AgentChange {
    const result = step(this.#dialect.deployment, entry.status, 'signOutBySystem', { reason });
    return this.#adopt(entry, 'moved', result.kind === 'refused' ? SIGNED_OUT : result.status);
  }

  /** Stores a new status and keeps the invariant: signed in if and only if on an instrument. */
  #adopt(entry: Entry, kind: 'moved' | 'again' | 'pending', next: AgentStatus): AgentChange {
    const before = entry.instrument;
    if (kind === 'moved') this.#become(entry, next);
    else entry.status = next;
    if (next.state === 'LOGOUT' && before !== null) {
      this.#byInstrument.delete(before);
      entry.instrument = null;
      const change = this.#change('signOut', entry, before);
      entry.mobile = null;
      return change;
    }
    return this.#change(kind === 'moved' ? 'state' : kind, entry, before);
  }

  #become(entry: Entry, next: AgentStatus): void {
    entry.status = next;
    entry.since = this.#clock.monotonic();
  }

  #find(agentId: string | undefined, instrument: string | undefined): AcdAgent | undefined {
    if (agentId !== undefined) return this.#roster.agent(agentId);
    return instrument === undefined ? undefined : this.#byInstrument.get(instrument)?.profile;
  }

  #parseInstrument(
    text: string,
    workMode: number,
  ): { instrument: string; mobile: MobilePhone | null } | null {
    const semicolon = text.indexOf(';');
    const remote = workMode === WORK_MODE_CALL_BY_CALL || workMode === WORK_MODE_NAILED_CONNECTION;
    if (!remote) return semicolon < 0 ? { instrument: text, mobile: null } : null;
    if (!this.#dialect.mobileAgents || semicolon < 0 || semicolon === text.length - 1) return null;
    const mode = workMode === WORK_MODE_CALL_BY_CALL ? 'CALL_BY_CALL' : 'NAILED_CONNECTION';
    return { instrument: text.slice(0, semicolon), mobile: { mode, number: text.slice(semicolon + 1) } };
  }

  #entry(profile: AcdAgent): Entry {
    let entry = this.#entries.get(profile.loginId);
    if (!entry) {
      entry = { profile, status: SIGNED_OUT, instrument: null, mobile: null, since: null };
      this.#entries.set(profile.loginId, entry);
    }
    return entry;
  }

  #change(kind: ChangeKind, entry: Entry, previousInstrument: string | null): AgentChange {
    return { kind, agent: this.#viewOf(entry), previousInstrument };
  }

  #view(profile: AcdAgent): AgentView {
    const entry = this.#entries.get(profile.loginId);
    if (entry) return this.#viewOf(entry);
    return { profile, status: SIGNED_OUT, instrument: null, mobile: null, stateSeconds: 0 };
  }

  #viewOf(entry: Entry): AgentView {
    const elapsedMs = entry.since === null ? 0 : this.#clock.monotonic() - entry.since;
    return {
      profile: entry.profile,
      status: entry.status,
      instrument: entry.instrument,
      mobile: entry.mobile,
      stateSeconds: Math.floor(elapsedMs / 1000),
    };
  }
}

function inputOf(state: RequestedState, bySupervisor: boolean): AgentInput {
  switch (state) {
    case 'LOGIN':
      return 'signIn';
    case 'LOGOUT':
      return bySupervisor ? 'signOutBySupervisor' : 'signOut';
    case 'NOT_READY':
      return bySupervisor ? 'notReadyBySupervisor' : 'notReady';
    case 'AVAILABLE':
      return bySupervisor ? 'readyBySupervisor' : 'ready';
    default:
      return 'work';
  }
}

function contextOf(input: AgentInput, reason: number, team: AcdTeam | undefined): StepContext {
  if (input === 'notReady') return { reason, reasonRequired: team?.notReadyReasonRequired === true };
  if (input === 'signOut') return { reason, reasonRequired: team?.logoutReasonRequired === true };
  if (input === 'work') {
    return { wrapUpOptional: team?.wrapUpOnIncoming === 'OPTIONAL' || team?.wrapUpOnOutgoing === 'OPTIONAL' };
  }
  return input === 'ready' || input === 'readyBySupervisor' ? {} : { reason };
}

function control(code: number, peripheral = 0): Outcome {
  return { ok: false, failure: { kind: 'control', code, peripheral } };
}

function status(code: number): Outcome {
  return { ok: false, failure: { kind: 'status', status: code } };
}
