import { expect, test } from 'vitest';
import {
  ATTEMPT_PAUSES_MS,
  counts,
  nextPresence,
  PRESENCE_TABLE,
  type PresenceInput,
  type PresencePhase,
} from './presence.ts';

const PHASES = Object.keys(PRESENCE_TABLE) as PresencePhase[];

test('every phase can be reached, and from every one a session leads back to present', () => {
  const reached = new Set<PresencePhase>(['absent']);
  for (const phase of reached)
    for (const transition of Object.values(PRESENCE_TABLE[phase])) reached.add(transition![0]);
  expect([...reached].sort()).toEqual([...PHASES].sort());
  for (const phase of PHASES) expect(nextPresence(phase, 'available').phase).toBe('present');
});

test('a sign-out is attempted only after the grace period, never of whoever is present or unknown', () => {
  const attempts = PHASES.flatMap((phase) =>
    Object.entries(PRESENCE_TABLE[phase]).flatMap(([input, [, ...effects]]) =>
      effects.includes('attempt') ? [`${phase} ${input}`] : [],
    ),
  );
  expect(attempts).toEqual(['away graceOver', 'due inService', 'due again']);
});

test('no time goes on running in a phase that has none', () => {
  for (const phase of ['away', 'due'] as const)
    for (const [input, [next, ...effects]] of Object.entries(PRESENCE_TABLE[phase])) {
      const goesOn = next === 'away' || next === 'due' || input === 'asked';
      if (!goesOn) expect(effects, `${phase} ${input}`).toContain('stop');
    }
});

test('a user who is gone is forgotten in every phase', () => {
  for (const phase of PHASES) expect(nextPresence(phase, 'removed').phase).toBe('absent');
});

test('what does not concern a phase changes nothing', () => {
  const inputs: PresenceInput[] = ['gone', 'graceOver', 'again', 'signedOut', 'done', 'failed', 'lost'];
  for (const input of inputs) expect(nextPresence('absent', input)).toEqual({ phase: 'absent', effects: [] });
});

test('which sessions count', () => {
  expect(counts('2001@d/desktop', 'desktop')).toBe(true);
  expect(counts('2001@d/isi', 'desktop')).toBe(false);
  expect(counts('2001@d/isi', 'any')).toBe(true);
  expect(ATTEMPT_PAUSES_MS.every((ms, i) => i === 0 || ms > ATTEMPT_PAUSES_MS[i - 1]!)).toBe(true);
});
