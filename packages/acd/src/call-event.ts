import { ENUMS, type Fields, type MessageName } from '@poise/ged188';
import {
  callData,
  callDataAtDevice,
  callTypeNumber,
  changedData,
  connectionFields,
  lineFields,
  NULL_UINT,
  namedFields,
  originFields,
  partyFields,
  role,
  routerKeyInFull,
  skillGroupFields,
} from './call-fields.ts';
import type { CallView, ConnectionView } from './calls/call.ts';
import type { CallFact, CallFactType, Cause, DeviceName } from './calls/call-fact.ts';
import type { Dialect } from './dialect.ts';
import type { Roster } from './directory.ts';

/**
 * How each fact of the call model looks on the wire: a table, fact → message and fields. A fact becomes one message
 * for each device concerned, with the device's own connection and its local state.
 */

const { EventCause, LocalConnectionState } = ENUMS;
/** AGENT_PRE_CALL: domain of voice. */
const VOICE_MRD = 1;

/** A fact about a call (agent facts are written by agent-event.ts). */
export type CallEventFact = Exclude<CallFact, { type: 'agent' }>;

/** What a message needs to know beyond the fact. */
export interface CallEventContext {
  readonly dialect: Dialect;
  readonly roster: Roster;
  /** ClientSignature of the desktop session at a device; empty: none. */
  readonly signatureOf: (device: string) => string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** One device's view of a fact. */
interface Copy {
  readonly device: DeviceName;
  /** The device's connection in the call; undefined: it has left. */
  readonly connection: ConnectionView | undefined;
  readonly context: CallEventContext;
}

interface Row<Fact extends CallEventFact> {
  readonly name: MessageName;
  /** Devices that have just left and still get a copy. */
  readonly leaving?: (fact: Fact) => readonly DeviceName[];
  readonly fields: (fact: Fact, copy: Copy) => Fields;
}
type Table = {
  readonly [Type in Exclude<CallFactType, 'agent'>]: Row<Extract<CallEventFact, { type: Type }>>;
};

export const CALL_EVENTS: Table = {
  begin: { name: 'BEGIN_CALL_EVENT', fields: ({ call }, copy) => beginFields(call, copy) },
  serviceInitiated: {
    name: 'CALL_SERVICE_INITIATED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...line(fact.call, copy),
      ...service(),
      ...skillGroup(fact.call, copy),
      ...role('Calling', fact.device),
      ...local(copy, fact.cause),
      ...originFields(fact.call, fact.device.id),
    }),
  },
  originated: {
    name: 'CALL_ORIGINATED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...line(fact.call, copy),
      ...service(),
      ...skillGroup(fact.call, copy),
      ...role('Calling', fact.calling),
      ...role('Called', fact.called),
      ...local(copy, fact.cause),
    }),
  },
  reachedNetwork: {
    name: 'CALL_REACHED_NETWORK_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...line(fact.call, copy),
      ...role('TrunkUsed', null),
      ...role('Called', fact.called),
      ...local(copy, 'NONE'),
    }),
  },
  delivered: {
    name: 'CALL_DELIVERED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...line(fact.call, copy),
      ...service(),
      ...skillGroup(fact.call, copy),
      ...role('Alerting', fact.alerting),
      ...role('Calling', fact.calling),
      ...role('Called', fact.called),
      ...role('LastRedirect', fact.lastRedirect),
      ...local(copy, fact.cause),
      SecondaryConnectionCallID: fact.call.associated ?? undefined,
      ...callDataAtDevice(fact.call.data),
    }),
  },
  established: {
    name: 'CALL_ESTABLISHED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...line(fact.call, copy),
      ...service(),
      ...skillGroup(fact.call, copy),
      ...role('Answering', fact.answering),
      ...role('Calling', fact.calling),
      ...role('Called', fact.called),
      ...role('LastRedirect', fact.lastRedirect),
      ...local(copy, fact.cause),
    }),
  },
  held: {
    name: 'CALL_HELD_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...role('Holding', fact.device),
      ...local(copy, fact.cause),
    }),
  },
  retrieved: {
    name: 'CALL_RETRIEVED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...role('Retrieving', fact.device),
      ...local(copy, fact.cause),
    }),
  },
  queued: {
    name: 'CALL_QUEUED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...service(),
      // The queue is told by its skill group; real servers leave the queue device out.
      ...role('Queue', null),
      ...role('Calling', fact.calling),
      ...role('Called', fact.routePoint),
      ...role('LastRedirect', null),
      NumQueued: Math.min(fact.waiting, 0xffff),
      ...local(copy, fact.cause),
      skillGroups: [skillGroupFields(fact.skillGroup, copy.context.roster)],
    }),
  },
  dequeued: {
    name: 'CALL_DEQUEUED_EVENT',
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...role('Queue', null),
      ...service(),
      NumQueued: Math.min(fact.waiting, 0xffff),
      ...local(copy, fact.cause),
      skillGroups: [skillGroupFields(fact.skillGroup, copy.context.roster)],
    }),
  },
  diverted: {
    name: 'CALL_DIVERTED_EVENT',
    leaving: (fact) => [fact.diverting],
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...service(),
      ...role('Diverting', fact.diverting),
      ...role('Called', fact.called),
      ...local(copy, fact.cause),
    }),
  },
  failed: {
    name: 'CALL_FAILED_EVENT',
    leaving: (fact) => [fact.failing],
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...role('Failing', fact.failing),
      ...role('Called', fact.called),
      ...local(copy, fact.cause),
    }),
  },
  connectionCleared: {
    name: 'CALL_CONNECTION_CLEARED_EVENT',
    leaving: (fact) => [fact.releasing],
    fields: (fact, copy) => ({
      ...connection(fact.call, copy),
      ...role('Releasing', fact.releasing),
      ...local(copy, fact.cause),
    }),
  },
  cleared: {
    name: 'CALL_CLEARED_EVENT',
    leaving: (fact) => fact.devices,
    fields: (fact, copy) => ({ ...connection(fact.call, copy), ...local(copy, fact.cause) }),
  },
  transferred: {
    name: 'CALL_TRANSFERRED_EVENT',
    leaving: (fact) => [fact.transferring],
    fields: (fact, copy) => ({
      ...merging(fact, copy),
      ...role('Transferring', fact.transferring),
      ...role('Transferred', fact.transferred),
    }),
  },
  conferenced: {
    name: 'CALL_CONFERENCED_EVENT',
    fields: (fact, copy) => ({
      ...merging(fact, copy),
      ...role('Controller', fact.controller),
      ...role('AddedParty', fact.added),
    }),
  },
  dataUpdated: {
    name: 'CALL_DATA_UPDATE_EVENT',
    fields: ({ call, changed }, copy) => ({
      ...updateFields(call, copy, call.id),
      ...changedData(call.data, changed),
      ...namedFields(call.data.named),
    }),
  },
  end: { name: 'END_CALL_EVENT', fields: ({ call }, copy) => connection(call, copy) },
  preCall: {
    name: 'AGENT_PRE_CALL_EVENT',
    fields: (fact, { context: { roster } }) => ({
      MonitorID: 0,
      ...service(),
      ...skillGroupFields(fact.skillGroup, roster),
      MRDID: VOICE_MRD,
      AgentSkillTargetID: roster.agent(fact.agentId)?.skillTargetId ?? NULL_UINT,
      AgentInstrument: fact.instrument,
      ...preCallKey(fact.call),
      ...callData(fact.call.data),
      AgentID: Buffer.byteLength(fact.agentId) < 12 ? fact.agentId : undefined,
    }),
  },
  preCallAbort: {
    name: 'AGENT_PRE_CALL_ABORT_EVENT',
    fields: (fact) => ({
      MonitorID: 0,
      MRDID: VOICE_MRD,
      AgentInstrument: fact.instrument,
      ...preCallKey(fact.call),
    }),
  },
};

/** BEGIN_CALL_EVENT: also for calls that are at a device already when its session opens. */
export function beginFields(call: CallView, copy: Copy): Fields {
  const signature = copy.context.signatureOf(copy.device.id);
  return {
    ...connection(call, copy),
    CallType: callTypeNumber(typeAt(call, copy)),
    ...callDataAtDevice(call.data),
    ...routerKeyInFull(call.data),
    ctiClients:
      signature === '' ? [] : [{ CTIClientSignature: signature, CTIClientTimestamp: copy.context.time }],
  };
}

/** CALL_DATA_UPDATE_EVENT without what changed; `from`: the number that the device has known the call by. */
export function updateFields(call: CallView, copy: Copy, from: number): Fields {
  const own = { callId: from, device: copy.device.id };
  return {
    ...peripheral(copy),
    CallType: callTypeNumber(typeAt(call, copy)),
    ...connectionFields('Connection', own),
    ...connectionFields('NewConnection', { ...own, callId: call.id }),
  };
}

function peripheral({ context: { dialect } }: Copy): Fields {
  return { MonitorID: 0, PeripheralID: dialect.peripheralId, PeripheralType: dialect.peripheralType };
}

function connection(call: CallView, copy: Copy): Fields {
  return {
    ...peripheral(copy),
    ...connectionFields('Connection', { callId: call.id, device: copy.device.id }),
  };
}

const typeAt = (call: CallView, copy: Copy) => copy.connection?.callType ?? call.type;

const line = (call: CallView, copy: Copy): Fields => lineFields(copy.device.kind, typeAt(call, copy));

const skillGroup = (call: CallView, { context }: Copy): Fields =>
  skillGroupFields(call.skillGroup, context.roster);

/** Services (of the peripheral, not of the protocol) do not exist here. */
const service = (): Fields => ({ ServiceNumber: NULL_UINT, ServiceID: NULL_UINT });

function local(copy: Copy, cause: Cause): Fields {
  return {
    LocalConnectionState: LocalConnectionState[copy.connection?.state ?? 'NULL'],
    EventCause: EventCause[cause],
  };
}

/** The common part of transfers and conferences. Both connections are named at the device whose copy it is. */
function merging(fact: Extract<CallEventFact, { type: 'transferred' | 'conferenced' }>, copy: Copy): Fields {
  const device = copy.device.id;
  const secondary = fact.secondaryCallId === null ? null : { callId: fact.secondaryCallId, device };
  return {
    ...peripheral(copy),
    ...connectionFields('Primary', { callId: fact.primaryCallId, device }),
    ...line(fact.call, copy),
    ...skillGroup(fact.call, copy),
    ...connectionFields('Secondary', secondary),
    ...local(copy, fact.cause),
    parties: partyFields(fact.parties),
  };
}

/** Both parts of the key are required; a call that no router has seen has zeros. */
function preCallKey({ data }: CallView): Fields {
  return { RouterCallKeyDay: 0, RouterCallKeyCallID: 0, ...routerKeyInFull(data) };
}
