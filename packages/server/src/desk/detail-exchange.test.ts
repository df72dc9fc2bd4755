/** What no query tells of an agent a node has from one that has heard of it: the number of a mobile agent, the device, a wish. */
import { AgentState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { NodePair } from '../../test/centre/node-pair.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';

let pair: NodePair;
afterEach(() => pair?.close());

const { NOT_READY, AVAILABLE, TALKING, HOLD, LOGOUT } = AgentState;
const MOBILE = { mode: 'CALL_BY_CALL', dialNumber: '5551234' };
const told = (centre: TestCentre): string[] =>
  centre.published.flatMap(({ node, payload }) => (node === '/finesse/api/User/3001' ? [payload] : []));
const agentAt = (centre: TestCentre) => centre.desk.agents.get('3001');

/** A has heard of the sign-in, at which a mobile agent gives a number; B hears of nothing until its link comes back. */
async function bBegins(): Promise<void> {
  pair = await NodePair.open({ profile: { release: '12.6' } });
  pair.eventDelayMs = null;
  // Words of requests are lost as well.
  pair.fabricB.cut(true);
  const mobile = `<mode>${MOBILE.mode}</mode><dialNumber>${MOBILE.dialNumber}</dialNumber>`;
  const body = { state: 'LOGIN', extension: '2003', activeDeviceId: 'SEP01', mobileAgent: mobile };
  await pair.a.put('3001', body, 'in');
  pair.clock.advance(100);
  expect(agentAt(pair.a)).toMatchObject({ mobile: MOBILE, activeDeviceId: 'SEP01' });
  pair.clock.advance(60_000);
}

/** In a call A asks for Not Ready, which waits for its end. */
async function wish(): Promise<void> {
  pair.a.server.event('3001', TALKING, '2003');
  pair.a.server.onAgentRequest = ({ fields }) =>
    pair.a.server.send('SET_AGENT_STATE_CONF', { InvokeID: fields.InvokeID as number });
  await pair.a.put('3001', { state: 'NOT_READY' }, 'wish');
  pair.clock.advance(100);
  expect(agentAt(pair.a).pendingState).toBe('NOT_READY');
}

/** Until the link of B is in service again, with the agent in this state. */
function reopen(state: number): void {
  pair.b.server.agents.set('3001', { state, extension: '2003' });
  pair.quiet().b.server.drop();
  pair.clock.advance(2_000);
  expect(pair.b.link.state).toBe('IN_SERVICE');
}

test('a node that begins has number and device of a sign-in from one that heard of it, and tells of them once', async () => {
  await bBegins();
  pair.fabricB.cut(false);
  reopen(NOT_READY);
  expect(agentAt(pair.b)).toMatchObject({ mobile: MOBILE, activeDeviceId: 'SEP01' });
  expect(told(pair.b).at(-1)).toContain('<dialNumber>5551234</dialNumber>');
  expect((await pair.b.call('3001', 'GET', 'User/3001')).body).toContain('<dialNumber>5551234</dialNumber>');
  const { length } = told(pair.b);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toHaveLength(length);
  expect(told(pair.a)).toEqual([]);
});

test('a node that begins during a call has the wish that waits for its end, which ends with the call', async () => {
  await bBegins();
  await wish();
  pair.fabricB.cut(false);
  reopen(TALKING);
  expect(agentAt(pair.b).pendingState).toBe('NOT_READY');
  expect(told(pair.b).at(-1)).toContain('<pendingState>NOT_READY</pendingState>');
  pair.b.server.event('3001', NOT_READY, '2003');
  expect(agentAt(pair.b).pendingState).toBe('');
});

test('the bus delivers at most once: it asks once more, and when the others can be reached again', async () => {
  await bBegins();
  await wish();
  reopen(TALKING);
  expect(agentAt(pair.b)).toMatchObject({ mobile: null, pendingState: '' });
  pair.b.server.event('3001', HOLD, '2003');
  pair.clock.advance(10_000);
  pair.fabricB.cut(false);
  pair.clock.advance(1);
  expect(agentAt(pair.b)).toMatchObject({ mobile: MOBILE, pendingState: 'NOT_READY' });
});

test('what an event of the CTI server says counts more', async () => {
  await bBegins();
  await wish();
  reopen(TALKING);
  // The call is over, and there is another one.
  pair.b.server.event('3001', AVAILABLE, '2003');
  pair.b.server.event('3001', TALKING, '2003');
  pair.fabricB.cut(false);
  pair.clock.advance(1);
  expect(agentAt(pair.b)).toMatchObject({ mobile: MOBILE, pendingState: '' });
});

test('a node whose request is left unanswered during a call may have missed more: it asks for the wish as well', async () => {
  await bBegins();
  pair.b.server.event('3001', NOT_READY, '2003');
  pair.b.server.event('3001', TALKING, '2003');
  await wish();
  pair.fabricB.cut(false);
  pair.clock.advance(10_000);
  expect(agentAt(pair.b).pendingState).toBe('');
  pair.b.server.agents.set('3001', { state: TALKING, extension: '2003' });
  pair.b.server.onAgentRequest = () => {};
  await pair.b.put('3001', { state: 'NOT_READY' }, 'unanswered');
  pair.clock.advance(60_000);
  expect(agentAt(pair.b).pendingState).toBe('NOT_READY');
  expect(told(pair.b).at(-1)).toContain('<pendingState>NOT_READY</pendingState>');
});

test('a sign-in that the node has heard of itself is not that of another node', async () => {
  await bBegins();
  reopen(NOT_READY);
  pair.b.server.event('3001', LOGOUT, '2003');
  pair.b.server.event('3001', NOT_READY, '2003');
  pair.fabricB.cut(false);
  pair.clock.advance(1);
  expect(agentAt(pair.b)).toMatchObject({ mobile: null, activeDeviceId: null });
});

test('answers to nobody’s question, and such as cannot be read, change nothing', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  pair.fabricB.cut(false);
  const ids: string[] = [];
  pair.stranger.hear('details.question', ({ body }) => ids.push((body as { id: string }).id));
  reopen(NOT_READY);
  expect(ids).toHaveLength(1);
  const [id] = ids;
  const details = { agentId: '3001', mobile: MOBILE, activeDeviceId: null, pendingState: '' };
  const answer = (more: object) => ({ id, details: [{ ...details, ...more }] });
  for (const body of [
    null,
    { ...answer({}), id: 'other' },
    { id, details: {} },
    answer({ agentId: '' }),
    answer({ agentId: '2001' }),
    answer({ mobile: 'yes' }),
    answer({ mobile: { ...MOBILE, mode: 'BY_CAR' } }),
    answer({ activeDeviceId: 1 }),
    answer({ pendingState: 'ASLEEP' }),
  ])
    pair.stranger.tell('details.answer', 'details.answer', body);
  pair.clock.advance(1);
  expect(agentAt(pair.b).mobile).toBeNull();
  // Who is not in a call has no wish.
  pair.stranger.tell('details.answer', 'details.answer', answer({ pendingState: 'READY' }));
  pair.clock.advance(1);
  expect(agentAt(pair.b)).toMatchObject({ mobile: MOBILE, pendingState: '' });
});

test('what cannot be read is told with its reason, once a minute, and spoils nothing that stands beside it', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  pair.fabricB.cut(false);
  const ids: string[] = [];
  pair.stranger.hear('details.question', ({ body }) => ids.push((body as { id: string }).id));
  reopen(NOT_READY);
  const details = { agentId: '3001', mobile: MOBILE, activeDeviceId: null, pendingState: '' };
  pair.b.told.length = 0;
  for (let time = 0; time < 3; time++) {
    pair.stranger.tell('details.question', 'details.question', { id: 'x', agents: [1] });
    pair.stranger.tell('details.answer', 'details.answer', {
      id: ids[0],
      details: [{ ...details, agentId: '2001', mobile: 'yes' }, details],
    });
  }
  pair.clock.advance(1);
  expect(agentAt(pair.b).mobile).toEqual(MOBILE);
  const warnings = pair.b.told.flatMap((one) => (one.kind === 'operator' ? [one.text] : []));
  expect(warnings).toEqual([
    expect.stringMatching(/node3.*details\.question.*agents is missing or wrong/),
    expect.stringMatching(/node3.*details\.answer.*mobile is missing or wrong/),
  ]);
});
