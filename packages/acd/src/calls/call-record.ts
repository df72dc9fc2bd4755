import type { Timer } from '@poise/clock';
import type { CallData, CallTypeName, CallView, ConnectionView, DeviceKind } from './call.ts';
import type { Cause, DeviceName } from './call-fact.ts';
import type { LiveState } from './connection-table.ts';
import type { LineStatus } from './line-table.ts';
import type { Operation } from './operation.ts';
import type { OutboundReservation } from './outbound.ts';
import type { LegId } from './switch.ts';

/** What the model remembers of calls, connections, legs and phones. Changed by the board and nobody else. */

export class Call implements CallView {
  readonly id: number;
  type: CallTypeName;
  data: CallData;
  readonly connections: Connection[] = [];
  skillGroup: number | null = null;
  associated: number | null = null;
  controller: string | null = null;
  readonly startedAt: number;
  /** Devices that were told of the call and not yet of its end there. */
  readonly scope = new Map<string, DeviceKind>();
  /** The place in a queue; null: does not wait. */
  waiting: Waiting | null = null;
  /** The agent who was reserved for the call and has not answered yet. */
  reservation: Reservation | null = null;
  /** Parties that are being called: rung or about to ring. */
  readonly offers = new Set<Offer>();
  /** Monitor calls that listen to a party of this one. */
  readonly monitors = new Set<Call>();
  /** Of a monitor call: who is watched, and how. */
  watched: { readonly connection: Connection; mode: 'monitor' | 'whisper' } | null = null;
  /** Segments of the routed call so far; shared with the calls that came of it. */
  segments = { last: 0 };
  /** Agents in wrap-up after this call: its data is kept for them. */
  wrapUps = 0;
  /** Nobody is left. */
  ended = false;
  recorded = false;
  /** Clears a call that failed when nobody does. */
  failTimer: Timer | null = null;

  constructor(id: number, type: CallTypeName, data: CallData, startedAt: number) {
    this.id = id;
    this.type = type;
    this.data = data;
    this.startedAt = startedAt;
  }

  connection(device: string): Connection | undefined {
    return this.connections.find((connection) => connection.device === device);
  }
}

export class Connection implements ConnectionView {
  call: Call;
  readonly device: string;
  readonly kind: DeviceKind;
  state: LiveState;
  callType: CallTypeName;
  readonly agentId: string | null;
  since: number;
  listening = false;
  /** The line in use; a consult call shares that of its original. Null at route points. */
  leg: Leg | null;
  /** The device placed the call. */
  readonly outgoing: boolean;
  /** A queue sent the call to this agent. */
  readonly routed: boolean;
  readonly skillGroup: number | null;
  /** No longer in the call. */
  gone = false;

  constructor(call: Call, birth: ConnectionBirth, state: LiveState, since: number) {
    this.call = call;
    this.device = birth.device;
    this.kind = birth.kind;
    this.state = state;
    this.callType = birth.callType;
    this.agentId = birth.agentId ?? null;
    this.leg = birth.leg;
    this.outgoing = birth.outgoing ?? false;
    this.routed = birth.routed ?? false;
    this.skillGroup = birth.skillGroup ?? null;
    this.since = since;
  }

  get callId(): number {
    return this.call.id;
  }

  get name(): DeviceName {
    return { id: this.device, kind: this.kind };
  }
}

export interface ConnectionBirth {
  readonly device: string;
  readonly kind: DeviceKind;
  readonly callType: CallTypeName;
  readonly leg: Leg | null;
  readonly agentId?: string | null;
  readonly outgoing?: boolean;
  readonly routed?: boolean;
  readonly skillGroup?: number | null;
}

/** One line in use at the switch. */
export class Leg {
  readonly id: LegId;
  readonly device: string;
  readonly connections = new Set<Connection>();
  /** A mobile agent's phone somewhere outside: only a hand can lift it. */
  outside = false;
  /** Off-hook: hears and is heard. */
  up = false;
  /** What the switch was last told of the leg's sound; empty: unknown. */
  media = '';
  /** The party that this leg is to reach. */
  offer: Offer | null = null;
  /** Requests that these events prove to be carried out, should they come before the switch's answer. */
  provedByUp: Operation | null = null;
  provedByGone: Operation | null = null;
  /** Dialled number of a phone that goes off-hook in order to call it. */
  dialling: { readonly connection: Connection; readonly to: string } | null = null;
  /** Login id of the mobile agent whose nailed connection this is. */
  readonly nailedFor: string | null;
  gone = false;

  constructor(id: LegId, device: string, nailedFor: string | null = null) {
    this.id = id;
    this.device = device;
    this.nailedFor = nailedFor;
  }
}

/** A party that is being called. */
export interface Offer {
  readonly call: Call;
  readonly target: DeviceName;
  readonly called: DeviceName;
  readonly leg: Leg;
  readonly birth: ConnectionBirth;
  readonly cause: Cause;
  readonly lastRedirect: DeviceName | null;
  readonly reservation: Reservation | null;
  /** Added to a conference by this device once it answers. */
  readonly addedBy: string | null;
  /** Cause of the conference event; the agent leaves after an INTERCEPT. */
  readonly conferenceCause: Cause;
  /** The call has left the switch for it. */
  onNetwork: boolean;
  /** Once it rings. */
  connection: Connection | null;
  timer: Timer | null;
  /** Told once when the party rings (true) or cannot be had (the cause): a single-step transfer waits for it. */
  reached: ((outcome: true | Cause) => void) | null;
  /** Ends the waiting of `reached`. */
  reachTimer: Timer | null;
  over: boolean;
}

/** An agent set aside for a call of a queue. */
export interface Reservation {
  readonly call: Call;
  readonly line: Line;
  readonly agentId: string;
  readonly skillGroup: number;
  readonly place: QueuePlace;
  offer: Offer | null;
}

/** Where a call came into a queue; it keeps the place when an agent does not answer. */
export interface QueuePlace {
  readonly skillGroup: number;
  readonly routePoint: DeviceName;
  readonly priority: number;
  /** Order of arrival. */
  readonly arrival: number;
  /** Wall ms. */
  readonly since: number;
  /** An agent did not answer: before all others. */
  readonly again: boolean;
  /** The agent who is found is added to a conference by this device. */
  readonly addedBy: string | null;
}

export interface Waiting {
  readonly place: QueuePlace;
  readonly connection: Connection;
}

/** A phone of the directory. */
export class Line {
  readonly device: string;
  readonly connections: Connection[] = [];
  /** Calls on their way to or from the phone that have no connection there yet. */
  readonly claims = new Set<Offer | Operation>();
  reservation: Reservation | null = null;
  /** The agent is reserved for a contact of a campaign. */
  outbound: OutboundReservation | null = null;
  status: LineStatus = 'IDLE';
  /** What happened since the line was idle: decides about wrap-up. */
  period = newPeriod();
  wrapUp: WrapUp | null = null;
  /** Request that waits for the switch, and those that wait behind it. */
  operation: Operation | null = null;
  readonly waiting: (() => void)[] = [];

  constructor(device: string) {
    this.device = device;
  }

  /** Calls at the phone or on their way to it. */
  get load(): number {
    return this.connections.length + this.claims.size;
  }
}

export interface LinePeriod {
  /** A call came to the agent (otherwise the agent placed all of them). */
  incoming: boolean;
  /** Somebody was talked to. */
  talked: boolean;
  /** A call of a queue. */
  routed: boolean;
  /** The agent placed the first of them. */
  dialled: boolean;
}

export function newPeriod(): LinePeriod {
  return { incoming: false, talked: false, routed: false, dialled: false };
}

export interface WrapUp {
  readonly agentId: string;
  readonly call: Call;
  readonly line: Line;
  readonly dataRequired: boolean;
  timer: Timer | null;
}
