import { expect, test } from 'vitest';
import { Playback } from './playback.ts';

test('each number of a process is new once, also when some overtake others', () => {
  const playback = new Playback();
  const heard = [5, 7, 6, 7, 5, 8, 1].map((number) => playback.isNew('a', number));
  expect(heard).toEqual([true, true, true, false, false, true, true]);
  expect(playback.isNew('b', 5)).toBe(true);
});

test('what is far behind is taken for heard', () => {
  const playback = new Playback();
  expect([10, 5_000, 3_000, 4_500].map((number) => playback.isNew('a', number))).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

test('the first that is heard of a process is newer than what it is known to have said', () => {
  const playback = new Playback();
  expect([100, 101, 99].map((number) => playback.isNew('a', number, 100))).toEqual([false, true, true]);
});

test('what is remembered is bounded', () => {
  const playback = new Playback();
  for (let number = 1; number <= 10_000; number++) expect(playback.isNew('a', number)).toBe(true);
  for (let number = 1; number <= 10_000; number += 7) expect(playback.isNew('a', number)).toBe(false);
});
