/** The examples as a reader of README runs them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type RunningPoise, startPoise } from './server.ts';

// Each starts a process of its own, which waits for several events.
vi.setConfig({ testTimeout: 120_000 });

const root = resolve(import.meta.dirname, '..');

/** Runs an example until it ends; as soon as it says `when`, that is done to it. */
async function run(
  name: string,
  url: string,
  args: readonly string[],
  when?: RegExp,
  act?: (child: ChildProcess) => unknown,
) {
  const child = spawn(process.execPath, [join(root, 'examples', name), ...args], {
    env: { ...process.env, POISE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    const said = when?.test(out) === true;
    out += chunk;
    if (!said && when?.test(out) === true) act?.(child);
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [status] = await once(child, 'close');
  return { status: status as number | null, out, err };
}

const interrupted = (child: ChildProcess) => child.kill('SIGINT');
/** Runs sign-in.mjs until it ends, or until it says `until` and gets Ctrl+C. */
const signIn = (url: string, args: readonly string[], until?: RegExp) =>
  run('sign-in.mjs', url, args, until, interrupted);

let poise: RunningPoise;
let url: string;
beforeAll(async () => {
  poise = await startPoise();
  url = `http://127.0.0.1:${poise.ports.http}`;
});
afterAll(() => poise?.stop());

test('sign-in.mjs signs an agent in and, at Ctrl+C, out again', async () => {
  const { status, out, err } = await signIn(url, ['3001'], /Ctrl\+C signs out/);
  expect([status, err]).toEqual([0, '']);
  expect(out).toContain('Dev One is NOT_READY on 3001. Ctrl+C signs out.\n');
  expect(out).toMatch(/^PUT \/finesse\/api\/User\/3001 requestId=\S+ LOGOUT$/m);
});

test('call.mjs takes a call through its life, prints each event with id and state, and signs out', async () => {
  const customer = () =>
    fetch(`${url}/poise/api/sim/calls`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ to: '6003', from: '15557777' }),
    });
  const { status, out, err } = await run('call.mjs', url, ['3003'], /Let a customer call/, customer);
  expect([status, err]).toEqual([0, '']);
  const [, id] =
    /^POST \/finesse\/api\/User\/3003\/Dialogs requestId=\S+ dialog (\d+) ALERTING /m.exec(out) ?? [];
  const own = [...out.matchAll(new RegExp(`dialog ${id} \\w+ \\(.*?3003 (\\w+)`, 'g'))].map(
    ([, state]) => state,
  );
  const stages = own.filter((state, i) => state !== own[i - 1]);
  expect(stages).toEqual(['ALERTING', 'ACTIVE', 'HELD', 'ACTIVE', 'DROPPED']);
  expect(out).toMatch(/^PUT \/finesse\/api\/User\/3003 requestId=\S+ TALKING, then NOT_READY$/m);
  expect(out.trimEnd()).toMatch(/PUT \/finesse\/api\/User\/3003 requestId=\S+ LOGOUT$/);
});

test('call.mjs gives up waiting at Ctrl+C, and signs out', async () => {
  const { status, out, err } = await run('call.mjs', url, ['3004'], /Let a customer call/, interrupted);
  expect([status, err]).toEqual([0, '']);
  expect(out).toMatch(/^PUT \/finesse\/api\/User\/3004 requestId=\S+ LOGOUT$/m);
});

test('without a server it says so in one sentence', async () => {
  const { status, err } = await signIn('http://127.0.0.1:1', []);
  expect([status, err]).toEqual([
    1,
    'No Poise answers at http://127.0.0.1:1. Start one with npm start, or name another address in POISE_URL.\n',
  ]);
});

test.each([
  [['9999'], '9999 cannot sign in on extension 9999: Authorization Failure: user or password refused.\n'],
  [
    ['3002', '99'],
    '3002 cannot sign in on extension 99: Invalid Device: CF_INVALID_LOGON_DEVICE_SPECIFIED: 260.\n',
  ],
])('whoever cannot sign in is told why: %j', async (args, sentence) => {
  const { status, err } = await signIn(url, args);
  expect([status, err]).toEqual([1, sentence]);
});

test('an address that is none is told as such', async () => {
  const { status, err } = await signIn('nonsense', []);
  expect([status, err]).toEqual([1, 'POISE_URL is no address: nonsense. Write it as http://host:port.\n']);
});
