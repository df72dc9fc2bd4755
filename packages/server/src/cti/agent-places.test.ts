import { expect, test } from 'vitest';
import { judgePlace, type PlaceClaim, PlaceStrength, type Whereabouts } from './agent-places.ts';

const { NAMED, SURE, UNNAMED } = PlaceStrength;

const claim = (agentId: string, extension: string, strength: PlaceStrength = NAMED): PlaceClaim => ({
  agentId,
  extension,
  strength,
});

/** Agents by the phone where they were last heard, and what has been said of them since. */
function judge(of: PlaceClaim, others: Readonly<Record<string, readonly [string, Whereabouts]>>) {
  return judgePlace(of, {
    at: (extension) => Object.keys(others).filter((agentId) => others[agentId]![0] === extension),
    whereabouts: (agentId) => others[agentId]![1],
  });
}

test('nobody was heard at the phone, or only the agent himself', () => {
  expect(judge(claim('a', '1'), {})).toEqual({ type: 'use' });
  const own: Whereabouts = { type: 'there', strength: SURE };
  expect(judge(claim('a', '1'), { a: ['1', own], b: ['2', own] })).toEqual({ type: 'use' });
});

test.each([
  ['is there', { type: 'there', strength: SURE }, { type: 'foreign', agentId: 'b' }],
  ['has still to be told of', { type: 'due' }, { type: 'wait', agentId: 'b' }],
  ['was heard there before, and nobody asks', { type: 'unasked' }, { type: 'ask', agentId: 'b' }],
  ['may be anywhere', { type: 'untold' }, { type: 'use' }],
] as const)('somebody who was last heard there %s', (_, said, verdict) => {
  expect(judge(claim('a', '1'), { b: ['1', said] })).toEqual(verdict);
});

test.each([
  [UNNAMED, UNNAMED, 'use'],
  [UNNAMED, NAMED, 'foreign'],
  [NAMED, UNNAMED, 'use'],
  [NAMED, NAMED, 'use'],
  [NAMED, SURE, 'foreign'],
] as const)('a claim of strength %d against a place of strength %d: %s', (own, strength, type) => {
  expect(judge(claim('a', '1', own), { b: ['1', { type: 'there', strength }] }).type).toBe(type);
});

test('of several the one who is there decides', () => {
  const others = { b: ['1', { type: 'due' }], c: ['1', { type: 'there', strength: SURE }] } as const;
  expect(judge(claim('a', '1'), others)).toEqual({ type: 'foreign', agentId: 'c' });
});

test('who was there is said to be elsewhere: it depends on whether that is believed', () => {
  const elsewhere: Whereabouts = { type: 'claims', claim: claim('b', '2') };
  const of = claim('a', '1');
  expect(judge(of, { b: ['1', elsewhere] })).toEqual({ type: 'use' });
  expect(judge(of, { b: ['1', elsewhere], c: ['2', { type: 'due' }] })).toEqual({
    type: 'wait',
    agentId: 'c',
  });
  expect(judge(of, { b: ['1', elsewhere], c: ['2', { type: 'there', strength: SURE }] })).toEqual({
    type: 'wait',
    agentId: 'b',
  });
});

test('agents who have changed phones, two or three of them, make room for each other', () => {
  expect(
    judge(claim('a', '2'), {
      a: ['1', { type: 'claims', claim: claim('a', '2') }],
      b: ['2', { type: 'claims', claim: claim('b', '3') }],
      c: ['3', { type: 'claims', claim: claim('c', '1') }],
    }),
  ).toEqual({ type: 'use' });
});
