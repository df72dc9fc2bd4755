import { expect, test } from 'vitest';
import { usableTimeZone } from './machine.ts';

test('a time zone that no date can be told in is UTC', () => {
  expect(usableTimeZone('Europe/Zurich')).toBe('Europe/Zurich');
  for (const name of ['Etc/Unknown', '', 'nonsense']) expect(usableTimeZone(name), name).toBe('UTC');
});
