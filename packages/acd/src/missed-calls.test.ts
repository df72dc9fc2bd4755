import { VirtualClock } from '@poise/clock';
import { CallMsgMask, type CtiMessage, type Fields, NONE_UINT } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CallFact, DeviceName } from './calls/call-fact.ts';
import { MISSED_CALLS_LIMITS, MissedCalls } from './missed-calls.ts';
import { at, callOf } from './testing/fake-calls.ts';
import { BRIDGE, DESKTOP, FakeClient } from './testing/fake-client.ts';
import { centreWithFakeCalls } from './testing/test-centre.ts';

const BRIDGE_IDENTITY = { clientId: 'Poise', clientSignature: 'Poise-node1' };
const phone = (id: string): DeviceName => ({ id, kind: 'station' });

/** The facts of a call between a customer and phone 2003, from beginning to end. */
function shortCall(id: number): CallFact[] {
  const call = callOf(id, 'PREROUTE_ACD_IN', [at('2003')]);
  const caller: DeviceName = { id: '9001', kind: 'external' };
  const device = phone('2003');
  return [
    { type: 'begin', call, device },
    {
      type: 'established',
      call,
      answering: device,
      calling: caller,
      called: device,
      lastRedirect: null,
      cause: 'NEW_CALL',
    },
    { type: 'cleared', call, devices: [device], cause: 'NONE' },
    { type: 'end', call, device },
  ];
}

describe('through the contact centre', () => {
  const { test, calls } = centreWithFakeCalls();
  const open = (options: ConstructorParameters<typeof FakeClient>[1] = BRIDGE_IDENTITY) => {
    const client = new FakeClient(test.centre, options);
    test.centre.opened(client);
    return client;
  };
  const callEvents = (client: FakeClient) =>
    client.take('ConnectionCallID').filter((line) => line.includes('CALL'));

  it('a bridge that comes back gets the calls that began and ended meanwhile, before anything else of calls', () => {
    const first = open();
    test.centre.closed(first);
    calls.happen(...shortCall(77));
    expect(callEvents(open())).toEqual([
      'BEGIN_CALL_EVENT ConnectionCallID=77',
      'CALL_ESTABLISHED_EVENT ConnectionCallID=77',
      'CALL_CLEARED_EVENT ConnectionCallID=77',
      'END_CALL_EVENT ConnectionCallID=77',
    ]);
  });

  it('and gets them once; other clients get nothing', () => {
    const first = open();
    const stranger = { clientId: 'Other', clientSignature: 'x' };
    test.centre.closed(first);
    calls.happen(...shortCall(78));
    expect(callEvents(open(stranger))).toEqual([]);
    expect(callEvents(open({ ...BRIDGE_IDENTITY, clientSignature: 'Poise-node2' }))).toEqual([]);
    const second = open();
    expect(callEvents(second)).toHaveLength(4);
    test.centre.closed(second);
    expect(callEvents(open())).toEqual([]);
  });

  it('a session that is replaced by a newer one of the same client has missed nothing', () => {
    open();
    calls.happen(...shortCall(79));
    expect(callEvents(open())).toEqual([]);
  });

  it('desktops are not waited for', () => {
    const binding = { agentId: null, instrument: '2003' };
    const desktop = open({ ...BRIDGE_IDENTITY, services: DESKTOP, binding });
    test.centre.closed(desktop);
    calls.happen(...shortCall(80));
    expect(callEvents(open({ ...BRIDGE_IDENTITY, services: DESKTOP, binding }))).toEqual([]);
  });
});

describe('kept calls', () => {
  let clock: VirtualClock;
  let missed: MissedCalls;
  beforeEach(() => {
    clock = new VirtualClock();
    missed = new MissedCalls(clock, { callsMax: 10, messagesMax: 6, clientsMax: 2 });
  });
  const bridge = (clientSignature: string, callMsgMask = 0xffffffff) =>
    ({ ...BRIDGE_IDENTITY, clientSignature, services: BRIDGE, callMsgMask }) as unknown as FakeClient;
  const message = (name: string, callId: number, device = '2003', more: Fields = {}): CtiMessage => ({
    name: name as CtiMessage['name'],
    fields: { ConnectionCallID: callId, ConnectionDeviceID: device, ...more },
  });
  const begin = (callId: number, device?: string) =>
    missed.heard(message('BEGIN_CALL_EVENT', callId, device));
  const end = (callId: number, device?: string) => missed.heard(message('END_CALL_EVENT', callId, device));
  const names = (client: FakeClient) =>
    missed
      .returned(client)
      .map(({ name, fields }) => `${name} ${fields.ConnectionCallID ?? fields.PrimaryCallID}`);

  it('nothing is kept while nobody is away', () => {
    begin(1);
    expect(missed.size).toBe(0);
  });

  it('calls that were up before, or are up still, are left to snapshots', () => {
    begin(1);
    missed.left(bridge('a'));
    missed.heard(message('CALL_HELD_EVENT', 1));
    end(1);
    begin(2);
    begin(3, '2003');
    begin(3, '2005');
    end(3, '2003');
    expect(names(bridge('a'))).toEqual([]);
  });

  it('each client gets what it missed itself', () => {
    missed.left(bridge('a'));
    begin(1);
    end(1);
    missed.left(bridge('b'));
    begin(2);
    end(2);
    expect(names(bridge('b'))).toEqual(['BEGIN_CALL_EVENT 2', 'END_CALL_EVENT 2']);
    expect(names(bridge('a'))).toHaveLength(4);
    expect(missed.size).toBe(0);
  });

  it('calls that were merged with one another are told in the order in which it happened', () => {
    missed.left(bridge('a'));
    begin(1);
    begin(2, '2005');
    const transfer = { ConnectionCallID: undefined, PrimaryCallID: 1, SecondaryCallID: 2 };
    missed.heard(message('CALL_TRANSFERRED_EVENT', 1, '2003', transfer));
    missed.heard(message('CALL_DATA_UPDATE_EVENT', 2, '2005', { NewConnectionCallID: 1 }));
    end(1, '2003');
    end(1, '2005');
    expect(names(bridge('a'))).toEqual([
      'BEGIN_CALL_EVENT 1',
      'BEGIN_CALL_EVENT 2',
      'CALL_TRANSFERRED_EVENT 1',
      'CALL_DATA_UPDATE_EVENT 2',
      'END_CALL_EVENT 1',
      'END_CALL_EVENT 1',
    ]);
  });

  it('a merger with a call that the client knows is not repeated', () => {
    begin(1);
    missed.left(bridge('a'));
    begin(2, '2005');
    missed.heard(message('CALL_DATA_UPDATE_EVENT', 2, '2005', { NewConnectionCallID: 1 }));
    expect(names(bridge('a'))).toEqual(['BEGIN_CALL_EVENT 2']);
  });

  it('a client that stays away for too long is given up, and one too many as well', () => {
    missed.left(bridge('a'));
    begin(1);
    end(1);
    clock.advance(MISSED_CALLS_LIMITS.keepMs);
    expect(names(bridge('a'))).toEqual([]);
    for (const signature of ['x', 'y', 'z']) missed.left(bridge(signature));
    begin(2);
    end(2);
    expect(names(bridge('x'))).toEqual([]);
    expect(names(bridge('y'))).toHaveLength(2);
  });

  it('calls and messages are bounded: the oldest calls go, and a call that has too much to tell', () => {
    missed.left(bridge('a'));
    for (let id = 1; id <= 15; id += 1) {
      begin(id);
      end(id);
    }
    expect(missed.size).toBe(10);
    begin(99);
    for (let n = 0; n < 10; n += 1) missed.heard(message('CALL_HELD_EVENT', 99));
    end(99);
    expect(names(bridge('a'))).not.toContain('BEGIN_CALL_EVENT 99');
    expect(missed.size).toBe(0);
  });

  it('only messages that the client wants are told', () => {
    const picky = bridge('a', CallMsgMask.END_CALL);
    missed.left(picky);
    begin(1);
    end(1);
    expect(names(picky)).toEqual(['END_CALL_EVENT 1']);
  });

  it('messages without a call number mean nothing', () => {
    missed.left(bridge('a'));
    missed.heard({ name: 'AGENT_PRE_CALL_EVENT', fields: {} });
    missed.heard(message('BEGIN_CALL_EVENT', NONE_UINT));
    expect(missed.size).toBe(0);
  });
});
