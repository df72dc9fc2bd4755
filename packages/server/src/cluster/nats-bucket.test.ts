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
        ttl: 0,
        values: this.kept.size,
        streamInfo: { created: 'then', state: { last_seq: this.lastSeq } },
      }),
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
beforeEach(async () => {
  server = new FakeServer();
  bucket = new NatsBucket({
    clock: new VirtualClock(),
    bucket: 'presence',
    lifeMs: 0,
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
