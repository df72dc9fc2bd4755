/** The fault rig (rig/, docs/faults.md): a short run with shortened times; a long one with npm run test:long. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freeOffset } from './server.ts';

const rig = resolve(import.meta.dirname, '../rig');
const program = join(rig, 'run.mjs');

let running: ChildProcess | undefined;
// A run that takes too long does not go on behind the next test; it ends its servers itself.
afterEach(async () => {
  if (running?.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGTERM');
  await once(running, 'close');
});

async function run(args: readonly string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      out += chunk;
    });
  const [status] = await once(child, 'close');
  return { status: status as number | null, out };
}

/** Of each kind one: a client that dies, one that is loaded anew, one that goes, silence, a cut side, wrong answers, a dead server. */
const FAULTS = [
  'client-kill',
  'client-refresh',
  'client-leave',
  'client-silence',
  'cti-cut-side',
  'cti-silence-side',
  'cti-answers-exchanged',
  'server-kill',
];
const NAMES = [
  'client-kill-for-long',
  'client-freeze-200',
  'client-black-hole',
  'client-black-hole-for-long',
  'client-silence-for-long',
  'client-new-address',
  'client-idle-cut',
  'client-clock-step',
  'clients-silence',
  'server-stop-notification',
  'server-freeze-90',
  'server-clock-step',
  'server-disk-full',
  'cti-freeze-20',
  'cti-black-hole-side',
  'cti-silence',
  'cti-dead-connection',
  'cti-clock-step',
  'cti-answers-late',
  'both-client-new-address+cti-reset',
  'both-client-refresh+server-kill',
  'both-server-kill+cti-kill',
];

test('--help and --list say what there is', async () => {
  expect((await run(['--help'])).out).toMatch(/^usage: npm run rig/);
  const { status, out } = await run(['--list']);
  expect(status).toBe(0);
  const listed = out.split('\n').map((line) => line.split(' ')[0]);
  expect(listed).toEqual(expect.arrayContaining([...FAULTS, ...NAMES]));
});

test('an unknown fault is refused by its name', async () => {
  expect(await run(['--faults', 'client-kill,earthquake'])).toEqual({
    status: 2,
    out: 'No fault is named earthquake; --list prints them.\n',
  });
});

describe('no invariant breaks', () => {
  const broken = (out: string) => out.split('\n').filter((line) => line.includes('BROKEN'));
  const at = async () => ['--offset', String(await freeOffset())];

  test('in a short run', async () => {
    const { status, out } = await run([
      ...['--seed', '4', '--fast', '--desks', '4', '--at-once', '3', '--faults', FAULTS.join()],
      ...(await at()),
    ]);
    expect([status, broken(out)], out).toEqual([0, []]);
    expect(out).toContain('seed 4: 0 broken invariants');
  }, 600_000);

  test('in a long run of all faults', async ({ skip }) => {
    if (!process.env.POISE_TEST_LONG) return skip('only with npm run test:long');
    const { status, out } = await run(['--seed', '1', '--fast', '--rounds', '3', ...(await at())]);
    expect([status, broken(out)], out).toEqual([0, []]);
  }, 3_600_000);
});
