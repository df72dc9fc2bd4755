/** Snapshots of devices and calls in which others appear than those that were asked for. */
import { AgentState, type Fields, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { LinkPicture } from '../../test/cti/link-picture.ts';
import { FOREIGN_ATTEMPTS_MAX } from './recovery-requests.ts';

const { TALKING, NOT_READY } = AgentState;
const { CONNECT, HOLD } = LocalConnectionState;

let picture: LinkPicture | undefined;
afterEach(async () => {
  await picture?.link.stop();
  picture = undefined;
});

/** 3012 talks in call 100, 3013 in call 200, or (`idle`) in none. */
async function create(idle = false): Promise<LinkPicture> {
  picture = new LinkPicture({ agents: ['a', 'b'] });
  const { server } = picture;
  server.agents.set('a', { state: TALKING, extension: '3012' });
  server.agents.set('b', { state: idle ? NOT_READY : TALKING, extension: '3013' });
  const caller = { device: '9001', state: CONNECT, deviceType: 10 };
  server.calls.set(100, { callType: 1, parties: [caller, { device: '3012', state: CONNECT }] });
  if (!idle) server.calls.set(200, { callType: 1, parties: [caller, { device: '3013', state: CONNECT }] });
  await picture.start();
  expect(picture.dialogs.at('3012').map(({ id }) => id)).toEqual(['100']);
  picture.forgetNews();
  picture.observed.length = 0;
  return picture;
}

const warnings = ({ observed }: LinkPicture): string[] =>
  observed.flatMap((happening) =>
    happening.kind === 'operator' && happening.level === 'warn' ? [happening.text] : [],
  );

/** Answers the snapshot of call 100 so many times as one in which 3013 stands in the place of 3012. */
function exchange(link: LinkPicture, times: number): void {
  let left = times;
  link.server.onCallSnapshot = (fields) => {
    const right = link.server.calls.get(100)!;
    if (fields.ConnectionCallID === 100 && left-- > 0) {
      const parties = right.parties.map((party) => ({
        ...party,
        device: party.device === '3012' ? '3013' : party.device,
      }));
      link.server.calls.set(100, { ...right, parties });
    }
    link.server.snapshotCall(fields);
    link.server.calls.set(100, right);
  };
}

test('the snapshot of a call without the device that has it is not used: the call is asked for again', async () => {
  const link = await create(true);
  exchange(link, 1);
  const from = link.server.received.length;
  link.server.drop();
  link.clock.advance(1_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.told).toEqual([]);
  const asked = link.server.received.slice(from).filter(({ name }) => name === 'SNAPSHOT_CALL_REQ');
  expect(asked).toHaveLength(2);
  expect(warnings(link)).toEqual([
    'An answer of the CTI server was not used: SNAPSHOT_CALL_CONF tells of 9001, 3013, but call 100 of 3012 was asked for.',
  ]);
});

test('it is asked for three times in all, then what was known stands', async () => {
  const link = await create(true);
  exchange(link, Number.POSITIVE_INFINITY);
  const from = link.server.received.length;
  link.server.drop();
  link.clock.advance(1_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.told).toEqual([]);
  expect(link.dialogs.at('3012').map(({ id }) => id)).toEqual(['100']);
  expect(link.dialogs.at('3013')).toEqual([]);
  const asked = link.server.received.slice(from).filter(({ name }) => name === 'SNAPSHOT_CALL_REQ');
  expect(asked).toHaveLength(FOREIGN_ATTEMPTS_MAX);
});

test('the snapshot of another call of the same device is not used either', async () => {
  const link = await create(true);
  link.server.calls.set(101, {
    callType: 1,
    parties: [
      { device: '9002', state: CONNECT, deviceType: 10 },
      { device: '3012', state: HOLD },
    ],
  });
  let left = 1;
  link.server.onCallSnapshot = (fields) =>
    link.server.snapshotCall(
      fields.ConnectionCallID === 100 && left-- > 0 ? { ...fields, ConnectionCallID: 101 } : fields,
    );
  link.server.drop();
  link.clock.advance(1_000);
  expect(link.news('a')).toEqual(['POST 101 ACTIVE: 9002 ACTIVE, 3012 HELD']);
  expect(warnings(link)).toHaveLength(1);
});

test('the calls of another device are not used: the device is asked again', async () => {
  const link = await create();
  let left = 1;
  link.server.onDeviceSnapshot = (fields: Fields) =>
    link.server.snapshotDevice(
      fields.AgentInstrument === '3013' && left-- > 0 ? { ...fields, AgentInstrument: '3012' } : fields,
    );
  link.server.drop();
  link.clock.advance(1_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.told).toEqual([]);
  expect(warnings(link)).toEqual([
    'An answer of the CTI server was not used: SNAPSHOT_DEVICE_CONF tells of 3012, but device 3013 was asked for.',
  ]);
});

test('parties with call numbers of their own are none of another call', async () => {
  const link = await create(true);
  link.server.onCallSnapshot = ({ InvokeID }) =>
    link.server.send('SNAPSHOT_CALL_CONF', {
      InvokeID,
      CallType: 1,
      NumCTIClients: 0,
      NumCallDevices: 1,
      callDevices: [
        {
          CallConnectionCallID: 99,
          CallConnectionDeviceIDType: 0,
          CallConnectionDeviceID: '3012',
          CallDeviceType: 76,
          CallDeviceID: '3012',
          CallDeviceConnectionState: HOLD,
        },
      ],
    });
  link.server.drop();
  link.clock.advance(1_000);
  expect(link.dialogs.at('3012')[0]?.participants.map(({ state }) => state)).toContain('HELD');
  expect(warnings(link)).toEqual([]);
});

test('a call whose parties have other numbers is known by the ids of its connections', async () => {
  const link = await create(true);
  link.server.onDeviceSnapshot = ({ InvokeID, AgentInstrument }) => {
    const calls =
      AgentInstrument === '3012'
        ? [
            {
              CallConnectionCallID: 100,
              CallConnectionDeviceIDType: 1,
              CallConnectionDeviceID: 'dyn-1',
              CallState: HOLD,
              SilentMonitorStatus: 0,
            },
          ]
        : [];
    link.server.send('SNAPSHOT_DEVICE_CONF', { InvokeID, NumCalls: calls.length, calls });
  };
  link.server.onCallSnapshot = ({ InvokeID }) =>
    link.server.send('SNAPSHOT_CALL_CONF', {
      InvokeID,
      CallType: 1,
      NumCTIClients: 0,
      NumCallDevices: 1,
      callDevices: [
        {
          CallConnectionCallID: 100,
          CallConnectionDeviceIDType: 1,
          CallConnectionDeviceID: 'dyn-1',
          CallDeviceType: 76,
          CallDeviceID: '+49303012',
          CallDeviceConnectionState: HOLD,
        },
      ],
    });
  const from = link.server.received.length;
  link.server.drop();
  link.clock.advance(1_000);
  expect(link.server.received.slice(from).filter(({ name }) => name === 'SNAPSHOT_CALL_REQ')).toHaveLength(1);
  expect(warnings(link)).toEqual([]);
});

test('who leaves a call between the two snapshots hides it from nobody: it is asked for again when another device reports it', async () => {
  const link = await create(true);
  const { server } = link;
  server.calls.clear();
  const others = [
    { device: '9001', state: CONNECT, deviceType: 10 },
    { device: '3013', state: CONNECT },
  ];
  server.calls.set(300, { callType: 1, parties: [...others, { device: '3012', state: CONNECT }] });
  server.agents.set('b', { state: TALKING, extension: '3013' });
  let later: Fields = {};
  server.onAgentQuery = (fields) => {
    if (fields.AgentID === 'b') later = fields;
    else server.query(fields);
  };
  server.onDeviceSnapshot = (fields) => {
    server.snapshotDevice(fields);
    if (fields.AgentInstrument === '3012') server.calls.set(300, { callType: 1, parties: others });
  };
  server.drop();
  link.clock.advance(1_000);
  server.query(later);
  link.clock.advance(1_000);
  expect(link.link.state).toBe('IN_SERVICE');
  expect(link.news('b')).toEqual(['POST 300 ACTIVE: 9001 ACTIVE, 3013 ACTIVE']);
});
