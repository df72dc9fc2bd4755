import { expect, test } from 'vitest';
import { NodeFigures } from './process-figures.ts';

/** Real time, because it is what is measured. */
const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('work that holds the event loop shows in the delay until the next question, and only while measured', async () => {
  const figures = new NodeFigures();
  expect(figures.eventLoopDelay([0.5])).toEqual([Number.NaN]);
  figures.start();
  await pass(30);
  const until = performance.now() + 200;
  while (performance.now() < until);
  await pass(30);
  const [worst = 0] = figures.eventLoopDelay([1]);
  expect(worst).toBeGreaterThan(0.15);
  expect(figures.eventLoopDelay([1])).toEqual([Number.NaN]);
  figures.stop();
  await pass(30);
  expect(figures.eventLoopDelay([1])).toEqual([Number.NaN]);
});
