import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { TestDirectorySource } from '../../test/centre/test-directory.ts';
import { HANDOVER_MS, HANDOVER_TEXT_MAX, HANDOVERS_MAX, Handovers, handoverPlugin } from './handover.ts';

let clock: VirtualClock;
let app: FastifyInstance;
beforeEach(async () => {
  clock = new VirtualClock();
  const directory = new TestDirectorySource();
  app = heldToContract();
  await app.register(handoverPlugin({ accounts: new TestAccounts(directory), directory, clock }), {
    prefix: '/poise/api',
  });
});
afterEach(() => app.close());

async function post(path: string, payload: object, user?: string) {
  const authorization = user === undefined ? undefined : `Basic ${btoa(`${user}:${user}`)}`;
  const url = `/poise/api/desktop/handover${path}`;
  const answer = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...(authorization && { authorization }) },
  });
  expect(answer.headers['cache-control']).toBe('no-store');
  return { status: answer.statusCode, ...(answer.json() as { ticket: string; text: string }) };
}

test('what a page leaves is there once, for who has the ticket', async () => {
  const { status, ticket } = await post('', { text: 'sealed' }, '2001');
  expect([status, ticket.length]).toEqual([200, 32]);
  expect((await post('/take', { ticket: `${ticket}x` })).status).toBe(404);
  expect(await post('/take', { ticket })).toEqual({ status: 200, text: 'sealed' });
  expect((await post('/take', { ticket })).status).toBe(404);
});

test('nothing is left without a right to it, nor anything else than a short text', async () => {
  expect((await post('', { text: 'x' })).status).toBe(401);
  expect((await post('', { text: 'x' }, 'nobody')).status).toBe(401);
  expect((await post('', { text: 'x'.repeat(HANDOVER_TEXT_MAX) }, '2001')).status).toBe(200);
  for (const payload of [{ text: 'x'.repeat(HANDOVER_TEXT_MAX + 1) }, { text: '' }, { text: 1 }, {}])
    expect((await post('', payload, '2001')).status).toBe(400);
  for (const payload of [{ ticket: '' }, { ticket: 7 }, {}, []])
    expect((await post('/take', payload)).status).toBe(404);
});

test('it is gone after half a minute', async () => {
  const late = (await post('', { text: 'late' }, '2001')).ticket;
  clock.advance(HANDOVER_MS);
  const soon = (await post('', { text: 'soon' }, '2001')).ticket;
  clock.advance(HANDOVER_MS - 1);
  expect([
    (await post('/take', { ticket: late })).status,
    (await post('/take', { ticket: soon })).status,
  ]).toEqual([404, 200]);
});

test('the oldest gives way', () => {
  const handovers = new Handovers(clock);
  const first = handovers.keep('first');
  const second = handovers.keep('second');
  for (let n = 2; n <= HANDOVERS_MAX; n++) handovers.keep(String(n));
  expect([handovers.take(first), handovers.take(second)]).toEqual([null, 'second']);
});
