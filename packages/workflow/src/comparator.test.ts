import { expect, it } from 'vitest';
import { COMPARATOR_NAMES, compare } from './comparator.ts';

it.each([
  ['IS_EQUAL', 'Voice', 'Voice', true],
  ['IS_EQUAL', ' Voice ', 'Voice  ', true],
  ['IS_EQUAL', 'voice', 'Voice', false],
  ['IS_EQUAL', '', '', true],
  ['IS_NOT_EQUAL', 'a', 'b', true],
  ['IS_NOT_EQUAL', 'a', ' a', false],
  ['CONTAINS', 'abc', 'b', true],
  ['CONTAINS', 'abc', 'd', false],
  ['DOES_NOT_CONTAIN', 'abc', 'd', true],
  ['NOT_CONTAINS', 'abc', 'b', false],
  ['BEGINS_WITH', 'abc', 'ab', true],
  ['BEGINS_WITH', 'abc', 'bc', false],
  ['ENDS_WITH', 'abc', 'bc', true],
  ['ENDS_WITH', 'abc', 'ab', false],
  ['IS_EMPTY', '  ', 'whatever', true],
  ['IS_EMPTY', 'x', '', false],
  ['IS_NOT_EMPTY', 'x', '', true],
  ['IS_NOT_EMPTY', ' ', '', false],
  ['IS_IN_LIST', 'b', 'a, b ,c', true],
  ['IS_IN_LIST', 'a,b', 'a,b', false],
  ['IS_IN_LIST', 'd', 'a,b', false],
  ['IS_NOT_IN_LIST', 'd', 'a,b', true],
  ['is_equal', 'a', 'a', true],
])('%s of %j and %j is %s', (comparator, actual, wanted, result) =>
  expect(compare(comparator, actual, wanted)).toBe(result),
);

it('a comparator that is not known is told apart from one that does not hold', () => {
  for (const name of ['', 'SOUNDS_LIKE', 'constructor', 'IS EQUAL'])
    expect(compare(name, 'a', 'a')).toBeNull();
  for (const name of COMPARATOR_NAMES) expect(compare(name, 'a', 'a')).not.toBeNull();
});
