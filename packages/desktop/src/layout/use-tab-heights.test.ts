import { expect, test } from 'vitest';
import { readEqual } from './use-tab-heights.ts';

test.each([
  ['["box","other"]', ['box', 'other']],
  ['["box",1]', ['box']],
  ['{"box":true}', []],
  ['[', []],
  [null, []],
])('kept: %s', (text, expected) => {
  expect(readEqual(text)).toEqual(expected);
});
