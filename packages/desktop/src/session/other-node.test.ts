import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../../test/fake-client.ts';
import { LOOK_AFTER_MS, OtherNode, reaches } from './other-node.ts';

const B = 'https://b.example:8445';
let clock: VirtualClock;
let node: OtherNode;
let isThere: boolean;
let asked: string[];
let told: boolean[];
beforeEach(() => {
  clock = new VirtualClock();
  isThere = false;
  asked = [];
  told = [];
  node = new OtherNode({
    clock,
    reaches: async (origin) => {
      asked.push(origin);
      return isThere;
    },
    told: (isReached) => told.push(isReached),
  });
});
const pass = async (ms: number) => {
  clock.advance(ms);
  await settle();
};
const again = async () => {
  node.again();
  await settle();
};

test('a node that cannot be reached is told once, and its return once', async () => {
  node.begin(B);
  await pass(LOOK_AFTER_MS - 1);
  expect(asked).toEqual([]);
  await pass(1);
  await again();
  expect([asked, told]).toEqual([[B, B], [false]]);
  isThere = true;
  await again();
  await again();
  expect([asked, told]).toEqual([
    [B, B, B],
    [false, true],
  ]);
});

test('one that is reached is not asked again, and nobody is told', async () => {
  isThere = true;
  node.begin(B);
  await pass(LOOK_AFTER_MS);
  await again();
  expect([asked, told]).toEqual([[B], []]);
});

test('after the sign-out nothing is asked or told', async () => {
  node.begin(B);
  node.end();
  await pass(LOOK_AFTER_MS);
  await again();
  expect([asked, told]).toEqual([[], []]);
});

test('an answer that may not be read is an answer', async () => {
  expect(await reaches(B, async () => Response.error())).toBe(true);
  expect(await reaches(B, () => Promise.reject(new TypeError('Failed to fetch')))).toBe(false);
});
