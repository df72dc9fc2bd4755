/** Whether nodes say the same (rig/nodes/same.mjs): what is compared, and what a recovery excuses. */
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

interface Said {
  readonly text: string;
  readonly times: readonly number[];
}
const { objectsIn, difference } = (await import(resolve(import.meta.dirname, '../rig/nodes/same.mjs'))) as {
  objectsIn(path: string, text: string): Map<string, Said>;
  difference(one: Said | undefined, other: Said | undefined, since: number): string | null;
};

const SINCE = Date.parse('2026-01-01T10:00:00Z');
const user = (state: string, time: string, host = '127.0.0.1') =>
  objectsIn(
    'User/3001',
    `<User>
  <loginId>3001</loginId>
  <state>${state}</state>
  <stateChangeTime>${time}</stateChangeTime>
  <uri>http://${host}/finesse/api/User/3001</uri>
</User>`,
  ).get('User 3001 in User/3001');

test('two nodes that say the same of a user differ by their hosts and by the way of an event', () => {
  const one = user('READY', '2026-01-01T10:00:05.000Z');
  expect(difference(one, user('READY', '2026-01-01T10:00:06.200Z', '127.0.0.2'), SINCE)).toBeNull();
  expect(difference(one, user('READY', '2026-01-01T10:00:09.000Z'), SINCE)).toBe(
    'time 0: 2026-01-01T10:00:05.000Z and 2026-01-01T10:00:09.000Z',
  );
  expect(difference(one, user('TALKING', '2026-01-01T10:00:05.000Z'), SINCE)).toContain('“');
});

test('what is older than the last fault, or has no time, is not compared', () => {
  const one = user('READY', '2026-01-01T10:00:05.000Z');
  expect(difference(one, user('TALKING', '2026-01-01T09:59:59.000Z'), SINCE)).toBeNull();
  expect(difference(one, user('TALKING', ''), SINCE)).toBeNull();
});

const dialog = (...participants: readonly string[]) =>
  objectsIn(
    'User/3001/Dialogs',
    `<Dialogs><Dialog><id>17</id><mediaProperties></mediaProperties><participants>${participants
      .map(
        (address) =>
          `<Participant><mediaAddress>${address}</mediaAddress><startTime>2026-01-01T10:00:05.000Z</startTime></Participant>`,
      )
      .join('')}</participants></Dialog></Dialogs>`,
  ).get('Dialog 17 in User/3001/Dialogs');

test('participants may come in any order, and a call that one node alone has is a difference', () => {
  expect(difference(dialog('3001', '9001'), dialog('9001', '3001'), SINCE)).toBeNull();
  expect(difference(dialog('3001', '9001'), dialog('3001'), SINCE)).not.toBeNull();
  expect(difference(dialog('3001', '9001'), undefined, SINCE)).toBe('only at the first');
});
