import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { GapFlush } from './gap-flush.ts';

test('each connection goes on after the gap, in order, also one that is added while others go on', () => {
  const clock = new VirtualClock();
  const gaps = new GapFlush(clock, 2);
  const done: string[] = [];
  const connection = (name: string, then?: () => void) => ({
    flush: () => {
      done.push(`${name} ${clock.monotonic() - start}`);
      then?.();
    },
  });
  const start = clock.monotonic();
  gaps.add(connection('a', () => gaps.add(connection('c'))));
  clock.advance(1);
  gaps.add(connection('b'));
  clock.advance(10);
  expect(done).toEqual(['a 2', 'b 3', 'c 4']);
  clock.advance(10);
  expect(done).toHaveLength(3);
});
