import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import type { Part, PartState } from './part.ts';
import { Parts } from './parts.ts';

let clock: VirtualClock;
let log: string[];
let problems: string[];
beforeEach(() => {
  clock = new VirtualClock();
  log = [];
  problems = [];
});

interface Behaviour {
  readonly start?: () => Promise<void>;
  readonly stop?: () => Promise<void>;
}

function part(name: string, behaviour: Behaviour = {}): Part {
  let state: PartState = 'stopped';
  return {
    name,
    async start() {
      log.push(`start ${name}`);
      await behaviour.start?.();
      state = 'running';
    },
    async stop() {
      log.push(`stop ${name}`);
      await behaviour.stop?.();
      state = 'stopped';
    },
    health: () => ({ state, ready: state === 'running' }),
  };
}

const parts = (...list: Part[]): Parts =>
  new Parts(list, { clock, onProblem: (text) => problems.push(text) });
const never = (): Promise<void> => new Promise(() => {});
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('parts start in order and stop in reverse', async () => {
  const all = parts(part('a'), part('b'), part('c'));
  await all.start();
  expect(all.health()).toMatchObject({ ready: true, parts: [{ name: 'a', state: 'running' }, {}, {}] });
  await all.stop();
  expect(log).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  expect(all.health().ready).toBe(false);
});

test('one that cannot start stops the others and is named in a plain sentence', async () => {
  const bad = part('b', { start: () => Promise.reject(new Error('port 8082 is in use.')) });
  await expect(parts(part('a'), bad, part('c')).start()).rejects.toThrow(
    'The part b cannot start: port 8082 is in use.',
  );
  expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

test('one that hangs while starting fails after a time', async () => {
  const starting = parts(part('a'), part('b', { start: never })).start();
  await turn();
  clock.advance(20_000);
  await expect(starting).rejects.toThrow('The part b cannot start: it did not start within 20 s.');
});

test('one that hangs while stopping does not keep the others from stopping, within five seconds in all', async () => {
  const all = parts(part('a'), part('b', { stop: never }), part('c', { stop: never }), part('d'));
  await all.start();
  const before = clock.monotonic();
  const stopping = all.stop();
  let done = false;
  void stopping.then(() => {
    done = true;
  });
  while (!done) {
    await turn();
    clock.runNext();
  }
  expect(clock.monotonic() - before).toBeLessThan(5000);
  expect(log.slice(4)).toEqual(['stop d', 'stop c', 'stop b', 'stop a']);
  expect(problems).toEqual(['The part c did not stop in time.', 'The part b did not stop in time.']);
});

test('one that fails while stopping is told to the operator', async () => {
  const all = parts(part('a'), part('b', { stop: () => Promise.reject(new Error('no')) }));
  await all.start();
  await all.stop();
  expect(log.at(-1)).toBe('stop a');
  expect(problems).toEqual(['The part b did not stop cleanly: no']);
});

test('stopping twice stops once', async () => {
  const all = parts(part('a'));
  await all.start();
  await Promise.all([all.stop(), all.stop()]);
  expect(log).toEqual(['start a', 'stop a']);
});

test('stopping while starting starts nothing more', async () => {
  let open = (): void => {};
  const slow = part('a', {
    start: () =>
      new Promise((resolve) => {
        open = resolve;
      }),
  });
  const all = parts(slow, part('b'));
  const starting = all.start();
  const stopping = all.stop();
  open();
  await Promise.all([starting, stopping]);
  expect(log).toEqual(['start a', 'stop a']);
});

test('each part can be down alone', async () => {
  const all = parts(part('a'), part('b'));
  await all.start();
  await all.stopPart('a');
  expect(all.health().parts.map(({ name, ready }) => [name, ready])).toEqual([
    ['a', false],
    ['b', true],
  ]);
  await all.startPart('a');
  expect(all.health().ready).toBe(true);
  await expect(all.stopPart('x')).rejects.toThrow('There is no part x. The parts are a, b.');
});

test('a health that throws counts as failed', () => {
  const broken = {
    ...part('a'),
    health: () => {
      throw new Error('oops');
    },
  };
  expect(parts(broken).health()).toEqual({
    ready: false,
    parts: [{ name: 'a', state: 'failed', ready: false, reason: 'oops' }],
  });
});
