import { expect, test } from 'vitest';
import { type ConnectionState, KEPT_STATES, TRANSITIONS } from './connection-status.ts';

const states = Object.keys(TRANSITIONS) as ConnectionState[];

test('every state can be reached, and left by close', () => {
  const reached = new Set<ConnectionState>(['idle']);
  for (let round = 0; round < states.length; round++) {
    for (const state of [...reached]) for (const next of Object.values(TRANSITIONS[state])) reached.add(next);
  }
  expect([...reached].sort()).toEqual([...states].sort());
  for (const state of states) if (state !== 'ended') expect(TRANSITIONS[state].close).toBe('ended');
});

test('a move comes only after the current node was asked once more, or because the application wants it', () => {
  const movers = states.filter((state) => TRANSITIONS[state].move !== undefined);
  expect(movers).toEqual(['ready', 'rechecking current']);
  expect(states.filter((state) => Object.values(TRANSITIONS[state]).includes('rechecking current'))).toEqual([
    'asking other',
  ]);
});

test('a connection that is kept while it fails can always be lost, and always be well again', () => {
  for (const state of KEPT_STATES)
    expect(TRANSITIONS[state]).toMatchObject({ failed: 'waiting', 'service back': 'ready' });
});

test('a page can be put aside in every state in which there is something to come back to', () => {
  for (const state of states)
    expect(TRANSITIONS[state].suspend).toBe(
      ['idle', 'suspended', 'ended'].includes(state) ? undefined : 'suspended',
    );
});

test('only a start leads out of the end', () => {
  expect(TRANSITIONS.ended).toEqual({ start: 'fetching info' });
});

test('an attempt that fails waits or gives up; only a connection that stood cannot give up', () => {
  for (const state of ['fetching info', 'opening', 'awaiting service'] as const) {
    expect(TRANSITIONS[state]).toMatchObject({
      failed: 'waiting',
      'gave up': 'idle',
      'try other': 'asking other',
    });
  }
  expect(TRANSITIONS.ready.failed).toBe('waiting');
  expect(TRANSITIONS.ready['gave up']).toBeUndefined();
});
