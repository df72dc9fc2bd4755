import { expect, test } from 'vitest';
import { isPattern, isTopic, matches } from './topic.ts';

test('a topic has no empty token and no wildcard', () => {
  for (const topic of ['a', 'finesse.api.User.1001.Dialogs', 'a-b.c d'])
    expect(isTopic(topic), topic).toBe(true);
  for (const topic of ['', '.', 'a.', '.a', 'a..b', '*', 'a.*', 'a.**', '**', null, 7, 'x'.repeat(1_025)])
    expect(isTopic(topic), String(topic)).toBe(false);
});

test('a pattern has ** only at its end', () => {
  for (const pattern of ['a', '*', '**', 'a.*.b', 'a.**', '*.*'])
    expect(isPattern(pattern), pattern).toBe(true);
  for (const pattern of ['', 'a..b', '**.a', 'a.**.b', undefined]) expect(isPattern(pattern)).toBe(false);
});

test.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.*', true],
  ['a.b', '*.b', true],
  ['a.b.c', 'a.*', false],
  ['a', 'a.*', false],
  ['a.b.c', 'a.**', true],
  ['a.b', 'a.**', true],
  // One token at least.
  ['a', 'a.**', false],
  ['a', '**', true],
  ['a.x', 'a.*x', false],
])('%s and %s: %s', (topic, pattern, expected) => {
  expect(matches(topic.split('.'), pattern.split('.'))).toBe(expected);
});
