/** What a bucket makes of looks at its server; over a real one see nats.test.ts. */
import type { Kvm, KvWatchEntry } from '@nats-io/kv';
import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

  /** Times at which the bucket was made, monotonic ms. */
  readonly made: number[] = [];
  isGone = false;
  lacksFiles = false;

  readonly kvm = {
    create: async () => ({
      made: this.#make(),
      status: async () => {
        if (this.isGone) throw Object.assign(new Error('stream not found'), { code: 10_059 });
        return {
          ttl: LIFE_MS,
          replicas: 1,
          values: this.kept.size,
          streamInfo: { created: 'then', state: { last_seq: this.lastSeq } },
        };
      },
      put: async (key: string) => {
        if (this.lacksFiles)
          throw Object.assign(new Error('open /data/msgs/1.blk: no such file or directory'), {
            code: 10_077,
          });
        return this.put(key).revision;
      },
      destroy: async () => {
        this.isGone = true;
        return true;
      },
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

  #make(): void {
    this.made.push(clock.monotonic());
    this.isGone = false;
    this.lacksFiles = false;
  }
}

let server: FakeServer;
let bucket: NatsBucket;
let told: string[];
let problems: string[];
let clock: VirtualClock;
const LIFE_MS = 10_000;
beforeEach(async () => {
  problems = [];
  clock = new VirtualClock();
  server = new FakeServer();
  bucket = new NatsBucket({
    clock,
    bucket: 'nodes',
    lifeMs: LIFE_MS,
    prefix: 'test',
    replicas: 1,
    onProblem: (text) => problems.push(text),
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

test('one that was removed is made again, and not before the server has removed its files', async () => {
  const removed = clock.monotonic();
  server.isGone = true;
  for (let time = 0; time < 4; time++) {
    await look();
    clock.advance(500);
  }
  expect(server.made.map((at) => at - removed)).toEqual([0, 1_000]);
  expect(problems).toEqual(['The bucket test_nodes of NATS was removed; it is made again.']);
});

test('one of which the server lacks files is made again', async () => {
  server.lacksFiles = true;
  await expect(bucket.put('a', Buffer.from('x'))).rejects.toThrow('no such file');
  await look();
  expect(server.isGone).toBe(false);
  await expect(bucket.put('a', Buffer.from('x'))).rejects.toThrow('no such file');
  await look();
  expect(server.isGone).toBe(true);
  await look();
  clock.advance(1_000);
  await look();
  expect(await bucket.put('a', Buffer.from('x'))).toBe(server.lastSeq);
  expect(problems).toEqual([
    'NATS has lost files of the bucket test_nodes; it is made again.',
    'The bucket test_nodes of NATS was removed; it is made again.',
  ]);
});

afterEach(() => expect(problems.filter((text) => !text.includes('is made again'))).toEqual([]));
