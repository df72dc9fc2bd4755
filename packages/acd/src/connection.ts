import type { Socket } from 'node:net';
import { type Clock, ReadShare, type SharedReader } from '@poise/clock';
import {
  AgentState,
  type Broadcast,
  type CtiMessage,
  CtiServerSession,
  FailureStatus,
  type OpenDecision,
  type OpenRequest,
  type ServerSessionEvent,
  type ServerSessionLimits,
} from '@poise/ged188';
import { stateNumber } from './agent-event.ts';
import type { Binding, CtiClient } from './client.ts';
import type { ContactCentre } from './contact-centre.ts';
import { Outbox, type OutboxLimits, type OverflowReason } from './outbox.ts';

/** One TCP connection of a CTI client: socket, session and outbox. Whatever goes wrong in it stays in it. */

const KEEP_ALIVE_MS = 60_000;
/** How a socket of both families writes the address of an IPv4 client. */
const MAPPED_IPV4 = /^::ffff:/i;

/** Why a connection ended, for the counters. */
export type EndReason =
  | 'closed-by-client'
  | 'connection-lost'
  | Extract<ServerSessionEvent, { type: 'reset' }>['reason']
  | OverflowReason
  | 'internal-error'
  | 'side-offline';

export interface ConnectionLimits extends OutboxLimits {
  readonly session: Partial<ServerSessionLimits>;
}

export interface ConnectionOptions {
  readonly id: number;
  readonly socket: Socket;
  readonly centre: ContactCentre;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly acceptClient: (clientId: string, password: string) => boolean;
  readonly log: (text: string) => void;
  /** Every message but heartbeats and configuration, for the trace. */
  readonly trace: ((direction: 'in' | 'out', message: CtiMessage) => void) | undefined;
  readonly onEnd: (reason: EndReason) => void;
  readonly onMalformed: () => void;
}

export interface SessionInfo {
  readonly id: number;
  readonly address: string;
  /** Wall ms. */
  readonly connectedAt: number;
  readonly open: boolean;
  readonly version: number | null;
  readonly clientId: string;
  readonly clientSignature: string;
  readonly services: number;
  readonly binding: Binding | null;
  /** Bytes waiting for a slow client. */
  readonly queuedBytes: number;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #session: CtiServerSession;
  readonly #outbox: Outbox;
  readonly #connectedAt: number;
  readonly #address: string;
  #binding: Binding | null = null;
  #client: CtiClient | null = null;
  #ended = false;

  constructor(options: ConnectionOptions) {
    const { socket, clock } = options;
    this.#options = options;
    this.#socket = socket;
    this.#connectedAt = clock.now();
    this.#address = `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
    this.#outbox = new Outbox({
      sink: socket,
      clock,
      limits: options.limits,
      overflow: (reason) => this.reset(reason),
    });
    this.#session = new CtiServerSession({
      clock,
      send: (bytes) => this.#outbox.write(bytes),
      onEvent: (event) => this.#onEvent(event),
      accept: (open) => this.#accept(open),
      limits: options.limits.session,
    });
    // A client without heartbeats is only found missing by TCP itself.
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const reader: SharedReader = {
      divisible: true,
      read: (piece) => {
        this.#guard(() => this.#session.received(piece));
        return !this.#ended;
      },
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
    };
    const share = new ReadShare(reader, (goOn) => void clock.schedule(0, goOn));
    socket.on('data', (chunk) => share.take(chunk));
    socket.on('drain', () => this.#guard(() => this.#outbox.drained()));
    socket.on('error', () => this.#end('connection-lost'));
    socket.on('end', () => this.#finish('connection-lost'));
    socket.on('close', () => this.#end('connection-lost'));
  }

  info(): SessionInfo {
    const client = this.#session.client;
    return {
      id: this.#options.id,
      address: this.#address,
      connectedAt: this.#connectedAt,
      open: this.#session.open,
      version: this.#session.version,
      clientId: client?.clientId ?? '',
      clientSignature: client?.clientSignature ?? '',
      services: this.#session.services,
      binding: this.#binding,
      queuedBytes: this.#outbox.queued,
    };
  }

  /** The server goes offline: asks the client to close; the session resets it after its end time. */
  goOffline(): void {
    if (this.#session.open) this.#session.closeWith(FailureStatus.CTI_SERVER_OFFLINE);
    else this.#finish('side-offline');
  }

  /** Ends the connection at once, without a word. */
  reset(reason: EndReason): void {
    if (this.#ended) return;
    this.#socket.resetAndDestroy();
    this.#end(reason);
  }

  /** Lets what is written reach the client, then ends the connection. */
  #finish(reason: EndReason): void {
    this.#socket.destroySoon();
    this.#end(reason);
  }

  #end(reason: EndReason): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#session.lost();
    this.#outbox.close();
    if (this.#client) this.#options.centre.closed(this.#client);
    this.#client = null;
    this.#options.onEnd(reason);
  }

  #onEvent(event: ServerSessionEvent): void {
    switch (event.type) {
      case 'open':
        this.#client = this.#makeClient(event.open, event.services);
        this.#options.centre.opened(this.#client);
        break;
      case 'request':
        this.#options.trace?.('in', event.message);
        if (this.#client) this.#options.centre.received(this.#client, event.message);
        break;
      case 'malformed':
        this.#options.onMalformed();
        break;
      case 'closed':
        this.#finish('closed-by-client');
        break;
      case 'reset':
        if (event.reason === 'closed-by-server' || event.reason === 'end-timeout') this.#finish(event.reason);
        else this.reset(event.reason);
        break;
    }
  }

  #accept(open: OpenRequest): OpenDecision {
    const { centre, acceptClient } = this.#options;
    if (!acceptClient(open.clientId, open.clientPassword)) return { refuse: FailureStatus.INVALID_PASSWORD };
    const admission = centre.admit(open);
    if (!admission.ok) return { refuse: admission.status };
    this.#binding = admission.binding;
    const bound = admission.binding && centre.boundAgent({ binding: admission.binding });
    const instrument = bound?.instrument ?? admission.binding?.instrument;
    return {
      ok: true,
      services: admission.services,
      pgStatus: centre.pgStatus,
      peripheralOnline: centre.peripheralOnline,
      peripheralType: centre.dialect.peripheralType,
      peripherals: [{ id: centre.dialect.peripheralId, online: centre.peripheralOnline }],
      agentState: bound ? stateNumber(bound.status.state) : AgentState.UNKNOWN,
      ...(bound ? { agentId: bound.profile.loginId } : {}),
      ...(instrument == null ? {} : { agentExtension: instrument, agentInstrument: instrument }),
    };
  }

  #makeClient(open: OpenRequest, services: number): CtiClient {
    return {
      id: this.#options.id,
      version: open.version,
      services,
      agentStateMask: open.agentStateMask,
      callMsgMask: open.callMsgMask,
      configMsgMask: open.configMsgMask,
      clientId: open.clientId,
      clientSignature: open.clientSignature,
      address: (this.#options.socket.remoteAddress ?? '').replace(MAPPED_IPV4, ''),
      binding: this.#binding,
      send: (message) => this.#send(message),
      stream: (messages) => this.#outbox.stream(steps(messages, (message) => this.#send(message))),
      end: (status) => {
        this.#session.closeWith(status);
        if (this.#client) this.#options.centre.closed(this.#client);
        this.#client = null;
      },
    };
  }

  #send(message: CtiMessage | Broadcast): void {
    this.#guard(() => {
      this.#session.send(message);
      if ('name' in message) this.#options.trace?.('out', message);
    });
  }

  /** A fault of ours costs this connection, never the server. */
  #guard(work: () => void): void {
    if (this.#ended) return;
    try {
      work();
    } catch (error) {
      this.#options.log(
        `CTI session ${this.#options.id} of ${this.#address} ended by an internal error: ${String(error)}`,
      );
      this.reset('internal-error');
    }
  }
}

function* steps(messages: Iterable<CtiMessage>, send: (message: CtiMessage) => void): Generator<() => void> {
  for (const message of messages) yield () => send(message);
}
