import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, it } from 'vitest';
import { ScriptedCtiServer } from '../../test/cti/scripted-cti-server.ts';
import { SIDE_TEST_LIMIT_MS, type SideTestOutcome, testCtiSide } from './side-test.ts';
import type { CtiSocketFactory } from './socket.ts';

let clock: VirtualClock;
let server: ScriptedCtiServer;
beforeEach(() => {
  clock = new VirtualClock(0);
  server = new ScriptedCtiServer(clock);
});

async function outcomeOf(connect: CtiSocketFactory = server.connect): Promise<SideTestOutcome> {
  const outcome = testCtiSide({
    address: { host: 'pg1', port: 42027 },
    peripheralId: 5001,
    version: 24,
    clientId: 'Poise',
    clientPassword: '',
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
