import { expect, test } from 'vitest';
import { keepPage } from './register.ts';

interface Case {
  /** One for each time that it is asked for; afterwards it goes well. */
  readonly registers?: (() => Promise<ServiceWorkerRegistration>)[];
  readonly isWanted?: () => Promise<boolean>;
  readonly hasWorkers?: boolean;
  readonly random?: number;
  /** How many of the waits end. */
  readonly waits?: number;
}

const wanted = async () => true;
const active = async () => ({ active: {} }) as ServiceWorkerRegistration;

/** A worker that is being installed, and ends so. */
const installing = (end: ServiceWorkerState) => async () => {
  const worker = Object.assign(new EventTarget(), { state: 'installing' as ServiceWorkerState });
  setImmediate(() => {
    worker.state = end;
    worker.dispatchEvent(new Event('statechange'));
  });
  return { active: null, installing: worker } as unknown as ServiceWorkerRegistration;
};

async function kept({
  registers = [],
  isWanted = wanted,
  hasWorkers = true,
  random = 0,
  waits = 1,
}: Case = {}) {
  const registered: unknown[][] = [];
  const delays: number[] = [];
  const log: string[] = [];
  let parts = 0;
  const due: (() => void)[] = [];
  keepPage('/desktop/container/', {
    workers: hasWorkers
      ? {
          register: (...args: unknown[]) => {
            registered.push(args);
            return (registers[registered.length - 1] ?? active)();
          },
        }
      : undefined,
    isWanted,
    schedule: (run, ms) => {
      delays.push(ms);
      due.push(run);
    },
    random: () => random,
    log: (line) => log.push(line),
    loadParts: () => parts++,
  });
  for (let ended = 0; ended < waits; ended++) {
    due[ended]?.();
    for (let turn = 0; turn < 3; turn++) await new Promise((done) => setImmediate(done));
  }
  return { registered, delays, log, parts };
}

test('the worker is asked for after the first seconds, at a moment of its own', async () => {
  expect(await kept()).toEqual({
    registered: [['/desktop/container/service-worker.js', { scope: '/desktop/container/' }]],
    delays: [3_000],
    log: [],
    parts: 0,
  });
  expect((await kept({ random: 1 })).delays).toEqual([6_000]);
});

test('not where the server wants none', async () => {
  const { registered, delays, parts } = await kept({ isWanted: async () => false });
  expect([registered, delays, parts]).toEqual([[], [3_000], 1]);
});

test('a browser that does not want it is a line of the log', async () => {
  const { log } = await kept({ registers: [() => Promise.reject(new Error('SSL certificate error'))] });
  expect(log).toEqual(['the page is not kept for when its node is down: Error: SSL certificate error']);
});

test('a node that went away in the first seconds comes back: it is tried again, until it goes well', async () => {
  let asked = 0;
  const isWanted = async () => {
    if (++asked < 4) throw new TypeError('Failed to fetch');
    return true;
  };
  const { registered, delays } = await kept({ isWanted, waits: 9 });
  expect(registered).toHaveLength(1);
  expect(delays).toEqual([3_000, 60_000, 120_000, 240_000]);
});

test('no wait is longer than an hour', async () => {
  const { delays } = await kept({ isWanted: () => Promise.reject(new Error()), waits: 9 });
  expect(delays.slice(6, 9)).toEqual([1_920_000, 3_600_000, 3_600_000]);
});

test('a worker that could not fetch the page is asked for again; one that could is not', async () => {
  const { registered, log, delays, parts } = await kept({
    registers: [installing('redundant'), installing('installed')],
    waits: 9,
  });
  expect(registered).toHaveLength(2);
  expect(log).toHaveLength(1);
  expect(delays).toEqual([3_000, 60_000]);
  expect(parts).toBe(1);
});

test('without a secure context no worker is asked for: the page loads what it is going to need', async () => {
  const { registered, delays, log, parts } = await kept({ hasWorkers: false, waits: 9 });
  expect([registered, delays, log, parts]).toEqual([[], [3_000], [], 1]);
});

test('without a worker the page loads what it is going to need once, however often one is asked for', async () => {
  const { parts } = await kept({ isWanted: () => Promise.reject(new Error()), waits: 9 });
  expect(parts).toBe(1);
});
