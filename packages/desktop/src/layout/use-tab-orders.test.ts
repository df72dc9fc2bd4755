import { expect, test } from 'vitest';
import { readOrders } from './use-tab-orders.ts';

test.each([
  ['{"version":"1","orders":{"box":["a"]}}', { box: ['a'] }],
  ['{"version":"2","orders":{"box":["a"]}}', {}],
  ['{"version":"1","orders":null}', {}],
  ['null', {}],
  ['{', {}],
  [null, {}],
])('kept for version 1: %s', (text, expected) => {
  expect(readOrders(text, '1')).toEqual(expected);
});
