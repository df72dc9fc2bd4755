import type { Fields, MessageName } from '@poise/ged188';
import {
  callData,
  callDataAtDevice,
  changedData,
  NULL_UINT,
  namedFields,
  originFields,
  role,
  skillGroupFields,
} from './call-fields.ts';
import type { CallFact, CallFactType, DeviceName } from './calls/call-fact.ts';
import {
  beginFields,
  type Copy,
  connection,
  line,
  local,
  merging,
  preCallKey,
  service,
  skillGroup,
  updateFields,
} from './copy-fields.ts';

/**
 * How each fact of the call model looks on the wire: a table, fact → message and fields. A fact becomes one message
 * for each device concerned, with the device's own connection and its local state.
 */

/** AGENT_PRE_CALL: domain of voice. */
const VOICE_MRD = 1;

/** A fact about a call (agent facts are written by agent-event.ts). */
export type CallEventFact = Exclude<CallFact, { type: 'agent' }>;

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
      ...callDataAtDevice(fact.call.data, copy.connection),
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
    leaving: (fact) => [fact.routePoint],
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
