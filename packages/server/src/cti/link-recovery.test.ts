import { AgentState, CallType, DeviceIDType, type Fields, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import type { ScriptedCall } from '../../test/cti/scripted-cti-server.ts';

const { ALERTING, CONNECT, HOLD, NULL } = LocalConnectionState;

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

function at(link: LinkPicture, agent: string, state: number, extension: string): void {
  link.server.agents.set(agent, { state, extension });
}

function create(): LinkPicture {
  picture = new LinkPicture({ agents: ['a', 'b', 's'] });
  at(picture, 'a', AgentState.TALKING, '2001');
  at(picture, 'b', AgentState.NOT_READY, '2002');
  at(picture, 's', AgentState.NOT_READY, '2050');
  return picture;
}

const inbound = (...parties: ScriptedCall['parties']): ScriptedCall => ({
  callType: CallType.PREROUTE_ACD_IN,
  parties: [{ device: '9001', state: CONNECT, deviceType: DeviceIDType.EXTERNAL }, ...parties],
  fields: { ANI: '9001', DNIS: '2001', DialedNumber: '6003', CallVariable1: 'one', CallWrapupData: 'Sale' },
});

const connection = (callId: number, device: string): Fields => ({
  MonitorID: 0,
  PeripheralID: 5000,
  ConnectionCallID: callId,
  ConnectionDeviceIDType: 0,
  ConnectionDeviceID: device,
});
const cleared = (callId: number, device: string): Fields => ({
  ...connection(callId, device),
  LocalConnectionState: NULL,
});

/** The link is lost and comes back. */
function loseLink(link: LinkPicture, meanwhile: () => void = () => {}): void {
  link.forgetNews();
  link.server.drop();
  meanwhile();
  link.clock.advance(2_000);
}

test('after a start the calls that are up are rebuilt from snapshots, without times', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: HOLD }));
  await link.start();
  expect(link.news('a')).toEqual(['POST 100 ACTIVE: 9001 ACTIVE, 2001 HELD']);
  const dialog = link.dialogs.get('100')!;
  expect(dialog).toMatchObject({
    fromAddress: '9001',
    toAddress: '6003',
    media: { callType: 'PREROUTE_ACD_IN', dnis: '2001', wrapUpReason: 'Sale' },
  });
  expect(dialog.media.callVariables[0]).toBe('one');
  expect(dialog.participants.map(({ startTime }) => startTime)).toEqual([null, null]);
  expect(dialog.participants.map(({ mediaAddressType }) => mediaAddressType)).toEqual(['', 'AGENT_DEVICE']);
});

test('each device of a signed-in agent is asked once, each call once', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }, { device: '2002', state: CONNECT }));
  await link.start();
  expect(
    link
      .requests('SNAPSHOT_DEVICE_REQ')
      .map(({ fields }) => fields.AgentInstrument)
      .sort(),
  ).toEqual(['2001', '2002', '2050']);
  expect(link.requests('SNAPSHOT_CALL_REQ')).toHaveLength(1);
  expect(link.news('b')).toEqual(['POST 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE, 2002 ACTIVE']);
});

test('a call that rings is rebuilt as one that rings', async () => {
  const link = create();
  at(link, 'a', AgentState.RESERVED, '2001');
  link.server.calls.set(100, inbound({ device: '2001', state: ALERTING }));
  await link.start();
  expect(link.news('a')).toEqual(['POST 100 ALERTING: 9001 INITIATED, 2001 ALERTING']);
});

test('a call that is being wrapped up is rebuilt in wrap-up', async () => {
  const link = create();
  at(link, 'a', AgentState.WORK_READY, '2001');
  link.server.calls.set(100, {
    ...inbound(),
    parties: [{ device: '2001', state: NULL, over: true }],
  });
  await link.start();
  expect(link.news('a')).toEqual(['POST 100 ACTIVE: 2001 WRAP_UP']);
  link.server.event('a', AgentState.AVAILABLE, '2001');
  expect(link.news('a').slice(1)).toEqual([
    'PUT 100 DROPPED: 2001 DROPPED',
    'DELETE 100 DROPPED: 2001 DROPPED',
  ]);
});

test('a supervisor who listens gets the monitor call back, and the watched agent is shown it without a part in it', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT, monitor: 2 }));
  link.server.calls.set(300, {
    callType: CallType.SUPERVISOR_MONITOR,
    parties: [
      { device: '2001', state: CONNECT, monitor: 2 },
      { device: '2050', state: CONNECT, monitor: 1 },
    ],
    fields: {
      // The data of the watched call.
      ANI: '9001',
      DialedNumber: '6003',
      COCConnectionCallID: 100,
      COCCallConnectionDeviceIDType: 0,
      COCCallConnectionDeviceID: '2001',
    },
  });
  await link.start();
  expect(link.news('a')).toEqual([
    'POST 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE',
    'POST 300 ACTIVE: 2050 ACTIVE',
  ]);
  expect(link.news('s')).toEqual(['POST 300 ACTIVE: 2050 ACTIVE']);
  expect(link.dialogs.get('300')).toMatchObject({
    kind: 'monitor',
    associatedDialogId: '100',
    // As the events have it, not the number that the customer dialled.
    fromAddress: '2050',
    toAddress: '2001',
  });
});

test('when the link comes back, what did not change is not told again and keeps its times', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  await link.start();
  link.server.send('CALL_HELD_EVENT', {
    ...connection(100, '2001'),
    LocalConnectionState: HOLD,
    HoldingDeviceType: DeviceIDType.AGENT_DEVICE,
    HoldingDeviceID: '2001',
  });
  const since = link.clock.now();
  loseLink(link, () => link.server.calls.set(100, inbound({ device: '2001', state: HOLD })));
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.told).toEqual([]);
  const agent = link.dialogs.get('100')!.participants.find(({ mediaAddress }) => mediaAddress === '2001');
  expect(agent?.stateChangeTime).toBe(since);
});

test('what changed in the gap is told: states, variables, parties; calls that are gone are deleted', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  link.server.calls.set(101, inbound({ device: '2002', state: CONNECT }));
  await link.start();
  loseLink(link, () => {
    const call = inbound({ device: '2001', state: HOLD }, { device: '2050', state: CONNECT });
    link.server.calls.set(100, { ...call, fields: { ...call.fields, CallVariable1: 'two' } });
    link.server.calls.delete(101);
  });
  expect(link.news('a')).toEqual(['PUT 100 ACTIVE: 9001 ACTIVE, 2001 HELD, 2050 ACTIVE']);
  expect(link.news('s')).toEqual(['POST 100 ACTIVE: 9001 ACTIVE, 2001 HELD, 2050 ACTIVE']);
  expect(link.dialogs.get('100')?.media.callVariables[0]).toBe('two');
  expect(link.news('b')).toEqual([
    'PUT 101 DROPPED: 9001 DROPPED, 2002 DROPPED',
    'DELETE 101 DROPPED: 9001 DROPPED, 2002 DROPPED',
  ]);
});

test('a call that ended in the gap and is wrapped up now becomes WRAP_UP', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  await link.start();
  loseLink(link, () => {
    link.server.calls.delete(100);
    at(link, 'a', AgentState.WORK_NOT_READY, '2001');
  });
  expect(link.news('a')).toEqual(['PUT 100 ACTIVE: 9001 DROPPED, 2001 WRAP_UP']);
});

test('wrap-up that ended in the gap ends; wrap-up that goes on is left alone', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  await link.start();
  link.server.send('CALL_CLEARED_EVENT', cleared(100, '2001'));
  link.server.event('a', AgentState.WORK_READY, '2001');
  loseLink(link, () => link.server.calls.delete(100));
  expect(link.told).toEqual([]);
  loseLink(link, () => at(link, 'a', AgentState.AVAILABLE, '2001'));
  expect(link.news('a').map((update) => update.slice(0, 6))).toEqual(['PUT 10', 'DELETE']);
});

test('an agent who signed out in the gap loses the dialogs', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  await link.start();
  loseLink(link, () => link.server.agents.delete('a'));
  expect(link.news('a').at(-1)).toBe('DELETE 100 DROPPED: 9001 DROPPED, 2001 DROPPED');
  expect(link.dialogs.at('2001')).toEqual([]);
});

test('calls that are not answered for in time stay as they were', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  await link.start();
  link.server.answersSnapshots = false;
  loseLink(link);
  link.clock.advance(30_000);
  expect(link.inServiceAt).toHaveLength(2);
  expect(link.told).toEqual([]);
  expect(link.dialogs.get('100')?.state).toBe('ACTIVE');
});

test('an event that comes during the recovery is newer than any snapshot that was asked before it', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  link.server.answersSnapshots = false;
  await link.start();
  link.clock.advance(10);
  const [device] = link
    .requests('SNAPSHOT_DEVICE_REQ')
    .filter(({ fields }) => fields.AgentInstrument === '2001');
  link.server.send('SNAPSHOT_DEVICE_CONF', {
    InvokeID: device!.fields.InvokeID,
    NumCalls: 1,
    calls: [
      {
        CallConnectionCallID: 100,
        CallConnectionDeviceIDType: 0,
        CallConnectionDeviceID: '2001',
        CallState: CONNECT,
        SilentMonitorStatus: 0,
      },
    ],
  });
  link.clock.advance(1);
  const [first] = link.requests('SNAPSHOT_CALL_REQ');
  link.server.send('CALL_HELD_EVENT', {
    ...connection(100, '2001'),
    LocalConnectionState: HOLD,
    HoldingDeviceType: DeviceIDType.AGENT_DEVICE,
    HoldingDeviceID: '2001',
  });
  // Old news: the phone was still connected.
  link.server.snapshotCall(first!.fields);
  link.clock.advance(1);
  const [, again] = link.requests('SNAPSHOT_CALL_REQ');
  link.server.calls.set(100, inbound({ device: '2001', state: HOLD }));
  link.server.snapshotCall(again!.fields);
  link.clock.advance(30_000);
  expect(link.news('a')).toEqual(['POST 100 ACTIVE: 2001 HELD, 9001 ACTIVE']);
});

/** The device of the extension tells that it is in no call. */
function inNoCall(link: LinkPicture, extension: string): void {
  const asked = link
    .requests('SNAPSHOT_DEVICE_REQ')
    .filter(({ fields }) => fields.AgentInstrument === extension);
  link.server.send('SNAPSHOT_DEVICE_CONF', {
    InvokeID: asked.at(-1)!.fields.InvokeID,
    NumCalls: 0,
    calls: [],
  });
  link.clock.advance(1);
}

const delivered = (callId: number, device: string): Fields => ({
  ...connection(callId, device),
  LocalConnectionState: ALERTING,
  AlertingDeviceType: DeviceIDType.AGENT_DEVICE,
  AlertingDeviceID: device,
});

test('a call of which only events tell has left the devices that do not list it', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: ALERTING }));
  await link.start();
  link.server.answersSnapshots = false;
  loseLink(link);
  link.server.send('CALL_DELIVERED_EVENT', delivered(100, '2002'));
  link.clock.advance(1);
  inNoCall(link, '2001');
  link.clock.advance(30_000);
  expect(link.news('a').at(-1)).toMatch(/^DELETE 100 /);
  expect(link.news('b')).toEqual(['POST 100 ALERTING: 9001 INITIATED, 2001 DROPPED, 2002 ALERTING']);
});

test('an event that brings a call to a device is newer than a list of its calls that comes later', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2001', state: ALERTING }));
  await link.start();
  link.server.answersSnapshots = false;
  loseLink(link);
  link.server.send('CALL_DELIVERED_EVENT', delivered(100, '2001'));
  link.clock.advance(1);
  inNoCall(link, '2001');
  link.clock.advance(30_000);
  expect(link.told).toEqual([]);
  expect(link.dialogs.at('2001')).toHaveLength(1);
});

test('an agent who signs in during the recovery has the calls of the device', async () => {
  const link = create();
  link.server.agents.delete('a');
  link.server.answersQueries = false;
  link.server.calls.set(100, inbound({ device: '2001', state: CONNECT }));
  await link.start();
  link.server.event('a', AgentState.TALKING, '2001');
  link.clock.advance(30_000);
  expect(link.news('a')).toEqual(['POST 100 ACTIVE: 9001 ACTIVE, 2001 ACTIVE']);
});

test('calls that began and ended in the gap are reported when the CTI server replays them', async () => {
  const link = create();
  await link.start();
  at(link, 'a', AgentState.AVAILABLE, '2001');
  link.server.replay = [
    ['BEGIN_CALL_EVENT', { ...connection(555, '2001'), CallType: CallType.PREROUTE_ACD_IN, ANI: '9001' }],
    [
      'CALL_ESTABLISHED_EVENT',
      {
        ...connection(555, '2001'),
        LocalConnectionState: CONNECT,
        AnsweringDeviceType: DeviceIDType.AGENT_DEVICE,
        AnsweringDeviceID: '2001',
        CallingDeviceType: DeviceIDType.EXTERNAL,
        CallingDeviceID: '9001',
      },
    ],
    ['CALL_CLEARED_EVENT', cleared(555, '2001')],
    ['END_CALL_EVENT', connection(555, '2001')],
  ];
  loseLink(link);
  expect(link.news('a')).toEqual([
    'POST 555 DROPPED: 9001 DROPPED, 2001 DROPPED',
    'DELETE 555 DROPPED: 9001 DROPPED, 2001 DROPPED',
  ]);
  expect(link.told[0]?.dialog.participants[0]?.startTime).toBeNull();
  expect(link.dialogs.size).toBe(0);
});

test('so they are after a restart of the process, when the agents are not known yet', async () => {
  const link = create();
  at(link, 'a', AgentState.AVAILABLE, '2001');
  link.server.replay = [
    ['BEGIN_CALL_EVENT', { ...connection(555, '2001'), CallType: CallType.PREROUTE_ACD_IN, ANI: '9001' }],
    [
      'CALL_DELIVERED_EVENT',
      {
        ...connection(555, '2001'),
        LocalConnectionState: ALERTING,
        AlertingDeviceType: DeviceIDType.AGENT_DEVICE,
        AlertingDeviceID: '2001',
      },
    ],
    ['CALL_CLEARED_EVENT', cleared(555, '2001')],
    ['END_CALL_EVENT', connection(555, '2001')],
  ];
  await link.start();
  expect(link.news('a').map((update) => update.split(' ').slice(0, 2).join(' '))).toEqual([
    'POST 555',
    'DELETE 555',
  ]);
});

test('a call that was told in a recovery which broke off, and has ended before the next one, is not there', async () => {
  const link = create();
  at(link, 'a', AgentState.AVAILABLE, '2001');
  await link.start();
  link.server.replay = [
    ['BEGIN_CALL_EVENT', { ...connection(555, '2001'), CallType: CallType.PREROUTE_ACD_IN, ANI: '9001' }],
    [
      'CALL_DELIVERED_EVENT',
      {
        ...connection(555, '2001'),
        LocalConnectionState: ALERTING,
        AlertingDeviceType: DeviceIDType.AGENT_DEVICE,
        AlertingDeviceID: '2001',
      },
    ],
  ];
  const { onAgentQuery } = link.server;
  link.server.onAgentQuery = () => {
    link.server.onAgentQuery = onAgentQuery;
    link.server.replay = [];
    link.server.drop();
  };
  loseLink(link);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.news('a')).toEqual([]);
  expect(link.dialogs.size).toBe(0);
});

test('2,000 signed in of 12,000, 500 calls up, 200 ms round trip: in service again within 5 s', async () => {
  const agents = Array.from({ length: 12_000 }, (_, index) => String(10_000 + index));
  picture = new LinkPicture({ agents });
  const link = picture;
  link.server.delayMs = 100;
  for (let index = 0; index < 2_000; index += 1)
    at(
      link,
      agents[index * 6]!,
      index < 500 ? AgentState.TALKING : AgentState.AVAILABLE,
      String(20_000 + index),
    );
  for (let index = 0; index < 500; index += 1)
    link.server.calls.set(1_000 + index, inbound({ device: String(20_000 + index), state: CONNECT }));
  await link.start();
  link.clock.advance(10_000);
  expect(link.inServiceAt).toHaveLength(1);
  expect(link.dialogs.size).toBe(500);
  link.forgetNews();
  const lost = link.clock.monotonic();
  link.server.drop();
  for (let index = 0; index < 100; index += 1) link.server.calls.delete(1_000 + index);
  link.clock.advance(10_000);
  const recoveryMs = link.inServiceAt[1]! - lost;
  expect(recoveryMs).toBeLessThanOrEqual(5_000);
  // 14,500 questions in windows of 1,000 at 200 ms each, and the opening before.
  expect(recoveryMs).toBeGreaterThan(2_900);
  expect(link.told.filter(({ kind }) => kind === 'DELETE')).toHaveLength(100);
  expect(link.dialogs.size).toBe(400);
});

test('a call at a phone before anybody signed in there is shown at the sign-in; each phone is asked once', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2003', state: ALERTING }));
  await link.start();
  const asked = () => link.requests('SNAPSHOT_DEVICE_REQ').map(({ fields }) => fields.AgentInstrument);
  expect(link.dialogs.get('100')).toBeUndefined();
  const before = asked().length;
  // Agents of other systems are none of ours; whose phone the recovery asked for is known.
  link.server.event('stranger', AgentState.NOT_READY, '2003');
  link.server.event('a', AgentState.NOT_READY, '2001');
  link.server.event('b', AgentState.LOGOUT, '2002');
  link.server.event('b', AgentState.NOT_READY, '2003');
  link.clock.advance(10);
  expect(asked().slice(before)).toEqual(['2003']);
  expect(link.news('b')).toEqual(['POST 100 ALERTING: 9001 INITIATED, 2003 ALERTING']);
  link.server.event('b', AgentState.LOGOUT, '2003');
  link.server.event('b', AgentState.NOT_READY, '2003');
  link.clock.advance(10);
  expect(asked()).toHaveLength(before + 1);

  // After a loss of the link the recovery, or again the sign-in, asks.
  link.server.agents.set('b', { state: AgentState.LOGOUT, extension: '' });
  loseLink(link);
  link.server.event('b', AgentState.NOT_READY, '2003');
  link.clock.advance(10);
  expect(asked().filter((extension) => extension === '2003')).toHaveLength(2);
  expect(link.dialogs.get('100')).toBeDefined();
});

test('… not what events have told meanwhile, nor a call that has ended', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2003', state: ALERTING }));
  await link.start();
  const kept: Fields[] = [];
  link.server.onDeviceSnapshot = (fields) => kept.push(fields);
  link.server.event('b', AgentState.NOT_READY, '2003');
  link.clock.advance(10);
  link.server.snapshotDevice(kept[0]!);
  link.server.calls.delete(100);
  link.server.send('CALL_CONNECTION_CLEARED_EVENT', {
    ...cleared(100, '2003'),
    ReleasingDeviceType: DeviceIDType.AGENT_DEVICE,
    ReleasingDeviceID: '2003',
  });
  link.clock.advance(100);
  expect(link.news('b')).toEqual([]);
  expect(link.dialogs.get('100')).toBeUndefined();
});

test('… and of a server that does not answer nobody waits for anything; it is asked again until it does', async () => {
  const link = create();
  link.server.calls.set(100, inbound({ device: '2003', state: ALERTING }));
  await link.start();
  const asked = () =>
    link.requests('SNAPSHOT_DEVICE_REQ').filter(({ fields }) => fields.AgentInstrument === '2003').length;
  const before = asked();
  link.server.answersSnapshots = false;
  link.server.event('b', AgentState.NOT_READY, '2003');
  link.clock.advance(30_000);
  expect(link.link.inService).toBe(true);
  // At once, and every 5 s.
  expect(asked() - before).toBe(7);
  expect(link.dialogs.get('100')).toBeUndefined();
  link.server.answersSnapshots = true;
  link.clock.advance(5_010);
  expect(link.dialogs.get('100')).toBeDefined();
  link.clock.advance(60_000);
  expect(asked() - before).toBe(8);
  link.server.answersSnapshots = true;
  link.server.drop();
  link.clock.advance(2_000);
  expect(link.link.inService).toBe(true);
});
