import { type CtiMessage, AgentState as WireState } from '@poise/ged188';
import { expect, test } from 'vitest';
import { readInbound } from './inbound.ts';

const read = (name: string, fields: object, now = 5) => readInbound({ name, fields } as CtiMessage, { now });
const event = (fields: object) => {
  const inbound = read('AGENT_STATE_EVENT', { MonitorID: 0, MRDID: 1, AgentID: '2001', ...fields });
  return inbound?.type === 'agentState' ? inbound.event : undefined;
};

test.each([
  ['LOGIN', 'NOT_READY'],
  ['LOGOUT', 'LOGOUT'],
  ['NOT_READY', 'NOT_READY'],
  ['AVAILABLE', 'READY'],
  ['TALKING', 'TALKING'],
  ['WORK_NOT_READY', 'WORK'],
  ['WORK_READY', 'WORK_READY'],
  ['RESERVED', 'RESERVED'],
  ['UNKNOWN', 'UNKNOWN'],
  ['HOLD', 'HOLD'],
] as const)('%s of GED-188 is %s of Finesse', (wire, state) => {
  expect(event({ AgentState: WireState[wire] })?.state).toBe(state);
});

test('a reservation by the dialer is told apart by the direction', () => {
  expect(event({ AgentState: WireState.RESERVED, Direction: 5 })?.state).toBe('RESERVED_OUTBOUND');
  expect(event({ AgentState: WireState.RESERVED, Direction: 6 })?.state).toBe('RESERVED_OUTBOUND_PREVIEW');
});

test('the next state is a pending state during a call only', () => {
  expect(event({ AgentState: WireState.TALKING, NextAgentState: WireState.LOGOUT })?.pendingState).toBe(
    'LOGOUT',
  );
  expect(
    event({ AgentState: WireState.WORK_READY, NextAgentState: WireState.AVAILABLE })?.pendingState,
  ).toBeUndefined();
});

test('the duration tells when the state began, unless it is the duration of another state', () => {
  const lasting = { AgentState: WireState.TALKING, SkillGroupState: WireState.TALKING, StateDuration: 7 };
  const since = (fields: object, now: number) => {
    const inbound = read('AGENT_STATE_EVENT', { MRDID: 1, AgentID: '2001', ...fields }, now);
    return inbound?.type === 'agentState' ? inbound.event.since : undefined;
  };
  expect(since(lasting, 60_900)).toBe(53_000);
  expect(since({ ...lasting, StateDuration: 0 }, 60_900)).toBeUndefined();
  expect(since({ ...lasting, SkillGroupState: WireState.BUSY_OTHER }, 60_900)).toBeUndefined();
});

test('the instrument of a mobile agent is its extension without the number', () => {
  expect(event({ AgentState: WireState.NOT_READY, AgentInstrument: '2003;15551234' })?.extension).toBe(
    '2003',
  );
  expect(
    event({ AgentState: WireState.NOT_READY, AgentExtension: '2003', AgentInstrument: 'x' })?.extension,
  ).toBe('2003');
  expect(event({ AgentState: WireState.NOT_READY })?.extension).toBeUndefined();
});

test('busy with another skill group and nonvoice states say nothing about the agent', () => {
  expect(event({ AgentState: WireState.BUSY_OTHER })).toBeUndefined();
  expect(event({ AgentState: WireState.PAUSED })).toBeUndefined();
});

test('failures of the two number spaces are told apart', () => {
  expect(read('CONTROL_FAILURE_CONF', { InvokeID: 3, FailureCode: 22, PeripheralErrorCode: 9 })).toEqual({
    type: 'refused',
    invokeId: 3,
    refusal: { code: 22, constant: 'CF_INVALID_OBJECT_STATE', peripheralErrorCode: 9, text: undefined },
  });
  expect(read('FAILURE_CONF', { InvokeID: 3, Status: 22 })).toMatchObject({
    refusal: { code: 70, text: 'E_CTI_INVALID_RESERVED_FIELD' },
    session: 22,
  });
  expect(read('FAILURE_CONF', { InvokeID: 3, Status: 9 })).toMatchObject({ refusal: { code: 22 } });
});

test('messages and fields that we do not know mean nothing and break nothing', () => {
  expect(read('CALL_DELIVERED_EVENT', {})).toBeNull();
  expect(read('AGENT_STATE_EVENT', {})).toBeNull();
  expect(read('UNKNOWN', { Body: new Uint8Array(3) })).toBeNull();
});
