/**
 * The link to the CTI server: connects to side A or B, opens a session, gets the configuration and the
 * state of every agent (`LinkRecovery`), and then carries requests (`LinkRequests`) and events (`LinkMessages`)
 * until it is lost; then again.
 */
import type { Clock, Timer } from '@poise/clock';
import {
  BRIDGE_SERVICES,
  type ClientResetReason,
  type ClientSessionEvent,
  ConfigMask,
  CtiClientSession,
  type DecodedMessage,
  FailureStatus,
  type Fields,
  type MessageName,
  message,
} from '@poise/ged188';
import { type CtiInfo, type CtiServerInfo, PERIPHERAL_OFFLINE_REASON } from '../domain/cti-info.ts';
import type { Cause, Happenings } from '../happenings.ts';
import type { Part, PartHealth } from '../parts/part.ts';
import { AgentChecks } from './agent-checks.ts';
import { AgentIdentities } from './agent-identities.ts';
import type { AgentKey } from './agent-messages.ts';
import { type ConnectionEvents, CtiConnection } from './connection.ts';
import { Connections } from './connections.ts';
import { Displacement } from './displacement.ts';
import { LinkMessages } from './link-messages.ts';
import { LinkNewsRoom, Repetitions } from './link-news.ts';
import { LinkRecovery } from './link-recovery.ts';
import { LinkRequests } from './link-requests.ts';
import { CTI_LINK_DEFAULTS, type CtiLinkSettings } from './link-settings.ts';
import {
  LINK_COMPANY,
  type LinkEvent,
  type LinkState,
  nextLinkState,
  OPENING_ALONE_MS,
  reconnectDelayMs,
  STATE_LIMITS_MS,
  stepOf,
  UNDELIVERED_ALONE_MS,
} from './link-state.ts';
import type { CtiListener } from './listener.ts';
import { OddAnswers } from './odd-answers.ts';
import type { CallControl, CtiAnswer, CtiPort, SetAgentState } from './port.ts';
import type { SkillGroupKey } from './queue-poller.ts';
import { type QueryAnswer, RequestLedger } from './requests.ts';
import { PROBE_RETRY_MS, type ProbeSide, SideProbe } from './side-probe.ts';
import type { CtiAddress, CtiSocketFactory } from './socket.ts';
import { UnansweredQuestions } from './unanswered-questions.ts';

export { CTI_LINK_DEFAULTS, type CtiLinkSettings };

export interface CtiLinkDependencies {
  readonly settings: CtiLinkSettings;
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly connect: CtiSocketFactory;
  /** Agents whose state is asked after each (re)connection. */
  readonly agentIds: () => readonly AgentKey[];
  /** Bound late: the listener itself depends on the link as a port. */
  readonly listener: () => CtiListener;
}

const SILENT_RESETS: ReadonlySet<ClientResetReason> = new Set(['heartbeats-missed', 'server-silent']);

const isConfiguration = ({ name }: DecodedMessage): boolean => name.startsWith('CONFIG_');

export class CtiLink implements Part, CtiPort {
  readonly name = 'cti';
  readonly #d: CtiLinkDependencies;
  readonly #ledger = new RequestLedger();
  readonly #connections = new Connections();
  readonly #oddAnswers: OddAnswers;
  readonly #news: LinkNewsRoom;
  /** What every attempt of a long outage may say again. */
  readonly #warned: Repetitions;
  /** One for each side: while one is in use the other may be probed. */
  readonly #sessions: Readonly<Record<ProbeSide, CtiClientSession>>;
  readonly #probe: SideProbe;
  readonly #requests: LinkRequests;
  readonly #messages: LinkMessages;
  readonly #recovery: LinkRecovery;
  #state: LinkState = 'STOPPED';
  /** In use, or tried. */
  #side: ProbeSide = 'A';
  #attempt = 0;
  readonly #displacement: Displacement;
  /** Sessions in a row that the CTI server ended for openings of our own. */
  #displacedByOwn = 0;
  /** Sessions in a row of each side that delivered nothing. */
  readonly #undelivered: Record<ProbeSide, number> = { A: 0, B: 0 };
  /** Configuration or an answer came in this session. */
  #hasDelivered = false;
  #reason = '';
  #connection: CtiConnection | null = null;
  #timer: Timer | null = null;
  #configurationsAwaited = 0;
  readonly #checks: AgentChecks;
  readonly #identities = new AgentIdentities((agentId) => this.#checks.ask(agentId));
  readonly #unanswered: UnansweredQuestions;
  #wasInService = false;
  #lastSignOfLife: number | null = null;
  /** Monotonic ms of the same. */
  #heardAt = 0;
  #connectedAt = 0;

  constructor(dependencies: CtiLinkDependencies) {
    const { settings, clock } = dependencies;
    this.#d = dependencies;
    this.#oddAnswers = new OddAnswers(clock, (text) => this.#operator('warn', text));
    this.#warned = new Repetitions(() => clock.monotonic());
    this.#displacement = new Displacement(clock);
    this.#news = new LinkNewsRoom(clock, (news) => dependencies.happenings.publish('cti.link', { ...news }));
    this.#checks = new AgentChecks({
      query: (agentId, question) => this.#requests.queryAgent(agentId, this.#identities.question(question)),
      checked: (agentId, snapshot) => {
        if (!this.inService) return;
        dependencies.listener().agentChecked(agentId, snapshot);
        this.#recovery.shownAt(agentId, snapshot);
      },
      answered: (agentId) => this.#unanswered.told({ agentId }),
      unanswered: (agentId) => {
        if (this.inService) this.#unanswered.add({ agentId });
      },
      foreign: (invokeId, asked, told) => this.#oddAnswers.foreignAgent(invokeId, asked, told),
    });
    this.#unanswered = new UnansweredQuestions({
      clock,
      ask: (question) => {
        if ('agentId' in question) this.#checks.askAgain(question.agentId);
        else this.#recovery.askCallsAgain(question.extension);
      },
    });
    this.#sessions = { A: this.#newSession('A'), B: this.#newSession('B') };
    this.#probe = new SideProbe({
      clock,
      connect: (side, events) => this.#connectionTo(side, events),
      session: (side) => this.#sessions[side],
      opened: (event) => this.#overtaken(event),
      refused: (event) => this.#refused(event),
      unreachable: (side) => {
        this.#undelivered[side] = 0;
      },
      openingGivenUp: () => this.#displacement.openingGivenUp(),
    });
    this.#requests = new LinkRequests({
      clock,
      session: () => this.#session,
      ledger: this.#ledger,
      connections: this.#connections,
      happenings: dependencies.happenings,
      peripheralId: settings.peripheralId,
      agentIds: dependencies.agentIds,
      listener: dependencies.listener,
      inService: () => this.inService,
      warn: (text) => this.#operator('warn', text),
      doubted: (agentId) => this.askAgent(agentId),
    });
    this.#recovery = this.#newRecovery();
    this.#messages = this.#newMessages();
  }

  #newRecovery(): LinkRecovery {
    const { clock, settings, agentIds, listener } = this.#d;
    return new LinkRecovery({
      clock,
      settings,
      agentIds,
      listener,
      send: (...request) => this.#requests.send(...request),
      reading: () => this.#messages.reading(),
      ledger: this.#ledger,
      connections: this.#connections,
      identities: this.#identities,
      checks: this.#checks,
      unanswered: this.#unanswered,
      oddAnswers: this.#oddAnswers,
      inService: () => this.inService,
      warn: (text) => this.#operator('warn', text),
      finished: () => this.#recovered(),
    });
  }

  #newMessages(): LinkMessages {
    const { clock, happenings, settings, agentIds, listener } = this.#d;
    return new LinkMessages({
      clock,
      happenings,
      peripheralId: settings.peripheralId,
      version: () => this.#session.version,
      agentIds,
      listener,
      ledger: this.#ledger,
      connections: this.#connections,
      identities: this.#identities,
      checks: this.#checks,
      unanswered: this.#unanswered,
      oddAnswers: this.#oddAnswers,
      recovery: this.#recovery,
      inService: () => this.inService,
      isRecovering: () => this.#state === 'RECOVERING',
      configured: () => {
        this.#configurationsAwaited -= 1;
        if (this.#state === 'CONFIGURING' && this.#configurationsAwaited <= 0) this.#configured();
      },
      warnSeldom: (text, kind) => this.#warnSeldom(text, kind),
    });
  }

  #newSession(side: ProbeSide): CtiClientSession {
    const { clock, settings } = this.#d;
    return new CtiClientSession({
      clock,
      open: {
        clientId: settings.clientId,
        clientPassword: settings.clientPassword,
        clientSignature: settings.clientSignature,
        services: BRIDGE_SERVICES,
        version: settings.version,
        configMsgMask: 0,
      },
      limits: {
        heartbeatIntervalMs: settings.heartbeatIntervalMs,
        requestTimeoutMs: settings.requestTimeoutMs,
        openTimeoutMs: STATE_LIMITS_MS.OPENING!,
      },
      send: (bytes) => {
        if (side === this.#side) this.#write(bytes);
        else this.#probe.write(bytes);
      },
      onEvent: (event) => {
        if (side === this.#side) this.#sessionEvent(event);
        else this.#probe.heard(event);
      },
    });
  }

  get state(): LinkState {
    return this.#state;
  }

  get #session(): CtiClientSession {
    return this.#sessions[this.#side];
  }

  get inService(): boolean {
    return this.#state === 'IN_SERVICE';
  }

  /** For SystemInfo. */
  get info(): CtiInfo {
    const { a, b } = this.#d.settings;
    const server = (side: ProbeSide, { host }: CtiAddress): CtiServerInfo => {
      const active = this.#session.state === 'OPEN' && this.#side === side;
      return {
        host,
        active,
        connectedSeconds: active ? Math.floor((this.#d.clock.monotonic() - this.#connectedAt) / 1000) : 0,
      };
    };
    return {
      version: this.#session.version,
      lastSignOfLife: this.#lastSignOfLife,
      servers: b === null ? [server('A', a)] : [server('A', a), server('B', b)],
      isPeripheralOffline: this.#state === 'PERIPHERAL_OFFLINE',
    };
  }

  /** Returns at once: a CTI server that is away is a state, not a failure of the start. */
  async start(): Promise<void> {
    if (this.#state !== 'STOPPED') return;
    this.#go('start', 'started');
    this.#plan(0);
  }

  async stop(): Promise<void> {
    if (this.#state === 'STOPPED') return;
    this.#probe.end();
    // The goodbye goes out; its answer is not waited for.
    this.#session.close();
    const was = this.#state;
    this.#go('stop', 'stopped');
    this.#dropConnection(was);
  }

  health(): PartHealth {
    const detail = {
      state: this.#state,
      side: this.#side,
      version: this.#session.version,
      pending: this.#ledger.size,
    };
    if (this.inService) return { state: 'running', ready: true, detail };
    const state = this.#state === 'STOPPED' ? 'stopped' : 'running';
    return { state, ready: false, reason: this.#reasonText(), detail };
  }

  setAgentState(
    request: SetAgentState,
    cause: Cause,
    answered: (answer: CtiAnswer) => void,
  ): number | undefined {
    if (!this.inService) {
      answered({ type: 'lost' });
      return undefined;
    }
    return this.#requests.setAgentState(request, cause, answered);
  }

  askAgent(agentId: string): void {
    if (!this.inService) return;
    this.#unanswered.add({ agentId });
    this.#checks.ask(agentId);
  }

  callControl(request: CallControl, cause: Cause, answered: (answer: CtiAnswer) => void): void {
    if (!this.inService) answered({ type: 'lost' });
    else this.#requests.callControl(request, cause, answered);
  }

  /** Asks anything; the answer is read by whoever asks. Not recorded as a happening: it is asked again and again. */
  query(name: MessageName, fields: Fields, answered: (answer: QueryAnswer) => void): void {
    if (!this.inService) answered({ type: 'lost' });
    else this.#requests.send(name, fields, { kind: 'query', answered });
  }

  /** Present figures of a skill group (QUERY_SKILL_GROUP_STATISTICS); answered with null when there are none. */
  querySkillGroup(group: SkillGroupKey, answered: (fields: Fields | null) => void): void {
    const { peripheralId: PeripheralID } = this.#d.settings;
    const fields = { PeripheralID, SkillGroupNumber: group.number, SkillGroupID: group.id };
    this.query('QUERY_SKILL_GROUP_STATISTICS_REQ', fields, (answer) =>
      answered(answer.type === 'answered' ? answer.message.fields : null),
    );
  }

  // ---- connection ------------------------------------------------------------------------------

  #plan(delayMs: number): void {
    this.#limit(delayMs, () => {
      this.#timer = null;
      this.#connect();
    });
  }

  #connect(): void {
    if (!this.#go('attempt', `attempt ${this.#attempt + 1}`)) return;
    this.#connection = this.#connectionTo(this.#side, this.#heard);
  }

  #connectionTo(side: ProbeSide, events: ConnectionEvents): CtiConnection {
    const { settings, connect, happenings } = this.#d;
    const address = side === 'B' && settings.b !== null ? settings.b : settings.a;
    const { unsentBytesMax } = settings;
    return new CtiConnection({ address, connect, happenings, unsentBytesMax }, events);
  }

  /** What comes from the side in use. */
  readonly #heard: ConnectionEvents = {
    connected: () => {
      if (this.#go('connected', 'connected')) this.#session.connected();
    },
    frame: (frame) => {
      this.#signOfLife();
      this.#session.received(frame);
    },
    lost: (reason) => this.#lost(reason),
  };

  #signOfLife(): void {
    this.#lastSignOfLife = this.#d.clock.now();
    this.#heardAt = this.#d.clock.monotonic();
  }

  #write(bytes: Uint8Array): void {
    // Not at once: the session is in the middle of sending.
    if (this.#connection?.write(bytes) === false) {
      this.#limit(0, () => this.#lost('the CTI server takes no more data'));
    }
  }

  /** @param options.silent the server said nothing: trying its side again would only be another wait */
  #lost(reason: string, { silent = false }: { silent?: boolean } = {}): void {
    const was = this.#state;
    if (!this.#leave(reason, { silent })) return;
    const displaced = this.#displacement.take();
    const attempt = this.#attempt;
    this.#attempt += 1;
    const side = this.#side;
    if (this.#takeProbe('connected beside the other side')) {
      // The opening that it goes on with is not in its first seconds any more.
      this.#probe.end();
      this.#probe.begin(side, PROBE_RETRY_MS);
      return;
    }
    this.#probe.end();
    const hadSession = was !== 'CONNECTING' && was !== 'OPENING';
    if (displaced?.byOwn) this.#displacedByOwn += 1;
    else if (hadSession) this.#displacedByOwn = 0;
    const delayMs = displaced?.delayMs ?? reconnectDelayMs(attempt);
    // A side that never opened, or fell silent, is left for the other (GED-188 3.3); one that was lost is tried once more first.
    const isAgain = !silent && attempt === 0 && hadSession;
    if (!isAgain) this.#otherSide();
    this.#plan(delayMs);
  }

  /** Ends what there is with the side in use. False: there is nothing. */
  #leave(reason: string, { silent }: { silent: boolean }): boolean {
    const was = this.#state;
    if (!this.#go('lost', reason)) return false;
    const hadToDeliver = was === 'CONFIGURING' || was === 'RECOVERING';
    if (silent && hadToDeliver && !this.#hasDelivered) this.#undelivered[this.#side] += 1;
    else if (was === 'CONNECTING') this.#undelivered[this.#side] = 0;
    this.#dropConnection(was);
    if (was === 'OPENING') this.#displacement.openingGivenUp();
    return true;
  }

  /** The link goes on with the side that was probed, in the steps that the probe has made. */
  #takeProbe(reason: string): boolean {
    const taken = this.#probe.take();
    if (taken === null) return false;
    this.#side = taken.side;
    this.#connection = taken.connection;
    taken.connection.tell(this.#heard);
    this.#go('attempt', `attempt ${this.#attempt + 1}`);
    this.#go('connected', reason);
    return true;
  }

  /** The other side has opened a session while this one was waited for. */
  #overtaken(event: Extract<ClientSessionEvent, { type: 'open' }>): void {
    if (!this.#leave('the other side has answered first', { silent: true })) return;
    this.#attempt += 1;
    if (!this.#takeProbe('connected beside the other side')) return;
    this.#signOfLife();
    this.#sessionEvent(event);
  }

  /** The other side is tried beside this one while it is waited for. */
  #accompany(state: LinkState): void {
    const company = LINK_COMPANY[state];
    if (company === 'end' || company === 'anew') this.#probe.end();
    if (this.#d.settings.b === null || (company !== 'begin' && company !== 'anew')) return;
    const other = this.#side === 'A' ? 'B' : 'A';
    const delayMs =
      state === 'OPENING'
        ? stepOf(OPENING_ALONE_MS, this.#displacedByOwn)
        : stepOf(UNDELIVERED_ALONE_MS, this.#undelivered[other]);
    this.#probe.begin(other, delayMs);
  }

  /** The side in use has sent configuration or an answer. */
  #delivered(): void {
    if (this.#hasDelivered) return;
    this.#hasDelivered = true;
    if (this.#state === 'CONFIGURING' || this.#state === 'RECOVERING') this.#probe.end();
  }

  #displaced(): void {
    // Its OPEN_REQ has just been read, and the link goes on with it (`#lost`).
    const byProbe = this.#probe.state === 'OPENING';
    if (byProbe) this.#displacement.openingGivenUp();
    const { delayMs, byOwn } = this.#displacement.happened();
    if (byProbe) return;
    const { clientId, clientSignature } = this.#d.settings;
    this.#operator(
      'warn',
      byOwn
        ? 'The CTI server ended this session for one that it was asked for before, and that was given up; next attempt at once.'
        : `The CTI server ended this session: another client named ${clientId}, signature ${clientSignature}, opened one. Give each server a node.name of its own (or cti.user). Next attempt in ${delayMs / 1000} s.`,
    );
  }

  #otherSide(): void {
    if (this.#d.settings.b !== null) this.#side = this.#side === 'A' ? 'B' : 'A';
  }

  #dropConnection(was: LinkState): void {
    this.#recovery.cancel();
    const connection = this.#connection;
    this.#connection = null;
    this.#session.lost();
    connection?.destroy();
    this.#ledger.lost();
    if (was === 'IN_SERVICE') this.#d.listener().outOfService();
  }

  // ---- session ---------------------------------------------------------------------------------

  #sessionEvent(event: ClientSessionEvent): void {
    switch (event.type) {
      case 'open':
        this.#messages.opened();
        this.#connectedAt = this.#d.clock.monotonic();
        this.#recovery.opened();
        if (!this.#session.status.inService()) this.#go('peripheralOffline', 'the peripheral is offline');
        else if (this.#go('opened', `session of version ${event.version}`)) this.#requestConfiguration();
        break;
      case 'message':
        if (event.answers !== null) this.#recovery.answered(event.elapsedMs ?? 0);
        if (event.answers !== null || isConfiguration(event.message)) this.#delivered();
        this.#messages.message(event.message);
        break;
      case 'late':
        this.#messages.unused(event.message);
        break;
      case 'unanswered':
        // The session is over, and with it the recovery: it must not ask on, nor count silence for answers.
        if (event.reason === 'ended') this.#recovery.cancel();
        this.#ledger.unanswered(event.request.invokeId, event.reason === 'timeout' ? 'timeout' : 'lost');
        break;
      case 'status':
        this.#peripheral(this.#session.status.inService(this.#d.settings.peripheralId));
        break;
      case 'refused':
        this.#refused(event);
        break;
      case 'failure':
        if (event.status === FailureStatus.NEW_SESSION_OPENED) this.#displaced();
        else this.#warnSeldom(`The CTI server reports a failure (status ${event.status}).`);
        break;
      case 'undecodable':
        this.#warnSeldom(`A frame of the CTI server could not be read: ${event.error.message}.`, event.type);
        break;
      case 'reset':
        this.#lost(`the session ended: ${event.reason}`, { silent: SILENT_RESETS.has(event.reason) });
        break;
      case 'closed':
        this.#lost('the session was closed');
        break;
    }
  }

  #refused({ status }: Extract<ClientSessionEvent, { type: 'refused' }>): void {
    this.#warnSeldom(`The CTI server refused the session (status ${status ?? 'services missing'}).`);
  }

  /** Required even where nothing is wanted: it tells the server that changes may be sent (ged188.md 10). */
  #requestConfiguration(): void {
    this.#configurationsAwaited = 1;
    this.#hasDelivered = false;
    this.#d.listener().recoveryBegins();
    const fields = { ConfigInformation: ConfigMask.SKILL_GROUP, PeripheralID: this.#d.settings.peripheralId };
    this.#session.request(message('CONFIG_REQUEST_EVENT', fields));
    this.#limit(this.#d.settings.configurationMs, () => {
      this.#warnSeldom('The CTI server did not send its configuration in time; going on without it.');
      this.#configured();
    });
  }

  #configured(): void {
    if (this.#go('configured', 'configuration received')) this.#recovery.begin();
  }

  #recovered(): void {
    const { clock, settings } = this.#d;
    // Its requests are due just when its heartbeats are: a server that is gone must not count as recovered in between.
    if (clock.monotonic() - this.#heardAt >= settings.requestTimeoutMs) {
      this.#lost('the CTI server was silent during the recovery', { silent: true });
      return;
    }
    if (!this.#go('recovered', 'the state of all agents is known')) return;
    this.#attempt = 0;
    this.#undelivered.A = 0;
    this.#undelivered.B = 0;
    this.#recovery.tellOutcome();
    const first = !this.#wasInService;
    this.#wasInService = true;
    this.#d.listener().inService(first);
  }

  #peripheral(online: boolean): void {
    if (online) {
      if (this.#go('peripheralOnline', 'the peripheral is online')) this.#requestConfiguration();
      return;
    }
    const was = this.#state;
    if (!this.#go('peripheralOffline', 'the peripheral is offline')) return;
    this.#recovery.cancel();
    this.#ledger.lost();
    if (was === 'IN_SERVICE') this.#d.listener().outOfService();
  }

  // ---- state -----------------------------------------------------------------------------------

  #go(event: LinkEvent, reason: string): boolean {
    const next = nextLinkState(this.#state, event);
    if (next === undefined) return false;
    this.#state = next;
    this.#reason = reason;
    this.#timer?.cancel();
    this.#timer = null;
    const limitMs = STATE_LIMITS_MS[next];
    if (limitMs !== undefined)
      this.#limit(limitMs, () => this.#lost(`${next} took longer than ${limitMs} ms`));
    this.#news.heard({ state: next, side: this.#side, reason });
    this.#accompany(next);
    return true;
  }

  #limit(delayMs: number, expired: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#d.clock.schedule(delayMs, expired);
  }

  #operator(level: 'info' | 'warn', text: string): void {
    this.#d.happenings.publish('operator', { level, text });
  }

  /** @param kind of what it tells; once a minute each */
  #warnSeldom(text: string, kind: string = text): void {
    const unsaid = this.#warned.next(kind);
    if (unsaid !== null)
      this.#operator('warn', unsaid === 0 ? text : `${text} (${unsaid} more alike before.)`);
  }

  #reasonText(): string {
    if (this.#state === 'STOPPED') return 'The CTI link is stopped.';
    if (this.#state === 'PERIPHERAL_OFFLINE') return PERIPHERAL_OFFLINE_REASON;
    return `The CTI link is ${this.#state.toLowerCase()}: ${this.#reason}.`;
  }
}
