/** What a bucket makes of looks at its server; over a real one see nats.test.ts. */
import type { Kvm, KvWatchEntry } from '@nats-io/kv';
import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { NatsBucket } from './nats-bucket.ts';

/** A bucket of a server that tells of an entry when it is told to. */
class FakeServer {
  readonly kept = new Map<string, KvWatchEntry>();
  lastSeq = 0;
  /** Consumers that were made. */
  watches = 0;
  #deliver: ((entry: KvWatchEntry) => void) | undefined;

  put(key: string): KvWatchEntry {
    this.lastSeq += 1;
    const entry = { key, value: Buffer.from('x'), revision: this.lastSeq, operation: 'PUT' };
    this.kept.set(key, entry as unknown as KvWatchEntry);
    return entry as unknown as KvWatchEntry;
  }

  deliver(entry: KvWatchEntry): void {
    this.#deliver?.(entry);
  }

  readonly kvm = {
    create: async () => ({
      status: async () => ({
        ttl: LIFE_MS,
        values: this.kept.size,
        streamInfo: { created: 'then', state: { last_seq: this.lastSeq } },
      }),
      get: async (key: string) => this.kept.get(key) ?? null,
      watch: async () => {
        this.watches += 1;
        const queue = [...this.kept.values()];
        let wake = () => {};
        this.#deliver = (entry) => {
          queue.push(entry);
          wake();
        };
        return {
          stop: () => {},
          async *[Symbol.asyncIterator]() {
            for (;;) {
              const entry = queue.shift();
              if (entry !== undefined) yield { ...entry, delta: queue.length } as KvWatchEntry;
              else
                await new Promise<void>((done) => {
                  wake = done;
                });
            }
          },
        };
      },
    }),
  } as unknown as Kvm;
}

let server: FakeServer;
let bucket: NatsBucket;
let told: string[];
let clock: VirtualClock;
const LIFE_MS = 10_000;
beforeEach(async () => {
  server = new FakeServer();
  clock = new VirtualClock();
  bucket = new NatsBucket({
    clock,
    bucket: 'nodes',
    lifeMs: LIFE_MS,
    prefix: 'test',
    replicas: 1,
    onProblem: (text) => expect.fail(text),
    onDoubt: () => {},
  });
  told = [];
  bucket.watch('', {
    changed: ({ key }) => told.push(key),
    removed: (key) => told.push(`-${key}`),
    current: () => told.push('!'),
  });
  server.put('a');
  server.put('b');
  await bucket.open(server.kvm);
  await settled();
  expect(told).toEqual(['a', 'b', '!']);
  told.length = 0;
});

const settled = () => new Promise((done) => setImmediate(done));
async function look(): Promise<void> {
  await bucket.check(server.kvm);
  await settled();
}

test('what is under way is no reason to ask for everything again', async () => {
  let underWay = server.put('c');
  for (let number = 0; number < 10; number++) {
    await look();
    const next = server.put(`more${number}`);
    server.deliver(underWay);
    underWay = next;
    await settled();
  }
  expect([server.watches, told]).toEqual([1, ['c', ...Array.from({ length: 9 }, (_, n) => `more${n}`)]]);
});

test('what does not come is asked for', async () => {
  server.put('lost');
  await look();
  expect(server.watches).toBe(1);
  await look();
  expect([server.watches, told]).toEqual([2, ['lost', '!']]);
});

test('what is not there any more at two looks in a row is told as removed', async () => {
  server.kept.delete('a');
  await look();
  server.deliver(server.put('b'));
  await settled();
  await look();
  expect([server.watches, told]).toEqual([2, ['b', '-a', '!']]);
});

test('what was not written anew for its lifetime is told as removed, without a look', async () => {
  clock.advance(LIFE_MS / 2);
  server.deliver(server.put('b'));
  await settled();
  told.length = 0;
  server.kept.delete('a');
  clock.advance(LIFE_MS / 2 + 1_000);
  await settled();
  expect(told).toEqual(['-a']);
  server.kept.delete('b');
  clock.advance(LIFE_MS / 2);
  await settled();
  expect([told, server.watches]).toEqual([['-a', '-b'], 1]);
});

test('a process that stood still ends nothing that was written anew meanwhile, nor what the server still has', async () => {
  const unread = server.put('a');
  clock.advance(LIFE_MS + 1_000);
  await settled();
  expect(told).toEqual([]);
  server.deliver(unread);
  await settled();
  server.kept.delete('b');
  clock.advance(1_000);
  await settled();
  expect(told).toEqual(['a', '-b']);
});

test('while the server is out of reach nothing ends; afterwards what is not there has', async () => {
  bucket.shut();
  clock.advance(10 * LIFE_MS);
  expect(told).toEqual([]);
  server.kept.delete('a');
  await bucket.open(server.kvm);
  await settled();
  expect(told).toEqual(['-a', '!']);
  server.kept.delete('b');
  clock.advance(LIFE_MS + 1_000);
  await settled();
  expect(told).toEqual(['-a', '!', '-b']);
});

test('closed, it tells nothing, and leaves no timer', async () => {
  bucket.close();
  server.deliver(server.put('c'));
  await settled();
  clock.advance(2 * LIFE_MS);
  expect([told, clock.pending]).toEqual([[], 0]);
});
