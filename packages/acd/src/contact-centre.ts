import type { Clock } from '@poise/clock';
import {
  CallMsgMask,
  type CtiMessage,
  FailureStatus,
  type Fields,
  type OpenRequest,
  PGStatus,
  ServiceMask,
  SystemEventID,
  sameClient,
} from '@poise/ged188';
import { AgentControl, type AgentStateDemand } from './agent-control.ts';
import { AGENT_ID_LONG_SIZE, stateNumber } from './agent-event.ts';
import { AgentModel, type AgentView, type Failure, type Outcome } from './agent-model.ts';
import type { AgentTask } from './agent-task.ts';
import { CallRequests } from './call-requests.ts';
import type { CallFact } from './calls/call-fact.ts';
import { CallModel } from './calls/call-model.ts';
import type { CallOutcome, CallRequest } from './calls/call-request.ts';
import { CALL_SETTINGS, type CallSettings } from './calls/call-settings.ts';
import type { Switch } from './calls/switch.ts';
import { type CtiClient, hasService } from './client.ts';
import { fits } from './clip.ts';
import { type ConfigurationContext, update } from './configuration.ts';
import { boundAgent, boundDevice, mayControlDevice } from './control-rights.ts';
import type { DeskTimes } from './desk-settings.ts';
import { type Deployment, type Dialect, dialectOf, type OnDisconnect } from './dialect.ts';
import { type AcdDirectory, Roster } from './directory.ts';
import { EventRouter } from './event-router.ts';
import type { Manners } from './manners.ts';
import { type Calls, type CallsContext, NoCalls } from './no-calls.ts';
import { type Admission, admit } from './open-request.ts';
import { Publisher } from './publisher.ts';
import { CONTROL, control, type Reply, sendAnswer } from './requests/request.ts';
import { answer } from './requests.ts';
import { Supervisions } from './supervisions.ts';
import { fullTeam, teamChanges } from './team-config.ts';

/** Call numbers of a process that is told no other: the first is above what a dialog of another origin uses. */
const FIRST_CALL_ID = 0x100_0001;
const LAST_CALL_ID = 0xffff_fffe;

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
  /** What carries the calls; without it there are none. */
  readonly switch?: Switch | undefined;
  /** Ring time and other settings of the call model. */
  readonly callSettings?: Partial<CallSettings> | undefined;
  /** ConnectionCallID of the next call, unique across restarts; default: counts up from 16,777,217. */
  readonly nextCallId?: (() => number) | undefined;
  /** Another call model than the one of this package, for tests. */
  readonly calls?: (context: CallsContext) => Calls;
}

/**
 * The contact centre without a socket: the model, the clients, and the rules between them. Both listeners
 * share one, so both sides tell the same story.
 */
export class ContactCentre {
  readonly model: AgentModel;
  /** Calls and what may be done with them. */
  readonly calls: Calls;
  readonly dialect: Dialect;
  readonly router = new EventRouter();
  readonly supervisions = new Supervisions();
  /** Ring time and default length of wrap-up. */
  readonly deskTimes: DeskTimes;
  readonly #directory: AcdDirectory;
  readonly #clock: Clock;
  readonly #log: (text: string) => void;
  /** Clients that sent CONFIG_REQUEST_EVENT, with the items whose updates they want. */
  readonly #configured = new Map<CtiClient, number>();
  readonly #unobserve: (() => void) | undefined;
  readonly #manners: Manners;
  readonly #publisher: Publisher;
  readonly #agentControl: AgentControl;
  readonly #callRequests: CallRequests;
  #peripheralOnline = true;

  constructor(options: ContactCentreOptions) {
    const { directory, clock, trace } = options;
    this.#directory = directory;
    this.#clock = clock;
    this.#log = options.log ?? (() => {});
    const manners = options.manners ?? {};
    this.#manners = manners;
    this.deskTimes = { ...CALL_SETTINGS, ...options.callSettings };
    const { router } = this;
    const dialect = dialectOf(options.deployment, directory.peripheralId, options.onDisconnect);
    this.dialect = dialect;
    const roster = new Roster(directory);
    this.#noteUnfit(roster);
    const model = new AgentModel({ clock, dialect, roster });
    this.model = model;
    const calls = () => this.calls;
    const isOpen = (client: CtiClient) => router.clients.has(client);
    const { deskTimes } = this;
    this.#publisher = new Publisher({ model, router, dialect, clock, manners, deskTimes, calls, trace });
    this.#callRequests = new CallRequests({ clock, manners, calls, isOpen });
    this.#agentControl = new AgentControl({
      model,
      isOpen,
      checkPassword: (loginId, password) => this.#passwordIsRight(loginId, password),
      carryOut: (request) =>
        this.#peripheralOnline
          ? model.request(request)
          : { ok: false, failure: control(CONTROL.RESOURCE_OUT_OF_SERVICE) },
      accepted: (client, invokeId, outcome) => this.#accepted(client, invokeId, outcome),
      reply: sendAnswer,
    });
    const context: CallsContext = {
      model,
      emit: (fact) => this.#happened(fact),
      instrumentService: (instrument, inService) => this.#instrumentService(instrument, inService),
      switchState: (up) => this.setPeripheralOnline(up),
    };
    this.calls = (options.calls ?? callsOf(options, dialect))(context);
    this.#unobserve = directory.onChange?.(() => this.directoryChanged());
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
    const device = this.boundDevice(client);
    if (device !== null && (client.callMsgMask & CallMsgMask.BEGIN_CALL) !== 0)
      for (const event of this.#publisher.callsAt(device)) client.send(event);
    const bound = this.boundAgent(client);
    if (!bound) return;
    const present = { kind: 'again', agent: bound, previousInstrument: bound.instrument } as const;
    if (client.agentStateMask !== 0) client.send(this.#publisher.agentEvent(present));
    if (hasService(client, ServiceMask.SUPERVISOR)) this.#sendTeams(client, bound.profile.supervisorOf);
  }

  closed(client: CtiClient): void {
    this.router.remove(client);
    this.#configured.delete(client);
  }

  received(client: CtiClient, request: CtiMessage): void {
    answer(this, client, request);
  }

  /** The agent that a CLIENT_EVENTS session is bound to. */
  boundAgent(client: Pick<CtiClient, 'binding'>): AgentView | undefined {
    return boundAgent(this.model, client);
  }

  /** The phone that a CLIENT_EVENTS session is bound to; null: none, or it is no such session. */
  boundDevice(client: Pick<CtiClient, 'binding'>): string | null {
    return boundDevice(this.model, client);
  }

  mayControl(client: CtiClient, device: string): boolean {
    return mayControlDevice(this.model, client, device);
  }

  /** A phone or a dialled number of the directory. */
  knowsDevice(device: string): boolean {
    const { roster } = this.model;
    return roster.hasDevice(device) || roster.dialledNumber(device) !== undefined;
  }

  /** What an agent is busy with, as agent messages tell it. */
  taskOf(agent: AgentView): AgentTask {
    return this.#publisher.taskOf(agent);
  }

  /** The counters of QUERY_AGENT_STATISTICS_CONF. */
  statisticsOf(agentId: string): Fields {
    return this.#publisher.statistics.of(agentId);
  }

  /** Wall ms. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** A sentence for the operator. */
  note(text: string): void {
    this.#log(text);
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
    const { model, dialect, deskTimes } = this;
    return {
      roster: model.roster,
      dialect,
      deskTimes,
      stateOf: (agent) => stateNumber(model.agent(agent.loginId)?.status.state ?? 'LOGOUT'),
    };
  }

  /** The client asked for the configuration: from now on it gets updates of these items. */
  wantsUpdates(client: CtiClient, mask = client.configMsgMask): void {
    this.#configured.set(client, mask);
  }

  /** SET_AGENT_STATE_REQ; see {@link AgentControl.request}. */
  setAgentState(client: CtiClient, invokeId: number, demand: AgentStateDemand): Failure | 'later' {
    return this.#agentControl.request(client, invokeId, demand);
  }

  /** A request about calls whose client may make it; see {@link CallRequests.carryOut}. */
  controlCall(
    client: CtiClient,
    invokeId: number,
    device: string,
    request: CallRequest,
    confirm: (outcome: Extract<CallOutcome, { ok: true }>) => Reply,
  ): Failure | 'later' {
    if (!this.#peripheralOnline) return control(CONTROL.RESOURCE_OUT_OF_SERVICE);
    return this.#callRequests.carryOut(client, invokeId, device, request, confirm);
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

  /** A phone left or came back into service: SYSTEM_EVENT, its agent is signed out, its calls are cleared. */
  setInstrumentService(instrument: string, inService: boolean): void {
    this.calls.setInstrumentService(instrument, inService);
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
    this.calls.rosterReplaced(difference, changes);
    const teams = [...teamChanges(before, difference, this.model, this.dialect)];
    if (teams.length === 0) return;
    for (const client of this.router.clients) {
      if (wantsTeams(client) && hasService(client, ServiceMask.ALL_EVENTS)) client.stream(teams);
    }
  }

  #accepted(client: CtiClient, invokeId: number, { changes }: Extract<Outcome, { ok: true }>): void {
    const { confirmAfterEvents = false, confirmDelayMs = 0 } = this.#manners;
    const confirm = () => sendAnswer(client, invokeId, { conf: 'SET_AGENT_STATE_CONF' });
    if (confirmDelayMs > 0) this.#clock.schedule(confirmDelayMs, confirm);
    else if (!confirmAfterEvents) confirm();
    this.calls.agentChanged(changes);
    if (confirmDelayMs === 0 && confirmAfterEvents) confirm();
  }

  #happened(fact: CallFact): void {
    this.#publisher.fact(fact);
    if (fact.type === 'end') this.supervisions.end(fact.call.id);
  }

  #instrumentService(instrument: string, inService: boolean): void {
    const id = inService ? SystemEventID.INSTRUMENT_BACK_IN_SERVICE : SystemEventID.INSTRUMENT_OUT_OF_SERVICE;
    this.router.broadcast(this.systemEvent(id, instrument), (client) =>
      hasService(client, ServiceMask.ALL_EVENTS),
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

/** The call model over the switch, if there is one. */
function callsOf(options: ContactCentreOptions, dialect: Dialect): (context: CallsContext) => Calls {
  const { clock, switch: exchange, callSettings = {}, nextCallId = counter() } = options;
  if (exchange === undefined) return (context) => new NoCalls(context);
  return ({ model: agents, emit, instrumentService, switchState }) =>
    new CallModel({
      clock,
      dialect,
      agents,
      switch: exchange,
      nextCallId,
      emit,
      settings: callSettings,
      instrumentService,
      switchState,
    });
}

function counter(): () => number {
  let last = FIRST_CALL_ID - 1;
  return () => {
    last = last >= LAST_CALL_ID ? FIRST_CALL_ID : last + 1;
    return last;
  };
}

function wantsTeams(client: CtiClient): boolean {
  return (
    hasService(client, ServiceMask.SUPERVISOR) && (client.callMsgMask & CallMsgMask.AGENT_TEAM_CONFIG) !== 0
  );
}
