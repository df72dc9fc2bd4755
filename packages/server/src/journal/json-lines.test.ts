import { expect, test } from 'vitest';
import type { Happening, HappeningKind, HappeningMap } from '../happenings.ts';
import { jsonLine } from './json-lines.ts';

const at = Date.UTC(2026, 10, 29, 8, 0, 0, 30);
const happening = <K extends HappeningKind>(kind: K, own: HappeningMap[K], cause: Happening['cause'] = {}) =>
  ({ kind, at, cause, ...own }) as unknown as Happening;
const line = (...given: Parameters<typeof happening>) => jsonLine(happening(...given), false);

test('a line is one object: time, level, event, the ids of its cause, its own members', () => {
  expect(
    line(
      'cti.sent',
      { name: 'SET_AGENT_STATE_REQ', fields: { AgentState: 2 } },
      { requestId: 'r', invokeId: 7 },
    ),
  ).toBe(
    '{"time":"2026-11-29T08:00:00.030Z","level":"info","event":"cti.sent","requestId":"r","invokeId":7,"name":"SET_AGENT_STATE_REQ","fields":{"AgentState":2}}',
  );
});

test.each([
  ['operator', { level: 'error', text: 'x' }, 'error'],
  ['auth.failed', { user: 'u', where: 'rest', reason: 'wrong' }, 'warn'],
  ['cti.link', { state: 'DISCONNECTED', side: 'A', reason: 'reset' }, 'error'],
  ['cti.link', { state: 'DISCONNECTED', side: 'A', reason: 'started' }, 'info'],
  ['cti.link', { state: 'PERIPHERAL_OFFLINE', side: 'A', reason: 'x' }, 'warn'],
  ['cti.link', { state: 'IN_SERVICE', side: 'A', reason: '' }, 'info'],
  ['presence', { jid: 'a@b/c', type: 'available' }, 'info'],
] as const)('%s %j is of level %s', (kind, own, level) => {
  expect(JSON.parse(line(kind, own as never) as string)).toMatchObject({ event: kind, level });
});

test('frames have no line, debug lines one when they are wanted', () => {
  expect(line('cti.raw', { type: 1, frame: new Uint8Array(2) })).toBeNull();
  const debug = happening('notification.debug', { line: 'x' });
  expect(jsonLine(debug, false)).toBeNull();
  expect(jsonLine(debug, true)).toContain('"level":"debug"');
});

test('no secret stands in a line, whatever is named or written so', () => {
  const lines = [
    line('cti.received', {
      name: 'OPEN_REQ',
      type: 3,
      fields: { ClientPassword: 'hunter2', ClientID: 'c' },
      receivedAt: 0,
      dispatchedAt: 0,
      sequence: 1,
    }),
    line('request.start', { method: 'GET', resource: '/x', query: [['access_token', 'hunter2']], user: 'u' }),
    line('operator', { level: 'info', text: 'Authorization: Basic aHVudGVyMjpodW50ZXIy' }),
    line('client.log', { user: 'u', data: 'password=hunter2' }),
  ];
  expect(lines.join('\n')).not.toMatch(/hunter2|aHVudGVy/);
  expect(lines[3]).toContain('"size":16');
});

test('values that are hostile, long or unknown to JSON stay one line of bounded length', () => {
  const text = `a\n{"event":"forged"}\u2028${'x'.repeat(200_000)}`;
  const told = line('operator', {
    level: 'info',
    text,
    detail: { big: 1n, bytes: new Uint8Array([1, 255]) },
  });
  expect(told).not.toContain('\n');
  expect(told?.length).toBeLessThan(70_000);
  expect(JSON.parse(told as string)).toMatchObject({
    event: 'operator',
    detail: { big: '1', bytes: '01ff' },
  });
});
