import type { CallType, LocalConnectionState } from '@poise/ged188';

/**
 * What a call is, after CSTA and GED-188: a call has connections, one for each device that takes part; each
 * connection has a local state. Views are live: read them at once, never keep them.
 */

/** `station`: a phone of the directory; `external`: an outside party; `routePoint`: a dialled number with a queue. */
export type DeviceKind = 'station' | 'external' | 'routePoint';

/** Local connection state of CSTA, by its GED-188 name. */
export type ConnectionState = Exclude<keyof typeof LocalConnectionState, 'NONE'>;

export type CallTypeName = keyof typeof CallType;

/** The call number and the device: what GED-188 calls a connection. Device ids are STATIC here. */
export interface ConnectionRef {
  /** ConnectionCallID, unsigned 32 bit; never 0xffffffff. */
  readonly callId: number;
  /** ConnectionDeviceID: extension, outside number or dialled number. */
  readonly device: string;
}

export interface ConnectionView extends ConnectionRef {
  readonly kind: DeviceKind;
  readonly state: ConnectionState;
  /** Call type as this device sees it, e.g. CONSULT_OFFERRED at the consulted agent of a CONSULT. */
  readonly callType: CallTypeName;
  /** Login id of the agent who was signed in on the device when it joined; null for others. */
  readonly agentId: string | null;
  /** Monotonic ms of the last change of `state`. */
  readonly since: number;
  /** The device placed the call; all others were called or added. */
  readonly outgoing: boolean;
  /** Queue towards whose figures the connection counts; null: none. */
  readonly skillGroup: number | null;
  /** The connection only listens (silent monitor). */
  readonly listening: boolean;
}

/** One element of an expanded call variable; `index` null for a scalar. */
export interface NamedVariable {
  readonly name: string;
  readonly index: number | null;
  readonly value: string;
}

/** RouterCallKey: day number, call of the day, sequence. Unique for a call that was routed. */
export interface RouterCallKey {
  readonly day: number;
  readonly callId: number;
  readonly sequence: number;
}

/** The data of a call. Texts never hold a zero byte. */
export interface CallData {
  readonly ani: string;
  readonly dnis: string;
  readonly dialedNumber: string;
  readonly callerEnteredDigits: string;
  readonly userToUser: string;
  /** CallVariable1 to 10, at most 40 bytes each; empty: not set. Always ten. */
  readonly variables: readonly string[];
  /** Expanded variables, in the order in which they were first set; names and values together at most 2,000 bytes. */
  readonly named: readonly NamedVariable[];
  readonly wrapUp: string;
  /** Null for calls that no router has seen. */
  readonly key: RouterCallKey | null;
}

/** What a request or a caller may set; undefined leaves a value as it is. Indexes of `variables` are 0 to 9. */
export interface CallDataPatch {
  readonly variables?: Readonly<Record<number, string>>;
  readonly named?: readonly NamedVariable[];
  readonly wrapUp?: string;
  readonly callerEnteredDigits?: string;
  readonly userToUser?: string;
}

export interface CallView {
  readonly id: number;
  readonly type: CallTypeName;
  readonly data: CallData;
  /** In the order in which they joined; cleared ones are gone. */
  readonly connections: readonly ConnectionView[];
  /** SkillGroupNumber of the queue that routed the call, or where it waits. */
  readonly skillGroup: number | null;
  /** The original call of a consult call (and the other way round), the watched call of a monitor call. */
  readonly associated: number | null;
  /** Device that may add and remove parties; null outside conferences. */
  readonly controller: string | null;
  /** Wall ms. */
  readonly startedAt: number;
}
