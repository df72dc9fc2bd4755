import { expect, test } from 'vitest';
import type { Dialog } from './dialog.ts';
import { difference, type Seen } from './dialog-difference.ts';

const seen = (second: string | null): Seen => ({
  dialog: {
    id: '1',
    state: 'ACTIVE',
    media: {},
    participants: [
      { mediaAddress: '3004', state: 'ACTIVE', agentId: '2004' },
      { mediaAddress: '3050', state: 'ACTIVE', agentId: second },
    ],
  } as unknown as Dialog,
  viewers: new Map([['3004', '2004'], ...(second === null ? [] : [['3050', second] as const])]),
});

test('whoever signs in at a phone in the call gets the dialog, and the others what he may do there', () => {
  const changes = difference(seen(null), seen('2050'), 'recovered');
  expect(changes.map(({ kind, viewer }) => `${kind} ${viewer}`)).toEqual(['PUT 2004', 'POST 2050']);
  expect(difference(seen('2050'), seen('2050'), 'recovered')).toEqual([]);
});

test('another agent at a phone of the call is marked as no news of its own for the others', () => {
  const told = difference(seen('2051'), seen('2050'), 'recovered');
  expect(told.map(({ kind, viewer, agentsOnly }) => [kind, viewer, agentsOnly])).toEqual([
    ['DELETE', '2051', undefined],
    ['PUT', '2004', true],
    ['POST', '2050', undefined],
  ]);
});
