import { expect, test } from 'vitest';
import { PARTICIPANT_STATES } from './dialog.ts';
import { LEG_BEGINS, LEG_TRANSITIONS, LEG_WORDS, nextLegState } from './leg-state.ts';

/** How far a leg has come; ACTIVE and HELD are one step, so are the two ways of being over. */
const PROGRESS = {
  INITIATING: 0,
  INITIATED: 1,
  ALERTING: 1,
  // Some phones answer a reservation by themselves before its agent accepts it.
  ACCEPTED: 2,
  FAILED: 2,
  ACTIVE: 2,
  HELD: 2,
  DROPPED: 3,
  WRAP_UP: 4,
} as const;

test('no word but the end of wrap-up takes a leg back to where it was before', () => {
  for (const state of PARTICIPANT_STATES) {
    for (const word of LEG_WORDS) {
      const next = nextLegState(state, word);
      if (state === 'WRAP_UP') expect(['WRAP_UP', 'DROPPED']).toContain(next);
      else expect(PROGRESS[next], `${state} ${word}`).toBeGreaterThanOrEqual(PROGRESS[state]);
    }
  }
});

test('every word leads where it leads from nothing, or nowhere', () => {
  for (const state of PARTICIPANT_STATES) {
    for (const word of LEG_WORDS) {
      const next = LEG_TRANSITIONS[state][word];
      if (next !== undefined) expect(next, `${state} ${word}`).toBe(LEG_BEGINS[word]);
    }
  }
});

test('a word that comes twice changes nothing the second time', () => {
  for (const state of PARTICIPANT_STATES) {
    for (const word of LEG_WORDS) {
      const once = nextLegState(state, word);
      expect(nextLegState(once, word), `${state} ${word}`).toBe(once);
    }
  }
});

test('only retrieving ends a hold, and only its agent brings a leg that has left into wrap-up', () => {
  expect(Object.keys(LEG_TRANSITIONS.HELD)).toEqual(['retrieved', 'failed', 'left']);
  expect(Object.keys(LEG_TRANSITIONS.DROPPED)).toEqual(['wrapsUp']);
});
