import { ApiError, type Queue, type Update } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, it } from 'vitest';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { agentOf } from './desktop-client.ts';
import { QueueControl } from './queue-control.ts';
import { Store } from './store.ts';

const LIST = '/finesse/api/User/2001/Queues';
const nodeOf = (id: string) => `/finesse/api/Queue/${id}`;

let client: FakeClient;
let queues: QueueControl;

beforeEach(() => {
  const store = new Store();
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY')) });
  client = new FakeClient();
  queues = new QueueControl({ store, clock: new VirtualClock(), frame: (run) => run() });
  queues.begin(client);
});

const queue = (id: string, callsInQueue: number): Queue => ({
  uri: nodeOf(id),
  id,
  name: `Queue ${id}`,
  statistics: { callsInQueue } as Queue['statistics'],
});
const told = (data: Update['data'], node: string, event = 'PUT') =>
  queues.heard({ node, event, requestId: '', source: node, data });
const calls = () =>
  Object.fromEntries(
    [...queues.queues.entries()].map(([id, { statistics }]) => [id, statistics.callsInQueue]),
  );
/** Answers all subscriptions that wait. @returns their nodes */
async function subscribed(): Promise<readonly unknown[]> {
  const nodes: unknown[] = [];
  while (client.waits('subscribe') > 0) nodes.push((await client.answer('subscribe'))[0]);
  return nodes;
}

async function open(...list: readonly Queue[]) {
  const close = queues.open();
  await subscribed();
  await client.answer('queues', list);
  return close;
}

it('reads the queues when somebody looks, and subscribes to the list and to each of them', async () => {
  expect(client.made).toEqual([]);
  const close = queues.open();
  expect(await subscribed()).toEqual([LIST]);
  await client.answer('queues', [queue('1', 3), queue('2', 0)]);
  expect(calls()).toEqual({ 1: 3, 2: 0 });
  // Read once more then: what changed before the subscriptions were made was told to nobody.
  expect(await subscribed()).toEqual([nodeOf('1'), nodeOf('2'), LIST]);
  await client.answer('queues', [queue('1', 4), queue('2', 0)]);
  expect(calls()).toEqual({ 1: 4, 2: 0 });
  expect(client.waits('queues')).toBe(0);
  expect(queues.state.snapshot()).toEqual({ isRead: true, isAbsent: false, error: null });
  told({ type: 'queue', queue: queue('2', 5) }, nodeOf('2'));
  told({ type: 'queue', queue: queue('9', 5) }, nodeOf('9'));
  expect(calls()).toEqual({ 1: 4, 2: 5 });
  close();
  await settle();
  expect(client.waits('unsubscribe')).toBe(3);
  expect(calls()).toEqual({});
});

it('follows the list: a queue that comes is subscribed to, one that goes is left', async () => {
  await open(queue('1', 3), queue('2', 0));
  await subscribed();
  told({ type: 'queues', queues: [queue('3', 1)] }, LIST, 'POST');
  expect(await subscribed()).toEqual([nodeOf('3')]);
  told({ type: 'queues', queues: [queue('1', 3)] }, LIST, 'DELETE');
  told({ type: 'none' }, nodeOf('2'), 'DELETE');
  expect(calls()).toEqual({ 3: 1 });
  expect(client.waits('unsubscribe')).toBe(2);
});

it('after a recovery is as it was read, and as what was heard since', async () => {
  await open(queue('1', 3), queue('2', 0));
  await subscribed();
  await client.answer('queues', [queue('1', 3), queue('2', 0)]);
  const recovery = queues.recover();
  await client.answer('subscribe');
  told({ type: 'queue', queue: queue('1', 7) }, nodeOf('1'));
  await client.answer('queues', [queue('1', 4), queue('5', 0)]);
  await recovery;
  expect(calls()).toEqual({ 1: 7, 5: 0 });
});

it('that are refused are read when the user asks for it', async () => {
  queues.open();
  await subscribed();
  await client.refuse('queues', new ApiError(403, [{ errorType: '', errorData: '', errorMessage: '' }]));
  expect(queues.state.snapshot()).toEqual({
    isRead: false,
    isAbsent: false,
    error: { key: 'error.forbidden' },
  });
  queues.again();
  expect(queues.state.snapshot().error).toBeNull();
  await subscribed();
  await client.answer('queues', []);
  expect(queues.state.snapshot()).toEqual({ isRead: true, isAbsent: false, error: null });
});

it('says so where there are no queues (CCX), and does not ask again', async () => {
  queues.open();
  await subscribed();
  await client.refuse('queues', new ApiError(404, [{ errorType: '', errorData: '', errorMessage: '' }]));
  expect(queues.state.snapshot()).toMatchObject({ isAbsent: true, error: null });
  await queues.recover();
  expect(client.waits('subscribe')).toBe(0);
});
