import { expect, test } from 'vitest';
import { type ConnectionState, TRANSITIONS } from './connection-status.ts';

const states = Object.keys(TRANSITIONS) as ConnectionState[];

test('every state can be reached, and left by close', () => {
  const reached = new Set<ConnectionState>(['idle']);
  for (let round = 0; round < states.length; round++) {
    for (const state of [...reached]) for (const next of Object.values(TRANSITIONS[state])) reached.add(next);
  }
  expect([...reached].sort()).toEqual([...states].sort());
  for (const state of states) if (state !== 'ended') expect(TRANSITIONS[state].close).toBe('ended');
});

test('only a start leads out of the end', () => {
  expect(TRANSITIONS.ended).toEqual({ start: 'fetching info' });
});

test('an attempt that fails waits or gives up; only a connection that stood cannot give up', () => {
  for (const state of ['fetching info', 'opening', 'awaiting service'] as const) {
    expect(TRANSITIONS[state]).toMatchObject({ failed: 'waiting', 'gave up': 'idle' });
  }
  expect(TRANSITIONS.ready.failed).toBe('waiting');
  expect(TRANSITIONS.ready['gave up']).toBeUndefined();
});
