import type { Clock, Timer } from '@poise/clock';
import { type DecodedMessage, decode, splitFrame } from '../decode.ts';
import { encode } from '../encode.ts';
import { AgentState } from '../enums/agent.ts';
import { DeviceIDType } from '../enums/call.ts';
import { FailureStatus } from '../enums/failure.ts';
import { ServiceMask, SessionType, SystemEventID } from '../enums/session.ts';
import { Ged188Error } from '../error.ts';
import { REFUSALS, requestNeeds, wantsEvent } from '../event-filter.ts';
import { Framer } from '../framer.ts';
import { type CtiMessage, message, messageByType } from '../message-table.ts';
import { frameSizeMax, VERSION_DEFAULT } from '../version.ts';
import { Broadcast } from './broadcast.ts';
import { checkOpenRequest, type OpenDecision, type OpenRequest } from './open-check.ts';
import {
  SERVER_TRANSITIONS,
  type ServerAction,
  type ServerInput,
  type ServerState,
} from './server-transitions.ts';

/** Times of a server session in ms, and limits. */
export interface ServerSessionLimits {
  /** From the connection to a successful OPEN_REQ. */
  readonly openTimeoutMs: number;
  /** From FAILURE_EVENT to the end of the connection, if the client does not close it. */
  readonly endTimeoutMs: number;
  /** Refused messages before the session is open. */
  readonly earlyMessagesMax: number;
  /** Malformed messages in a row once it is open. */
  readonly malformedMax: number;
  /** Skip fields whose tag belongs to other messages, instead of INVALID_TAG_FOR_MSG_TYPE. */
  readonly skipUnexpectedTags: boolean;
}

export const SERVER_SESSION_LIMITS: ServerSessionLimits = {
  openTimeoutMs: 30_000,
  endTimeoutMs: 5_000,
  earlyMessagesMax: 10,
  malformedMax: 100,
  skipUnexpectedTags: false,
};

/** Why the owner of a server session must drop the connection. */
export type ServerResetReason =
  | 'open-timeout'
  | 'idle'
  | 'framing-lost'
  | 'unreadable'
  | 'flood'
  | 'end-timeout'
  | 'closed-by-server';

/** What a server session tells its owner. */
export type ServerSessionEvent =
  /** Open, confirmed, and the peripherals announced. End older sessions of the same client now. */
  | { readonly type: 'open'; readonly open: OpenRequest; readonly services: number }
  /** A request the owner must answer (or an event of the client, such as CONFIG_REQUEST_EVENT). */
  | { readonly type: 'request'; readonly message: DecodedMessage }
  /** OPEN_REQ was refused. */
  | { readonly type: 'refused'; readonly status: number }
  /** A message was answered with a failure; nothing is left to do. */
  | { readonly type: 'malformed'; readonly status: number; readonly error: string }
  /** The client closed in good order; CLOSE_CONF is sent. The owner ends the connection. */
  | { readonly type: 'closed'; readonly status: number }
  /** The owner must reset the connection. */
  | { readonly type: 'reset'; readonly reason: ServerResetReason };

export interface ServerSessionOptions {
  readonly clock: Clock;
  readonly send: (bytes: Uint8Array) => void;
  readonly onEvent: (event: ServerSessionEvent) => void;
  /** Decides on an OPEN_REQ that is right in itself: password, agent, device, standby. */
  readonly accept: (open: OpenRequest) => OpenDecision;
  readonly limits?: Partial<ServerSessionLimits>;
}

const RESET_REASONS: Partial<Record<ServerInput, ServerResetReason>> = {
  openTimeout: 'open-timeout',
  idle: 'idle',
  framingLost: 'framing-lost',
  unreadable: 'unreadable',
  flood: 'flood',
  endTimeout: 'end-timeout',
  closeWith: 'closed-by-server',
};

/** What an input is about: the message, or the failure it is answered with. */
interface Matter {
  readonly invokeId: number | null;
  readonly decoded?: DecodedMessage;
  readonly status?: number;
  readonly error?: string;
}
const NOTHING: Matter = { invokeId: null };

/** The server side of one CTI session, without a socket: one object per connection. */
export class CtiServerSession {
  readonly #options: ServerSessionOptions;
  readonly #limits: ServerSessionLimits;
  readonly #clock: Clock;
  readonly #framer = new Framer();
  #state: ServerState = 'CONNECTED';
  #open: OpenRequest | null = null;
  #services = 0;
  #decision: OpenDecision | null = null;
  #endStatus: number = FailureStatus.NO_ERROR;
  #receivedAt: number;
  #refusals = 0;
  #skipped = 0;
  /** Guards OPEN_REQ, then the idle timeout, then the end. */
  #timer: Timer | null;

  constructor(options: ServerSessionOptions) {
    this.#options = options;
    this.#limits = { ...SERVER_SESSION_LIMITS, ...options.limits };
    this.#clock = options.clock;
    this.#receivedAt = this.#clock.monotonic();
    this.#timer = this.#clock.schedule(this.#limits.openTimeoutMs, () => this.#apply('openTimeout'));
  }

  get state(): ServerState {
    return this.#state;
  }

  /** The negotiated version; null before OPEN_REQ. */
  get version(): number | null {
    return this.#open?.version ?? null;
  }

  /** What the client asked for; null before OPEN_REQ. */
  get client(): OpenRequest | null {
    return this.#open;
  }

  /** Services granted. */
  get services(): number {
    return this.#services;
  }

  /** Messages of unknown type that were answered with a failure. */
  get unknownMessages(): number {
    return this.#skipped;
  }

  /** True while the session takes messages from the server. */
  get open(): boolean {
    return this.#state === 'OPEN';
  }

  /** Bytes came in; any chunking. Heartbeats are answered here, before the owner hears of anything. */
  received(chunk: Uint8Array): void {
    if (this.#state === 'ENDED') return;
    this.#receivedAt = this.#clock.monotonic();
    try {
      for (const frame of this.#framer.push(chunk)) {
        this.#frame(frame);
        if ((this.#state as ServerState) === 'ENDED') return;
      }
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
    }
    if (this.#framer.error !== null) this.#apply('framingLost');
  }

  /** The connection is gone. */
  lost(): void {
    this.#apply('lost');
  }

  /**
   * Sends a message in the version of the session; not open: nothing happens. Pass a {@link Broadcast} to
   * encode once for many sessions.
   *
   * @returns false when the session is not open.
   */
  send(outgoing: CtiMessage | Broadcast): boolean {
    if (this.#state !== 'OPEN' || this.#open === null) return false;
    const frame =
      outgoing instanceof Broadcast
        ? outgoing.frame(this.#open.version)
        : encode(outgoing, this.#open.version);
    if (frame !== null) this.#options.send(frame);
    return frame !== null;
  }

  /** Sends an unsolicited message if services and masks of the session want it. */
  deliver(event: CtiMessage | Broadcast, options: { update?: boolean } = {}): boolean {
    return this.wants(event instanceof Broadcast ? event.message : event, options) && this.send(event);
  }

  /** True when services and masks of the session want an unsolicited message. */
  wants(event: CtiMessage, options: { update?: boolean } = {}): boolean {
    if (this.#state !== 'OPEN' || this.#open === null) return false;
    const { callMsgMask, agentStateMask, configMsgMask } = this.#open;
    const interests = { services: this.#services, callMsgMask, agentStateMask, configMsgMask };
    return wantsEvent(interests, event, options.update);
  }

  /** Ends the session from our side: FAILURE_EVENT with the status, and the connection within 5 s. */
  closeWith(status: number): void {
    this.#endStatus = status;
    this.#apply('closeWith');
  }

  #frame(frame: Uint8Array): void {
    const { type, body } = splitFrame(frame);
    const def = messageByType(type);
    const first = body.length >= 4 ? new DataView(body.buffer, body.byteOffset, 4).getUint32(0) : null;
    const invokeId = def?.layout == null || def.layout.fixed[0]?.[0] === 'InvokeID' ? first : null;
    if (def?.layout?.fixed[0]?.[0] === 'InvokeID' && first === null) {
      this.#apply('unreadable');
    } else if (def?.name === 'OPEN_REQ') {
      this.#openRequest(frame, invokeId);
    } else if (this.#state === 'CONNECTED') {
      this.#apply('badRequest', { invokeId, status: FailureStatus.SESSION_NOT_OPEN, error: `type ${type}` });
    } else {
      this.#request(frame, invokeId);
    }
    this.#limitRefusals();
  }

  #openRequest(frame: Uint8Array, invokeId: number | null): void {
    if (this.#state !== 'CONNECTED') {
      const status = FailureStatus.SESSION_ALREADY_OPEN;
      this.#apply('badRequest', { invokeId, status, error: 'second OPEN_REQ' });
      return;
    }
    const open = this.#checkedOpen(frame);
    if (open === null) {
      this.#apply('unreadable');
      return;
    }
    const decision = 'refuse' in open ? open : this.#options.accept(open);
    if ('refuse' in decision || 'refuse' in open) {
      const status = 'refuse' in decision ? decision.refuse : FailureStatus.UNSPECIFIED_FAILURE;
      this.#apply('openRefused', { invokeId, status });
      return;
    }
    this.#open = open;
    this.#decision = decision;
    this.#services = ((decision.services ?? open.services) & open.services) >>> 0;
    this.#framer.limitTo(frameSizeMax(open.version));
    this.#apply('openAccepted', { invokeId });
  }

  #checkedOpen(frame: Uint8Array): ReturnType<typeof checkOpenRequest> | null {
    try {
      return checkOpenRequest(frame);
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      return error.status === null ? null : { refuse: error.status };
    }
  }

  #request(frame: Uint8Array, invokeId: number | null): void {
    let decoded: DecodedMessage;
    try {
      decoded = decode(frame, this.#open?.version ?? VERSION_DEFAULT, {
        strict: true,
        skipUnexpectedTags: this.#limits.skipUnexpectedTags,
        // A client that is bound to one device need not name it in each request.
        mayLack: (this.#services & ServiceMask.CLIENT_EVENTS) === 0 ? [] : ['AgentInstrument'],
      });
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      const status = error.status ?? FailureStatus.BAD_MESSAGE_FORMAT;
      this.#apply('badRequest', { invokeId, status, error: error.message });
      return;
    }
    const matter = { invokeId, decoded };
    const refusal = this.#refusalOf(decoded);
    // The message was well-formed: whatever becomes of it, the peer speaks our language.
    this.#refusals = 0;
    if (refusal !== null) {
      this.#apply('badRequest', { ...matter, status: refusal, error: decoded.name });
    } else {
      const input = { HEARTBEAT_REQ: 'heartbeat', CLOSE_REQ: 'closeRequested' } as const;
      this.#apply(input[decoded.name as keyof typeof input] ?? 'request', matter);
    }
  }

  /** Why a well-formed message is refused, or null. */
  #refusalOf(decoded: DecodedMessage): number | null {
    const layout = messageByType(decoded.type)?.layout;
    if (REFUSALS.has(decoded.name) && (this.#services & ServiceMask.SERVER) !== 0) return null;
    if (decoded.name === 'UNKNOWN' || layout?.direction === 'S2C') {
      if (decoded.name === 'UNKNOWN') this.#skipped++;
      return FailureStatus.INVALID_MSG_TYPE_FOR_VERSION;
    }
    if (layout == null) return FailureStatus.FUNCTION_NOT_AVAILABLE;
    const needs = requestNeeds(decoded.name);
    return needs !== 0 && (this.#services & needs) === 0 ? FailureStatus.FUNCTION_NOT_AVAILABLE : null;
  }

  /** A peer that sends nothing but nonsense is not listened to for ever. */
  #limitRefusals(): void {
    const max = this.#state === 'CONNECTED' ? this.#limits.earlyMessagesMax : this.#limits.malformedMax;
    if (this.#refusals > max) this.#apply('flood');
  }

  #apply(input: ServerInput, matter: Matter = NOTHING): void {
    const transition = SERVER_TRANSITIONS[this.#state][input];
    if (transition === undefined) return;
    this.#state = transition.to;
    for (const action of transition.do) this.#do(action, input, matter);
  }

  #do(action: ServerAction, input: ServerInput, matter: Matter): void {
    switch (action) {
      case 'confirmOpen':
        this.#confirmOpen(matter.invokeId ?? 0);
        break;
      case 'refuse':
        this.#refuse(matter, matter.status ?? FailureStatus.UNSPECIFIED_FAILURE);
        break;
      case 'refuseEarly':
        this.#refuse(matter, FailureStatus.SESSION_NOT_OPEN);
        break;
      case 'refuseEnding':
        this.#refuse(matter, this.#endStatus);
        break;
      case 'confirmBeat':
        this.#write(message('HEARTBEAT_CONF', { InvokeID: matter.invokeId ?? 0 }));
        break;
      case 'confirmClose':
        this.#write(message('CLOSE_CONF', { InvokeID: matter.invokeId ?? 0 }));
        break;
      case 'sendFailure':
        this.#write(message('FAILURE_EVENT', { Status: this.#endStatus }));
        break;
      case 'startIdleTimer':
        this.#startIdleTimer();
        break;
      case 'startEndTimer':
        this.#timer = this.#clock.schedule(this.#limits.endTimeoutMs, () => this.#apply('endTimeout'));
        break;
      case 'stopTimer':
        this.#timer?.cancel();
        this.#timer = null;
        break;
      case 'deliver':
        if (matter.decoded !== undefined) this.#tell({ type: 'request', message: matter.decoded });
        break;
      case 'tellOpen':
        if (this.#open !== null) this.#tell({ type: 'open', open: this.#open, services: this.#services });
        break;
      case 'tellRefused':
        this.#tell({ type: 'refused', status: matter.status ?? FailureStatus.UNSPECIFIED_FAILURE });
        break;
      case 'tellClosed':
        this.#tell({ type: 'closed', status: (matter.decoded?.fields.Status as number | undefined) ?? 0 });
        break;
      case 'tellReset':
        this.#tell({ type: 'reset', reason: RESET_REASONS[input] ?? 'framing-lost' });
        break;
    }
  }

  #confirmOpen(invokeId: number): void {
    const decision = this.#decision;
    const open = this.#open;
    if (open === null || decision?.ok !== true) return;
    const peripherals = decision.peripherals ?? [];
    const pgStatus = decision.pgStatus ?? 0;
    const time = Math.floor(this.#clock.now() / 1000);
    this.#write(
      message('OPEN_CONF', {
        InvokeID: invokeId,
        ServicesGranted: this.#services,
        MonitorID: decision.monitorId ?? 0,
        PGStatus: pgStatus,
        ICMCentralControllerTime: time,
        PeripheralOnline: decision.peripheralOnline ?? peripherals.some(({ online }) => online),
        PeripheralType: decision.peripheralType ?? 0,
        AgentState: decision.agentState ?? AgentState.UNKNOWN,
        DepartmentID: decision.departmentId ?? 0,
        SessionType: decision.sessionType ?? SessionType.ACTIVE,
        ...(decision.agentExtension === undefined ? {} : { AgentExtension: decision.agentExtension }),
        ...(decision.agentId === undefined ? {} : { AgentID: decision.agentId }),
        ...(decision.agentInstrument === undefined ? {} : { AgentInstrument: decision.agentInstrument }),
        peripherals: peripherals.map(({ id, multiline }) => ({
          FltPeripheralID: id,
          MultilineAgentControl: multiline === true ? 1 : 0,
        })),
      }),
    );
    if ((this.#services & ServiceMask.ALL_EVENTS) === 0) return;
    // Since version 9: one SYSTEM_EVENT per peripheral tells an ALL_EVENTS client what is online.
    for (const { id, online } of peripherals) {
      const { PERIPHERAL_ONLINE, PERIPHERAL_OFFLINE } = SystemEventID;
      this.#write(
        message('SYSTEM_EVENT', {
          PGStatus: pgStatus,
          ICMCentralControllerTime: time,
          SystemEventID: online ? PERIPHERAL_ONLINE : PERIPHERAL_OFFLINE,
          SystemEventArg1: id,
          EventDeviceType: DeviceIDType.NONE,
        }),
      );
    }
  }

  #refuse({ invokeId, error }: Matter, status: number): void {
    this.#refusals++;
    this.#write(
      invokeId === null
        ? message('FAILURE_EVENT', { Status: status })
        : message('FAILURE_CONF', { InvokeID: invokeId, Status: status }),
    );
    if (error !== undefined) this.#tell({ type: 'malformed', status, error });
  }

  /** One timer however much comes in: when it fires it looks at the last receipt and sleeps for the rest. */
  #startIdleTimer(): void {
    const seconds = this.#open?.idleTimeoutSeconds ?? null;
    if (seconds === null) return;
    const due = () => this.#receivedAt + seconds * 1000;
    this.#timer = this.#clock.schedule(Math.max(0, due() - this.#clock.monotonic()), () => {
      // The same sum as above: a difference may round to a moment before, and the timer would run at it for ever.
      if (this.#clock.monotonic() >= due()) this.#apply('idle');
      else if (this.#state === 'OPEN') this.#startIdleTimer();
    });
  }

  #write(outgoing: CtiMessage): void {
    this.#options.send(encode(outgoing, this.#open?.version ?? VERSION_DEFAULT));
  }

  #tell(event: ServerSessionEvent): void {
    this.#options.onEvent(event);
  }
}
