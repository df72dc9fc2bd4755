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
