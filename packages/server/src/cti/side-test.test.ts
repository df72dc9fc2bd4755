import { VirtualClock } from '@poise/clock';
import { AgentState, PeripheralType, SystemEventID } from '@poise/ged188';
import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedCtiServer } from '../../test/cti/scripted-cti-server.ts';
import {
  credentialsFor,
  SIDE_TEST_LIMIT_MS,
  type SideCredentials,
  type SideTestOutcome,
  testCtiSide,
} from './side-test.ts';
import type { CtiSocketFactory } from './socket.ts';

let clock: VirtualClock;
let server: ScriptedCtiServer;
beforeEach(() => {
  clock = new VirtualClock(0);
  server = new ScriptedCtiServer(clock);
});

const CREDENTIALS = { clientId: 'Poise', clientPassword: 's3cret' };

async function outcomeOf(
  connect: CtiSocketFactory = server.connect,
  credentials: SideCredentials | null = CREDENTIALS,
): Promise<SideTestOutcome> {
  const outcome = testCtiSide({
    address: { host: 'pg1', port: 42027 },
    peripheralId: 5001,
    version: 24,
    credentials,
    clientSignature: 'Poise-test-1',
    clock,
    connect,
  });
  clock.advance(SIDE_TEST_LIMIT_MS);
  return outcome;
}

it('opens a session of its own and leaves nothing behind', async () => {
  expect(await outcomeOf()).toEqual({
    ok: true,
    code: 'OPEN',
    text: 'pg1:42027 has opened a session, protocol version 24.',
    detail: '',
  });
  expect(server.received.map(({ name }) => name)[0]).toBe('OPEN_REQ');
  expect(server.received[0]?.fields).toMatchObject({ ClientSignature: 'Poise-test-1' });
  expect(server.connected).toBe(false);
});

describe('of the peripherals that the server tells of', () => {
  const telling = (...ids: readonly number[]) => {
    server.onOpen = ({ InvokeID, ServicesRequested }) => {
      server.send('OPEN_CONF', {
        InvokeID,
        ServicesGranted: ServicesRequested,
        MonitorID: 0,
        PGStatus: 0,
        ICMCentralControllerTime: 0,
        PeripheralOnline: 1,
        PeripheralType: PeripheralType.ENTERPRISE_AGENT,
        AgentState: AgentState.UNKNOWN,
      });
      for (const id of ids)
        server.send('SYSTEM_EVENT', {
          PGStatus: 0,
          ICMCentralControllerTime: 0,
          SystemEventID: SystemEventID.PERIPHERAL_ONLINE,
          SystemEventArg1: id,
          SystemEventArg2: 0,
          SystemEventArg3: 0,
          EventDeviceType: 0xffff,
        });
    };
  };
  it.each([
    [[], 'OPEN', ''],
    [[5001], 'OPEN', ''],
    [[5000, 5001, 5002], 'OPEN', ''],
    [[1], 'OPEN', ''],
    [[5000, 5002], 'OTHER_PERIPHERAL', '5000, 5002'],
  ] as const)('%j: %s', async (ids, code, detail) => {
    telling(...ids);
    expect(await outcomeOf()).toMatchObject({ ok: code === 'OPEN', code, detail });
    expect(server.connected).toBe(false);
  });
});

it('says that nobody listens', async () => {
  server.listening = false;
  expect(await outcomeOf()).toMatchObject({
    ok: false,
    code: 'UNREACHABLE',
    text: 'pg1:42027 cannot be reached: connection refused.',
    detail: 'connection refused',
  });
});

it('gives up a host from which nothing comes back', async () => {
  server.blackHole = 'pg1';
  expect(await outcomeOf()).toMatchObject({
    code: 'UNREACHABLE',
    text: expect.stringContaining('within 10 s'),
  });
});

it('gives up a server that does not answer, and hangs up', async () => {
  server.onOpen = () => {};
  expect(await outcomeOf()).toMatchObject({ code: 'NO_ANSWER' });
  expect(server.connected).toBe(false);
});

it('says why a session is refused', async () => {
  server.onOpen = ({ InvokeID }) => server.send('FAILURE_CONF', { InvokeID, Status: 15 });
  expect(await outcomeOf()).toMatchObject({
    code: 'REFUSED',
    text: 'pg1:42027 has refused the session: CTI_SERVER_OFFLINE.',
  });
});

it('tells what is no CTI server', async () => {
  const web: CtiSocketFactory = (_address, events) => {
    clock.schedule(0, () => {
      events.connected();
      events.data(new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    return { write: () => {}, unsentBytes: 0, destroy: () => {} };
  };
  expect(await outcomeOf(web)).toMatchObject({ code: 'NO_CTI_SERVER' });
});

describe('the credentials that are set', () => {
  const sides = [{ host: 'pg1', port: 42027 }, null];

  it('are for the sides in force alone', () => {
    expect(credentialsFor({ host: 'pg1', port: 42027 }, sides, CREDENTIALS)).toBe(CREDENTIALS);
    for (const typed of [
      { host: 'pg1', port: 42028 },
      { host: 'elsewhere', port: 42027 },
    ])
      expect(credentialsFor(typed, sides, CREDENTIALS)).toBeNull();
  });

  it('withhold nothing where none are set', () => {
    const none = { clientId: '', clientPassword: '' };
    expect(credentialsFor({ host: 'elsewhere', port: 1 }, sides, none)).toBe(none);
  });

  it('do not leave for another host, and the answer says so', async () => {
    server.onOpen = ({ InvokeID }) => server.send('FAILURE_CONF', { InvokeID, Status: 15 });
    expect(await outcomeOf(server.connect, null)).toMatchObject({
      code: 'REFUSED_WITHOUT_CREDENTIALS',
      text: expect.stringContaining('sent to the sides in force alone'),
      detail: 'CTI_SERVER_OFFLINE',
    });
    expect(server.received[0]?.fields).toMatchObject({ ClientID: '', ClientPassword: new Uint8Array() });
  });
});
