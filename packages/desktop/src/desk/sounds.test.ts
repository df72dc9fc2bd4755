import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { DEFAULTS, type Settings } from './settings.ts';
import { RING_MS, Sounds } from './sounds.ts';
import { type Note, TUNES } from './tunes.ts';

let clock: VirtualClock;
let played: (readonly [readonly Note[], number])[];
let settings: Settings;
let sounds: Sounds;

beforeEach(() => {
  clock = new VirtualClock();
  played = [];
  settings = DEFAULTS;
  sounds = new Sounds(
    (notes, loudness) => played.push([notes, loudness]),
    clock,
    () => settings,
  );
});

test('it rings at once and again until the call rings no more', () => {
  sounds.ringing(true);
  sounds.ringing(true);
  expect(played).toEqual([[TUNES.bells, 0.6]]);
  clock.advance(RING_MS * 2);
  expect(played).toHaveLength(3);
  sounds.ringing(false);
  clock.advance(RING_MS * 5);
  expect(played).toHaveLength(3);
});

test('what is set while it rings is heard with the next ring; off is silent', () => {
  sounds.ringing(true);
  settings = { ...DEFAULTS, callSound: 'steps', volume: 100 };
  clock.advance(RING_MS);
  expect(played.at(-1)).toEqual([TUNES.steps, 1]);
  settings = { ...DEFAULTS, callSound: 'off', noticeSound: 'off' };
  clock.advance(RING_MS);
  sounds.notice();
  expect(played).toHaveLength(2);
});

test('every tune is short enough for a ring', () => {
  for (const [name, notes] of Object.entries(TUNES))
    for (const { at, length } of notes)
      expect([name, (at + length) * 1000 < RING_MS / 2]).toEqual([name, true]);
});
