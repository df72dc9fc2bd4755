import { expect, test } from 'vitest';
import { DEFAULT_LAYOUT, defaultLayout, layoutFor, parseLayout } from './index.ts';

test('x', () => {
  const reading = parseLayout(DEFAULT_LAYOUT);
  expect(reading).toMatchObject({ ok: true, warnings: [] });
  expect(layoutFor(defaultLayout(), 'Supervisor')?.tabs.map((t) => t.id)).toEqual(['home', 'myHistory']);
});
