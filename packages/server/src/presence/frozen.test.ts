/** A process that stands still (SIGSTOP, a machine that sleeps): nobody could come back meanwhile. */
import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { MemorySignOuts } from '../../test/centre/presence-centre.ts';
import { unknownAgent } from '../domain/agents.ts';
import { Happenings } from '../happenings.ts';
import { SignOutLog } from './sign-out-log.ts';
import { PresenceWatch, STANDSTILLS_MAX } from './watch.ts';

function watched() {
  const clock = new VirtualClock();
  const happenings = new Happenings(() => clock.now());
  const asked: string[] = [];
  const watch = new PresenceWatch({
    clock,
    happenings,
    deployment: 'CCX',
    graceMs: 60_000,
    resources: 'any',
    hasPeer: false,
    agent: (loginId) => ({ ...unknownAgent(loginId), known: true, state: 'READY' }),
    isSigningIn: () => false,
    isUser: () => true,
    inService: () => true,
    askSignOut: (loginId) => {
      asked.push(loginId);
      return () => {};
    },
    newId: () => 'r',
    log: new SignOutLog({ store: new MemorySignOuts(), clock, happenings, onProblem: () => {} }, 0),
    keep: () => {},
  });
  watch.resumed();
  watch.presenceChanged('2001', '2001@d/desktop', 'available', false);
  watch.presenceChanged('2001', '2001@d/desktop', 'unavailable', true, { how: 'lost' });
  return { clock, watch, asked };
}

test.each([
  ['over the end of the grace period', 30_000, 90_000],
  ['almost to its end', 10_000, 49_950],
  ['at its very end', 60_001, 20_000],
  ['for long', 1_000, 200_000],
])('it stands still %s: the period begins anew', (_when, before, frozen) => {
  const { clock, asked, watch } = watched();
  clock.advance(before);
  clock.freeze(frozen);
  clock.advance(59_000);
  expect(asked).toEqual([]);
  expect(watch.phaseOf('2001')).toBe('away');
  clock.advance(2_000);
  expect(asked).toEqual(['2001']);
});

test('a short delay, as of a busy event loop, changes nothing; nothing runs when nobody is waited for', () => {
  const { clock, asked, watch } = watched();
  clock.advance(30_000);
  clock.freeze(1_500);
  clock.advance(28_600);
  expect(asked).toEqual(['2001']);
  watch.presenceChanged('2001', '2001@d/desktop', 'available', false);
  clock.advance(60_000);
  let ran = 0;
  const schedule = clock.schedule.bind(clock);
  clock.schedule = (ms, fn) => {
    ran += 1;
    return schedule(ms, fn);
  };
  clock.advance(600_000);
  expect(ran).toBe(0);
});

test('a process that stands still again and again keeps nobody signed in for ever, and reads its sockets first', () => {
  const { clock, asked, watch } = watched();
  for (let times = 0; times < STANDSTILLS_MAX; times++) {
    clock.advance(50_000);
    clock.freeze(4_000);
    clock.advance(1_000);
  }
  clock.advance(57_500);
  expect(asked).toEqual([]);
  clock.freeze(5_000);
  clock.advance(4_000);
  expect(asked).toEqual([]);
  clock.advance(2_000);
  expect(asked).toEqual(['2001']);
  // The next absence has its own.
  watch.presenceChanged('2001', '2001@d/desktop', 'available', false);
  watch.presenceChanged('2001', '2001@d/desktop', 'unavailable', true, { how: 'lost' });
  clock.advance(50_000);
  clock.freeze(4_000);
  clock.advance(59_000);
  expect(asked).toEqual(['2001']);
});

test('of two who are away, one with and one without a grace period anew, one standstill is one', () => {
  const { clock, asked, watch } = watched();
  for (let times = 0; times < STANDSTILLS_MAX; times++) {
    clock.advance(50_000);
    clock.freeze(4_000);
    clock.advance(1_000);
  }
  watch.presenceChanged('2002', '2002@d/desktop', 'available', false);
  watch.presenceChanged('2002', '2002@d/desktop', 'unavailable', true, { how: 'lost' });
  clock.advance(58_000);
  clock.freeze(8_000);
  clock.advance(6_000);
  expect(asked).toEqual(['2001']);
  // Twice more: he would have none left if the standstill had counted for each timer that was late.
  for (let times = 1; times < STANDSTILLS_MAX; times++) {
    clock.advance(45_000);
    clock.freeze(4_000);
    clock.advance(1_000);
  }
  clock.advance(57_000);
  expect(asked).toEqual(['2001']);
  clock.advance(5_000);
  expect(asked).toEqual(['2001', '2002']);
});
