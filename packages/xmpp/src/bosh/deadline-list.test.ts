import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { DeadlineList, type Waiting } from './deadline-list.ts';

interface Named extends Waiting {
  name: string;
}

function entry(name: string): Named {
  return { name, deadlineMs: 0, earlier: null, later: null, list: null };
}

function setup() {
  const clock = new VirtualClock();
  const expired: string[] = [];
  const list = new DeadlineList(clock, 30_000, (e) => expired.push((e as Named).name));
  return { clock, expired, list };
}

test('each entry expires exactly one delay after it was added', () => {
  const { clock, expired, list } = setup();
  list.add(entry('a'));
  clock.advance(10_000);
  list.add(entry('b'));
  clock.advance(19_999);
  expect(expired).toEqual([]);
  clock.advance(1);
  expect(expired).toEqual(['a']);
  clock.advance(9_999);
  expect(expired).toEqual(['a']);
  clock.advance(1);
  expect(expired).toEqual(['a', 'b']);
});

test('removed entries never expire, wherever they stand', () => {
  const { clock, expired, list } = setup();
  const entries = ['a', 'b', 'c', 'd'].map(entry);
  for (const e of entries) list.add(e);
  DeadlineList.remove(entries[0]!);
  DeadlineList.remove(entries[2]!);
  DeadlineList.remove(entries[3]!);
  DeadlineList.remove(entries[3]!);
  clock.advance(60_000);
  expect(expired).toEqual(['b']);
  list.add(entries[3]!);
  clock.advance(30_000);
  expect(expired).toEqual(['b', 'd']);
});

test('a thousand entries need one timer, and none is left when all are gone', () => {
  const { clock, list } = setup();
  const entries = Array.from({ length: 1000 }, (_, i) => entry(String(i)));
  for (const e of entries) list.add(e);
  expect(clock.pending).toBe(1);
  for (const e of entries) DeadlineList.remove(e);
  clock.advance(30_000);
  expect(clock.pending).toBe(0);
});

test('an entry may add itself again while it expires', () => {
  const { clock } = setup();
  const at: number[] = [];
  const list: DeadlineList = new DeadlineList(clock, 1000, (e) => {
    at.push(clock.monotonic());
    list.add(e);
  });
  list.add(entry('a'));
  clock.advance(3500);
  expect(at).toEqual([1000, 2000, 3000]);
});

test('with leave to be early, a few that are nearly due expire together with one that is, and nobody else', () => {
  const clock = new VirtualClock();
  const expired: string[] = [];
  const list = new DeadlineList(clock, 30_000, (e) => expired.push((e as Named).name), 90);
  for (const [name, pauseMs] of [
    ['a', 0],
    ['b', 90],
    ['c', 1],
  ] as const) {
    clock.advance(pauseMs);
    list.add(entry(name));
  }
  clock.advance(29_908);
  expect(expired).toEqual([]);
  clock.advance(1);
  expect(expired).toEqual(['a', 'b']);
  clock.advance(90);
  expect(expired).toEqual(['a', 'b']);
  clock.advance(1);
  expect(expired).toEqual(['a', 'b', 'c']);
  // Not so many that others would have to wait: the first of these is due, sixteen come with it.
  expired.length = 0;
  for (let i = 0; i < 40; i++) {
    list.add(entry(String(i)));
    clock.advance(1);
  }
  clock.advance(29_960);
  expect(expired).toHaveLength(17);
  clock.advance(40);
  expect(expired).toHaveLength(40);
});
