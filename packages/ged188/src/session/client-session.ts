import type { Clock, Timer } from '@poise/clock';
import { type DecodedMessage, decode } from '../decode.ts';
import { encode } from '../encode.ts';
import { FailureStatus } from '../enums/failure.ts';
import { Ged188Error } from '../error.ts';
import { Framer } from '../framer.ts';
import { type CtiMessage, isMessage, type MessageOf, message, messageByName } from '../message-table.ts';
import { frameSizeMax, NONE_UINT } from '../version.ts';
import {
  CLIENT_TRANSITIONS,
  type ClientAction,
  type ClientInput,
  type ClientState,
} from './client-transitions.ts';
import { type OpenParameters, openRequest, servicesRequired, versionsToTry } from './open-parameters.ts';
import { type PendingRequest, PendingRequests } from './pending-requests.ts';
import { PeripheralStatus } from './peripheral-status.ts';

/** Times of a client session in ms, and limits. Defaults: those of GED-188 for a bridge server. */
export interface ClientSessionLimits {
  /** Silence after which a heartbeat is sent; 0: never. Not below 5,000 on real servers. */
  readonly heartbeatIntervalMs: number;
  /** Heartbeats without confirmation that end the connection. */
  readonly heartbeatsMissedMax: number;
  /** IdleTimeout of OPEN_REQ in s; default four intervals, at least 20. */
  readonly idleTimeoutSeconds: number | null;
  /** Wait for OPEN_CONF; 60,000 for sites with more than 500 clients. */
  readonly openTimeoutMs: number;
  readonly closeTimeoutMs: number;
  /** Wait for a confirmation: they take up to 15 s. */
  readonly requestTimeoutMs: number;
  readonly requestsMax: number;
}

export const CLIENT_SESSION_LIMITS: ClientSessionLimits = {
  heartbeatIntervalMs: 5_000,
  heartbeatsMissedMax: 3,
  idleTimeoutSeconds: null,
  openTimeoutMs: 30_000,
  closeTimeoutMs: 5_000,
  requestTimeoutMs: 20_000,
  requestsMax: 10_000,
};

/** Why the owner of a client session must drop the connection. */
export type ClientResetReason =
  | 'refused'
  | 'open-timeout'
  | 'heartbeats-missed'
  | 'server-silent'
  | 'server-offline'
  | 'session-ended'
  | 'framing-lost';

/** What a client session tells its owner. */
export type ClientSessionEvent =
  /** The session is open; `missing`: services asked for and not granted. */
  | {
      readonly type: 'open';
      readonly conf: MessageOf<'OPEN_CONF'>;
      readonly version: number;
      readonly services: number;
      readonly missing: number;
    }
  /** Any message but those of the session itself; an answer comes with its request. */
  | {
      readonly type: 'message';
      readonly message: DecodedMessage;
      readonly answers: PendingRequest | null;
      readonly elapsedMs: number | null;
    }
  /** A confirmation that no request waits for (any more), or not a request of this kind: what waits goes on waiting. */
  | { readonly type: 'late'; readonly message: DecodedMessage }
  /** A request will not be answered: its time is up, or the session ended. */
  | { readonly type: 'unanswered'; readonly request: PendingRequest; readonly reason: 'timeout' | 'ended' }
  /** The server refused the session. `nextVersion`: what the next connection will ask for after INVALID_VERSION. */
  | {
      readonly type: 'refused';
      readonly status: number | null;
      readonly missing: number;
      readonly nextVersion: number | null;
    }
  /** PGStatus or a peripheral changed; see {@link CtiClientSession.status}. */
  | { readonly type: 'status'; readonly pgStatus: number; readonly inService: boolean }
  /** FAILURE_EVENT, or a heartbeat that was refused. */
  | { readonly type: 'failure'; readonly status: number }
  /** A frame that could not be decoded; it was skipped. */
  | { readonly type: 'undecodable'; readonly error: Ged188Error; readonly frame: Uint8Array }
  /** The owner must drop the connection (and then call `lost`). */
  | { readonly type: 'reset'; readonly reason: ClientResetReason }
  /** The session was closed in good order, or the wait for that is over; the owner ends the connection. */
  | { readonly type: 'closed' };

export interface ClientSessionOptions {
  readonly clock: Clock;
  readonly open: OpenParameters;
  /** Writes bytes to the connection. */
  readonly send: (bytes: Uint8Array) => void;
  readonly onEvent: (event: ClientSessionEvent) => void;
  readonly limits?: Partial<ClientSessionLimits>;
}

const RESET_REASONS: Partial<Record<ClientInput, ClientResetReason>> = {
  openRefused: 'refused',
  servicesMissing: 'refused',
  openTimeout: 'open-timeout',
  beatRefused: 'server-offline',
  beatsMissed: 'heartbeats-missed',
  serverSilent: 'server-silent',
  serverOffline: 'server-offline',
  sessionEnded: 'session-ended',
  framingLost: 'framing-lost',
};

/** FAILURE_EVENTs after which the server considers the session ended. */
const ENDING: readonly number[] = [FailureStatus.NEW_SESSION_OPENED, FailureStatus.TIMEOUT];

/**
 * The client side of a CTI session, without a socket. The owner connects, passes bytes in both
 * directions, and obeys `reset` and `closed`. One object lives through any number of connections.
 */
export class CtiClientSession {
  readonly #options: ClientSessionOptions;
  readonly #limits: ClientSessionLimits;
  readonly #clock: Clock;
  readonly #pending: PendingRequests;
  readonly #versions: readonly number[];
  /** PGStatus and peripherals as the server last told them. */
  readonly status = new PeripheralStatus();
  #state: ClientState = 'DISCONNECTED';
  #versionIndex = 0;
  #framer = new Framer();
  #openInvokeId = 0;
  #services = 0;
  /** InvokeIDs of heartbeats without confirmation, oldest first. */
  #beats: number[] = [];
  #sentAt = 0;
  /** Since an answer is waited for nothing has come: when that was looked at last, and how often. */
  #silence: { lookedAt: number; looks: number } | null = null;
  /** Guards the answer to OPEN_REQ, then the heartbeat, then the answer to CLOSE_REQ. */
  #timer: Timer | null = null;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#limits = { ...CLIENT_SESSION_LIMITS, ...options.limits };
    this.#clock = options.clock;
    this.#versions = versionsToTry(options.open);
    this.#pending = new PendingRequests(this.#clock, this.#limits.requestsMax, (request) =>
      this.#tell({ type: 'unanswered', request, reason: 'timeout' }),
    );
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The version in use, or the one the next connection will ask for. */
  get version(): number {
    return this.#versions[this.#versionIndex] ?? this.#versions[0]!;
  }

  /** Services granted; 0 unless open. */
  get services(): number {
    return this.#state === 'OPEN' ? this.#services : 0;
  }

  /** Requests without an answer. */
  get pending(): number {
    return this.#pending.size;
  }

  /** The connection stands: opens the session. */
  connected(): void {
    this.#apply('connected');
  }

  /** Bytes came in; any chunking. */
  received(chunk: Uint8Array): void {
    if (!this.#live()) return;
    this.#silence = null;
    try {
      for (const frame of this.#framer.push(chunk)) {
        this.#frame(frame);
        if (!this.#live()) return;
      }
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
    }
    if (this.#framer.error !== null) this.#apply('framingLost');
  }

  /** The connection is gone, whoever ended it. */
  lost(): void {
    this.#apply('lost');
  }

  /**
   * Sends a message. One with an InvokeID gets it here (unless it has one) and, if it is a request, waits
   * for its answer.
   *
   * @returns the InvokeID, or null for messages without one.
   * @throws Ged188Error when the session is not open, too many requests wait, or the message is wrong.
   */
  request(request: CtiMessage, options: { timeoutMs?: number } = {}): number | null {
    if (this.#state !== 'OPEN') throw new Ged188Error('session-not-open', 'the CTI session is not open');
    if (!carriesInvokeId(request)) {
      this.#write(request);
      return null;
    }
    const invokeId = (request.fields.InvokeID as number | undefined) ?? this.#pending.nextInvokeId();
    const complete = { name: request.name, fields: { ...request.fields, InvokeID: invokeId } };
    const frame = encode(complete, this.version);
    if (request.name.endsWith('_REQ')) {
      this.#pending.add(invokeId, complete, options.timeoutMs ?? this.#limits.requestTimeoutMs);
    }
    this.#writeFrame(frame, request.name.endsWith('_REQ'));
    return invokeId;
  }

  /** Closes the session; `closed` follows within 5 s. */
  close(): void {
    this.#apply('close');
  }

  #live(): boolean {
    return this.#state === 'OPENING' || this.#state === 'OPEN' || this.#state === 'CLOSING';
  }

  #frame(frame: Uint8Array): void {
    let decoded: DecodedMessage;
    try {
      decoded = decode(frame, this.version);
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      this.#tell({ type: 'undecodable', error, frame });
      return;
    }
    this.#apply(this.#inputOf(decoded), decoded);
  }

  #inputOf(decoded: DecodedMessage): ClientInput {
    const invokeId = decoded.fields.InvokeID;
    if (isMessage(decoded, 'OPEN_CONF')) {
      if (this.#state !== 'OPENING' || invokeId !== this.#openInvokeId) return 'message';
      this.#services = decoded.fields.ServicesGranted ?? 0;
      const required = servicesRequired(this.#options.open);
      return (this.#services & required) >>> 0 === required ? 'openConfirmed' : 'servicesMissing';
    }
    if (isMessage(decoded, 'HEARTBEAT_CONF')) return 'beatConfirmed';
    if (isMessage(decoded, 'CLOSE_CONF')) return 'closeConfirmed';
    if (isMessage(decoded, 'FAILURE_CONF') || isMessage(decoded, 'CONTROL_FAILURE_CONF')) {
      if (this.#state === 'OPENING' && invokeId === this.#openInvokeId) return 'openRefused';
      return this.#beats.includes(invokeId as number) ? 'beatRefused' : 'message';
    }
    if (isMessage(decoded, 'FAILURE_EVENT')) {
      if (decoded.fields.Status === FailureStatus.CTI_SERVER_OFFLINE) return 'serverOffline';
      return ENDING.includes(decoded.fields.Status ?? 0) ? 'sessionEnded' : 'message';
    }
    return 'message';
  }

  #apply(input: ClientInput, decoded?: DecodedMessage): void {
    const transition = CLIENT_TRANSITIONS[this.#state][input];
    if (transition === undefined) return;
    this.#state = transition.to;
    for (const action of transition.do) this.#do(action, input, decoded);
  }

  #do(action: ClientAction, input: ClientInput, decoded: DecodedMessage | undefined): void {
    switch (action) {
      case 'sendOpen':
        this.#sendOpen();
        break;
      case 'sendBeat': {
        const invokeId = this.#pending.nextInvokeId();
        this.#beats.push(invokeId);
        this.#write(message('HEARTBEAT_REQ', { InvokeID: invokeId }));
        break;
      }
      case 'countBeat':
        // A confirmation proves that the server lives; earlier beats need none any more.
        this.#beats = [];
        break;
      case 'sendClose':
        this.#write(
          message('CLOSE_REQ', {
            InvokeID: this.#pending.nextInvokeId(),
            Status: input === 'serverOffline' ? FailureStatus.CTI_SERVER_OFFLINE : FailureStatus.NO_ERROR,
          }),
        );
        this.#startTimer(this.#limits.closeTimeoutMs, 'closeTimeout');
        break;
      case 'startBeating':
        this.#scheduleBeat();
        break;
      case 'stopTimers':
        this.#timer?.cancel();
        this.#timer = null;
        break;
      case 'failPending':
        for (const request of this.#pending.takeAll()) {
          this.#tell({ type: 'unanswered', request, reason: 'ended' });
        }
        break;
      case 'deliver':
        if (decoded !== undefined) this.#deliver(decoded);
        break;
      case 'tellOpen':
        this.#tellOpen(decoded as DecodedMessage & MessageOf<'OPEN_CONF'>);
        break;
      case 'tellRefused':
        this.#tellRefused(decoded);
        break;
      case 'tellFailure':
        this.#tell({ type: 'failure', status: (decoded?.fields.Status as number | undefined) ?? 0 });
        break;
      case 'tellReset':
        this.#tell({ type: 'reset', reason: RESET_REASONS[input] ?? 'framing-lost' });
        break;
      case 'tellClosed':
        this.#tell({ type: 'closed' });
        break;
    }
  }

  #sendOpen(): void {
    this.#framer = new Framer({ lengthMax: frameSizeMax(this.version) });
    this.#beats = [];
    this.#silence = null;
    this.#services = 0;
    this.#openInvokeId = this.#pending.nextInvokeId();
    const interval = this.#limits.heartbeatIntervalMs;
    const idle = interval === 0 ? NONE_UINT : Math.max(20, Math.ceil((4 * interval) / 1000));
    const idleTimeout = this.#limits.idleTimeoutSeconds ?? idle;
    this.#write(openRequest(this.#options.open, this.version, this.#openInvokeId, idleTimeout));
    this.#startTimer(this.#limits.openTimeoutMs, 'openTimeout');
  }

  #tellOpen(conf: DecodedMessage & MessageOf<'OPEN_CONF'>): void {
    this.status.opened(conf);
    const missing = (this.#options.open.services & ~this.#services) >>> 0;
    this.#tell({ type: 'open', conf, version: this.version, services: this.#services, missing });
  }

  #tellRefused(decoded: DecodedMessage | undefined): void {
    const status = (decoded?.fields.Status as number | undefined) ?? null;
    const missing = (servicesRequired(this.#options.open) & ~this.#services) >>> 0;
    let nextVersion: number | null = null;
    if (status === FailureStatus.INVALID_VERSION) {
      this.#versionIndex++;
      if (this.#versionIndex < this.#versions.length) nextVersion = this.version;
      else this.#versionIndex = 0;
    }
    this.#tell({ type: 'refused', status, missing: status === null ? missing : 0, nextVersion });
  }

  #deliver(decoded: DecodedMessage): void {
    if (isMessage(decoded, 'SYSTEM_EVENT') && this.status.changed(decoded)) {
      const { pgStatus } = this.status;
      this.#tell({ type: 'status', pgStatus, inService: this.status.inService() });
    }
    if (isMessage(decoded, 'FAILURE_EVENT')) {
      this.#tell({ type: 'failure', status: decoded.fields.Status ?? 0 });
    }
    if (!decoded.name.endsWith('_CONF')) {
      this.#tell({ type: 'message', message: decoded, answers: null, elapsedMs: null });
      return;
    }
    const invokeId = decoded.fields.InvokeID as number;
    // LIST_AGENT_TEAM_CONF comes in parts: the request is answered with the last of them.
    const more = isMessage(decoded, 'LIST_AGENT_TEAM_CONF') && decoded.fields.More === 1;
    const answers = this.#pending.peek(invokeId);
    if (answers === undefined || !isAnswerTo(answers.request, decoded))
      this.#tell({ type: 'late', message: decoded });
    else {
      if (!more) this.#pending.take(invokeId);
      const elapsedMs = this.#clock.monotonic() - answers.sentAt;
      this.#tell({ type: 'message', message: decoded, answers, elapsedMs });
    }
  }

  /**
   * One timer for the heartbeat, however much is sent. A beat is due after an interval without a message of ours, and in
   * each interval in which nothing has come although an answer is waited for: requests replace heartbeats, and must not put
   * off the moment in which the server's silence is noticed (ged188.md 3.3).
   */
  #scheduleBeat(): void {
    const interval = this.#limits.heartbeatIntervalMs;
    if (interval === 0) return;
    const delayMs = Math.max(0, this.#beatFrom + interval - this.#clock.monotonic());
    this.#timer = this.#clock.schedule(delayMs, () => {
      const now = this.#clock.monotonic();
      // Something was sent or has come since.
      // As it was reckoned above: another sum may round to a moment before, and the timer would run at it for ever.
      if (now >= this.#beatFrom + interval) this.#beat(now);
      if (this.#state === 'OPEN') this.#scheduleBeat();
    });
  }

  /** From where the interval counts: the silence, its last look, or the last message of ours. */
  get #beatFrom(): number {
    return this.#silence?.lookedAt ?? this.#sentAt;
  }

  #beat(now: number): void {
    const silence = this.#silence;
    if (silence !== null) {
      silence.lookedAt = now;
      silence.looks += 1;
      // A process that stood still looks once, and reads what has come meanwhile before it looks again.
      if (silence.looks >= this.#limits.heartbeatsMissedMax) {
        this.#apply(this.#beats.length >= this.#limits.heartbeatsMissedMax ? 'beatsMissed' : 'serverSilent');
        return;
      }
    }
    this.#apply('beatDue');
  }

  #startTimer(delayMs: number, input: ClientInput): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.schedule(delayMs, () => this.#apply(input));
  }

  #write(outgoing: CtiMessage): void {
    this.#writeFrame(encode(outgoing, this.version), outgoing.name.endsWith('_REQ'));
  }

  /** @param asks an answer is waited for */
  #writeFrame(frame: Uint8Array, asks = false): void {
    this.#sentAt = this.#clock.monotonic();
    if (asks) this.#silence ??= { lookedAt: this.#sentAt, looks: 0 };
    this.#options.send(frame);
  }

  #tell(event: ClientSessionEvent): void {
    this.#options.onEvent(event);
  }
}

/** Its own confirmation, or one of the failures that answer everything. */
const isAnswerTo = (request: CtiMessage, answer: DecodedMessage): boolean =>
  answer.name === request.name.replace(/_REQ$/, '_CONF') ||
  isMessage(answer, 'FAILURE_CONF') ||
  isMessage(answer, 'CONTROL_FAILURE_CONF');

/** True when the fixed part of a message begins with InvokeID. */
const carriesInvokeId = (candidate: CtiMessage): boolean =>
  messageByName(candidate.name)?.layout?.fixed[0]?.[0] === 'InvokeID';
