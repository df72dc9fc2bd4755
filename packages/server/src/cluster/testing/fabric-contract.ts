/**
 * What every fabric must do, whether within one process or over an engine: one suite for all of them. What happens is said here, never
 * after how long: that is the harness's business.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fabric } from '../fabric.ts';
import { type Bucket, type Entry, type Registry, UnreachableError, VALUE_BYTES_MAX } from '../registry.ts';

/** What the nodes share, and what can happen to it. */
export interface FabricHarness {
  /** A further node, within reach. */
  join(): Promise<Fabric>;
  /** Cuts one node off from the others, or lets it back; they learn it by themselves. */
  cut(fabric: Fabric, isCut: boolean): void;
  /** Somebody empties a bucket by hand. */
  empty(bucket: Bucket): Promise<void>;
  /** Lets time pass until it is so. Rejects when that takes too long. */
  until(what: string, isSo: () => boolean): Promise<void>;
  /** What was told as a problem. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const textOf = (value: Uint8Array): string => Buffer.from(value).toString('utf8');

/** What a watcher was told, in order: `key=value`, `-key`, `!` for current. */
function watched(registry: Registry, prefix = '') {
  const told: string[] = [];
  const end = registry.watch(prefix, {
    changed: ({ key, value }: Entry) => told.push(`${key}=${textOf(value)}`),
    removed: (key) => told.push(`-${key}`),
    current: () => told.push('!'),
  });
  return { told, end };
}

export function describeFabric(name: string, open: () => Promise<FabricHarness>): void {
  describe(`the fabric ${name}`, () => {
    let harness: FabricHarness;
    let a: Fabric;
    let b: Fabric;
    beforeEach(async () => {
      harness = await open();
      [a, b] = [await harness.join(), await harness.join()];
    });
    afterEach(() => harness.close());

    const heardBy = (fabric: Fabric, topic: string) => {
      const heard: string[] = [];
      const end = fabric.bus.subscribe(topic, (message, at) => heard.push(`${at} ${textOf(message)}`));
      return { heard, end };
    };
    /** Writes an entry anew each time when it is told to, one after the other. */
    function beatenOn(registry: Registry, key: string, first: number) {
      let last: Promise<number> = Promise.resolve(first);
      let isUnderWay = false;
      return {
        beat() {
          if (isUnderWay) return;
          isUnderWay = true;
          last = last.then(async (revision) => {
            const written = await registry.compareAndSet(key, bytes('1'), revision);
            isUnderWay = false;
            return written ?? expect.fail(`${key} was not written over revision ${revision}.`);
          });
        },
        revision: () => last,
      };
    }
    /** The engine may be a moment behind what it has told. */
    async function gone(registry: Registry, key: string): Promise<void> {
      let isGone = false;
      await harness.until(`there is no ${key}`, () => {
        // An engine that did not answer in time is asked again.
        void registry.get(key).then(
          (entry) => {
            isGone = entry === undefined;
          },
          () => {},
        );
        return isGone;
      });
    }
    /** Subscriptions are there for messages that are published from now on. */
    async function ready(...fabrics: Fabric[]): Promise<void> {
      for (const [index, fabric] of fabrics.entries()) {
        const { heard, end } = heardBy(fabric, 'ready.to.hear');
        const speaker = fabrics[(index + 1) % fabrics.length] as Fabric;
        await harness.until('a subscription is there', () => {
          speaker.bus.publish('ready.to.hear', bytes('?'));
          return heard.length > 0;
        });
        end();
      }
    }

    describe('as a bus', () => {
      test('brings what one node publishes to all others, in its order', async () => {
        const c = await harness.join();
        const heard = [heardBy(b, 'a.b').heard, heardBy(c, 'a.b').heard];
        await ready(b, c);
        const sent = Array.from({ length: 1000 }, (_, number) => `a.b ${number}`);
        for (const number of sent.keys()) a.bus.publish('a.b', bytes(String(number)));
        await harness.until('all is heard', () => heard.every(({ length }) => length === sent.length));
        expect(heard).toEqual([sent, sent]);
      });

      test('has brought what was published before a round trip to whoever makes one after it', async () => {
        const heard = heardBy(b, 'word').heard;
        await ready(a, b);
        for (let number = 1; number <= 200; number++) {
          a.bus.publish('word', bytes(String(number)));
          let heardThen = -1;
          a.bus.roundTrip(() =>
            b.bus.roundTrip(() => {
              heardThen = heard.length;
            }),
          );
          await harness.until('both came back', () => heardThen !== -1);
          expect(heardThen).toBe(number);
        }
      });

      test('makes no round trip while it is out of reach', async () => {
        harness.cut(a, true);
        await harness.until('it is out of reach', () => !a.isReachable);
        let isBack = false;
        a.bus.roundTrip(() => {
          isBack = true;
        });
        harness.cut(a, false);
        await harness.until('it is within reach again', () => a.isReachable);
        await ready(a, b);
        expect(isBack).toBe(false);
      });

      test('tells nobody what he published himself', async () => {
        const own = heardBy(a, '>').heard;
        const others = heardBy(b, '>').heard;
        await ready(a, b);
        own.length = 0;
        others.length = 0;
        a.bus.publish('to.others', bytes('1'));
        await harness.until('the other one heard it', () => others.includes('to.others 1'));
        b.bus.publish('back', bytes('2'));
        await harness.until('the answer is heard', () => own.includes('back 2'));
        expect(own).not.toContain('to.others 1');
      });

      test('tells subscribers of a topic that alone, and of > everything below', async () => {
        const exact = heardBy(b, 'request.user').heard;
        const below = heardBy(b, 'request.user.>').heard;
        const all = heardBy(b, '>').heard;
        await ready(a, b);
        for (const topic of ['request.user', 'request.user.1001', 'request.user.1.2', 'request.users', 'end'])
          a.bus.publish(topic, bytes('x'));
        await harness.until('the last one is heard', () => all.includes('end x'));
        expect(exact).toEqual(['request.user x']);
        expect(below).toEqual(['request.user.1001 x', 'request.user.1.2 x']);
      });

      test('tells nothing to whom has ended his subscription', async () => {
        const ended = heardBy(b, 'news');
        const going = heardBy(b, 'news').heard;
        await ready(a, b);
        a.bus.publish('news', bytes('1'));
        await harness.until('it is heard', () => going.length === 1);
        ended.end();
        ended.end();
        a.bus.publish('news', bytes('2'));
        await harness.until('it is heard', () => going.length === 2);
        expect(ended.heard).toEqual(['news 1']);
      });

      test('loses nothing for others by a listener that throws, and tells of it', async () => {
        b.bus.subscribe('news', () => {
          throw new Error('out of order');
        });
        const { heard } = heardBy(b, 'news');
        await ready(a, b);
        for (const text of ['1', '2']) a.bus.publish('news', bytes(text));
        await harness.until('both are heard', () => heard.length === 2);
        expect(harness.problems.filter((text) => text.includes('out of order'))).toHaveLength(2);
      });

      test('carries bytes as they were when they were published', async () => {
        const heard: Uint8Array[] = [];
        b.bus.subscribe('raw', (message) => heard.push(message));
        await ready(a, b);
        const message = Uint8Array.from({ length: 256 }, (_, index) => index);
        a.bus.publish('raw', message);
        message.fill(7);
        a.bus.publish('raw', new Uint8Array());
        await harness.until('both are heard', () => heard.length === 2);
        expect([...(heard[0] as Uint8Array)]).toEqual(Array.from({ length: 256 }, (_, index) => index));
        expect(heard[1]).toHaveLength(0);
      });

      test('drops what is too long, tells of it, and goes on', async () => {
        const lengths: number[] = [];
        b.bus.subscribe('long', (message) => lengths.push(message.length));
        await ready(a, b);
        a.bus.publish('long', new Uint8Array(VALUE_BYTES_MAX + 1));
        a.bus.publish('long', new Uint8Array(VALUE_BYTES_MAX));
        await harness.until('the longest is heard', () => lengths.length > 0);
        expect(lengths).toEqual([VALUE_BYTES_MAX]);
        expect(harness.problems).toEqual([expect.stringContaining('long')]);
      });

      test('drops what is published out of reach, and hears again afterwards', async () => {
        const { heard } = heardBy(b, 'news');
        await ready(a, b);
        harness.cut(a, true);
        await harness.until('it is out of reach', () => !a.isReachable);
        a.bus.publish('news', bytes('lost'));
        harness.cut(a, false);
        await harness.until('it is back', () => a.isReachable);
        a.bus.publish('news', bytes('heard'));
        await harness.until('it is heard', () => heard.length > 0);
        expect(heard).toEqual(['news heard']);
        const back = heardBy(a, 'news').heard;
        await ready(a, b);
        b.bus.publish('news', bytes('both ways'));
        await harness.until('it is heard', () => back.length > 0);
      });
    });

    describe('as a registry', () => {
      test('holds what was put, for all nodes', async () => {
        const [mine, theirs] = [a.registry('presence'), b.registry('presence')];
        expect(await theirs.get('1001.node1')).toBeUndefined();
        const revision = await mine.put('1001.node1', bytes('here'));
        const found = await theirs.get('1001.node1');
        expect(found && { ...found, value: textOf(found.value) }).toEqual({
          key: '1001.node1',
          value: 'here',
          revision,
        });
        expect(await b.registry('leases').get('1001.node1')).toBeUndefined();
        const next = await theirs.put('1001.node1', bytes('there'));
        expect(next).toBeGreaterThan(revision);
        expect(await mine.remove('1001.node1')).toBe(true);
        expect(await theirs.get('1001.node1')).toBeUndefined();
        expect(await mine.remove('1001.node1')).toBe(true);
        expect(await mine.put('1001.node1', bytes('again'))).toBeGreaterThan(next);
      });

      test('writes over nothing that has changed since it was read', async () => {
        const [mine, theirs] = [a.registry('leases'), b.registry('leases')];
        const first = await mine.compareAndSet('x', bytes('1'), 0);
        expect(first).toBeGreaterThan(0);
        expect(await theirs.compareAndSet('x', bytes('2'), 0)).toBeUndefined();
        const second = await theirs.compareAndSet('x', bytes('2'), first as number);
        expect(second).toBeGreaterThan(first as number);
        expect(await mine.compareAndSet('x', bytes('3'), first as number)).toBeUndefined();
        expect(await mine.remove('x', first as number)).toBe(false);
        expect(textOf((await mine.get('x'))?.value ?? bytes(''))).toBe('2');
        expect(await mine.remove('x', second as number)).toBe(true);
        expect(await mine.compareAndSet('x', bytes('4'), second as number)).toBeUndefined();
        expect(await theirs.compareAndSet('x', bytes('4'), 0)).toBeGreaterThan(second as number);
      });

      test('lets exactly one of several win, whoever is first', async () => {
        const fabrics = [a, b, await harness.join()];
        for (let round = 0; round < 20; round++) {
          const key = `race.${round % 4}`;
          const revision = (await a.registry('leases').get(key))?.revision ?? 0;
          const written = await Promise.all(
            fabrics.map((fabric, index) =>
              fabric.registry('leases').compareAndSet(key, bytes(`${round}.${index}`), revision),
            ),
          );
          const winners = [...written.keys()].filter((index) => written[index] !== undefined);
          expect(winners).toHaveLength(1);
          const kept = await a.registry('leases').get(key);
          expect(kept && [textOf(kept.value), kept.revision]).toEqual([
            `${round}.${winners[0]}`,
            written[winners[0] as number],
          ]);
        }
      });

      test('tells a watcher what is there, that this is all, and what changes', async () => {
        const [mine, theirs] = [a.registry('presence'), b.registry('presence')];
        await theirs.put('node1.1', bytes('a'));
        await theirs.put('node2.1', bytes('b'));
        const all = watched(mine);
        const some = watched(mine, 'node1.');
        expect(all.told).toEqual([]);
        await harness.until('all is told', () => all.told.includes('!') && some.told.includes('!'));
        expect([...all.told].sort()).toEqual(['!', 'node1.1=a', 'node2.1=b']);
        expect(all.told.at(-1)).toBe('!');
        expect(some.told).toEqual(['node1.1=a', '!']);
        some.told.length = 0;
        await theirs.put('node2.1', bytes('c'));
        await theirs.put('node1.1', bytes('d'));
        await mine.put('node1.2', bytes('e'));
        await theirs.remove('node1.1');
        await harness.until('the last is told', () => some.told.includes('-node1.1'));
        expect(some.told).toEqual(['node1.1=d', 'node1.2=e', '-node1.1']);
        some.end();
        await theirs.put('node1.3', bytes('f'));
        await harness.until('it is told', () => all.told.includes('node1.3=f'));
        expect(some.told).toHaveLength(3);
      });

      test('tells a watcher of nothing that there is nothing, and one who comes later what is there', async () => {
        const registry = a.registry('presence');
        const early = watched(registry);
        await harness.until('it is told', () => early.told.length > 0);
        expect(early.told).toEqual(['!']);
        await registry.put('k', bytes('v'));
        await harness.until('it is told', () => early.told.length > 1);
        const late = watched(registry);
        await harness.until('it is told', () => late.told.length > 1);
        expect(late.told).toEqual(['k=v', '!']);
      });

      test('ends what has not been written anew for the lifetime of its bucket, and tells that', async () => {
        const [mine, theirs] = [a.registry('nodes'), b.registry('nodes')];
        const { told } = watched(theirs);
        await harness.until('there is nothing', () => told.length > 0);
        const first = await mine.put('node1', bytes('1'));
        await mine.put('node2', bytes('1'));
        const beating = beatenOn(mine, 'node1', first);
        await harness.until('the silent one has ended', () => {
          beating.beat();
          return told.includes('-node2');
        });
        expect(told).not.toContain('-node1');
        await harness.until('it has ended, too', () => told.includes('-node1'));
        await gone(mine, 'node1');
        const revision = await beating.revision();
        expect(await mine.compareAndSet('node1', bytes('2'), revision)).toBeUndefined();
        expect(await mine.compareAndSet('node1', bytes('2'), 0)).toBeGreaterThan(revision);
      });

      test('goes on where a watcher throws, and tells of it', async () => {
        const registry = a.registry('presence');
        registry.watch('', {
          changed: () => {
            throw new Error('out of order');
          },
          removed: () => {},
          current: () => {},
        });
        const { told } = watched(registry);
        await harness.until('it begins', () => told.includes('!'));
        await b.registry('presence').put('k', bytes('v'));
        await harness.until('it is told', () => told.includes('k=v'));
        expect(harness.problems).toContainEqual(expect.stringContaining('out of order'));
      });

      test('takes the longest value, and no longer one', async () => {
        const registry = a.registry('presence');
        const long = new Uint8Array(VALUE_BYTES_MAX).fill(7);
        await registry.put('k', long);
        expect((await b.registry('presence').get('k'))?.value).toHaveLength(VALUE_BYTES_MAX);
        const longer = new Uint8Array(VALUE_BYTES_MAX + 1);
        await expect(registry.put('k', longer)).rejects.toThrow(UnreachableError);
        await expect(registry.compareAndSet('l', longer, 0)).rejects.toThrow(/bytes/);
        expect(a.isReachable).toBe(true);
      });

      test('tells a watcher that a bucket was emptied by hand, and takes new values', async () => {
        const registry = a.registry('presence');
        for (const key of ['1', '2', '3']) await registry.put(key, bytes('x'));
        const [mine, theirs] = [watched(registry).told, watched(b.registry('presence')).told];
        await harness.until('all is told', () => mine.includes('!') && theirs.includes('!'));
        await harness.empty('presence');
        for (const told of [mine, theirs])
          await harness.until('it is told', () => ['-1', '-2', '-3'].every((gone) => told.includes(gone)));
        // Right after it a bucket may still be made anew.
        let written: number | undefined;
        await harness.until('it takes values', () => {
          void registry.put('4', bytes('y')).then(
            (revision) => {
              written = revision;
            },
            () => {},
          );
          return written !== undefined;
        });
        await harness.until('it is told', () => mine.includes('4=y') && theirs.includes('4=y'));
      });
    });

    describe('out of reach', () => {
      test('says so, answers nothing, and tells nothing; back, it tells what is different', async () => {
        const [mine, theirs] = [a.registry('presence'), b.registry('presence')];
        for (const key of ['stays', 'goes', 'changes']) await theirs.put(key, bytes('1'));
        const { told } = watched(mine);
        await harness.until('all is told', () => told.includes('!'));
        const reached: boolean[] = [];
        a.onReachable((isReachable) => reached.push(isReachable));
        harness.cut(a, true);
        await harness.until('it is out of reach', () => !a.isReachable);
        const asked = [
          mine.get('stays'),
          mine.put('stays', bytes('2')),
          mine.compareAndSet('stays', bytes('2'), 0),
          mine.remove('stays'),
        ];
        for (const answer of await Promise.allSettled(asked))
          expect(answer).toMatchObject({ status: 'rejected', reason: expect.any(UnreachableError) });
        told.length = 0;
        await theirs.remove('goes');
        await theirs.put('changes', bytes('2'));
        await theirs.put('comes', bytes('1'));
        expect(told).toEqual([]);
        harness.cut(a, false);
        await harness.until('all is told anew', () => told.includes('!'));
        expect([...told].sort()).toEqual(['!', '-goes', 'changes=2', 'comes=1']);
        expect(told.at(-1)).toBe('!');
        await harness.until('it is within reach', () => a.isReachable);
        expect(reached).toEqual([false, true]);
      });

      test('ends nobody’s entry: only back it says who is gone', async () => {
        const { told } = watched(a.registry('nodes'));
        const beating = beatenOn(
          b.registry('nodes'),
          'node2',
          await b.registry('nodes').put('node2', bytes('1')),
        );
        await b.registry('nodes').put('node3', bytes('1'));
        await harness.until('both are told', () => told.length >= 3);
        harness.cut(a, true);
        await harness.until('it is out of reach', () => !a.isReachable);
        told.length = 0;
        const { told: theirs } = watched(b.registry('nodes'), 'node3');
        await harness.until('the other one sees it end', () => {
          beating.beat();
          return theirs.includes('-node3');
        });
        await gone(b.registry('nodes'), 'node3');
        beating.beat();
        await beating.revision();
        expect(told).toEqual([]);
        harness.cut(a, false);
        await harness.until('all is told anew', () => told.includes('!'));
        expect(told).toContain('-node3');
        expect(told).not.toContain('-node2');
      });
    });

    test('closed, tells nothing to anybody', async () => {
      const { heard } = heardBy(a, '>');
      const { told } = watched(a.registry('presence'));
      await harness.until('it begins', () => told.includes('!'));
      await ready(b, a);
      await a.close();
      for (const all of [heard, told]) all.length = 0;
      const witness = await harness.join();
      const seen = heardBy(witness, 'news').heard;
      await ready(witness, b);
      b.bus.publish('news', bytes('x'));
      await b.registry('presence').put('k', bytes('v'));
      await harness.until('others hear it', () => seen.length === 1);
      expect([heard, told]).toEqual([[], []]);
    });
  });
}
