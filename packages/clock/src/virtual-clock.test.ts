import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

test('timers run in the order of deadlines, ties in the order of scheduling', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  clock.schedule(20, () => ran.push('late'));
  clock.schedule(10, () => ran.push('first of two'));
  clock.schedule(10, () => ran.push('second of two'));
  clock.advance(15);
  expect(ran).toEqual(['first of two', 'second of two']);
  expect(clock.pending).toBe(1);
  expect(clock.nextDelayMs).toBe(5);
  clock.advance(5);
  expect(ran).toEqual(['first of two', 'second of two', 'late']);
  expect(clock.nextDelayMs).toBeUndefined();
});

test('a timer sees its own moment, and what it schedules runs in the same advance', () => {
  const clock = new VirtualClock(1000);
  const seen: number[] = [];
  clock.schedule(10, () => {
    seen.push(clock.now());
    clock.schedule(10, () => seen.push(clock.now()));
    clock.schedule(0, () => seen.push(clock.now()));
  });
  clock.advance(100);
  expect(seen).toEqual([1010, 1010, 1020]);
  expect(clock.now()).toBe(1100);
  expect(clock.monotonic()).toBe(100);
});

test('nothing runs inside schedule, not even without delay', () => {
  const clock = new VirtualClock();
  let ran = false;
  clock.schedule(0, () => {
    ran = true;
  });
  expect(ran).toBe(false);
  clock.advance(0);
  expect(ran).toBe(true);
});

test('a cancelled timer leaves at once, also when it is cancelled by another at the same moment', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const one = clock.schedule(10, () => ran.push('one'));
  clock.schedule(20, () => two.cancel());
  const two = clock.schedule(20, () => ran.push('two'));
  one.cancel();
  one.cancel();
  expect(clock.pending).toBe(2);
  clock.advance(100);
  expect(ran).toEqual([]);
});

test('an exception does not keep other timers from running and is thrown at the end', () => {
  const clock = new VirtualClock();
  let ran = 0;
  clock.schedule(1, () => {
    throw new Error('first');
  });
  clock.schedule(2, () => ran++);
  expect(() => clock.advance(10)).toThrow('first');
  expect(ran).toBe(1);
  expect(clock.monotonic()).toBe(10);
  clock.advance(1);
});

test('an exception goes to onError where one is given', () => {
  const errors: unknown[] = [];
  const clock = new VirtualClock(0, { onError: (error) => errors.push(error) });
  clock.schedule(1, () => {
    throw 'broken';
  });
  clock.advance(1);
  expect(errors).toEqual(['broken']);
});

test('runNext moves to the next deadline and runs one timer', () => {
  const clock = new VirtualClock();
  const ran: number[] = [];
  clock.schedule(5, () => ran.push(1));
  clock.schedule(5, () => ran.push(2));
  clock.schedule(Infinity, () => ran.push(3));
  expect(clock.runNext()).toBe(true);
  expect(ran).toEqual([1]);
  expect(clock.monotonic()).toBe(5);
  expect(clock.runNext()).toBe(true);
  expect(clock.runNext()).toBe(false);
  expect(ran).toEqual([1, 2]);
});

test('step shifts wall time only', () => {
  const clock = new VirtualClock(5000);
  let ran = false;
  clock.schedule(10, () => {
    ran = true;
  });
  clock.step(-3000);
  expect(clock.now()).toBe(2000);
  expect(clock.monotonic()).toBe(0);
  clock.step(1_000_000);
  expect(ran).toBe(false);
  clock.advance(10);
  expect(ran).toBe(true);
});

test('a timer cannot move the clock that runs it', () => {
  const clock = new VirtualClock();
  clock.schedule(1, () => clock.advance(1));
  expect(() => clock.advance(1)).toThrow('cannot move the clock');
});

test('timers that set each other without delay are stopped', () => {
  const clock = new VirtualClock();
  const again = () => {
    clock.schedule(0, again);
  };
  again();
  expect(() => clock.advance(1)).toThrow('without end');
});

test('a delay that is no number is refused', () => {
  const clock = new VirtualClock();
  expect(() => clock.schedule(Number.NaN, () => {})).toThrow(RangeError);
  expect(() => clock.advance(Infinity)).toThrow(RangeError);
});

test('however time is cut into pieces, the same timers run in the same order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(50), { maxLength: 40 }),
      fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }),
      (delays, cuts) => {
        const play = (pieces: number[]) => {
          const clock = new VirtualClock(0);
          const ran: [number, number][] = [];
          delays.forEach((delay, index) => {
            clock.schedule(delay, () => ran.push([index, clock.now()]));
          });
          for (const piece of pieces) clock.advance(piece);
          return ran;
        };
        const total = cuts.reduce((a, b) => a + b, 0);
        expect(play(cuts)).toEqual(play([total]));
      },
    ),
  );
});

test('what falls due while the clock is frozen runs late, in its order, and what it schedules lies ahead', () => {
  const clock = new VirtualClock();
  const ran: string[] = [];
  const note = (name: string) => ran.push(`${name} ${clock.monotonic()}`);
  clock.schedule(20, () => note('b'));
  clock.schedule(10, () => {
    note('a');
    clock.schedule(5, () => note('c'));
  });
  clock.schedule(100, () => note('d'));
  clock.freeze(90);
  expect(ran).toEqual(['a 90', 'b 90']);
  clock.advance(10);
  expect(ran).toEqual(['a 90', 'b 90', 'c 95', 'd 100']);
});
