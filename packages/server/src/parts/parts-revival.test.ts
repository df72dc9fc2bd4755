/** Parts that fail while the others run are started again; all on virtual time. */
import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import type { Part, PartState } from './part.ts';
import { Parts } from './parts.ts';
import { serviceCommands } from './service-commands.ts';

let clock: VirtualClock;
let problems: string[];
let changes: string[];
beforeEach(() => {
  clock = new VirtualClock();
  problems = [];
  changes = [];
});

class TestPart implements Part {
  readonly name: string;
  state: PartState = 'stopped';
  starts = 0;
  broken = false;

  constructor(name: string) {
    this.name = name;
  }

  async start(): Promise<void> {
    this.starts += 1;
    if (this.broken) throw new Error('port 5222 is in use.');
    this.state = 'running';
  }

  async stop(): Promise<void> {
    this.state = 'stopped';
  }

  health() {
    const ready = this.state === 'running';
    return { state: this.state, ready, ...(ready ? {} : { reason: `It is ${this.state}.` }) };
  }
}

async function running(...parts: Part[]): Promise<Parts> {
  const all = new Parts(parts, {
    clock,
    onProblem: (text) => problems.push(text),
    onRecovery: (text) => problems.push(text),
    onChange: (name, change) => changes.push(`${name} ${change}`),
  });
  await all.start();
  changes.length = 0;
  return all;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await turn();
}

test('a part that fails while running is noticed, and runs again a second later', async () => {
  const a = new TestPart('a');
  const b = new TestPart('b');
  const all = await running(a, b);
  a.state = 'failed';
  await pass(2_000);
  expect(changes).toEqual(['a failed']);
  await pass(999);
  expect(a.starts).toBe(1);
  await pass(1);
  expect(all.health().ready).toBe(true);
  expect(changes).toEqual(['a failed', 'a started']);
  expect(problems).toEqual([
    'The part a failed: It is failed. It is started again in 1 s (attempt 1).',
    'The part a runs again.',
  ]);
  expect(b.starts).toBe(1);
  await all.stop();
});

test('the pauses grow to a minute, and start small again after a good start', async () => {
  const a = new TestPart('a');
  const all = await running(a);
  a.broken = true;
  a.state = 'failed';
  await pass(2_000);
  const pauses: number[] = [];
  let at = clock.monotonic();
  for (let i = 0; i < 8; i += 1) {
    const before = a.starts;
    while (a.starts === before) await pass(500);
    pauses.push(clock.monotonic() - at);
    at = clock.monotonic();
  }
  expect(pauses).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 60_000, 60_000]);
  a.broken = false;
  await pass(60_000);
  expect(all.health().ready).toBe(true);
  a.state = 'failed';
  await pass(2_000);
  expect(problems.at(-1)).toContain('in 1 s (attempt 1)');
  await all.stop();
});

test('one that cannot be started by command is refused with its reason, and tried again', async () => {
  const a = new TestPart('a');
  const all = await running(a);
  await all.stopPart('a');
  a.broken = true;
  await expect(all.startPart('a')).rejects.toThrow('The part a cannot start: port 5222 is in use.');
  a.broken = false;
  await pass(1_000);
  expect(a.state).toBe('running');
  expect(changes).toEqual(['a stopping', 'a stopped', 'a started']);
  await all.stop();
});

test('stopping a part ends the attempts, and so does stopping all', async () => {
  const a = new TestPart('a');
  const all = await running(a);
  a.broken = true;
  a.state = 'failed';
  await pass(2_000);
  await all.stopPart('a');
  await pass(600_000);
  expect(a.starts).toBe(1);
  await expect(all.startPart('a')).rejects.toThrow();
  await all.stop();
  await pass(600_000);
  expect(a.starts).toBe(2);
  expect(clock.pending).toBe(0);
});

test('a part that hangs while it is stopped alone does not keep whoever asked', async () => {
  const a = new TestPart('a');
  const all = await running(a);
  a.stop = () => new Promise(() => {});
  const stopping = all.stopPart('a');
  await turn();
  await pass(2_000);
  await stopping;
  expect(problems).toEqual(['The part a did not stop in time.']);
});

test('the commands of poise service', async () => {
  const a = new TestPart('a');
  const all = await running(new TestPart('journal'), a);
  const commands = serviceCommands(all);
  expect(await commands['service.list']!({})).toEqual([{ name: 'a', state: 'running', ready: true }]);
  expect(await commands['service.stop']!({ part: 'a' })).toEqual({
    name: 'a',
    state: 'stopped',
    ready: false,
    reason: 'It is stopped.',
  });
  expect(await commands['service.restart']!({ part: 'a' })).toMatchObject({ state: 'running' });
  expect(await commands['service.start']!({ part: 'a' })).toMatchObject({ state: 'running' });
  for (const part of ['journal', 'b', '', 5, undefined])
    await expect(commands['service.stop']!({ part })).rejects.toThrow('The parts are a.');
  await all.stop();
});
