/** The examples as a reader of README runs them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningPoise, startPoise } from './server.ts';

const root = resolve(import.meta.dirname, '..');

/** Runs the example until it ends, or until it says `until` and gets Ctrl+C. */
async function signIn(url: string, args: readonly string[], until?: RegExp) {
  const child = spawn(process.execPath, [join(root, 'examples/sign-in.mjs'), ...args], {
    env: { ...process.env, POISE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    const said = until?.test(out) === true;
    out += chunk;
    if (!said && until?.test(out) === true) child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const [status] = await once(child, 'close');
  return { status: status as number | null, out, err };
}

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
