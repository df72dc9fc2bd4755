import { type Element, element } from '@poise/xml';
import { type ApiError, localError } from './api-error.ts';
import type { ConnectionEvents, ConnectionOptions } from './connection-options.ts';
import { type ConnectionEvent, type ConnectionState, KEPT_STATES, TRANSITIONS } from './connection-status.ts';
import { KeepAlive } from './keep-alive.ts';
import { type NodeAddress, qualifies } from './node-address.ts';
import { NodePair } from './node-pair.ts';
import type { SystemInfo } from './objects/system-info.ts';
import type { ClientTimer } from './platform.ts';
import { ReconnectDelay } from './reconnect-delay.ts';
import { ServiceStatus } from './service-status.ts';
import { Subscriptions } from './subscriptions.ts';
import { WayCheck } from './way-check.ts';
import { NS_PUBSUB } from './xmpp/namespaces.ts';
import { XmppSession } from './xmpp/session.ts';
import type { StreamEnd } from './xmpp/transport.ts';

/** Failed attempts in a row after which the application hears `failing`, and the other node is asked. */
const FAILING_AFTER_ATTEMPTS = 3;

/** Within this time after a connection the nodes are asked for. */
const NODES_WITHIN_MS = 10_000;

/** An attempt that probes ask for comes not sooner than this after the one before. */
const PROBE_PAUSE_MS = 1_000;
/** Pauses before the attempts at a node that cannot be reached, where another one is known, are this part of the usual ones. */
const PART_WITH_HEIR = 0.3;

/**
 * Keeps one session to the notification service: asks SystemInfo, signs in, waits for the presence of
 * `finesse@<domain>` (before it no event is delivered), subscribes again after a loss, reconnects with
 * growing, jittered delays until it is told to stop. The current node is asked again every few seconds, so that its
 * return is noticed soon. When it stays away or says that it is out of service, the other node is asked, too, less
 * often: the current one is preferred, and there is no return by itself.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #delay: ReconnectDelay;
  readonly #subscriptions: Subscriptions;
  readonly #wayCheck: WayCheck;
  readonly #keepAlive: KeepAlive;
  #state: ConnectionState = 'idle';
  #session: XmppSession | undefined;
  #timer: ClientTimer | undefined;
  #nodesTimer: ClientTimer | undefined;
  /** Tells the answers of an attempt from those of a later one. */
  #attemptNumber = 0;
  #pubsub = '';
  /** Once connected, losses are repaired; before, they are the caller's. */
  #wasConnected = false;
  readonly #service = new ServiceStatus();
  readonly #nodes: NodePair;
  #isFailing = false;
  /** The present connection repeats requests in vain. */
  #isInDoubt = false;
  /** Since when the session has been of use, by the monotonic clock. */
  #readyAt = 0;
  /** When the last attempt began, by the monotonic clock. */
  #attemptedAt = 0;
  /** The other node is not asked sooner than this, by the monotonic clock. */
  #otherDueAt = 0;
  /** The other node is not asked yet, because this one has said that it is out of service. */
  #isSpread = false;
  /** Attempts in a row at which not even SystemInfo was reached. */
  #unreached = 0;
  /** The last attempt failed at the notification service, although SystemInfo was well. */
  #notificationFailed = false;
  #start: { promise: Promise<void>; resolve(): void; reject(error: ApiError): void } | undefined;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#nodes = new NodePair(options.node, options.failover);
    this.#delay = new ReconnectDelay(options.reconnectBaseMs, options.reconnectMaxMs, options.random);
    this.#wayCheck = new WayCheck(options.clock, (limitMs) => options.fetchTime(this.node, limitMs));
    this.#keepAlive = new KeepAlive(options.pingIntervalMs);
    this.#subscriptions = new Subscriptions((action, node) => this.#requestSubscription(action, node));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The node that this connection is with, or wants to be. */
  get node(): NodeAddress {
    return this.#nodes.current;
  }

  /** The nodes that may take over, the best first, as far as the current one has told. */
  get others(): readonly NodeAddress[] {
    return this.#nodes.others;
  }

  /** One attempt; later losses are repaired without being asked. Rejects with ApiError. */
  connect(): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve();
    if (this.#start !== undefined) return this.#start.promise;
    const start = promiseParts();
    this.#start = start;
    if (this.#state === 'suspended') this.resume();
    // Under repair: the promise follows the next success.
    if (this.#state !== 'idle' && this.#state !== 'ended') return start.promise;
    this.#wasConnected = false;
    this.#isFailing = false;
    this.#nodes.forgive();
    this.#move('start');
    this.#attempt();
    return start.promise;
  }

  close(): void {
    if (this.#state === 'ended') return;
    const wasIdle = this.#state === 'idle';
    this.#move('close');
    this.#cleanUp()?.close();
    const error = localError(0, 'Unreachable', 'the client was closed');
    this.#settleStart(error);
    this.#subscriptions.clear(error);
    // Last: a listener may connect again.
    if (!wasIdle) this.#events.status('disconnected', { detail: error.message, status: 0 });
  }

  /** Says goodbye, to come back with `resume`: the page is put aside. What was never connected is closed. */
  suspend(): void {
    if (!this.#wasConnected) this.close();
    if (this.#state === 'ended' || this.#state === 'suspended') return;
    this.#move('suspend');
    this.#cleanUp()?.close();
    this.#events.status('disconnected', { detail: 'suspended', status: 0 });
  }

  resume(): void {
    if (this.#state !== 'suspended') return;
    this.#move('resume');
    this.#attempt();
  }

  /**
   * Something happened that may have broken the connection without a word, or mended the way to the server: a sleep,
   * another network. The connection is tried at once instead of waiting for time limits.
   */
  probe(): void {
    if (this.#session !== undefined) {
      this.#session.probe(this.#options.probeTimeoutMs);
      return;
    }
    if (this.#state !== 'waiting' || this.#sinceAttemptMs < PROBE_PAUSE_MS) return;
    this.#timer?.cancel();
    this.#move('delay over', 'probe');
    this.#attempt();
  }

  /** Gives a connection up that stands but is of no use, and makes another. */
  reconnect(detail: string): void {
    if (this.#session === undefined) return;
    this.#cleanUp()?.close();
    this.#failed(localError(0, 'Unreachable', detail));
  }

  /**
   * Moves a connection that is well to another node, because this one will be stopped; or, where one name stands for several nodes and
   * something in front of them chooses, to the one that answers to that name now.
   * @returns whether it moves; false: there is no other node, it cannot take over, or will be stopped, too
   */
  async moveAway(): Promise<boolean> {
    const session = this.#session;
    for (const node of [...this.#nodes.others, this.node]) {
      const isHere = () => this.#state === 'ready' && this.#session === session;
      if (!isHere()) continue;
      const info = await this.#options.fetchInfo(node, this.#options.probeTimeoutMs).catch(() => null);
      if (info === null || !isHere() || !qualifies(info) || info.finesseMMode !== '') continue;
      this.#moveTo(node, info);
      return true;
    }
    return false;
  }

  subscribe(node: string, owner?: string): Promise<void> {
    return this.#subscriptions.add(node, this.#isConnected, owner);
  }

  unsubscribe(node: string, owner?: string): Promise<void> {
    return this.#subscriptions.remove(node, this.#isConnected, owner);
  }

  get #isConnected(): boolean {
    return this.#state === 'ready' || (KEPT_STATES.has(this.#state) && this.#session !== undefined);
  }

  /** An Update of SystemInfo came in. */
  serverStatus(status: string): void {
    // The nodes that it names may be others.
    if (this.#state === 'ready') this.#askForNodes();
    this.#service.eventSays(status);
    this.#reviewService(`SystemInfo says ${status}`);
  }

  #move(event: ConnectionEvent, detail = ''): void {
    const next = TRANSITIONS[this.#state][event];
    if (next === undefined) throw new Error(`the connection cannot take "${event}" while "${this.#state}"`);
    const why = detail === '' ? event : `${event}: ${detail}`;
    this.#events.transition(`${this.node.host}: ${this.#state} -> ${next} (${why})`);
    this.#state = next;
  }

  #attempt(): void {
    this.#attemptedAt = this.#options.clock.monotonic();
    this.#events.status('connecting', { detail: '', node: this.node.host });
    this.#ask(
      this.node,
      'fetching info',
      (info) => this.#informed(info),
      (error) => this.#failed(error),
    );
  }

  /** Asks a node for SystemInfo; the answer counts only while nothing else has been begun. */
  #ask(
    node: NodeAddress,
    state: ConnectionState,
    answered: (info: SystemInfo) => void,
    refused: (error: ApiError) => void,
  ): void {
    const attempt = ++this.#attemptNumber;
    const isCurrent = () => this.#attemptNumber === attempt && this.#state === state;
    // A question that got lost must not keep a client waiting for a node that is well again.
    const limitMs = this.#wasConnected ? this.#options.probeTimeoutMs : undefined;
    this.#options.fetchInfo(node, limitMs).then(
      (info) => isCurrent() && answered(info),
      (error: ApiError) => isCurrent() && refused(error),
    );
  }

  /** What the current node says of itself. */
  #heard(info: SystemInfo): void {
    this.#nodes.heard(info);
    this.#events.informed(info);
  }

  #informed(info: SystemInfo): void {
    this.#heard(info);
    if (info.status === 'OUT_OF_SERVICE') {
      const reason = info.statusReason === '' ? '' : `: ${info.statusReason}`;
      this.#failed(localError(503, 'Service Unavailable', `the server is out of service${reason}`));
      return;
    }
    const domain = this.#options.domain ?? info.xmppDomain;
    if (domain === '') {
      this.#failed(localError(502, 'Bad Reply', 'SystemInfo names no XMPP domain'));
      return;
    }
    this.#pubsub = (info.xmppPubSubDomain || `pubsub.${domain}`).toLowerCase();
    this.#service.begin();
    if (this.#state !== 'opening') this.#move('info received');
    const session: XmppSession = new XmppSession(
      this.#options.createTransport(this.node, domain),
      {
        ...this.#options,
        domain,
        pingIntervalMs: this.#keepAlive.intervalMs,
        askBeside: (isDead) => this.#wayCheck.ask(isDead),
      },
      {
        bound: (jid) => this.#session === session && this.#bound(jid),
        message: (message) => this.#session === session && this.#message(message),
        presence: (presence) => this.#session === session && this.#presence(presence),
        doubtful: (isDoubtful, detail) =>
          this.#session === session && this.#state === 'ready' && this.#doubtful(isDoubtful, detail),
        ended: (end) => this.#session === session && this.#ended(end),
      },
    );
    this.#session = session;
    session.open();
  }

  #bound(jid: string): void {
    this.#move('bound');
    this.#events.bound(jid);
    this.#timer = this.#options.clock.schedule(this.#options.serviceTimeoutMs, () => {
      this.#cleanUp()?.close();
      this.#failed(localError(503, 'Service Unavailable', 'the service finesse is not present'));
    });
  }

  #message(message: Element): void {
    // Only the pubsub service speaks for the server; anybody may send messages in XMPP.
    if (message.attr('from')?.toLowerCase() === this.#pubsub) this.#events.message(message);
  }

  #presence(presence: Element): void {
    if (presence.attr('from')?.split('@')[0]?.toLowerCase() !== 'finesse') return;
    const type = presence.attr('type');
    if (type !== undefined && type !== 'unavailable') return;
    this.#events.presence({ from: presence.attr('from') as string, isAvailable: type === undefined });
    const isNew = this.#service.presenceSays(type === undefined);
    if (this.#state === 'awaiting service') {
      if (this.#service.isPresent) this.#becomeReady();
    } else if (isNew && this.#service.isPresent) {
      // A web application that has just begun may be out of service still: it is asked before it is believed.
      this.#checkCurrent();
    } else this.#reviewService('the service finesse is unavailable');
  }

  #doubtful(isDoubtful: boolean, detail: string): void {
    this.#isInDoubt = isDoubtful;
    if (isDoubtful) this.#wayCheck.rearm();
    if (isDoubtful && this.#nodes.other !== null) this.#leaveUnreachable();
    this.#events.status(isDoubtful ? 'interrupted' : 'resumed', { detail, node: this.node.host });
  }

  /**
   * Requests are repeated in vain. Where another node may take over, a node that refuses connections, too, is lost now:
   * without one the repetitions are all that can be done, and may save the session.
   */
  #leaveUnreachable(): void {
    const session = this.#session;
    this.#options.fetchInfo(this.node, this.#options.probeTimeoutMs).then(
      () => {},
      (error: ApiError) => {
        const isStillSo = this.#session === session && this.#state === 'ready' && this.#isInDoubt;
        if (isStillSo && error.status === 0) this.reconnect(error.message);
      },
    );
  }

  #becomeReady(): void {
    this.#timer?.cancel();
    this.#isInDoubt = false;
    this.#move('service available');
    this.#delay.reset();
    this.#readyAt = this.#options.clock.monotonic();
    this.#nodes.settle();
    const isReturn = this.#wasConnected;
    this.#wasConnected = true;
    this.#events.status('connected', { detail: '', node: this.node.host });
    const session = this.#session;
    this.#askForNodes();
    this.#subscriptions.renew().then(
      (areAllMade) => {
        if (this.#session !== session) return;
        if (!areAllMade) this.reconnect('a subscription could not be made');
        else if (isReturn && this.#state === 'ready') this.#recover('connected again');
      },
      (error: unknown) => this.#events.problem(error),
    );
    this.#settleStart();
    // It may have said so while its presence was awaited.
    if (this.#session === session) this.#reviewService('the server is out of service');
  }

  /** Which nodes there are is asked some time later, for after a move many clients have other things to ask. */
  #askForNodes(): void {
    const { clock, random, fetchNodes, probeTimeoutMs, failover } = this.#options;
    this.#nodesTimer?.cancel();
    if (fetchNodes === undefined || !failover) return;
    this.#nodesTimer = clock.schedule(random() * NODES_WITHIN_MS, () => {
      this.#nodesTimer = undefined;
      fetchNodes(probeTimeoutMs).then(
        (hosts) => this.#nodes.knows(hosts),
        // A server of another make, or one that is in trouble: what is known stays.
        () => {},
      );
    });
  }

  #reviewService(detail: string): void {
    if (this.#session === undefined) return;
    if (this.#state === 'ready') {
      if (this.#service.isUsable) return;
      this.#move('service lost', detail);
      this.#beginFailing(detail, 503);
      this.#scheduleRound(this.#nextRoundMs(this.#delay.longest()));
    } else if (KEPT_STATES.has(this.#state) && this.#service.isUsable) {
      this.#timer?.cancel();
      this.#move('service back', detail);
      this.#recover(detail);
    }
  }

  #beginFailing(detail: string, status: number): void {
    if (this.#isFailing || !this.#wasConnected) return;
    this.#isFailing = true;
    const { clock, random, searchIntervalMs } = this.#options;
    // What is out of service for all desktops of a node may be back soon, and must not set them moving at one moment.
    const spreadMs = status === 503 ? searchIntervalMs * (0.5 + random() / 2) : 0;
    this.#isSpread = spreadMs > 0;
    this.#otherDueAt = clock.monotonic() + spreadMs;
    this.#events.status('failing', { detail, status, node: this.node.host });
  }

  #recover(detail: string): void {
    this.#isFailing = false;
    this.#events.status('recovered', { detail, node: this.node.host });
  }

  /** While a connection stands that cannot be used. */
  #scheduleRound(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.schedule(delayMs, () => this.#checkCurrent());
  }

  /** Asks the node whose connection stands how it is; for the event that says so may have been missed. */
  #checkCurrent(): void {
    if (this.#state !== 'failing') return;
    this.#timer?.cancel();
    this.#move('delay over');
    const take = this.#service.question();
    this.#ask(
      this.node,
      'checking current',
      (info) => {
        this.#heard(info);
        take(info);
        if (!this.#service.isUsable) this.#tryOther(`SystemInfo says ${info.status}`);
        else this.#reviewService(`SystemInfo says ${info.status}`);
      },
      (error) => this.#tryOther(error.message),
    );
  }

  /**
   * Asks the other node, where there is one and its time has come; else the next round follows.
   * @param detail why the current node cannot be used
   */
  #tryOther(detail = ''): void {
    const other = this.#otherThatIsDue;
    if (other === null) {
      this.#nextRound(detail);
      return;
    }
    this.#isSpread = false;
    this.#otherDueAt = this.#options.clock.monotonic() + this.#options.searchIntervalMs;
    this.#move('try other', detail);
    this.#askOthers(this.#nodes.others);
  }

  /** Asks one node after the other whether it can take over. */
  #askOthers([other, ...rest]: readonly NodeAddress[]): void {
    if (other === undefined) return;
    this.#ask(
      other,
      'asking other',
      (info) => {
        if (qualifies(info)) this.#recheckCurrent(other, info);
        else this.#foundNone(other, `${other.host} is ${info.status}`, 503, rest);
      },
      (error) => this.#foundNone(other, `${other.host}: ${error.message}`, error.status, rest),
    );
  }

  get #otherThatIsDue(): NodeAddress | null {
    return this.#options.clock.monotonic() >= this.#otherDueAt ? this.#nodes.other : null;
  }

  #recheckCurrent(other: NodeAddress, otherInfo: SystemInfo): void {
    this.#move('other qualifies', other.host);
    const hadSession = this.#session !== undefined;
    // Without a connection it was reached a moment ago, or not: then its notification service is to blame.
    const isToBlame = !hadSession && this.#notificationFailed;
    const take = this.#service.question();
    this.#ask(
      this.node,
      'rechecking current',
      (info) => {
        this.#heard(info);
        if (hadSession) {
          take(info);
          if (!this.#service.isUsable) this.#moveTo(other, otherInfo);
          else this.#reviewService(`SystemInfo says ${info.status}`);
        } else if (qualifies(info) && !isToBlame) this.#informed(info);
        else this.#moveTo(other, otherInfo);
      },
      () => this.#moveTo(other, otherInfo),
    );
  }

  #moveTo(other: NodeAddress, info: SystemInfo): void {
    this.#cleanUp()?.close();
    this.#move('move', other.host);
    this.#nodes.move(other);
    this.#events.status('moving', { detail: `${other.host} takes over`, node: other.host });
    this.#events.moved(other);
    // A listener may have closed the client.
    if ((this.#state as ConnectionState) === 'opening') this.#informed(info);
  }

  #foundNone(other: NodeAddress, detail: string, status: number, rest: readonly NodeAddress[]): void {
    this.#events.status('searching', { detail, status, node: this.node.host, other: other.host });
    if (this.#state !== 'asking other') return;
    if (rest.length > 0) this.#askOthers(rest);
    else this.#nextRound(detail);
  }

  #nextRound(detail = ''): void {
    if (this.#session !== undefined) {
      this.#move('still failing', detail);
      // `finesse` came back while a node was asked: what SystemInfo says now is known soon.
      this.#scheduleRound(this.#service.isUsable ? PROBE_PAUSE_MS : this.#nextRoundMs(this.#delay.longest()));
    } else {
      this.#move('still lost', detail);
      this.#wait(this.#nextRoundMs(this.#remaining(this.#delay.longest())), detail, 0);
    }
  }

  #ended(end: StreamEnd): void {
    this.#cleanUp();
    this.#wayCheck.rearm();
    this.#learn(end);
    if (end.reason === 'unauthorized' && this.#nodes.previous !== undefined) {
      this.#refusedAfterMove(end.detail);
      return;
    }
    if (end.reason === 'conflict' || end.reason === 'unauthorized') {
      this.#move(end.reason);
      this.#events.status(end.reason, { detail: end.detail });
      const error =
        end.reason === 'conflict'
          ? localError(409, 'Conflict', 'the same user signed in elsewhere')
          : localError(401, 'Authorization Failure', 'user or password refused');
      this.#settleStart(error);
      this.#subscriptions.clear(error);
      return;
    }
    this.#failed(localError(0, 'Unreachable', end.detail), end.isServerThere);
  }

  /** Whether something on the way cuts connections that are silent. */
  #learn({ silenceMs }: StreamEnd): void {
    if (this.#state !== 'ready' || silenceMs === undefined) {
      this.#keepAlive.explained();
      return;
    }
    const lifeMs = this.#options.clock.monotonic() - this.#readyAt;
    if (this.#keepAlive.cut({ silenceMs, lifeMs }))
      this.#events.transition(
        `${this.node.host}: connections end after ${Math.round(silenceMs)} ms of silence: pings from now on after ${this.#keepAlive.intervalMs} ms`,
      );
  }

  /** The other node does not know this user: it is not asked again, for repetition would lock the account. */
  #refusedAfterMove(detail: string): void {
    const { host } = this.node;
    const back = this.#nodes.refuse();
    this.#events.moved(back);
    this.#events.status('searching', { detail, status: 401, node: back.host, other: host });
    this.#failed(localError(0, 'Unreachable', `${host}: ${detail}`));
  }

  /** @param isServerThere it answers over other connections: there is nothing to wait for */
  #failed(error: ApiError, isServerThere: boolean = false): void {
    this.#cleanUp();
    const wasConnected = this.#state === 'ready' || KEPT_STATES.has(this.#state);
    if (!wasConnected) this.#keepAlive.explained();
    if (!this.#wasConnected || !this.#options.reconnect) {
      this.#move(wasConnected ? 'close' : 'gave up', error.message);
      this.#events.status('disconnected', { detail: error.message, status: error.status });
      this.#settleStart(error);
      return;
    }
    const { status } = error;
    this.#notificationFailed = this.#state === 'opening' || this.#state === 'awaiting service';
    if (wasConnected) this.#events.status('disconnected', { detail: error.message, status });
    // A listener may have closed or suspended the client.
    if (!this.#canRetry) return;
    const isGone = status === 0 && !wasConnected && !this.#notificationFailed;
    this.#unreached = isGone ? this.#unreached + 1 : 0;
    // From one beginning to the next: the time that a silent node was waited for counts.
    const mayBeLeft = !this.#isFailing || (this.#isSpread && isGone);
    const hasHeir = status === 0 && mayBeLeft && this.#nodes.other !== null;
    const plannedMs = Math.round(this.#delay.next() * (hasHeir ? PART_WITH_HEIR : 1));
    const pauseMs = isServerThere ? 0 : wasConnected ? plannedMs : this.#remaining(plannedMs);
    const attempt = this.#delay.attempts;
    const isFailing = status === 503 || attempt > FAILING_AFTER_ATTEMPTS;
    if (isFailing)
      this.#beginFailing(status === 503 ? error.message : `${attempt - 1} attempts failed`, status);
    if (!this.#canRetry) return;
    // It was stopped: that it may be back soon holds no longer, and it is left like one that died.
    if (this.#isSpread && this.#unreached >= FAILING_AFTER_ATTEMPTS)
      this.#otherDueAt = this.#options.clock.monotonic();
    // Once for each round: two nodes that are both half alive must not be asked in a circle.
    if (isFailing && !wasConnected && this.#nodes.previous === undefined && this.#otherThatIsDue !== null) {
      this.#tryOther(error.message);
      return;
    }
    this.#nodes.settle();
    this.#move('failed', error.message);
    this.#wait(this.#nextRoundMs(pauseMs), error.message, status);
  }

  get #sinceAttemptMs(): number {
    return this.#options.clock.monotonic() - this.#attemptedAt;
  }

  /** A round of the search comes when the other node is due, if the current one's would come later. */
  #nextRoundMs(delayMs: number): number {
    if (!this.#isFailing || this.#nodes.other === null) return delayMs;
    const untilOtherMs = this.#otherDueAt - this.#options.clock.monotonic();
    return Math.min(delayMs, Math.max(Math.ceil(untilOtherMs), PROBE_PAUSE_MS));
  }

  /** What is left of a delay that began with the last attempt; some pause in any case. */
  #remaining(delayMs: number): number {
    return Math.round(Math.max(delayMs - this.#sinceAttemptMs, Math.min(delayMs, PROBE_PAUSE_MS)));
  }

  get #canRetry(): boolean {
    return !['idle', 'ended', 'suspended'].includes(this.#state);
  }

  #wait(delayMs: number, detail: string, status: number): void {
    const attempt = this.#delay.attempts;
    this.#events.status('reconnecting', { detail, status, attempt, delayMs, node: this.node.host });
    if (this.#state !== 'waiting') return;
    this.#timer = this.#options.clock.schedule(delayMs, () => {
      this.#move('delay over');
      this.#attempt();
    });
  }

  #settleStart(error?: ApiError): void {
    const start = this.#start;
    this.#start = undefined;
    if (error === undefined) start?.resolve();
    else start?.reject(error);
  }

  /** Lets go of session and timer; gives the session back, so that it can be closed. */
  #cleanUp(): XmppSession | undefined {
    const session = this.#session;
    this.#session = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#nodesTimer?.cancel();
    this.#nodesTimer = undefined;
    return session;
  }

  async #requestSubscription(action: 'subscribe' | 'unsubscribe', node: string): Promise<void> {
    const session = this.#session;
    if (session === undefined) throw localError(0, 'Unreachable', 'not connected');
    const request = element('pubsub', NS_PUBSUB, {}, [
      element(action, NS_PUBSUB, { node, jid: session.jid }),
    ]);
    await session.request('set', this.#pubsub, request);
  }
}

/** Promise.withResolvers, which Node 20 lacks. */
function promiseParts(): { promise: Promise<void>; resolve(): void; reject(error: ApiError): void } {
  let resolve!: () => void;
  let reject!: (error: ApiError) => void;
  const promise = new Promise<void>((resolveIt, rejectIt) => {
    resolve = resolveIt;
    reject = rejectIt;
  });
  return { promise, resolve, reject };
}
