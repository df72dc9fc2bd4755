/** The fault rig over two nodes (rig/nodes, docs/faults.md): a short run with shortened times; a long one with npm run test:long. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freeOffset } from './server.ts';

const program = join(resolve(import.meta.dirname, '../rig'), 'run.mjs');

let running: ChildProcess | undefined;
// A run that takes too long does not go on behind the next test; it ends its servers itself.
afterEach(async () => {
  if (running?.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGTERM');
  await once(running, 'close');
});

async function run(args: readonly string[]) {
  const child = spawn(process.execPath, [program, '--nodes', '2', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running = child;
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      out += chunk;
    });
  const [status] = await once(child, 'close');
  return { status: status as number | null, out };
}

/** Of each kind one: a node that dies, what nodes share, a client that goes, the CTI side of one node. */
const FAULTS = ['node-kill-for-long', 'nats-data-lost', 'client-refresh', 'node-cti-cut'];
const NAMES = [
  'node-kill-with-client',
  'node-freeze-200',
  'nodes-kill',
  'node-drain',
  'node-clock-step',
  'node-cut-node',
  'node-nats-cut',
  'node-nats-deaf',
  'node-nats-mute',
  'node-island',
  'nodes-apart',
  'nats-delay',
  'node-stop-notification',
  'node-nats-black-hole',
  'nats-kill',
  'nats-freeze',
  'nats-emptied',
  'postgres-kill',
  'postgres-freeze',
  'node-postgres-cut',
  'client-freeze-200',
  'cti-answers-never',
  'both-client-refresh+node-kill-for-long',
  'both-node-kill+node-freeze-20',
];

test('--list says what can go wrong with several nodes', async () => {
  const { status, out } = await run(['--list']);
  expect(status).toBe(0);
  const listed = out.split('\n').map((line) => line.split(' ')[0]);
  expect(listed).toEqual(expect.arrayContaining([...FAULTS, ...NAMES]));
});

test('a fault of one node alone is unknown to several', async () => {
  expect(await run(['--faults', 'server-kill'])).toEqual({
    status: 2,
    out: 'No fault is named server-kill; --list prints them.\n',
  });
});

describe('no invariant breaks', () => {
  const broken = (out: string) => out.split('\n').filter((line) => line.includes('BROKEN'));
  const at = async () => ['--offset', String(await freeOffset())];

  test('in a short run', async ({ skip }) => {
    const { status, out } = await run([
      ...['--seed', '4', '--fast', '--desks', '4', '--faults', FAULTS.join()],
      ...(await at()),
    ]);
    const reason = /^skipped: .*/m.exec(out)?.[0];
    if (reason !== undefined) return skip(reason);
    expect([status, broken(out)], out).toEqual([0, []]);
    expect(out).toContain('seed 4: 0 broken invariants');
  }, 600_000);

  test('in a long run of all faults', async ({ skip }) => {
    if (!process.env.POISE_TEST_LONG) return skip('only with npm run test:long');
    const { status, out } = await run(['--seed', '1', '--fast', '--rounds', '3', ...(await at())]);
    expect([status, broken(out)], out).toEqual([0, []]);
  }, 3_600_000);
});
