/**
 * Presence over the wire, with BOSH spoken by hand: a killed client is signed out, services that are down alone
 * look as documented, and nobody is signed out for the server's own troubles.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { BoshDesktop as Desktop } from './bosh-desktop.ts';
import { Logs } from './log-template.ts';
import {
  dataDirectory,
  freeOffset,
  launchPoise,
  portsAt,
  type RunningPoise,
  rest,
  signInBody,
  startPoise,
} from './server.ts';

const HTTPBIND = 'http://jabber.org/protocol/httpbind';
const SHORT = ['presence.idle=2s', 'presence.sweep=200ms', 'presence.grace=2s'];
const set = (...pairs: readonly string[]): string[] => pairs.flatMap((pair) => ['--set', pair]);

type Where = Pick<RunningPoise, 'ports'>;

const stateOf = async (where: Where, id: string): Promise<string> =>
  /<state>(\w*)</.exec((await rest(where, id, 'GET', `/User/${id}`)).text)?.[1] ?? '';

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await new Promise((done) => setTimeout(done, 50));
}

async function signIn(where: Where, id: string, extension: string): Promise<void> {
  expect((await rest(where, id, 'PUT', `/User/${id}`, signInBody(extension))).status).toBe(202);
  await until(async () => (await stateOf(where, id)) === 'NOT_READY');
}

async function signOuts(where: Where, user: string, query = '') {
  const authorization = `Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;
  const url = `http://127.0.0.1:${where.ports.http}/poise/api/signOuts${query}`;
  const answer = await fetch(url, { headers: { authorization } });
  return ((await answer.json()) as { signOuts: Record<string, unknown>[] }).signOuts;
}

const service = async (data: string, ...words: readonly string[]): Promise<string> => {
  const command = launchPoise(['service', ...words, '--data', data]);
  await command.ended();
  return command.output();
};

/** The answer to a WebSocket handshake, to its end. */
async function handshake(where: Where): Promise<string> {
  const socket = connect(where.ports.http, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.write(
    'GET /ws/ HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n',
  );
  await once(socket, 'close');
  return text;
}

const cleanUp: (() => unknown)[] = [];
vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function started(...settings: readonly string[]): Promise<RunningPoise> {
  const data = dataDirectory();
  cleanUp.push(() => rmSync(data, { recursive: true, force: true }));
  const poise = await startPoise({ data, args: set(...settings) });
  cleanUp.push(() => poise.stop());
  return poise;
}

async function desktop(where: Where, id: string): Promise<Desktop> {
  const opened = await Desktop.open(where, id);
  cleanUp.push(() => opened.kill());
  return opened;
}

test('a killed BOSH client is noticed by the sweep, signed out after the grace period, logged and recorded', async () => {
  const poise = await started('deployment=CCX', ...SHORT);
  const killed = await desktop(poise, '3001');
  await desktop(poise, '3002');
  await signIn(poise, '3001', '2003');
  await signIn(poise, '3002', '2005');
  await killed.hears(/from=["']finesse@localhost/);
  killed.kill();
  await until(async () => (await stateOf(poise, '3001')) === 'LOGOUT');
  expect(await stateOf(poise, '3002')).toBe('NOT_READY');
  // It is written behind the event.
  await until(async () => (await signOuts(poise, 'admin', '?agent=3001'))[0]?.outcome === 'signedOut');
  const [record] = await signOuts(poise, 'admin', '?agent=3001');
  expect(record).toMatchObject({
    agentId: '3001',
    cause: 'presence',
    session: { jid: '3001@localhost/desktop', transport: 'bosh', address: '127.0.0.1' },
    departure: 'idle',
    graceSeconds: 2,
    attempts: 1,
    outcome: 'signedOut',
    state: 'LOGOUT',
    reasonCode: 255,
  });
  const at = (name: string): number => Date.parse(record![name] as string);
  expect(at('at') - at('awaySince')).toBeGreaterThanOrEqual(2_000);
  expect(at('awaySince') - at('lastActiveAt')).toBeGreaterThan(2_000);
  await poise.stop();
  const logs = new Logs(poise.data);
  expect(logs.info.filter((line) => line.includes('Closing idle session'))).toHaveLength(1);
  const ids = logs.webservices.flatMap((line) => {
    if (!line.includes('3001')) return [];
    return (
      /-6-(AGENT_PRESENCE_MONITOR|PRESENCE DRIVEN LOGOUT|UNSUBSCRIBE_REQUEST_SUCCESS|FORCED_SIGN_OUT)/.exec(
        line,
      )?.[1] ?? []
    );
  });
  expect(ids).toEqual([
    'UNSUBSCRIBE_REQUEST_SUCCESS',
    'AGENT_PRESENCE_MONITOR',
    'PRESENCE DRIVEN LOGOUT',
    'FORCED_SIGN_OUT',
  ]);
});

test('the notification service down: 503 in each form, SystemInfo says why; up again: everybody comes back signed in', async () => {
  const poise = await started('presence.grace=30s', 'compatibility=12.6');
  const before = await desktop(poise, '3001');
  await signIn(poise, '3001', '2003');
  expect(await service(poise.data, 'stop', 'notification')).toContain('The part notification has stopped.');
  await before.hears(/^404|^503|type=["']terminate/);
  const info = await rest(poise, '3001', 'GET', '/SystemInfo');
  expect([info.status, /<status>(\w+)/.exec(info.text)?.[1]]).toEqual([200, 'OUT_OF_SERVICE']);
  expect(info.text).toContain('<statusReason>The notification service is not available.</statusReason>');
  const user = await rest(poise, '3001', 'GET', '/User/3001');
  expect([user.status, /<ErrorType>(.*?)</.exec(user.text)?.[1]]).toEqual([503, 'Service Unavailable']);
  const bind = await fetch(`http://127.0.0.1:${poise.ports.bosh}/http-bind/`, {
    method: 'POST',
    body: `<body xmlns='${HTTPBIND}' rid='1' to='localhost' ver='1.6'/>`,
  });
  expect([bind.status, bind.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await handshake(poise)).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
  expect(await service(poise.data, 'list')).toMatch(/notification +stopped/);
  expect(await service(poise.data, 'start', 'notification')).toContain('The part notification has started.');
  const after = await desktop(poise, '3001');
  await after.hears(/<presence xmlns="jabber:client" from=["']finesse@localhost/);
  await until(async () =>
    (await rest(poise, '3001', 'GET', '/SystemInfo')).text.includes('<status>IN_SERVICE</status>'),
  );
  expect(await stateOf(poise, '3001')).toBe('NOT_READY');
  expect(await signOuts(poise, 'admin')).toEqual([]);
});

test('the webservices down: finesse leaves, connections stay, REST 503; up again: finesse, IN_SERVICE, the old picture', async () => {
  const poise = await started('compatibility=12.6');
  const client = await desktop(poise, '3001');
  await signIn(poise, '3001', '2003');
  await client.hears(/<presence xmlns="jabber:client" from=["']finesse@localhost/);
  const from = client.heard.length;
  await service(poise.data, 'stop', 'webservices');
  await client.hears(/<presence [^>]*type=["']unavailable["'] from=["']finesse@localhost/, from);
  expect((await rest(poise, '3001', 'GET', '/User/3001')).status).toBe(503);
  expect((await rest(poise, '3001', 'GET', '/SystemInfo')).text).toContain('The webservices are stopped.');
  const again = client.heard.length;
  await service(poise.data, 'start', 'webservices');
  await client.hears(/<presence xmlns="jabber:client" from=["']finesse@localhost/, again);
  await client.hears(/SystemInfo[\s\S]*IN_SERVICE/, again);
  expect(await stateOf(poise, '3001')).toBe('NOT_READY');
});

test('the CTI link alone, with the embedded server: 503, then the picture as it was', async () => {
  const poise = await started('compatibility=12.6');
  await signIn(poise, '3001', '2003');
  await service(poise.data, 'stop', 'cti');
  expect((await rest(poise, '3001', 'GET', '/User/3001')).status).toBe(503);
  expect((await rest(poise, '3001', 'GET', '/SystemInfo')).text).toContain(
    'The CTI server is not connected.',
  );
  await service(poise.data, 'start', 'cti');
  await until(async () => (await stateOf(poise, '3001')) === 'NOT_READY');
});

test('killed with −9 beside a foreign CTI server: who comes back stays, who does not is signed out', async () => {
  const offset = await freeOffset();
  const ports = portsAt(offset);
  const data = dataDirectory();
  cleanUp.push(() => rmSync(data, { recursive: true, force: true }));
  const common = ['--data', data, ...set(`ports.offset=${offset}`, 'deployment=CCX')];
  const cti = launchPoise(['cti', '--demo', ...common]);
  cleanUp.push(() => cti.end('SIGTERM'));
  await cti.says(/^poise: IN_SERVICE/m);
  const start = async () => {
    const poise = launchPoise([
      'start',
      '--demo',
      '--only',
      'webservices,notification,desktop',
      ...common,
      ...set('presence.grace=15s', `cti.a=127.0.0.1:${ports.ctiA}`, 'cti.embedded=false'),
    ]);
    cleanUp.push(() => poise.end('SIGTERM'));
    await poise.says(/^poise: IN_SERVICE/m);
    return poise;
  };
  const first = await start();
  for (const [id, extension] of [
    ['3001', '2003'],
    ['3002', '2005'],
  ] as const) {
    await desktop({ ports }, id);
    await signIn({ ports }, id, extension);
  }
  // Who is here is written at most a second later.
  await new Promise((done) => setTimeout(done, 1_500));
  await first.end('SIGKILL');
  await start();
  expect(await stateOf({ ports }, '3001')).toBe('NOT_READY');
  await desktop({ ports }, '3002');
  await until(async () => (await stateOf({ ports }, '3001')) === 'LOGOUT');
  expect(await stateOf({ ports }, '3002')).toBe('NOT_READY');
  await until(async () => (await signOuts({ ports }, 'admin'))[0]?.outcome === 'signedOut');
  expect(await signOuts({ ports }, 'admin')).toMatchObject([
    { agentId: '3001', cause: 'presence', outcome: 'signedOut', departure: null },
  ]);
});
