import type { CtiMessage, Fields } from '@poise/ged188';
import { CALL_EVENTS, type CallEventFact } from './call-event.ts';
import { changedData, namedFields } from './call-fields.ts';
import { CallScope } from './call-scope.ts';
import type { CallView } from './calls/call.ts';
import type { DeviceName, PartyName } from './calls/call-fact.ts';
import { beginFields, type CallEventContext, updateFields } from './copy-fields.ts';

/** One message about a call for one device; who listens to the device is the router's business. */
export interface CallCopy {
  readonly device: DeviceName;
  /** Null before the phone rings (AGENT_PRE_CALL_EVENT). */
  readonly callId: number | null;
  /** Login id of the agent who joined the call at the device; null: nobody, or gone. */
  readonly agentId: string | null;
  readonly message: CtiMessage;
  /** What versions below 22 get instead: of expanded variables the changed ones only. */
  readonly older: CtiMessage | null;
}

type Merge = Extract<CallEventFact, { type: 'transferred' | 'conferenced' }>;

/** Turns facts into messages, one for each device that knows of the call and is concerned. */
export class CallCopies {
  readonly scope = new CallScope();

  /** The messages of one fact, in the order in which they go out. */
  of(fact: CallEventFact, context: CallEventContext): CallCopy[] {
    switch (fact.type) {
      case 'begin':
        if (fact.device.kind === 'external' || !this.scope.begin(fact.call.id, fact.device)) return [];
        return [copyOf(fact, fact.device, context)];
      case 'end':
        return this.scope.end(fact.call.id, fact.device.id) ? [copyOf(fact, fact.device, context)] : [];
      case 'preCall':
      case 'preCallAbort': {
        const device = { id: fact.instrument, kind: 'station' } as const;
        return [{ ...copyOf(fact, device, context), callId: null, agentId: fact.agentId }];
      }
      case 'transferred':
      case 'conferenced':
        return [
          ...this.#concerned(fact).map((device) => copyOf(fact, device, context)),
          ...this.#renamed(fact, context),
        ];
      default:
        return this.#concerned(fact).map((device) => copyOf(fact, device, context));
    }
  }

  /** BEGIN_CALL_EVENT again, for a session that has just opened. */
  begin(call: CallView, device: DeviceName, context: CallEventContext): CtiMessage {
    const connection = connectionAt(call, device.id);
    return { name: 'BEGIN_CALL_EVENT', fields: beginFields(call, { device, connection, context }) };
  }

  /** The devices in the call and those that have just left; of changed data also those that wrap up. */
  #concerned(fact: CallEventFact): DeviceName[] {
    const { id, connections } = fact.call;
    // A new call type alone is of no interest to whoever has left.
    if (fact.type === 'dataUpdated' && Object.keys(fact.changed).length > 0)
      return [...this.scope.devicesOf(id)];
    const merged = isMerge(fact) ? mergedCall(fact) : null;
    const knows = (device: string) =>
      this.scope.has(id, device) || (merged !== null && this.scope.has(merged, device));
    const devices: DeviceName[] = [];
    for (const { device, kind } of connections) if (knows(device)) devices.push({ id: device, kind });
    for (const device of leavingOf(fact)) {
      if (knows(device.id) && !devices.some(({ id: listed }) => listed === device.id)) devices.push(device);
    }
    return devices;
  }

  /** CALL_DATA_UPDATE_EVENT for each device that has known the call by the number that is gone. */
  #renamed(fact: Merge, context: CallEventContext): CallCopy[] {
    const from = mergedCall(fact);
    if (from === null) return [];
    const copies: CallCopy[] = [];
    for (const party of fact.moved) {
      const device = deviceOf(party);
      if (this.scope.has(fact.call.id, device.id) || !this.scope.end(from, device.id)) continue;
      this.scope.begin(fact.call.id, device);
      const connection = connectionAt(fact.call, device.id);
      const fields = {
        ...updateFields(fact.call, { device, connection, context }, from),
        ...namedFields(fact.call.data.named),
      };
      copies.push({
        device,
        callId: fact.call.id,
        agentId: connection?.agentId ?? null,
        message: { name: 'CALL_DATA_UPDATE_EVENT', fields },
        older: null,
      });
    }
    return copies;
  }
}

const isMerge = (fact: CallEventFact): fact is Merge =>
  fact.type === 'transferred' || fact.type === 'conferenced';

/** The call that was merged into the surviving one; null after a single step. */
function mergedCall(fact: Merge): number | null {
  return fact.primaryCallId === fact.call.id ? fact.secondaryCallId : fact.primaryCallId;
}

const deviceOf = ({ device, kind }: PartyName): DeviceName => ({ id: device, kind });

const connectionAt = (call: CallView, device: string) =>
  call.connections.find((connection) => connection.device === device);

/** Rows are looked up by the type of their fact, which the compiler cannot follow. */
const rowOf = (fact: CallEventFact) =>
  CALL_EVENTS[fact.type] as {
    readonly name: CtiMessage['name'];
    readonly leaving?: (fact: CallEventFact) => readonly DeviceName[];
    readonly fields: (fact: CallEventFact, copy: object) => Fields;
  };

function leavingOf(fact: CallEventFact): readonly DeviceName[] {
  return rowOf(fact).leaving?.(fact) ?? [];
}

function copyOf(fact: CallEventFact, device: DeviceName, context: CallEventContext): CallCopy {
  const connection = connectionAt(fact.call, device.id);
  const copy = { device, connection, context };
  const { name, fields } = rowOf(fact);
  return {
    device,
    callId: fact.call.id,
    agentId: connection?.agentId ?? null,
    message: { name, fields: fields(fact, copy) },
    older: fact.type === 'dataUpdated' ? { name, fields: olderUpdate(fact, copy) } : null,
  };
}

function olderUpdate(
  { call, changed }: Extract<CallEventFact, { type: 'dataUpdated' }>,
  copy: Parameters<typeof updateFields>[1],
): Fields {
  return {
    ...updateFields(call, copy, call.id),
    ...changedData(call.data, changed),
    ...namedFields(changed.named ?? []),
  };
}
