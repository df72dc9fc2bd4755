/** Configuration of another server and as a file: our own server in the role of the other (docs/configuration-files.md). */
import { spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { dataDirectory, type RunningPoise, rest, startPoise } from './server.ts';

// Each run of the command is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

const PROGRAM = resolve(import.meta.dirname, '../packages/server/bin/poise.mjs');

let poise: RunningPoise;
let data: string;
let other: Server;
beforeAll(async () => {
  poise = await startPoise();
  data = dataDirectory();
  other = createServer((_request, answer) => answer.end('<Users><User></Users>'));
  await new Promise<void>((done) => void other.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  await poise?.stop();
  other?.close();
  rmSync(data, { recursive: true, force: true });
});

/** Runs the command to its end. @param input what is typed */
function command(
  input: string,
  ...args: string[]
): Promise<{ status: number | null; out: string[]; errors: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: 'pipe' });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  child.stdin.end(input);
  return new Promise((done) =>
    child.on('close', (status) => done({ status, out: out.trim().split('\n'), errors })),
  );
}
const imported = (password: string, host: string, ...more: string[]) =>
  command(`${password}\n`, 'import', 'finesse', '--host', host, '--user', 'admin', '--data', data, ...more);
const here = () => `http://127.0.0.1:${poise.ports.http}`;

test('all that the API tells is taken over, and nothing the second time; a plan comes before', async () => {
  const plan = await imported('admin', here(), '--dry-run');
  expect(plan).toMatchObject({ status: 0, errors: '' });
  expect(plan.out.at(-1)).toMatch(/^Changes that would be made: \d+\.$/);
  const done = await imported('admin', here());
  expect(done.out.slice(0, -1)).toEqual(plan.out.slice(0, -1));
  expect((await imported('admin', here())).out).toEqual(['Nothing to change.']);

  const there = (await command('', 'config', 'export', '--data', poise.data)).out.join('\n');
  const mine = (await command('', 'config', 'export', '--data', data)).out.join('\n');
  const section = (document: string, name: string) =>
    document.slice(document.indexOf(`\n${name}:`)).match(/^\n\w+:.*(?:\n[ -].*|\n)*/)?.[0];
  for (const name of [
    'wrapUpReasons',
    'phoneBooks',
    'workflowActions',
    'workflows',
    'teamWorkflows',
    'callVariables',
  ]) {
    expect(section(mine, name)?.length, name).toBeGreaterThan(20);
    expect(section(mine, name), name).toBe(section(there, name));
  }
  // Codes of the system are the other server's own.
  for (const label of ['Lunch', 'Team Meeting', 'End of Shift'])
    expect(section(mine, 'reasonCodes')).toContain(label);
  expect(section(mine, 'users')).toMatch(
    /loginId: "2050"\n {4}loginName: minnie[\s\S]*?supervises:\n {6}- Minnies_Team/,
  );
});

test('a file applied beside a running server reaches it by itself', async () => {
  const file = join(data, 'centre.yaml');
  expect((await command('', 'config', 'export', file, '--data', poise.data)).status).toBe(0);
  writeFileSync(file, readFileSync(file, 'utf8').replace('label: Lunch', 'label: Siesta'));
  const { out } = await command('', 'config', 'apply', file, '--data', poise.data);
  expect(out).toEqual(['~ reasonCodes NOT_READY 20: label "Lunch" -> "Siesta"', 'Changes made: 1.']);
  const labels = async () =>
    (await rest(poise, '2001', 'GET', '/User/2001/ReasonCodes?category=NOT_READY')).text;
  await expect.poll(labels, { timeout: 30_000 }).toContain('<label>Siesta</label>');
});

test.each<[string, () => string, string, string]>([
  ['a wrong password', here, 'wrong', 'does not take this user and password'],
  ['nobody there', () => 'http://127.0.0.1:1', 'admin', 'could not be asked'],
  ['no XML', () => `http://127.0.0.1:${(other.address() as AddressInfo).port}`, 'admin', 'is no sound XML'],
  ['no address', () => 'http://[', 'admin', 'is no address of a server'],
])('%s is one sentence, and nothing is changed', async (_what, host, password, said) => {
  const before = (await command('', 'config', 'export', '--data', data)).out;
  const { status, errors } = await imported(password, host());
  expect(status).toBe(1);
  expect(errors).toContain(said);
  expect((await command('', 'config', 'export', '--data', data)).out).toEqual(before);
});
