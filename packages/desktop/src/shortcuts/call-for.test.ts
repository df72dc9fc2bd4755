import { expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { callFor } from './call-for.ts';

const call = (id: string, state: string, actions: readonly string[], startedAt: number) =>
  dialog(id, [{ ...part(OWN, state, actions), startTime: new Date(startedAt) }]);

test('a shortcut means the one call that allows it', () => {
  const calls = [call('1', 'HELD', ['RETRIEVE', 'DROP'], 1), call('2', 'ACTIVE', ['HOLD', 'DROP'], 2)];
  expect(callFor('HOLD', calls, OWN)?.id).toBe('2');
  expect(callFor('RETRIEVE', calls, OWN)?.id).toBe('1');
  expect(callFor('ANSWER', calls, OWN)).toBeNull();
});

test('of several it means the latest, wherever that stands in the list', () => {
  const calls = [call('1', 'HELD', ['RETRIEVE'], 5), call('2', 'HELD', ['RETRIEVE'], 3)];
  expect(callFor('RETRIEVE', calls, OWN)?.id).toBe('1');
});

test('the last active call is ended before one on hold, however late that began', () => {
  const calls = [
    call('1', 'ACTIVE', ['DROP'], 1),
    call('2', 'ACTIVE', ['DROP'], 2),
    call('3', 'HELD', ['DROP'], 3),
  ];
  expect(callFor('DROP', calls, OWN)?.id).toBe('2');
  expect(callFor('DROP', calls.slice(2), OWN)?.id).toBe('3');
});
