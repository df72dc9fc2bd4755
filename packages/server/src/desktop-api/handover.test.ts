import { VirtualClock } from '@poise/clock';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { heldToContract } from '../../test/centre/json-contract.ts';
import { TestAccounts } from '../../test/centre/test-accounts.ts';
import { TestDirectorySource } from '../../test/centre/test-directory.ts';
import { HANDOVER_MS, HANDOVER_TEXT_MAX, HANDOVERS_MAX, Handovers, handoverPlugin } from './handover.ts';

/** Whose page leaves something here. */
const OTHER = 'http://a.example:8082';

let clock: VirtualClock;
let app: FastifyInstance;
beforeEach(async () => {
  clock = new VirtualClock();
  const directory = new TestDirectorySource();
  app = heldToContract();
  const origins = new Set([OTHER]);
  await app.register(handoverPlugin({ accounts: new TestAccounts(directory), directory, clock, origins }), {
    prefix: '/poise/api',
  });
});
afterEach(() => app.close());

async function post(path: string, payload: object, user?: string, origin: string | undefined = OTHER) {
  const authorization = user === undefined ? undefined : `Basic ${btoa(`${user}:${user}`)}`;
  const url = `/poise/api/desktop/handover${path}`;
  const answer = await app.inject({
    method: 'POST',
    url,
    payload,
    headers: { ...(authorization && { authorization }), ...(origin !== '' && { origin }) },
  });
  expect(answer.headers['cache-control']).toBe('no-store');
  return { status: answer.statusCode, ...(answer.json() as { ticket: string; text: string }) };
}

test('what a page leaves is there once, for who has the ticket', async () => {
  const { status, ticket } = await post('', { text: 'sealed' }, '2001');
  expect([status, ticket.length]).toEqual([200, 32]);
  expect((await post('/take', { ticket: `${ticket}x`, from: OTHER })).status).toBe(404);
  expect(await post('/take', { ticket, from: OTHER })).toEqual({ status: 200, text: 'sealed' });
  expect((await post('/take', { ticket, from: OTHER })).status).toBe(404);
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
  const late = (await post('', { text: 'late' }, '2002')).ticket;
  clock.advance(HANDOVER_MS);
  const soon = (await post('', { text: 'soon' }, '2001')).ticket;
  clock.advance(HANDOVER_MS - 1);
  expect([
    (await post('/take', { ticket: late, from: OTHER })).status,
    (await post('/take', { ticket: soon, from: OTHER })).status,
  ]).toEqual([404, 200]);
});

test('the oldest gives way', () => {
  const handovers = new Handovers(clock);
  const first = handovers.keep('u0', OTHER, 'first');
  const second = handovers.keep('u1', OTHER, 'second');
  for (let n = 2; n <= HANDOVERS_MAX; n++) handovers.keep(`u${n}`, OTHER, String(n));
  expect([handovers.take(first, OTHER), handovers.take(second, OTHER)]).toEqual([null, 'second']);
});

test('of one user there is one, the last: nobody crowds out the others', async () => {
  const { ticket: first } = await post('', { text: 'first' }, '2001');
  const { ticket: second } = await post('', { text: 'second' }, '2001');
  expect((await post('/take', { ticket: first, from: OTHER })).status).toBe(404);
  expect((await post('/take', { ticket: second, from: OTHER })).text).toBe('second');
});

test.each([
  ['a page that is no node', 'https://evil.example'],
  ['a page without an origin', 'null'],
  ['what is no page', ''],
])('%s leaves nothing', async (_what, origin) => {
  expect((await post('', { text: 'x' }, '2001', origin)).status).toBe(403);
});

test.each(['https://evil.example', 'http://a.example:8083', 'http://b.example:8082', '', undefined])(
  'a page that was opened from %s gets nothing, and nobody after it',
  async (from) => {
    const { ticket } = await post('', { text: 'sealed' }, '2001');
    expect((await post('/take', { ticket, from })).status).toBe(404);
    expect((await post('/take', { ticket, from: OTHER })).status).toBe(404);
  },
);
