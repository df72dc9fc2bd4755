import { expect, test } from 'vitest';
import { unwrap, wrap } from './wire.ts';

test('what is wrapped is read again', () => {
  const message = { type: 'event', ids: ['1'], topic: 'a.b', payload: '{}' } as const;
  expect(unwrap(wrap(message))).toMatchObject(message);
  expect(unwrap(wrap({ type: 'publish', topic: 'a' }))).toMatchObject({ type: 'publish', topic: 'a' });
});

test.each([
  ['text of a gadget', '0|event'],
  ['nothing', null],
  ['another version', { poise: 2, type: 'connect' }],
  ['no version', { type: 'connect' }],
  ['an unknown type', { poise: 1, type: 'constructor' }],
  ['a missing field', { poise: 1, type: 'publish' }],
  ['a field of another type', { poise: 1, type: 'publish', topic: 'a', payload: {} }],
  ['a list of other things', { poise: 1, type: 'event', ids: [1], topic: 'a' }],
])('%s is none of ours', (_what, data) => {
  expect(unwrap(data)).toBeNull();
});
