import { expect, test } from 'vitest';
import { CONNECTED_CALLS_MAX, Connections } from './connections.ts';

test('a connection is found as it was told', () => {
  const connections = new Connections();
  connections.note({ callId: 1, deviceIdType: 1, deviceId: 'dyn' }, '2001');
  expect(connections.find(1, '2001')).toEqual({ callId: 1, deviceIdType: 1, deviceId: 'dyn' });
  expect(connections.extensionOf(1, 'dyn')).toBe('2001');
});

test('a party without events of its own has a static id; an unknown call has none', () => {
  const connections = new Connections();
  connections.note({ callId: 1, deviceIdType: 0, deviceId: '2001' }, '2001');
  expect(connections.find(1, '9001')).toEqual({ callId: 1, deviceIdType: 0, deviceId: '9001' });
  expect(connections.find(2, '2001')).toBeUndefined();
});

test('an id that was noted before its owner was known is not told twice', () => {
  const connections = new Connections();
  connections.note({ callId: 1, deviceIdType: 1, deviceId: 'dyn' }, null);
  expect(connections.extensionOf(1, 'dyn')).toBeNull();
  connections.note({ callId: 1, deviceIdType: 1, deviceId: 'dyn' }, '2001');
  expect(connections.find(1, 'dyn')).toEqual({ callId: 1, deviceIdType: 0, deviceId: 'dyn' });
});

test('what a list of parties says does not replace what an event told', () => {
  const connections = new Connections();
  connections.note({ callId: 1, deviceIdType: 1, deviceId: 'dyn' }, '2001');
  connections.note({ callId: 1, deviceIdType: 0, deviceId: '2001' }, '2001', true);
  expect(connections.find(1, '2001')?.deviceId).toBe('dyn');
});

test('calls not heard of for the longest time are forgotten first', () => {
  const connections = new Connections();
  for (let callId = 0; callId < CONNECTED_CALLS_MAX; callId += 1)
    connections.note({ callId, deviceIdType: 0, deviceId: '2001' }, '2001');
  connections.note({ callId: 0, deviceIdType: 0, deviceId: '2001' }, '2001');
  connections.note({ callId: 1_000_000, deviceIdType: 0, deviceId: '2001' }, '2001');
  expect(connections.size).toBe(CONNECTED_CALLS_MAX);
  expect(connections.find(0, '2001')).toBeDefined();
  expect(connections.find(1, '2001')).toBeUndefined();
});
