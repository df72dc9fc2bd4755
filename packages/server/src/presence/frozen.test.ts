/** A process that stands still (SIGSTOP, a machine that sleeps): nobody could come back meanwhile. */
import { VirtualClock } from '@poise/clock';
import { expect, test } from 'vitest';
import { MemorySignOuts } from '../../test/centre/presence-centre.ts';
import { unknownAgent } from '../domain/agents.ts';
import { Happenings } from '../happenings.ts';
import { SignOutLog } from './sign-out-log.ts';
import { PresenceWatch } from './watch.ts';

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
