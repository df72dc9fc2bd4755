import { type Element, element } from '@poise/xml';
import { type ApiError, localError } from './api-error.ts';
import {
  type ConnectionDetail,
  type ConnectionEvent,
  type ConnectionState,
  type ConnectionStatus,
  TRANSITIONS,
} from './connection-status.ts';
import type { SystemInfo } from './objects/system-info.ts';
import type { ClientClock, ClientTimer } from './platform.ts';
import { ReconnectDelay } from './reconnect-delay.ts';
import { Subscriptions } from './subscriptions.ts';
import { NS_PUBSUB } from './xmpp/namespaces.ts';
import { type SessionOptions, XmppSession } from './xmpp/session.ts';
import type { StreamEnd, Transport } from './xmpp/transport.ts';

export interface ConnectionOptions extends Omit<SessionOptions, 'domain'> {
  readonly clock: ClientClock;
  readonly random: () => number;
  /** Overrides the domain that SystemInfo names. */
  readonly domain: string | undefined;
  readonly reconnect: boolean;
  readonly reconnectBaseMs: number;
  readonly reconnectMaxMs: number;
  /** How long the presence of `finesse` may take after binding. */
  readonly serviceTimeoutMs: number;
  fetchInfo(): Promise<SystemInfo>;
  createTransport(domain: string): Transport;
}

export interface ConnectionEvents {
  status(status: ConnectionStatus, detail: ConnectionDetail): void;
  bound(jid: string): void;
  /** A message of the pubsub service. */
  message(message: Element): void;
  /** Something that the application may want to log; nothing is lost. */
  problem(error: unknown): void;
}

/** Failed attempts in a row after which the application hears `failing`. */
const FAILING_AFTER_ATTEMPTS = 3;
/** A server that is out of service is asked again at least this often. */
const OUT_OF_SERVICE_POLL_MS = 20_000;

/**
 * Keeps one session to the notification service: asks SystemInfo, signs in, waits for the presence of
 * `finesse@<domain>` (before it no event is delivered), subscribes again after a loss, reconnects with
 * growing, jittered delays until it is told to stop.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #events: ConnectionEvents;
  readonly #delay: ReconnectDelay;
  readonly #subscriptions: Subscriptions;
  #state: ConnectionState = 'idle';
  #session: XmppSession | undefined;
  #timer: ClientTimer | undefined;
  /** Tells the answers of an attempt from those of a later one. */
  #attemptNumber = 0;
  #pubsub = '';
  /** Once connected, losses are repaired; before, they are the caller's. */
  #wasConnected = false;
  #serverInService = true;
  #serviceAvailable = false;
  #isFailing = false;
  #start: { promise: Promise<void>; resolve(): void; reject(error: ApiError): void } | undefined;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#delay = new ReconnectDelay(options.reconnectBaseMs, options.reconnectMaxMs, options.random);
    this.#subscriptions = new Subscriptions((action, node) => this.#requestSubscription(action, node));
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** One attempt; later losses are repaired without being asked. Rejects with ApiError. */
  connect(): Promise<void> {
    if (this.#state === 'ready') return Promise.resolve();
    if (this.#start !== undefined) return this.#start.promise;
    const start = promiseParts();
    this.#start = start;
    // Under repair: the promise follows the next success.
    if (this.#state !== 'idle' && this.#state !== 'ended') return start.promise;
    this.#wasConnected = false;
    this.#serverInService = true;
    this.#isFailing = false;
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

  subscribe(node: string): Promise<void> {
    return this.#subscriptions.add(node, this.#state === 'ready');
  }

  unsubscribe(node: string): Promise<void> {
    return this.#subscriptions.remove(node, this.#state === 'ready');
  }

  /** An Update of SystemInfo came in. */
  serverStatus(status: string): void {
    this.#serverInService = status !== 'OUT_OF_SERVICE';
    this.#reviewService(`SystemInfo says ${status}`);
  }

  #move(event: ConnectionEvent): void {
    const next = TRANSITIONS[this.#state][event];
    if (next === undefined) throw new Error(`the connection cannot take "${event}" while "${this.#state}"`);
    this.#state = next;
  }

  #attempt(): void {
    const attempt = ++this.#attemptNumber;
    const isCurrent = () => this.#attemptNumber === attempt && this.#state === 'fetching info';
    this.#events.status('connecting', { detail: '' });
    this.#options.fetchInfo().then(
      (info) => isCurrent() && this.#informed(info),
      (error: ApiError) => isCurrent() && this.#failed(error),
    );
  }

  #informed(info: SystemInfo): void {
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
    this.#serverInService = true;
    this.#serviceAvailable = false;
    this.#move('info received');
    const session: XmppSession = new XmppSession(
      this.#options.createTransport(domain),
      { ...this.#options, domain },
      {
        bound: (jid) => this.#session === session && this.#bound(jid),
        message: (message) => this.#session === session && this.#message(message),
        presence: (presence) => this.#session === session && this.#presence(presence),
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
    this.#serviceAvailable = type === undefined;
    if (this.#state === 'awaiting service' && this.#serviceAvailable) this.#becomeReady();
    else this.#reviewService(`the service finesse is ${type ?? 'available'}`);
  }

  #becomeReady(): void {
    this.#timer?.cancel();
    this.#move('service available');
    this.#delay.reset();
    const isReturn = this.#wasConnected;
    this.#wasConnected = true;
    this.#events.status('connected', { detail: '' });
    this.#subscriptions.renew().then(
      () => {
        if (isReturn && this.#state === 'ready' && !this.#mustFail()) this.#recover('connected again');
      },
      (error: unknown) => this.#events.problem(error),
    );
    this.#settleStart();
  }

  #mustFail(): boolean {
    return !this.#serverInService || !this.#serviceAvailable;
  }

  #reviewService(detail: string): void {
    if (this.#state !== 'ready') return;
    if (this.#mustFail()) this.#beginFailing(detail, 503);
    else if (this.#isFailing) this.#recover(detail);
  }

  #beginFailing(detail: string, status: number): void {
    if (this.#isFailing || !this.#wasConnected) return;
    this.#isFailing = true;
    this.#events.status('failing', { detail, status });
  }

  #recover(detail: string): void {
    this.#isFailing = false;
    this.#events.status('recovered', { detail });
  }

  #ended(end: StreamEnd): void {
    this.#cleanUp();
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
    this.#failed(localError(0, 'Unreachable', end.detail));
  }

  #failed(error: ApiError): void {
    this.#cleanUp();
    const wasReady = this.#state === 'ready';
    if (!this.#wasConnected || !this.#options.reconnect) {
      this.#move(wasReady ? 'close' : 'gave up');
      this.#events.status('disconnected', { detail: error.message, status: error.status });
      this.#settleStart(error);
      return;
    }
    this.#move('failed');
    const { status } = error;
    if (wasReady) this.#events.status('disconnected', { detail: error.message, status });
    const delayMs = Math.min(this.#delay.next(), status === 503 ? OUT_OF_SERVICE_POLL_MS : Infinity);
    const attempt = this.#delay.attempts;
    if (status === 503) this.#beginFailing(error.message, status);
    else if (attempt > FAILING_AFTER_ATTEMPTS) this.#beginFailing(`${attempt - 1} attempts failed`, status);
    this.#events.status('reconnecting', { detail: error.message, status, attempt, delayMs });
    // A listener may have closed the client.
    if ((this.#state as ConnectionState) !== 'waiting') return;
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
