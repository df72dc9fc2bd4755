import type { Fields } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallFact } from './calls/call-fact.ts';
import { at, callOf, type FakeCalls } from './testing/fake-calls.ts';
import { DESKTOP, FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls, TestCentre } from './testing/test-centre.ts';

const PHONE = { id: '2003', kind: 'station' } as const;
const CALL = callOf(77, 'PREROUTE_ACD_IN', [at('15551234', 'CONNECT', 'external'), at('2003', 'ALERTING')], {
  data: {
    ani: '15551234',
    variables: ['one', 'two', '', '', '', '', '', '', '', 'ten'],
    wrapUp: 'sold',
    named: [
      { name: 'user.id', index: null, value: '7' },
      { name: 'user.name', index: null, value: 'Minnie' },
      { name: 'user.list', index: 3, value: 'x' },
      { name: 'user.list', index: 4, value: 'y' },
      { name: 'user.other', index: 0, value: 'z' },
    ],
  },
});
const BEGIN: CallFact = { type: 'begin', call: CALL, device: PHONE };
const DELIVERED: CallFact = {
  type: 'delivered',
  call: CALL,
  alerting: PHONE,
  calling: null,
  called: PHONE,
  lastRedirect: null,
  cause: 'NEW_CALL',
};
const PRE_CALL: CallFact = {
  type: 'preCall',
  call: CALL,
  agentId: '2001',
  instrument: '2003',
  skillGroup: 85881,
};
const UPDATED: CallFact = {
  type: 'dataUpdated',
  call: CALL,
  changed: { variables: { 0: 'one', 9: 'ten' }, named: [{ name: 'user.id', index: null, value: '7' }] },
};

/** The variables of the messages that a client has got, in short. */
function variables(client: FakeClient): string[] {
  return client.inbox.splice(0).map(({ name, fields }) => {
    const list = (group: string) => (fields[group] ?? []) as readonly Fields[];
    const named = list('namedVariables').map(({ NamedVariable }) => (NamedVariable as { name: string }).name);
    const arrays = list('namedArrays').map(({ NamedArray }) => {
      const { name, index } = NamedArray as { name: string; index: number };
      return `${name}[${index}]`;
    });
    const numbered = Object.keys(fields).filter((field) => field.startsWith('CallVariable'));
    return [name, ...numbered, ...named, ...arrays].join(' ');
  });
}

const scalar = (name: string, value = '') => ({ NamedVariable: { name, value } });
const array = (name: string, index = 0) => ({ NamedArray: { name, index, value: '' } });

let test: TestCentre;
let calls: FakeCalls;
let bridge: FakeClient;
let other: FakeClient;
beforeEach(() => {
  ({ test, calls } = centreWithFakeCalls());
  [bridge, other] = [test.open(), test.open()];
});

function register(client: FakeClient, fields: Fields): string {
  client.inbox.length = 0;
  client.request('REGISTER_VARIABLES_REQ', { CallVariableMask: 0, ...fields });
  return client.take('Status').join();
}

describe('REGISTER_VARIABLES_REQ', () => {
  it('limits the events of the client to what it named, and those of nobody else', () => {
    const wanted = {
      CallVariableMask: 0x201,
      namedVariables: [scalar('user.name', 'no matter'), scalar('user.other')],
      namedArrays: [array('user.list', 9)],
    };
    expect(register(bridge, wanted)).toBe('REGISTER_VARIABLES_CONF');
    calls.happen(PRE_CALL, BEGIN, DELIVERED, UPDATED);
    const all = 'user.id user.name user.list[3] user.list[4] user.other[0]';
    expect(variables(bridge)).toEqual([
      'AGENT_PRE_CALL_EVENT CallVariable1 CallVariable10 user.name user.list[3] user.list[4]',
      'BEGIN_CALL_EVENT CallVariable1 CallVariable10 user.name user.list[3] user.list[4]',
      'CALL_DELIVERED_EVENT CallVariable1 CallVariable10 user.name user.list[3] user.list[4]',
      'CALL_DATA_UPDATE_EVENT CallVariable1 CallVariable10 user.name user.list[3] user.list[4]',
    ]);
    expect(variables(other)).toEqual([
      `AGENT_PRE_CALL_EVENT CallVariable1 CallVariable2 CallVariable10 ${all}`,
      `BEGIN_CALL_EVENT CallVariable1 CallVariable2 CallVariable10 ${all}`,
      `CALL_DELIVERED_EVENT CallVariable1 CallVariable2 CallVariable10 ${all}`,
      `CALL_DATA_UPDATE_EVENT CallVariable1 CallVariable10 ${all}`,
    ]);
  });

  it('what is no call variable stays', () => {
    register(bridge, {});
    calls.happen(BEGIN);
    expect(bridge.inbox[0]?.fields).toMatchObject({
      ConnectionCallID: 77,
      ANI: '15551234',
      CallWrapupData: 'sold',
      NumNamedVariables: 0,
      NumNamedArrays: 0,
    });
    expect(variables(bridge)).toEqual(['BEGIN_CALL_EVENT']);
  });

  it('a later registration takes the place of the earlier one, a new session begins with all', () => {
    register(bridge, { CallVariableMask: 1 });
    register(bridge, { CallVariableMask: 2 });
    calls.happen(BEGIN);
    expect(variables(bridge)).toEqual(['BEGIN_CALL_EVENT CallVariable2']);
    const { clientId } = bridge;
    bridge.end(0);
    const again = test.open({ clientId });
    calls.happen({ type: 'end', call: CALL, device: PHONE }, BEGIN);
    expect(variables(again)[1]).toContain('CallVariable1 CallVariable2 CallVariable10 user.id');
  });

  it('holds for desktops, monitors and versions below 22 too', () => {
    const desktop = test.open({ services: DESKTOP, binding: { agentId: null, instrument: '2003' } });
    const old = test.open({ version: 20 });
    const watching = test.open({ services: 0x20 });
    watching.request('MONITOR_START_REQ', {
      MonitoredDeviceType: 0,
      MonitoredDeviceID: '2003',
      ConnectionCallID: 0xffffffff,
      ConnectionDeviceIDType: 0xffff,
      CallMsgMask: 0xffffffff,
      AgentStateMask: 0,
    });
    expect(watching.take()).toEqual(['MONITOR_START_CONF']);
    for (const client of [desktop, old, watching]) register(client, { CallVariableMask: 1 });
    calls.happen(BEGIN, UPDATED);
    const limited = ['BEGIN_CALL_EVENT CallVariable1', 'CALL_DATA_UPDATE_EVENT CallVariable1'];
    for (const client of [desktop, old, watching]) expect(variables(client)).toEqual(limited);
  });

  it('leaves the one encoding of an event to all who registered nothing, or lose nothing of it', () => {
    const third = test.open();
    register(bridge, { CallVariableMask: 1 });
    const sent = new Map<FakeClient, unknown[]>();
    for (const client of [bridge, other, third]) {
      const seen: unknown[] = [];
      sent.set(client, seen);
      const send = client.send.bind(client);
      client.send = (message) => {
        seen.push(message);
        send(message);
      };
    }
    calls.happen(BEGIN, { type: 'end', call: CALL, device: PHONE });
    const [own, theirs, alsoTheirs] = [...sent.values()];
    expect(theirs?.[0]).toBe(alsoTheirs?.[0]);
    expect(own?.[0]).not.toBe(theirs?.[0]);
    expect(own?.[1]).toBe(theirs?.[1]);
  });

  it('refuses unknown bits and names that are empty, and keeps what was registered', () => {
    register(bridge, { CallVariableMask: 1 });
    expect(register(bridge, { CallVariableMask: 0x400 })).toBe('FAILURE_CONF Status=69');
    expect(register(bridge, { namedVariables: [scalar('')] })).toBe('FAILURE_CONF Status=67');
    expect(register(bridge, { namedArrays: [array('')] })).toBe('FAILURE_CONF Status=68');
    calls.happen(BEGIN);
    expect(variables(bridge)).toEqual(['BEGIN_CALL_EVENT CallVariable1']);
  });

  it('refuses names that are not among the configured ones', () => {
    const { centre } = new TestCentre('CCE', { callSettings: { namedVariables: new Set(['user.name']) } });
    const client = new FakeClient(centre);
    centre.opened(client);
    expect(register(client, { namedVariables: [scalar('user.name')] })).toBe('REGISTER_VARIABLES_CONF');
    expect(register(client, { namedVariables: [scalar('user.id')] })).toBe('FAILURE_CONF Status=67');
    expect(register(client, { namedArrays: [array('user.list')] })).toBe('FAILURE_CONF Status=68');
  });
});
