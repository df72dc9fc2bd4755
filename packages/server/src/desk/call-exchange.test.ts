/** A node whose picture of a call comes from a snapshot, which has no times, has them from one that has heard the events. */
import { AgentState, CallType, DeviceIDType, LocalConnectionState } from '@poise/ged188';
import { afterEach, expect, test } from 'vitest';
import { NodePair } from '../../test/centre/node-pair.ts';
import type { TestCentre } from '../../test/centre/test-centre.ts';
import {
  agentIs,
  begun,
  conferenced,
  connectionCleared,
  delivered,
  established,
  held,
  initiated,
  originated,
  step,
} from '../../test/domain/call-script.ts';

let pair: NodePair;
afterEach(() => pair?.close());

const { CONNECT, HOLD } = LocalConnectionState;
/** The customer, and the phone of agent 2001. */
const CUSTOMER = '9001';
const PHONE = '2001';
const failed = { type: 'failed', callId: '100', failing: null, cause: 'BUSY' } as const;
const DIALOGS = '/finesse/api/User/2001/Dialogs';

/** A has heard of the call from its beginning on; B has its picture when its link comes back. */
async function bBegins(
  steps = [held('100', PHONE, { [PHONE]: 'HOLD' })],
  state: number = HOLD,
): Promise<void> {
  pair = await NodePair.open();
  pair.a.play([
    agentIs('2001', 'READY', PHONE),
    begun('100', PHONE, 'ACD_IN', CUSTOMER),
    delivered('100', CUSTOMER, PHONE, { [PHONE]: 'ALERTING' }),
  ]);
  pair.clock.advance(5_000);
  pair.a.play([
    agentIs('2001', 'TALKING', PHONE),
    established('100', CUSTOMER, PHONE, { [PHONE]: 'CONNECT' }),
  ]);
  pair.clock.advance(60_000);
  pair.a.play(steps);
  pair.clock.advance(30_000);
  pair.b.server.agents.set('2001', { state: AgentState.TALKING, extension: PHONE });
  pair.b.server.calls.set(100, {
    callType: CallType.PREROUTE_ACD_IN,
    parties: [
      { device: CUSTOMER, state: CONNECT, deviceType: DeviceIDType.EXTERNAL },
      { device: PHONE, state },
    ],
  });
  pair.quiet();
}

/** Until the link of B is in service again. */
function reopen(): void {
  pair.b.server.drop();
  pair.clock.advance(2_000);
  expect(pair.b.link.state).toBe('IN_SERVICE');
}

const timesAt = (centre: TestCentre) =>
  Object.fromEntries(
    (centre.desk.dialogs.get('100')?.participants ?? []).map(
      ({ mediaAddress, startTime, stateChangeTime }) => [mediaAddress, [startTime, stateChangeTime]],
    ),
  );
const told = (centre: TestCentre): string[] =>
  centre.published.flatMap(({ node, payload }) => (node === DIALOGS ? [payload] : []));

test('a node that begins has the times of a call from one that heard it, and tells of them once', async () => {
  await bBegins();
  reopen();
  const times = timesAt(pair.a);
  expect(times[PHONE]?.every((time) => time !== null)).toBe(true);
  expect(timesAt(pair.b)).toEqual(times);
  const iso = new Date(times[PHONE]![0]!).toISOString();
  expect(told(pair.b).at(-1)).toContain(`<startTime>${iso}</startTime>`);
  expect((await pair.b.call('2001', 'GET', 'Dialog/100')).body).toContain(`<startTime>${iso}</startTime>`);
  const { length } = told(pair.b);
  pair.clock.advance(60_000);
  expect(told(pair.b)).toHaveLength(length);
  expect(told(pair.a)).toEqual([]);
});

test('of a party that is in another state meanwhile, the time of the former state is not that of this one', async () => {
  // A has not heard yet that the agent holds.
  await bBegins([], HOLD);
  reopen();
  const [began] = timesAt(pair.a)[PHONE]!;
  expect(timesAt(pair.b)[PHONE]).toEqual([began, null]);
});

test('the bus delivers at most once: it asks once more, and when the others can be reached again', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  reopen();
  expect(timesAt(pair.b)[PHONE]).toEqual([null, null]);
  pair.fabricA.cut(false);
  pair.clock.advance(3_000);
  expect(timesAt(pair.b)).toEqual(timesAt(pair.a));
});

test('an event that B has heard itself stands, and whoever has left has no times', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  reopen();
  const at = pair.clock.now();
  pair.b.play([connectionCleared('100', CUSTOMER, { [PHONE]: 'CONNECT' })]);
  pair.fabricA.cut(false);
  pair.clock.advance(3_000);
  const times = timesAt(pair.b);
  expect(times[PHONE]).toEqual(timesAt(pair.a)[PHONE]);
  expect(times[CUSTOMER]).toEqual([null, at]);
});

test('who controls a conference, and from which call it came, is known from the others as well', async () => {
  await bBegins([
    agentIs('3001', 'READY', '2003'),
    held('100', PHONE, { [PHONE]: 'HOLD' }),
    begun('101', PHONE, 'CONSULT', '2003', PHONE),
    initiated('101', PHONE),
    originated('101', PHONE, '2003'),
    begun('101', '2003', 'CONSULT_OFFERED', '2003', PHONE),
    delivered('101', PHONE, '2003', { [PHONE]: 'CONNECT', 2003: 'ALERTING' }),
    established('101', PHONE, '2003', { [PHONE]: 'CONNECT', 2003: 'CONNECT' }),
    agentIs('3001', 'TALKING', '2003'),
    conferenced('100', '101', PHONE, '2003', [CUSTOMER, PHONE, '2003'], {
      [PHONE]: 'CONNECT',
      2003: 'CONNECT',
    }),
  ]);
  pair.b.server.agents.set('3001', { state: AgentState.TALKING, extension: '2003' });
  pair.b.server.calls.set(100, {
    callType: CallType.CONFERENCE,
    parties: [
      { device: CUSTOMER, state: CONNECT, deviceType: DeviceIDType.EXTERNAL },
      { device: PHONE, state: CONNECT },
      { device: '2003', state: CONNECT },
    ],
  });
  reopen();
  const known = pair.a.desk.dialogs.get('100')!;
  expect(known).toMatchObject({ controller: PHONE, secondaryId: '101' });
  expect(pair.b.desk.dialogs.get('100')).toMatchObject({ controller: PHONE, secondaryId: '101' });
  expect(timesAt(pair.b)).toEqual(timesAt(pair.a));
});

test('why a call has failed is known from the others as well', async () => {
  await bBegins([step(failed, { [PHONE]: 'FAIL' })], LocalConnectionState.FAIL);
  reopen();
  const own = (centre: TestCentre) =>
    centre.desk.dialogs.get('100')?.participants.find(({ mediaAddress }) => mediaAddress === PHONE);
  expect(own(pair.a)).toMatchObject({ state: 'FAILED', stateCause: 'BUSY' });
  expect(own(pair.b)).toMatchObject({ state: 'FAILED', stateCause: 'BUSY' });
});

test('answers to nobody’s question, and such as cannot be read, change nothing', async () => {
  await bBegins();
  pair.fabricA.cut(true);
  const ids: string[] = [];
  pair.stranger.hear('calls.question', ({ body }) => ids.push((body as { id: string }).id));
  reopen();
  expect(ids).toHaveLength(1);
  const [id] = ids;
  const party = {
    mediaAddress: PHONE,
    state: 'HELD',
    stateCause: '',
    startedForMs: 90_000,
    stateForMs: 30_000,
  };
  const call = { controller: null, secondaryId: null };
  const answer = (more: object) => ({
    id,
    calls: [{ dialogId: '100', ...call, participants: [{ ...party, ...more }] }],
  });
  for (const body of [
    null,
    [],
    { ...answer({}), id: 'other' },
    { id, calls: 'all' },
    { id, calls: [{ dialogId: '', ...call, participants: [party] }] },
    { id, calls: [{ dialogId: '101', ...call, participants: [party] }] },
    { id, calls: [{ dialogId: '100', ...call, participants: Array.from({ length: 17 }, () => party) }] },
    answer({ state: 'ASLEEP' }),
    answer({ startedForMs: -1 }),
    answer({ stateForMs: '30' }),
    answer({ mediaAddress: '2003' }),
  ])
    pair.stranger.tell('calls.answer', 'calls.answer', body);
  pair.clock.advance(1);
  expect(timesAt(pair.b)[PHONE]).toEqual([null, null]);
  pair.stranger.tell('calls.answer', 'calls.answer', answer({}));
  pair.clock.advance(1);
  expect(timesAt(pair.b)[PHONE]).toEqual([pair.clock.now() - 90_001, pair.clock.now() - 30_001]);
});
