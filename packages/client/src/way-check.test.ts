import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { localError } from './api-error.ts';
import { WayCheck } from './way-check.ts';

/** @param statuses of the answers, one after the other; 200 is one that is well */
function check(statuses: readonly number[]) {
  const clock = new VirtualClock();
  let asked = 0;
  const way = new WayCheck(clock, async (limitMs) => {
    expect(limitMs).toBe(1_000);
    const status = statuses[asked++] ?? 408;
    if (status !== 200) throw localError(status, '', '');
  });
  return { clock, way, asked: () => asked };
}

test('six questions go at once, and one answer of whatever kind is enough', async () => {
  for (const status of [200, 401, 503]) {
    const { way, asked } = check([0, 408, 408, status, 408, 408]);
    expect(await way.ask()).toBe('answered');
    expect(asked()).toBe(6);
  }
});

test('where none is answered, one more goes over a new connection', async () => {
  const { way, asked } = check([408, 408, 408, 408, 408, 408, 200]);
  expect(await way.ask()).toBe('answered');
  expect(asked()).toBe(7);
  expect(await check([]).way.ask()).toBe('unanswered');
});

test('a server that is slow for long is asked once in 30 s', async () => {
  const { clock, way, asked } = check([]);
  await way.ask();
  clock.advance(29_999);
  expect(await way.ask()).toBe('not asked');
  expect(asked()).toBe(7);
  clock.advance(1);
  await way.ask();
  expect(asked()).toBe(14);
  // Unless a connection was dead, or is given up.
  way.rearm();
  await way.ask();
  expect(asked()).toBe(21);
  expect(await way.ask(true)).toBe('unanswered');
  expect(asked()).toBe(28);
});
