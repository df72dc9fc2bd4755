import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeRid, parseRid, RID_MAX, type RidVerdict } from './window.ts';

// answered 100, held 101, window of 2: what each rid means.
const ROWS: [rid: number, verdict: RidVerdict][] = [
  [97, 'forgotten'],
  [98, 'forgotten'],
  [99, 'repeat'],
  [100, 'repeat'],
  [101, 'held'],
  [102, 'next'],
  [103, 'too-far'],
];

describe('a rid window', () => {
  test.each(ROWS)('rid %i means %s', (rid, verdict) => {
    expect(judgeRid({ answered: 100, processed: 101, requests: 2 }, rid, 1, 2, false)).toBe(verdict);
  });

  test('a rid behind a gap is early as long as it is inside the window', () => {
    const window = { answered: 100, processed: 100, requests: 2 };
    expect(judgeRid(window, 102, 0, 2, false)).toBe('early');
    expect(judgeRid(window, 103, 0, 2, false)).toBe('too-far');
  });

  test('a request more than agreed is too many, unless it ends or pauses the session', () => {
    const window = { answered: 100, processed: 100, requests: 2 };
    expect(judgeRid(window, 101, 2, 2, false)).toBe('too-many');
    expect(judgeRid(window, 101, 2, 2, true)).toBe('next');
  });

  test('works up to the largest rid', () => {
    const window = { answered: RID_MAX - 1, processed: RID_MAX - 1, requests: 3 };
    expect(judgeRid(window, RID_MAX, 0, 2, false)).toBe('next');
    expect(judgeRid(window, RID_MAX - 1, 0, 2, false)).toBe('repeat');
  });

  /** Writes the whole window down rid by rid instead of computing with differences. */
  function naive(
    answered: bigint,
    processed: bigint,
    requests: number,
    rid: bigint,
    waiting: number,
    cached: number,
  ) {
    const meanings = new Map<bigint, RidVerdict>();
    for (let i = 0n; i < BigInt(cached); i++) meanings.set(answered - i, 'repeat');
    for (let r = answered + 1n; r <= processed; r++) meanings.set(r, 'held');
    for (let r = processed + 1n; r <= answered + BigInt(requests); r++) {
      meanings.set(r, waiting >= requests ? 'too-many' : r === processed + 1n ? 'next' : 'early');
    }
    return meanings.get(rid) ?? (rid <= answered ? 'forgotten' : 'too-far');
  }

  test('agrees with a window written down rid by rid, anywhere below 2^53', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 10, max: 1000 }), fc.integer({ min: RID_MAX - 20, max: RID_MAX - 4 })),
        fc.nat({ max: 3 }),
        fc.integer({ min: 2, max: 3 }),
        fc.integer({ min: -8, max: 8 }),
        fc.nat({ max: 3 }),
        fc.nat({ max: 3 }),
        (answered, held, requests, offset, waiting, cached) => {
          const processed = answered + Math.min(held, requests);
          const rid = Math.min(answered + offset, RID_MAX);
          expect(judgeRid({ answered, processed, requests }, rid, waiting, cached, false)).toBe(
            naive(BigInt(answered), BigInt(processed), requests, BigInt(rid), waiting, cached),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a rid as text', () => {
  test.each([
    ['1', 1],
    ['4294967296', 4_294_967_296],
    ['0703874417760349', 703_874_417_760_349],
    ['9007199254740991', RID_MAX],
  ])('%s is read exactly', (text, rid) => expect(parseRid(text)).toBe(rid));

  test.each([
    undefined,
    '',
    '0',
    '-1',
    '+1',
    ' 1',
    '1 ',
    '1.0',
    '1e3',
    '0x10',
    'NaN',
    '9007199254740992',
    String(2 ** 60),
    '٣',
  ])('%s is refused', (text) => expect(parseRid(text)).toBeUndefined());
});
