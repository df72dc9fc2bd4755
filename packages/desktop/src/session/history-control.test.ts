import { ApiError, type History, type HistoryCall, type Update } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { AREA_RETRY_MS } from './area-control.ts';
import { agentOf } from './desktop-client.ts';
import { HistoryControl } from './history-control.ts';
import { dispositionKey, spentOf } from './history-facts.ts';
import { Store } from './store.ts';

let clock: VirtualClock;
let client: FakeClient;
let control: HistoryControl;

beforeEach(() => {
  clock = new VirtualClock();
  const store = new Store();
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY')) });
  client = new FakeClient();
  control = new HistoryControl({ store, clock, frame: (run) => run() });
  control.begin(client);
});

const history = (userId: string, callsVersion = 1): History => ({
  userId,
  shift: { id: 1, startedAt: null, endedAt: null },
  calls: [],
  states: [],
  callsVersion,
  statesVersion: 1,
});
const told = (node: string, loginId = '2001'): Update => ({
  node,
  event: 'PUT',
  requestId: '',
  source: '',
  data: { type: 'user', user: userIn('READY', { loginId }) },
});
const OWN = '/finesse/api/User/2001';
const TEAM = '/finesse/api/Team/5000/Users';

describe('a history', () => {
  it('is read when somebody looks, once for all who do, and no more when nobody does', async () => {
    const close = [control.open('2001'), control.open('2001')];
    expect(await client.answer('history', history('2001'))).toEqual(['2001', undefined]);
    expect(control.of('2001').snapshot()).toEqual({ history: history('2001'), error: null });
    for (const end of close) end();
    control.heard(told(OWN));
    clock.advance(1_000);
    expect(client.waits('history')).toBe(0);
    expect(control.of('2001').snapshot().history).toBeNull();
  });

  it('is asked for what is new after the Updates that it is made of, several at a time', async () => {
    control.open('2001');
    control.open('3001');
    await client.answer('history', history('2001'));
    await client.answer('history', history('3001'));
    control.heard(told(OWN));
    control.heard(told(`${OWN}/Dialogs`));
    control.heard(told(TEAM, '2001'));
    clock.advance(300);
    expect(await client.answer('history', history('2001', 2))).toEqual(['2001', history('2001')]);
    expect(client.waits('history')).toBe(0);
    control.heard(told(TEAM, '3001'));
    clock.advance(300);
    expect(await client.answer('history', history('3001', 3))).toEqual(['3001', history('3001')]);
  });

  it('that cannot be read says why, keeps what is known, and is asked for again where that may help', async () => {
    control.open('2001');
    await client.refuse('history', new ApiError(503, [{ errorType: '', errorData: '', errorMessage: '' }]));
    expect(control.of('2001').snapshot().error).toEqual({ key: 'error.outOfService' });
    clock.advance(AREA_RETRY_MS);
    await client.answer('history', history('2001'));
    const recovery = control.recover();
    await client.refuse('history', new ApiError(403, [{ errorType: '', errorData: '', errorMessage: '' }]));
    await recovery;
    expect(control.of('2001').snapshot()).toEqual({
      history: history('2001'),
      error: { key: 'error.forbidden' },
    });
    clock.advance(10 * AREA_RETRY_MS);
    await settle();
    expect(client.waits('history')).toBe(0);
    control.again('2001');
    await client.answer('history', history('2001'));
    expect(control.of('2001').snapshot().error).toBeNull();
  });
});

const call = (more: Partial<HistoryCall>) =>
  ({ phase: null, phaseSince: null, durationMs: 5_000, ...more }) as HistoryCall;

test.each<[string, Partial<HistoryCall>, object]>([
  ['over', {}, { ms: 5_000, since: null }],
  ['in talk', { phase: 'talk', phaseSince: new Date(60_000) }, { ms: null, since: 55_000 }],
  [
    'ringing first',
    { phase: 'ring', phaseSince: new Date(60_000), durationMs: null },
    { ms: null, since: 60_000 },
  ],
  ['in wrap-up', { phase: 'wrapUp', phaseSince: new Date(60_000) }, { ms: 5_000, since: null }],
])('the duration of a call that is %s', (_what, more, expected) => {
  expect(spentOf(call(more))).toEqual(expected);
});

test('how a call ended has a word, whatever the server says', () => {
  expect(dispositionKey('handled')).toBe('history.handled');
  expect(dispositionKey(null)).toBe('history.goesOn');
  expect(dispositionKey('constructor')).toBe('history.unknown');
});
