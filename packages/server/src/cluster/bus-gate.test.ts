import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { BusGate, QUICK_MS, WAIT_MAX_MS } from './bus-gate.ts';
import { type LocalFabric, LocalHub } from './local.ts';

let clock: VirtualClock;
let fabric: LocalFabric;
let gate: BusGate;
let passed: string[];
let isNeeded: boolean;
/** What a process that stood still does when it has read its sockets. */
let unread: (() => void)[] | undefined;

beforeEach(() => {
  clock = new VirtualClock();
  fabric = new LocalHub(clock, (text) => expect.fail(text)).join();
  fabric.wire.up = 2;
  fabric.wire.down = 1;
  passed = [];
  isNeeded = true;
  unread = undefined;
  gate = new BusGate({
    clock,
    fabric,
    isNeeded: () => isNeeded,
    afterReading: (then) => {
      if (unread === undefined) clock.schedule(0, then);
      else unread.push(then);
    },
  });
});

const pass = (name: string) => gate.pass(() => passed.push(name));
const after = (ms: number): string[] => {
  clock.advance(ms);
  return passed.splice(0);
};

describe('the gate', () => {
  test('opens when a round trip that began after the call has come back', () => {
    pass('a');
    expect(after(2)).toEqual([]);
    expect(after(1)).toEqual(['a']);
  });

  test('asks once for all who came while it asked, in their order', () => {
    pass('a');
    clock.advance(1);
    for (const name of ['b', 'c', 'd']) pass(name);
    expect(after(2)).toEqual(['a']);
    pass('e');
    expect(after(3)).toEqual(['b', 'c', 'd']);
    expect(after(3)).toEqual(['e']);
    expect(after(1_000)).toEqual([]);
  });

  test('lets nobody wait who is alone, or whose bus is out of reach', () => {
    isNeeded = false;
    pass('alone');
    isNeeded = true;
    fabric.cut(true);
    pass('cut off');
    expect(after(0)).toEqual(['alone', 'cut off']);
    expect(clock.pending).toBe(0);
  });

  test('lets all go when the bus is lost, and asks anew when it is back', () => {
    pass('a');
    clock.advance(1);
    pass('b');
    fabric.cut(true);
    expect(after(0)).toEqual(['a', 'b']);
    fabric.cut(false);
    pass('c');
    expect(after(2)).toEqual([]);
    expect(after(1)).toEqual(['c']);
  });

  test('lets nobody overtake those who wait, although the other node is gone meanwhile', () => {
    pass('a');
    isNeeded = false;
    pass('b');
    pass('c');
    expect(passed).toEqual(['a', 'b', 'c']);
    expect(after(10)).toEqual(['a', 'b', 'c']);
  });

  test('keeps those in their order who come while it opens', () => {
    gate.pass(() => {
      passed.push('a');
      pass('c');
    });
    pass('b');
    expect(after(3)).toEqual(['a']);
    expect(after(100)).toEqual(['b', 'c']);
    // Also where it does not wait any more.
    gate.pass(() => {
      passed.push('d');
      pass('f');
    });
    pass('e');
    fabric.cut(true);
    expect(after(0)).toEqual(['d', 'e', 'f']);
  });

  test('loses nobody to one who fails', async () => {
    const failures: unknown[] = [];
    const listeners = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => failures.push(error));
    try {
      gate.pass(() => {
        throw new Error('not my day');
      });
      pass('b');
      expect(after(10)).toEqual(['b']);
      await new Promise((done) => setImmediate(done));
    } finally {
      for (const listener of listeners) process.on('uncaughtException', listener);
    }
    expect(failures).toEqual([new Error('not my day')]);
  });
});

describe('a bus that does not answer', () => {
  beforeEach(() => {
    // It has been quick so far.
    pass('before');
    after(3);
  });

  test('keeps nobody for longer than the limit, and then nobody until it answers', () => {
    fabric.wire.up = 10_000;
    pass('a');
    clock.advance(150);
    pass('b');
    expect(after(WAIT_MAX_MS - 151)).toEqual([]);
    expect(after(1)).toEqual(['a', 'b']);
    pass('c');
    expect(after(0)).toEqual(['c']);
    fabric.wire.up = 1;
    clock.advance(9_790);
    pass('d');
    expect(after(0)).toEqual(['d']);
    // It has come back, late, and the next one quickly.
    clock.advance(20);
    pass('e');
    expect(after(1)).toEqual([]);
    expect(after(1)).toEqual(['e']);
  });

  test('who has waited for one trip waits the less for the next', () => {
    fabric.wire.up = 180;
    pass('a');
    clock.advance(1);
    pass('b');
    clock.advance(180);
    expect(passed).toEqual(['a']);
    expect(after(WAIT_MAX_MS - 180)).toEqual(['a', 'b']);
  });

  test('is no such one when only the process stood still: what has arrived is read first', () => {
    unread = [];
    fabric.wire.up = WAIT_MAX_MS;
    pass('a');
    clock.advance(WAIT_MAX_MS);
    expect(passed).toEqual([]);
    clock.advance(1);
    expect(passed).toEqual(['a']);
    for (const then of unread) then();
    pass('b');
    expect(after(0)).toEqual(['a']);
  });
});

describe('a bus that is slow', () => {
  test('is not waited for from the first time on, and is again when it is quick', () => {
    fabric.wire.up = QUICK_MS;
    pass('a');
    expect(after(QUICK_MS)).toEqual([]);
    expect(after(1)).toEqual(['a']);
    pass('b');
    expect(after(0)).toEqual(['b']);
    fabric.wire.up = 1;
    clock.advance(QUICK_MS + 10);
    pass('c');
    expect(after(0)).toEqual([]);
    expect(after(2)).toEqual(['c']);
  });

  test('now and then only, as on a busy machine, is waited for', () => {
    for (let i = 0; i < 50; i++) {
      fabric.wire.up = i % 10 === 0 ? 2 : 100;
      pass(String(i));
      expect(after(fabric.wire.up)).toEqual([]);
      expect(after(1)).toEqual([String(i)]);
    }
  });
});
