import { describe, expect, test } from 'vitest';
import { type ShiftOptions, simulateShift } from './shift.ts';

const HOUR_MS = 3_600_000;
const NOTHING_LEFT = {
  calls: 0,
  legs: 0,
  agentsSignedIn: 0,
  callsInQueue: 0,
  agentsInGroups: 0,
  timers: 0,
};

describe.each(['CCE', 'CCX'] as const)('a shift (%s)', (deployment) => {
  const SMALL: ShiftOptions = { agents: 30, durationMs: 2 * HOUR_MS, seed: 7, deployment };

  test('has the same history with the same seed, and another one with another', () => {
    const { hash, facts } = simulateShift(SMALL);
    expect(simulateShift(SMALL)).toMatchObject({ hash, facts });
    expect(simulateShift({ ...SMALL, seed: 8 }).hash).not.toBe(hash);
  });

  test('has all that happens in a contact centre, and leaves nothing behind', () => {
    const { byType, customers, left, requests, refused } = simulateShift(SMALL);
    const types = [
      'queued',
      'dequeued',
      'delivered',
      'established',
      'held',
      'retrieved',
      'transferred',
      'diverted',
    ];
    for (const type of [...types, 'connectionCleared', 'cleared', 'end'])
      expect([type, byType[type] ?? 0]).not.toEqual([type, 0]);
    expect(customers.completed).toBeGreaterThan(300);
    expect(customers.abandoned).toBeGreaterThan(0);
    const { calls, completed, abandoned, abandonedOnHold, refused: turnedAway } = customers;
    expect(completed + abandoned + abandonedOnHold + turnedAway).toBe(calls);
    expect(turnedAway).toBe(0);
    expect(left).toEqual(NOTHING_LEFT);
    // A caller who hangs up in the same moment is the only reason for a refusal.
    expect(refused / requests).toBeLessThan(0.05);
  });
});

test.skipIf(!process.env.POISE_TEST_LONG)(
  'eight hours of 500 agents take less than a minute and repeat themselves (only with npm run test:long)',
  { timeout: 300_000 },
  () => {
    const options: ShiftOptions = { agents: 500, durationMs: 8 * HOUR_MS, seed: 1 };
    const started = performance.now();
    const first = simulateShift(options);
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `${first.customers.calls} calls, ${first.facts} facts, ${seconds.toFixed(1)} s, ${first.hash}`,
    );
    expect(first.left).toEqual(NOTHING_LEFT);
    expect(first.customers.calls).toBeGreaterThan(40_000);
    expect(seconds).toBeLessThan(60);
    expect(simulateShift(options).hash).toBe(first.hash);
  },
);
