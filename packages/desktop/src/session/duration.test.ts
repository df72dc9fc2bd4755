import { expect, test } from 'vitest';
import { duration, isoDuration } from './duration.ts';

test.each([
  [0, '00:00', 'PT0H0M0S'],
  [59_999, '00:59', 'PT0H0M59S'],
  [60_000, '01:00', 'PT0H1M0S'],
  [3_599_999, '59:59', 'PT0H59M59S'],
  [3_600_000, '01:00:00', 'PT1H0M0S'],
  [100 * 3_600_000, '100:00:00', 'PT100H0M0S'],
  [-5_000, '00:00', 'PT0H0M0S'],
])('%i ms is shown as %s', (ms, text, iso) => {
  expect(duration(ms)).toBe(text);
  expect(isoDuration(ms)).toBe(iso);
});
