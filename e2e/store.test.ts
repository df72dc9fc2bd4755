/** A server on PostgreSQL that loses it, and backups as an operator makes them: beside a running server, from one database to the other. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { PostgresCluster, postgresMissing } from '../packages/server/test/postgres-cluster.ts';
import { eventually } from './connections/deadline.ts';
import {
  dataDirectory,
  freeOffset,
  launchPoise,
  type RunningPoise,
  rest,
  signInBody,
  startPoise,
} from './server.ts';

const missing = postgresMissing();
let cluster: PostgresCluster;
beforeAll(async () => {
  if (missing !== undefined) return;
  cluster = await PostgresCluster.start();
  return () => cluster.stop();
});

async function start(args: readonly string[]): Promise<RunningPoise> {
  const poise = await startPoise({ args });
  onTestFinished(() => void poise.stop());
  return poise;
}
const onPostgres = (url: string) => ['--set', `store.url=${url}`];

async function poise(...args: string[]): Promise<{ status: number | string; output: string }> {
  const command = launchPoise(args);
  return { status: await command.ended(), output: command.output() };
}

const createReason = (server: RunningPoise, code: number) =>
  rest(
    server,
    'admin',
    'POST',
    '/ReasonCode',
    `<ReasonCode><category>NOT_READY</category><code>${code}</code><label>Reason ${code}</label><forAll>true</forAll></ReasonCode>`,
  );
const reasons = async (server: RunningPoise): Promise<string[]> => {
  const { status, text } = await rest(server, '2001', 'GET', '/User/2001/ReasonCodes?category=NOT_READY');
  expect(status).toBe(200);
  return [...text.matchAll(/<label>(Reason \d+)</g)].map(([, label]) => label!);
};
const stateOf = async (server: RunningPoise): Promise<string | undefined> =>
  /<state>(\w+)</.exec((await rest(server, '2001', 'GET', '/User/2001')).text)?.[1];
const health = async ({ ports }: RunningPoise) => {
  const response = await fetch(`http://127.0.0.1:${ports.http}/poise/api/health`);
  const { parts } = (await response.json()) as { parts: { store: { ready: boolean; reason?: string } } };
  return { status: response.status, ...parts.store };
};

test('PostgreSQL is lost and comes back: agents work on, changes answer 503 meanwhile', {
  timeout: 240_000,
}, async ({ skip }) => {
  if (missing !== undefined) return skip(missing);
  const server = await start(onPostgres(await cluster.database()));
  expect((await createReason(server, 401)).status).toBe(200);
  await cluster.down('SIGQUIT');
  const refused = await createReason(server, 402);
  expect(refused.status).toBe(503);
  expect(refused.text).toContain('<ErrorMessage>The database cannot be written</ErrorMessage>');
  expect(await reasons(server)).toEqual(['Reason 401']);
  expect((await rest(server, '2001', 'PUT', '/User/2001', signInBody('10001'))).status).toBe(202);
  await eventually('the sign-in', async () => (await stateOf(server)) === 'NOT_READY');
  expect(await health(server)).toMatchObject({ status: 503, ready: false });
  await eventually('it is said', () => server.output().includes('Reading goes on from memory.'));
  await cluster.up();
  await eventually('the database', async () => (await health(server)).ready, 60_000);
  expect((await createReason(server, 403)).status).toBe(200);
  expect(await reasons(server)).toEqual(['Reason 401', 'Reason 403']);
  expect(await stateOf(server)).toBe('NOT_READY');
});

test('a server that starts before its PostgreSQL says so, and starts when that is there', {
  timeout: 240_000,
}, async ({ skip }) => {
  if (missing !== undefined) return skip(missing);
  const url = await cluster.database();
  await cluster.down();
  const data = dataDirectory();
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const offset = await freeOffset();
  const server = launchPoise([
    'start',
    '--demo',
    '--data',
    data,
    '--set',
    `ports.offset=${offset}`,
    ...onPostgres(url),
  ]);
  onTestFinished(() => void server.end('SIGKILL'));
  await server.says(
    /^The PostgreSQL database .* cannot be used yet: .*ECONNREFUSED.*\. The start goes on as soon as it can\.$/m,
  );
  await cluster.up();
  await server.says(/^poise: IN_SERVICE/m);
});

test('a PostgreSQL that goes away while a server starts is waited for, too', {
  timeout: 240_000,
}, async ({ skip }) => {
  if (missing !== undefined) return skip(missing);
  const url = new URL(await cluster.database());
  const behind = Number(url.port);
  const clients = new Set<Socket>();
  let state: 'there' | 'away' | 'back' = 'there';
  const gate = createServer((client) => {
    if (state === 'away') return client.destroy();
    clients.add(client);
    const database = connect(behind, '127.0.0.1', () => client.pipe(database).pipe(client));
    // The settings have been read, and either side takes leave. The server may have come for more already: that ends, too.
    const leaves = () => {
      if (state !== 'there') return;
      state = 'away';
      for (const one of clients) if (one !== client) one.destroy();
    };
    client.on('end', leaves);
    database.on('end', leaves);
    client.on('close', () => {
      leaves();
      clients.delete(client);
      database.destroy();
    });
    database.on('close', () => client.destroy());
    for (const socket of [client, database]) socket.on('error', () => {});
  });
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done));
  onTestFinished(() => void gate.close());
  url.port = String((gate.address() as AddressInfo).port);
  const data = dataDirectory();
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const sets = [`ports.offset=${await freeOffset()}`, 'ports.metrics=off'].flatMap((set) => ['--set', set]);
  const server = launchPoise(['start', '--demo', '--data', data, ...sets, ...onPostgres(url.href)]);
  onTestFinished(() => void server.end('SIGKILL'));
  await server.says(/^The PostgreSQL database .* cannot be used yet: /m);
  expect(state).toBe('away');
  state = 'back';
  await server.says(/^poise: IN_SERVICE/m);
});

test('a backup is restored beside a running server, and moves to the other database and back', {
  timeout: 240_000,
}, async ({ skip }) => {
  if (missing !== undefined) return skip(missing);
  const folder = mkdtempSync(join(tmpdir(), 'poise-e2e-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'a.poise-backup');
  const sqlite = await start([]);
  const data = ['--data', sqlite.data];
  expect((await createReason(sqlite, 401)).status).toBe(200);
  expect(await poise('backup', file, ...data)).toMatchObject({ status: 0 });
  expect((await createReason(sqlite, 402)).status).toBe(200);
  await rest(sqlite, '2001', 'PUT', '/User/2001', signInBody('10001'));
  const restored = await poise('restore', file, ...data);
  expect(restored.status).toBe(0);
  expect(restored.output).toContain('A server is running');
  // The server was told by the command.
  expect(await reasons(sqlite)).toEqual(['Reason 401']);
  await eventually('it is said', () => sqlite.output().includes(`(poise restore ${file})`));
  await eventually('the sign-in', async () => (await stateOf(sqlite)) === 'NOT_READY');
  // What was there before can be had back.
  const [before] = readdirSync(join(sqlite.data, 'backup'));
  expect((await poise('restore', join(sqlite.data, 'backup', before!), ...data)).status).toBe(0);
  expect(await reasons(sqlite)).toEqual(['Reason 401', 'Reason 402']);

  const url = await cluster.database();
  const moved = join(folder, 'moved');
  expect(await poise('restore', file, '--data', moved, ...onPostgres(url))).toMatchObject({ status: 0 });
  expect(existsSync(join(moved, 'poise.sqlite'))).toBe(false);
  const postgres = await start(onPostgres(url));
  expect(await reasons(postgres)).toEqual(['Reason 401']);
  expect((await createReason(postgres, 403)).status).toBe(200);
  const back = join(folder, 'back.poise-backup');
  expect(await poise('backup', back, '--data', moved, ...onPostgres(url))).toMatchObject({ status: 0 });
  expect((await poise('restore', back, ...data)).status).toBe(0);
  expect(await reasons(sqlite)).toEqual(['Reason 401', 'Reason 403']);

  truncateSync(file, statSync(file).size - 20);
  const damaged = await poise('restore', file, ...data);
  expect(damaged.status).toBe(1);
  expect(damaged.output).toMatch(/^The backup .* is damaged or not complete\. Nothing was restored\.\n$/);
  expect(await reasons(sqlite)).toEqual(['Reason 401', 'Reason 403']);
});
