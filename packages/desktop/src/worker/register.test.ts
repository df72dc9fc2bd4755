import { expect, test } from 'vitest';
import { keepPage } from './register.ts';

interface Case {
  readonly register?: () => Promise<never>;
  readonly isWanted?: boolean;
  readonly random?: number;
}

async function kept({ register, isWanted = true, random = 0 }: Case = {}) {
  const registered: unknown[][] = [];
  const delays: number[] = [];
  const log: string[] = [];
  keepPage('/desktop/container/', {
    workers: {
      register: (...args: unknown[]) => {
        registered.push(args);
        return register?.() ?? Promise.resolve({} as ServiceWorkerRegistration);
      },
    },
    isWanted: async () => isWanted,
    schedule: (run, ms) => {
      delays.push(ms);
      run();
    },
    random: () => random,
    log: (line) => log.push(line),
  });
  await new Promise((done) => setImmediate(done));
  return { registered, delays, log };
}

test('the worker is asked for after the first seconds, at a moment of its own', async () => {
  expect(await kept()).toEqual({
    registered: [['/desktop/container/service-worker.js', { scope: '/desktop/container/' }]],
    delays: [3_000],
    log: [],
  });
  expect((await kept({ random: 1 })).delays).toEqual([6_000]);
});

test('not where the server wants none', async () => {
  expect((await kept({ isWanted: false })).registered).toEqual([]);
});

test('a browser that does not want it is a line of the log', async () => {
  const { log } = await kept({ register: () => Promise.reject(new Error('SSL certificate error')) });
  expect(log).toEqual(['the page is not kept for when its node is down: Error: SSL certificate error']);
});

test('without a secure context nothing is asked', () => {
  const never = () => {
    throw new Error('asked');
  };
  keepPage('/', { workers: undefined, isWanted: never, schedule: never, random: never, log: never });
});
