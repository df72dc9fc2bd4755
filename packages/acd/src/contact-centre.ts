import type { Clock } from '@poise/clock';
import {
  CallMsgMask,
  type CtiMessage,
  FailureStatus,
  type OpenRequest,
  PGStatus,
  ServiceMask,
  SystemEventID,
  sameClient,
} from '@poise/ged188';
import { AGENT_ID_LONG_SIZE, agentStateEvent, stateNumber } from './agent-event.ts';
import { type AgentChange, AgentModel, type AgentStateRequest, type Failure } from './agent-model.ts';
import { CF } from './agent-state.ts';
import { type CtiClient, hasService } from './client.ts';
import { fits } from './clip.ts';
import { type ConfigurationContext, update } from './configuration.ts';
import { traceAgentEvent } from './cti-trace.ts';
import { type Deployment, type Dialect, dialectOf, type OnDisconnect } from './dialect.ts';
import { type AcdAgent, type AcdDirectory, Roster } from './directory.ts';
import { EventRouter } from './event-router.ts';
import { type Admission, admit } from './open-request.ts';
import { RequestQueue } from './request-queue.ts';
import { answer, sendAnswer } from './requests.ts';
import { fullTeam, teamChanges } from './team-config.ts';

/** Requests of one agent that may wait behind a password check; more are refused with CF 44. */
export const AGENT_REQUESTS_WAITING_MAX = 32;
const CF_OUTSTANDING_REQUEST_LIMIT = 44;
const CF_PRIVILEGE_VIOLATION = 8;
const CF_RESOURCE_OUT_OF_SERVICE = 34;
const WRONG_PASSWORD: Failure = { kind: 'control', code: CF.INVALID_PASSWORD_SPECIFIED, peripheral: 0 };

export interface ContactCentreOptions {
  readonly directory: AcdDirectory;
  readonly clock: Clock;
  readonly deployment: Deployment;
  readonly onDisconnect: OnDisconnect;
  /** One line of the CTI trace, without time stamp and line feed. */
  readonly trace?: ((line: string) => void) | undefined;
  /** For the operator: a directory that fails, a password check that throws. */
  readonly log?: ((text: string) => void) | undefined;
  readonly manners?: Manners | undefined;
}

/** Liberties that real CTI servers take and that a client must survive; for testing clients. */
export interface Manners {
  /** Events of a request go out before its confirmation. */
  readonly confirmAfterEvents?: boolean;
  /** Confirmations are late by this much, events are not. */
  readonly confirmDelayMs?: number;
  /** Newer versions are refused with INVALID_VERSION. */
  readonly versionMax?: number;
}

/** A SET_AGENT_STATE_REQ as it came: the model's request and what proves who asks. */
export interface AgentStateDemand extends AgentStateRequest {
  readonly password?: string | undefined;
  /** A bridge has checked the agent's single sign-on token; a desktop's word for it counts nothing. */
  readonly sso: boolean;
  /** Only the password is to be checked. */
  readonly authenticateOnly: boolean;
}

/**
 * The contact centre without a socket: the model, the clients, and the rules between them. Both listeners
 * share one, so both sides tell the same story.
 */
export class ContactCentre {
  readonly model: AgentModel;
  readonly dialect: Dialect;
  readonly router = new EventRouter();
  readonly #directory: AcdDirectory;
  readonly #clock: Clock;
  readonly #trace: ((line: string) => void) | undefined;
  readonly #log: (text: string) => void;
  readonly #queue = new RequestQueue(AGENT_REQUESTS_WAITING_MAX);
  /** Clients that sent CONFIG_REQUEST_EVENT, with the items whose updates they want. */
  readonly #configured = new Map<CtiClient, number>();
  readonly #unobserve: (() => void) | undefined;
  readonly #manners: Manners;
  #peripheralOnline = true;

  constructor(options: ContactCentreOptions) {
    this.#directory = options.directory;
    this.#clock = options.clock;
    this.#trace = options.trace;
    this.#log = options.log ?? (() => {});
    this.#manners = options.manners ?? {};
    this.dialect = dialectOf(options.deployment, options.directory.peripheralId, options.onDisconnect);
    const roster = new Roster(options.directory);
    this.#noteUnfit(roster);
    this.model = new AgentModel({
      clock: options.clock,
      dialect: this.dialect,
      roster,
    });
    this.#unobserve = options.directory.onChange?.(() => this.directoryChanged());
  }

  /** Ends the observation of the directory. */
  close(): void {
    this.#unobserve?.();
  }

  /** ICMCentralControllerTime: seconds since 1970. */
  time(): number {
    return Math.floor(this.#clock.now() / 1000);
  }

  /** Decides on an OPEN_REQ. A device held by an older session of the same client is no obstacle. */
  admit(request: OpenRequest): Admission {
    if (request.version > (this.#manners.versionMax ?? request.version)) {
      return { ok: false, status: FailureStatus.INVALID_VERSION };
    }
    return admit(request, this.model, this.dialect, (binding) => {
      const holder = this.router.holder(binding);
      return holder !== undefined && !sameClient(holder, request);
    });
  }

  /** OPEN_CONF (and for bridges the SYSTEM_EVENT) is on its way: what follows by itself. */
  opened(client: CtiClient): void {
    this.router.olderSession(client)?.end(FailureStatus.NEW_SESSION_OPENED);
    this.router.add(client);
    if (hasService(client, ServiceMask.ALL_EVENTS)) {
      if (hasService(client, ServiceMask.SUPERVISOR))
        this.#sendTeams(
          client,
          this.model.roster.teams.map((team) => team.id),
        );
      return;
    }
    const bound = this.boundAgent(client);
    if (!bound) return;
    if (client.agentStateMask !== 0)
      client.send(this.#agentEvent({ kind: 'again', agent: bound, previousInstrument: bound.instrument }));
    if (hasService(client, ServiceMask.SUPERVISOR)) this.#sendTeams(client, bound.profile.supervisorOf);
  }

  closed(client: CtiClient): void {
    this.router.remove(client);
    this.#configured.delete(client);
  }

  received(client: CtiClient, request: CtiMessage): void {
    answer(this, client, request);
  }

  boundAgent({ binding }: Pick<CtiClient, 'binding'>) {
    if (binding?.agentId != null) return this.model.agent(binding.agentId);
    return binding?.instrument == null ? undefined : this.model.agentOn(binding.instrument);
  }

  /** SYSTEM_EVENT about this peripheral. */
  systemEvent(id: number, text?: string): CtiMessage {
    return {
      name: 'SYSTEM_EVENT',
      fields: {
        PGStatus: this.pgStatus,
        ICMCentralControllerTime: this.time(),
        SystemEventID: id,
        SystemEventArg1: this.dialect.peripheralId,
        SystemEventArg2: 0,
        SystemEventArg3: 0,
        EventDeviceType: 0xffff,
        Text: text,
      },
    };
  }

  configuration(): ConfigurationContext {
    const { model, dialect } = this;
    return {
      roster: model.roster,
      dialect,
      stateOf: (agent) => stateNumber(model.agent(agent.loginId)?.status.state ?? 'LOGOUT'),
    };
  }

  /** The client asked for the configuration: from now on it gets updates of these items. */
  wantsUpdates(client: CtiClient, mask = client.configMsgMask): void {
    this.#configured.set(client, mask);
  }

  /**
   * SET_AGENT_STATE_REQ. A password is checked where one came. A bridge (ALL_EVENTS) is trusted without
   * one: it has authenticated its user itself. A desktop of its own (CLIENT_EVENTS) needs one to sign in.
   * Requests of one agent are carried out in the order of their arrival, also across sessions.
   */
  setAgentState(client: CtiClient, invokeId: number, demand: AgentStateDemand): Failure | 'later' {
    const bridge = hasService(client, ServiceMask.ALL_EVENTS);
    if (!bridge && !this.#mayControl(client, demand))
      return { kind: 'control', code: CF_PRIVILEGE_VIOLATION, peripheral: 0 };
    const { password, sso, authenticateOnly, ...rest } = demand;
    const request = { ...rest, bridge };
    const profile = this.#agentMeant(demand);
    if (!profile) return this.#carryOut(client, invokeId, request);
    const unchecked = bridge && (sso || password === undefined);
    if (demand.state === 'LOGIN' && password === undefined && !unchecked) return WRONG_PASSWORD;
    const proceed = (right: boolean): void => {
      // A client that went away in the meantime was never told that its request was accepted.
      if (!this.router.clients.has(client)) return;
      let refusal: Failure | 'later' = 'later';
      if (!right) refusal = WRONG_PASSWORD;
      else if (authenticateOnly) sendAnswer(client, invokeId, { conf: 'SET_AGENT_STATE_CONF' });
      else refusal = this.#carryOut(client, invokeId, request);
      if (refusal !== 'later') sendAnswer(client, invokeId, refusal);
    };
    const accepted = this.#queue.run(profile.loginId, () => {
      if (password === undefined || unchecked) {
        proceed(true);
        return undefined;
      }
      return this.#passwordIsRight(profile.loginId, password).then(proceed);
    });
    return accepted ? 'later' : { kind: 'control', code: CF_OUTSTANDING_REQUEST_LIMIT, peripheral: 0 };
  }

  get peripheralOnline(): boolean {
    return this.#peripheralOnline;
  }

  /** PGStatus as clients are told. */
  get pgStatus(): number {
    return this.#peripheralOnline ? 0 : PGStatus.PERIPHERAL_OFFLINE;
  }

  /**
   * The peripheral (or the exchange behind it) goes away or comes back: SYSTEM_EVENT to every bridge. While
   * it is away requests that control agents are refused with 34; states stay as they are.
   */
  setPeripheralOnline(online: boolean): void {
    if (online === this.#peripheralOnline) return;
    this.#peripheralOnline = online;
    const id = online ? SystemEventID.PERIPHERAL_ONLINE : SystemEventID.PERIPHERAL_OFFLINE;
    this.router.broadcast(this.systemEvent(id), (client) => hasService(client, ServiceMask.ALL_EVENTS));
  }

  /** A phone left or came back into service: SYSTEM_EVENT, and its agent is signed out. */
  setInstrumentService(instrument: string, inService: boolean): void {
    const changes = this.model.setInstrumentService(instrument, inService);
    if (changes === null) return;
    const id = inService ? SystemEventID.INSTRUMENT_BACK_IN_SERVICE : SystemEventID.INSTRUMENT_OUT_OF_SERVICE;
    this.router.broadcast(this.systemEvent(id, instrument), (client) =>
      hasService(client, ServiceMask.ALL_EVENTS),
    );
    this.#publish(changes);
  }

  /** Reads the directory again and tells everybody what changed. A directory that throws changes nothing. */
  directoryChanged(): void {
    let roster: Roster;
    try {
      roster = new Roster(this.#directory);
    } catch (error) {
      this.#log(`the directory could not be read, the old one stays: ${String(error)}`);
      return;
    }
    this.#noteUnfit(roster);
    const before = this.model.roster;
    const { difference, changes } = this.model.replaceRoster(roster);
    for (const [client, mask] of this.#configured) {
      client.stream(update(difference, mask, client.version, this.configuration()));
    }
    this.#publish(changes);
    const teams = [...teamChanges(before, difference, this.model, this.dialect)];
    if (teams.length === 0) return;
    for (const client of this.router.clients) {
      if (wantsTeams(client) && hasService(client, ServiceMask.ALL_EVENTS)) client.stream(teams);
    }
  }

  #agentMeant({ agentId, instrument }: AgentStateRequest): AcdAgent | undefined {
    if (agentId !== undefined) return this.model.roster.agent(agentId);
    return instrument === undefined ? undefined : this.model.agentOn(instrument)?.profile;
  }

  #carryOut(client: CtiClient, invokeId: number, request: AgentStateRequest): Failure | 'later' {
    if (!this.#peripheralOnline) return { kind: 'control', code: CF_RESOURCE_OUT_OF_SERVICE, peripheral: 0 };
    const outcome = this.model.request(request);
    if (!outcome.ok) return outcome.failure;
    const { confirmAfterEvents = false, confirmDelayMs = 0 } = this.#manners;
    const confirm = () => sendAnswer(client, invokeId, { conf: 'SET_AGENT_STATE_CONF' });
    if (confirmDelayMs > 0) this.#clock.schedule(confirmDelayMs, confirm);
    else if (!confirmAfterEvents) confirm();
    this.#publish(outcome.changes);
    if (confirmDelayMs === 0 && confirmAfterEvents) confirm();
    return 'later';
  }

  #publish(changes: readonly AgentChange[]): void {
    for (const change of changes) {
      const event = this.#agentEvent(change);
      this.router.agentEvent(change, event);
      if (this.#trace) {
        const team = this.model.roster.team(change.agent.profile.teamId);
        for (const line of traceAgentEvent(event, team)) this.#trace(line);
      }
    }
  }

  #agentEvent(change: AgentChange): CtiMessage {
    const { profile, instrument } = change.agent;
    const signature = this.router.desktopOf(profile.loginId, instrument)?.clientSignature ?? '';
    return {
      name: 'AGENT_STATE_EVENT',
      fields: agentStateEvent(change, this.dialect, this.model.roster, signature),
    };
  }

  /** A CLIENT_EVENTS session controls its own device; a supervisor's also the agents of the own teams. */
  #mayControl(client: CtiClient, demand: AgentStateDemand): boolean {
    const { binding } = client;
    if (!binding) return false;
    const phone = demand.instrument?.split(';', 1)[0];
    const agent =
      demand.agentId === undefined ? this.model.agentOn(phone ?? '') : this.model.agent(demand.agentId);
    const ownAgent =
      binding.agentId === null || agent === undefined || agent.profile.loginId === binding.agentId;
    const ownPhone =
      binding.instrument === null || phone === undefined || phone === '' || phone === binding.instrument;
    if (ownAgent && ownPhone) return true;
    const self = this.boundAgent(client)?.profile;
    const team = agent?.profile.teamId;
    return (
      hasService(client, ServiceMask.SUPERVISOR) &&
      demand.state !== 'LOGIN' &&
      team != null &&
      self?.supervisorOf.includes(team) === true
    );
  }

  async #passwordIsRight(loginId: string, password: string): Promise<boolean> {
    try {
      return await this.#directory.checkPassword(loginId, password);
    } catch (error) {
      this.#log(`the password of ${loginId} could not be checked: ${String(error)}`);
      return false;
    }
  }

  /** The protocol has room for 31 bytes of an agent id; longer ones cannot be told apart by clients. */
  #noteUnfit(roster: Roster): void {
    for (const { loginId } of roster.agents) {
      if (!fits(loginId, AGENT_ID_LONG_SIZE))
        this.#log(`the agent id ${loginId} is too long for the CTI protocol`);
    }
  }

  #sendTeams(client: CtiClient, teamIds: readonly number[]): void {
    if (!wantsTeams(client)) return;
    const { model, dialect } = this;
    client.stream(
      (function* () {
        for (const id of teamIds) {
          const team = model.roster.team(id);
          if (team) yield* fullTeam(team, model, dialect);
        }
      })(),
    );
  }
}

function wantsTeams(client: CtiClient): boolean {
  return (
    hasService(client, ServiceMask.SUPERVISOR) && (client.callMsgMask & CallMsgMask.AGENT_TEAM_CONFIG) !== 0
  );
}
