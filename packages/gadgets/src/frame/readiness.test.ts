import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { readiness } from './readiness.ts';

test('the hub waits for what gadgets do with the event and in the turn after it', async () => {
  const clock = new VirtualClock();
  const said: string[] = [];
  const onReady: (() => void)[] = [];
  const page = {
    readyState: 'loading',
    addEventListener: (_type: string, run: () => void) => void onReady.push(run),
  };
  const later = (ms: number, run: () => void) => void clock.schedule(ms, run);
  const whenReady = readiness(page, later);
  whenReady(() => said.push('hub'));
  // Hers comes after ours, like that of a library that the page loads.
  onReady.push(() => {
    said.push('jQuery 1');
    later(0, () => said.push('jQuery 3'));
  });
  page.readyState = 'interactive';
  whenReady(() => said.push('hub, connected before the page is there'));
  await Promise.resolve();
  expect(said).toEqual([]);
  for (const run of onReady) run();
  clock.advance(10);
  expect(said).toEqual(['jQuery 1', 'jQuery 3', 'hub', 'hub, connected before the page is there']);
  whenReady(() => said.push('late'));
  await Promise.resolve();
  expect(said.at(-1)).toBe('late');
});

test('a page that is there already is waited for no more', async () => {
  const said: string[] = [];
  readiness({ readyState: 'complete', addEventListener: () => {} }, () => {})(() => said.push('hub'));
  await Promise.resolve();
  expect(said).toEqual(['hub']);
});
