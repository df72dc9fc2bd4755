/** Calls that were at a phone before its agent signed in, as the agent's node hears of them. */
import { AgentState, CallType, DeviceIDType, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { TestCentre } from '../../test/centre/test-centre.ts';

let centre: TestCentre;
afterEach(() => centre?.close());

const DIALOGS = '/finesse/api/User/3001/Dialogs';
const told = () => centre.published.filter(({ node }) => node === DIALOGS).map(({ payload }) => payload);

const CONNECTION = {
  MonitorID: 0,
  PeripheralID: 5001,
  ConnectionCallID: 100,
  ConnectionDeviceIDType: 0,
  ConnectionDeviceID: '2003',
};
const ESTABLISHED = {
  ...CONNECTION,
  AnsweringDeviceType: DeviceIDType.AGENT_DEVICE,
  AnsweringDeviceID: '2003',
  CallingDeviceType: DeviceIDType.EXTERNAL,
  CallingDeviceID: '9001',
  LocalConnectionState: LocalConnectionState.CONNECT,
};

async function opened(): Promise<void> {
  centre = await TestCentre.open();
  centre.server.calls.set(100, {
    callType: CallType.PREROUTE_ACD_IN,
    parties: [
      { device: '9001', state: LocalConnectionState.CONNECT, deviceType: DeviceIDType.EXTERNAL },
      { device: '2003', state: LocalConnectionState.CONNECT },
    ],
    fields: { ANI: '9001', CallVariable1: 'one' },
  });
  centre.published.length = 0;
}

test('a call that no event told of is published when its agent signs in', async () => {
  await opened();
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'in');
  centre.clock.advance(10);
  expect(told()).toHaveLength(1);
  expect(told()[0]).toMatch(/<event>POST<\/event>/);
  expect(told()[0]).toContain('<id>100</id>');
  expect(told()[0]).toContain('one');
});

test('of a call that rang before the session, and was answered before its agent signed in, the data are found', async () => {
  await opened();
  const { server, clock } = centre;
  server.send('CALL_ESTABLISHED_EVENT', ESTABLISHED);
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'in');
  clock.advance(10);
  expect(centre.desk.dialogs.get('100')?.media).toMatchObject({
    callType: 'PREROUTE_ACD_IN',
    callVariables: ['one', '', '', '', '', '', '', '', '', ''],
  });
  expect(told().at(-1)).toContain('one');
});

test('of a call that only an event confirmed after a loss of the link, the data are found as they are now', async () => {
  await opened();
  const { server, clock, desk } = centre;
  server.send('BEGIN_CALL_EVENT', {
    ...CONNECTION,
    CallType: CallType.PREROUTE_ACD_IN,
    CallVariable1: 'before',
  });
  server.send('CALL_ESTABLISHED_EVENT', ESTABLISHED);
  clock.advance(10);
  desk.ctiListener.outOfService();
  server.send('CALL_ESTABLISHED_EVENT', ESTABLISHED);
  clock.advance(10);
  desk.ctiListener.inService(false);
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'in');
  clock.advance(10);
  expect(desk.dialogs.get('100')?.media.callVariables[0]).toBe('one');
});

test('a call of whose beginning events have told stays as they told it', async () => {
  await opened();
  const { server, clock } = centre;
  const kept: Parameters<typeof server.snapshotDevice>[0][] = [];
  server.onDeviceSnapshot = (fields) => kept.push(fields);
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'in');
  clock.advance(10);
  server.event('3001', AgentState.TALKING, '2003');
  server.send('BEGIN_CALL_EVENT', {
    ...CONNECTION,
    CallType: CallType.PREROUTE_ACD_IN,
    CallVariable1: 'two',
  });
  server.send('CALL_ESTABLISHED_EVENT', ESTABLISHED);
  const before = told();
  expect(before.length).toBeGreaterThan(0);
  server.snapshotDevice(kept[0]!);
  clock.advance(10);
  expect(told()).toEqual(before);
});

test('a call is published, too, when the sign-in was never answered and a question finds the agent at the phone', async () => {
  await opened();
  const { server, clock } = centre;
  server.onAgentRequest = () => server.agents.set('3001', { state: AgentState.NOT_READY, extension: '2003' });
  await centre.put('3001', { state: 'LOGIN', extension: '2003' }, 'in');
  clock.advance(21_000);
  expect(centre.desk.agents.get('3001')).toMatchObject({ state: 'NOT_READY', extension: '2003' });
  const posts = told().filter((payload) => payload.includes('<event>POST</event>'));
  expect(posts).toHaveLength(1);
  expect(posts[0]).toContain('<id>100</id>');
});
