import type { Clock } from '@poise/clock';
import {
  CallMsgMask,
  type CtiMessage,
  FailureStatus,
  type Fields,
  type OpenRequest,
  ServiceMask,
  sameClient,
  wantsEvent,
} from '@poise/ged188';
import { AgentControl, type AgentStateDemand } from './agent-control.ts';
import { stateNumber } from './agent-event.ts';
import { AgentModel, type AgentView, type Failure, type Outcome } from './agent-model.ts';
import type { AgentTask } from './agent-task.ts';
import { CallAnswers } from './call-answers.ts';
import { type CallOptions, callsOf } from './call-source.ts';
import type { CallFact } from './calls/call-fact.ts';
import type { CallOutcome, CallRequest } from './calls/call-request.ts';
import { CALL_SETTINGS } from './calls/call-settings.ts';
import { type CtiClient, hasService } from './client.ts';
import type { ConfigurationContext } from './configuration.ts';
import { boundAgent, boundDevice, mayControlDevice } from './control-rights.ts';
import type { DeskTimes } from './desk-settings.ts';
import { type Deployment, type Dialect, dialectOf, type OnDisconnect } from './dialect.ts';
import { type AcdDirectory, Roster } from './directory.ts';
import { DirectoryWatch } from './directory-watch.ts';
import { EventRouter } from './event-router.ts';
import type { Manners } from './manners.ts';
import { MissedCalls } from './missed-calls.ts';
import type { Calls, CallsContext } from './no-calls.ts';
import { type Admission, admit } from './open-request.ts';
import { Peripheral } from './peripheral.ts';
import { Publisher } from './publisher.ts';
import { RecordingServers } from './recording-servers.ts';
import { CONTROL, control, type Reply, sendAnswer } from './requests/request.ts';
import { answer } from './requests.ts';
import { Supervisions } from './supervisions.ts';
import { fullTeam, wantsTeams } from './team-config.ts';

export interface ContactCentreOptions extends CallOptions {
  readonly directory: AcdDirectory;
  readonly clock: Clock;
  readonly deployment: Deployment;
  readonly onDisconnect: OnDisconnect;
  /** One line of the CTI trace, without time stamp and line feed. */
  readonly trace?: ((line: string) => void) | undefined;
  /** For the operator: a directory that fails, a password check that throws. */
  readonly log?: ((text: string) => void) | undefined;
  readonly manners?: Manners | undefined;
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
  /** Recording applications and what was passed on to them. */
  readonly recordingServers: RecordingServers;
  /** Names of expanded variables that may be set; null: any. */
  readonly namedVariables: ReadonlySet<string> | null;
  /** Ring time and default length of wrap-up. */
  readonly deskTimes: DeskTimes;
  readonly #clock: Clock;
  readonly #log: (text: string) => void;
  readonly #manners: Manners;
  readonly #peripheral: Peripheral;
  readonly #publisher: Publisher;
  readonly #missed: MissedCalls;
  readonly #directory: DirectoryWatch;
  readonly #agentControl: AgentControl;
  readonly #callAnswers: CallAnswers;

  constructor(options: ContactCentreOptions) {
    const { directory, clock, trace, manners = {}, log = () => {} } = options;
    this.#clock = clock;
    this.#log = log;
    this.#manners = manners;
    const settings = { ...CALL_SETTINGS, ...options.callSettings };
    const deskTimes: DeskTimes = settings;
    const { router } = this;
    const dialect = dialectOf(options.deployment, directory.peripheralId, options.onDisconnect);
    const model = new AgentModel({ clock, dialect, roster: new Roster(directory) });
    const peripheral = new Peripheral(dialect, clock, router);
    const calls = () => this.calls;
    const isOpen = (client: CtiClient) => router.clients.has(client);
    this.recordingServers = new RecordingServers(clock, isOpen);
    this.namedVariables = settings.namedVariables;
    this.deskTimes = deskTimes;
    this.dialect = dialect;
    this.model = model;
    this.#peripheral = peripheral;
    const missed = new MissedCalls(clock);
    this.#missed = missed;
    const heard = (message: CtiMessage) => missed.heard(message);
    this.#publisher = new Publisher({
      model,
      router,
      dialect,
      clock,
      manners,
      deskTimes,
      calls,
      trace,
      heard,
    });
    this.#directory = new DirectoryWatch({
      directory,
      model,
      calls,
      router,
      dialect,
      log,
      configuration: () => this.configuration(),
      agentRemoved: (loginId) => this.#publisher.statistics.forget(loginId),
    });
    this.#callAnswers = new CallAnswers({ clock, manners, calls, isOpen });
    this.#agentControl = new AgentControl({
      model,
      isOpen,
      checkPassword: (...asked) => this.#directory.checkPassword(...asked),
      carryOut: (request) =>
        peripheral.online
          ? model.request(request)
          : { ok: false, failure: control(CONTROL.RESOURCE_OUT_OF_SERVICE) },
      accepted: (client, invokeId, outcome) => this.#accepted(client, invokeId, outcome),
      reply: sendAnswer,
    });
    const context: CallsContext = {
      clock,
      dialect,
      model,
      emit: (fact) => this.#happened(fact),
      instrumentService: (instrument, inService) => peripheral.instrumentService(instrument, inService),
      switchState: (up) => peripheral.setOnline(up),
    };
    this.calls = options.calls?.(context) ?? callsOf(options, context);
  }

  /** Ends the observation of the directory. */
  close(): void {
    this.#directory.close();
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
      client.stream(this.#wishes(client));
      client.stream(this.#missed.returned(client));
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
    this.recordingServers.closed(client);
    this.#directory.closed(client);
    this.#missed.left(client);
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
    return this.#publisher.statistics.agents.of(agentId);
  }

  /** The counters over time of QUERY_SKILL_GROUP_STATISTICS_CONF. */
  skillGroupStatisticsOf(skillGroup: number): Fields {
    return this.#publisher.statistics.skillGroups.of(skillGroup);
  }

  /** Wall ms. */
  nowMs(): number {
    return this.#clock.now();
  }

  /** A sentence for the operator. */
  note(text: string): void {
    this.#log(text);
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
  wantsUpdates(client: CtiClient, mask?: number): void {
    this.#directory.wantsUpdates(client, mask);
  }

  /** SET_AGENT_STATE_REQ; see {@link AgentControl.request}. */
  setAgentState(client: CtiClient, invokeId: number, demand: AgentStateDemand): Failure | 'later' {
    return this.#agentControl.request(client, invokeId, demand);
  }

  /** A request about calls whose client may make it; see {@link CallAnswers.carryOut}. */
  controlCall(
    client: CtiClient,
    invokeId: number,
    request: CallRequest,
    confirm: (outcome: Extract<CallOutcome, { ok: true }>) => Reply,
  ): Failure | 'later' {
    if (!this.#peripheral.online) return control(CONTROL.RESOURCE_OUT_OF_SERVICE);
    this.#callAnswers.carryOut(client, invokeId, request, confirm);
    return 'later';
  }

  get peripheralOnline(): boolean {
    return this.#peripheral.online;
  }

  /** PGStatus as clients are told. */
  get pgStatus(): number {
    return this.#peripheral.status;
  }

  /**
   * The peripheral (or the exchange behind it) goes away or comes back: SYSTEM_EVENT to every bridge. While
   * it is away requests that control agents and calls are refused with 34; states stay as they are.
   */
  setPeripheralOnline(online: boolean): void {
    this.#peripheral.setOnline(online);
  }

  /** A phone left or came back into service: SYSTEM_EVENT, its agent is signed out, its calls are cleared. */
  setInstrumentService(instrument: string, inService: boolean): void {
    this.calls.setInstrumentService(instrument, inService);
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

  /** No query tells of a wish that waits for the end of a call: a bridge that opens is told of each by the event. */
  *#wishes(client: CtiClient): Generator<CtiMessage> {
    for (const agent of this.model.withPendingWish()) {
      const event = this.#publisher.agentEvent({
        kind: 'pending',
        agent,
        previousInstrument: agent.instrument,
      });
      if (wantsEvent(client, event)) yield event;
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
