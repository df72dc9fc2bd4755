import { expect, test } from 'vitest';
import { NodeFigures } from './process-figures.ts';

/** Real time, because it is what is measured. */
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('work that holds the event loop shows in the delay until the next question, and only while measured', async () => {
  const figures = new NodeFigures();
  expect(figures.eventLoopDelay([0.5])).toEqual([Number.NaN]);
  figures.start();
  await pass(120);
  // The measurement wakes the process up, so it begins with the first who asks.
  expect(figures.eventLoopDelay([1])).toEqual([Number.NaN]);
  await pass(80);
  const until = performance.now() + 250;
  while (performance.now() < until);
  await pass(80);
  const [worst = 0] = figures.eventLoopDelay([1]);
  // All of it but the time for which the loop was not expected back.
  expect(worst).toBeGreaterThan(0.19);
  expect(figures.eventLoopDelay([1])).toEqual([Number.NaN]);
  figures.stop();
  await pass(80);
  expect(figures.eventLoopDelay([1])).toEqual([Number.NaN]);
});
