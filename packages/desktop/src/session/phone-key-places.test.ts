import { expect, test } from 'vitest';
import { PHONE_KEYS } from './dial-number.ts';
import { keyAt } from './phone-key-places.ts';

const from = (key: string, pressed: string, isFar = false): string | null => {
  const index = keyAt(
    PHONE_KEYS.findIndex((each) => each.key === key),
    pressed,
    isFar,
  );
  return index === null ? null : (PHONE_KEYS[index]?.key ?? 'none');
};

test.each([
  ['5', 'ArrowLeft', '4'],
  ['5', 'ArrowRight', '6'],
  ['5', 'ArrowUp', '2'],
  ['5', 'ArrowDown', '8'],
  ['8', 'ArrowDown', '0'],
  ['1', 'ArrowLeft', '1'],
  ['3', 'ArrowRight', '3'],
  ['2', 'ArrowUp', '2'],
  ['#', 'ArrowDown', '#'],
  ['5', 'Home', '4'],
  ['5', 'End', '6'],
  ['5', '7', null],
  ['5', 'Tab', null],
])('from %s, %s leads to %s', (key, pressed, to) => {
  expect(from(key, pressed)).toBe(to);
});

test('with Ctrl, Home and End lead to the first key and the last; arrows belong to the browser', () => {
  expect(from('5', 'Home', true)).toBe('1');
  expect(from('5', 'End', true)).toBe('#');
  expect(from('5', 'ArrowLeft', true)).toBeNull();
});
