import { VirtualClock } from '@poise/clock';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { EN } from '../messages/en.ts';
import { type SignalWatch, watchSignals } from './signals.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let clock: VirtualClock;
let watch: SignalWatch;
let stopped: boolean;
let exit: MockInstance<typeof process.exit>;

beforeEach(() => {
  clock = new VirtualClock();
  stopped = false;
  exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as never);
  watch = watchSignals({ messages: EN }, quiet, clock);
  void watch.stopped.then(() => {
    stopped = true;
  });
});

afterEach(() => {
  watch.close();
  exit.mockRestore();
});

/** As Node calls the listeners of a signal. */
const signal = (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => process.emit(name, name);

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s stops in order', async (name) => {
  signal(name);
  await watch.stopped;
  expect([stopped, watch.exitStatus(), exit.mock.calls]).toEqual([true, 0, []]);
  // Who sits at the terminal waits for it, and with a terminal that is gone the process may be ended soon.
  expect(watch.isPlanned()).toBe(name === 'SIGTERM');
});

test('one Ctrl+C that arrives twice, from the terminal and from npm, is one wish', () => {
  signal('SIGINT');
  clock.advance(3);
  signal('SIGINT');
  clock.advance(996);
  signal('SIGTERM');
  expect(exit).not.toHaveBeenCalled();
});

test('another signal a second later ends the process at once, with the status of that signal', () => {
  signal('SIGINT');
  clock.advance(1000);
  signal('SIGINT');
  expect(exit).toHaveBeenLastCalledWith(130);
  signal('SIGTERM');
  expect(exit).toHaveBeenLastCalledWith(143);
});

test('a terminal that goes away twice still gets an orderly stop', () => {
  signal('SIGHUP');
  clock.advance(2000);
  signal('SIGHUP');
  expect(exit).not.toHaveBeenCalled();
});

test('a signal while monitoring is waited for ends the wait, and the next one the process', async () => {
  let isOver = false;
  let told = (): void => {};
  signal('SIGTERM');
  void watch
    .patiently(
      new Promise((done) => {
        told = done;
      }),
    )
    .then(() => {
      isOver = true;
    });
  clock.advance(3_000);
  signal('SIGTERM');
  await new Promise(setImmediate);
  expect([isOver, exit.mock.calls]).toEqual([true, []]);
  // The same wish, again.
  signal('SIGTERM');
  told();
  expect(exit).not.toHaveBeenCalled();
  clock.advance(1_000);
  signal('SIGTERM');
  expect(exit).toHaveBeenLastCalledWith(143);
});

test('monitoring that has been told is waited for no longer', async () => {
  signal('SIGTERM');
  await watch.patiently(Promise.resolve());
  clock.advance(1_000);
  signal('SIGINT');
  expect(exit).toHaveBeenLastCalledWith(130);
});
