import { describe, expect, test } from 'vitest';
import { type ShiftCentre, type ShiftOptions, simulateShift } from './shift.ts';

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

/** Devices that talk in a call according to the model, and according to the exchange; both sorted. */
function soundOf({ calls, exchange }: ShiftCentre): { model: string[]; exchange: string[] } {
  const model: string[] = [];
  for (const call of calls.calls()) {
    const talking = call.connections.filter(({ state, listening }) => state === 'CONNECT' && !listening);
    if (talking.length >= 2) model.push(`${call.id}: ${talking.map(({ device }) => device).sort()}`);
  }
  const heard = new Map<number, string[]>();
  for (const { callId, address, hears } of exchange.legs()) {
    if (callId === null) continue;
    heard.set(callId, [...(heard.get(callId) ?? []), address]);
    for (const voice of hears.voices) expect(exchange.leg(voice)?.callId).toBe(callId);
  }
  return { model: model.sort(), exchange: [...heard].map(([id, who]) => `${id}: ${who.sort()}`).sort() };
}

test('at every moment those hear each other whose connections say that they talk, and nobody else', () => {
  let looked = 0;
  let talked = 0;
  simulateShift({
    agents: 40,
    durationMs: HOUR_MS,
    seed: 3,
    script: { transferShare: 0.4, holdShare: 0.5 },
    onMinute: (centre) => {
      const { model, exchange } = soundOf(centre);
      expect(exchange).toEqual(model);
      looked++;
      talked += model.length;
    },
  });
  expect(looked).toBe(180);
  expect(talked).toBeGreaterThan(500);
});

test('eight hours of 500 agents take one core less than a minute and repeat themselves', {
  timeout: 900_000,
}, ({ skip }) => {
  if (!process.env.POISE_TEST_LONG) return skip('only with npm run test:long');
  const options: ShiftOptions = { agents: 500, durationMs: 8 * HOUR_MS, seed: 1 };
  // Processor time: what one core needs, whatever else the machine is doing.
  const before = process.cpuUsage();
  const first = simulateShift(options);
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  console.log(`${first.customers.calls} calls, ${first.facts} facts, ${seconds.toFixed(1)} s, ${first.hash}`);
  expect(first.left).toEqual(NOTHING_LEFT);
  expect(first.customers.calls).toBeGreaterThan(40_000);
  expect(seconds).toBeLessThan(60);
  expect(simulateShift(options).hash).toBe(first.hash);
});
