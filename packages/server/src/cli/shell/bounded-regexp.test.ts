import { expect, test } from 'vitest';
import { boundedRegExp, MATCHED_LENGTH_MAX } from './bounded-regexp.ts';
import { plainLine } from './plain-text.ts';

test('says which lines match, with or without regard to case', () => {
  expect(boundedRegExp('7443.*LISTEN').matches(['x 7443 (LISTEN)', '7443', ''])).toEqual([
    true,
    false,
    false,
  ]);
  expect(boundedRegExp('openfire STOPPED', true).matches(['Openfire stopped'])).toEqual([true]);
});

test('an expression that would take for ever is given up', () => {
  const pattern = boundedRegExp('^(a+)+$', false, 1_000);
  expect(() => pattern.matches([`${'a'.repeat(60)}!`])).toThrow('takes too long');
  expect(pattern.matches(['aaa'])).toEqual([true]);
});

test('what is no expression, or too long for one, is refused', () => {
  expect(() => boundedRegExp('(')).toThrow('"(" is no regular expression.');
  expect(() => boundedRegExp('a'.repeat(1001))).toThrow('at most 1000 characters');
});

test('of a line without end the beginning is looked at', () => {
  const line = `${' '.repeat(MATCHED_LENGTH_MAX)}x`;
  expect(boundedRegExp('x').matches([line])).toEqual([false]);
});

test('text from a log cannot command the terminal', () => {
  expect(plainLine('a\x1b]0;title\x07b\u009b2J\r\n\tc')).toBe('a\\x1b]0;title\\x07b\\x9b2J\\x0d\\x0a\tc');
  expect(plainLine('abc\u202edef\u2028\ufeff')).toBe('abc\\u202edef\\u2028\\ufeff');
  expect(plainLine('Grüße — 你好')).toBe('Grüße — 你好');
});
