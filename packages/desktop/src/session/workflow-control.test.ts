import { ApiError, type Dialog, type Workflow } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { configOf } from '@poise/layout';
import * as engine from '@poise/workflow';
import { beforeEach, expect, it } from 'vitest';
import { popAction, workflow } from '../../../workflow/test/workflows.ts';
import { dialog, part } from '../../test/dialogs.ts';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { AREA_RETRY_MS } from './area-control.ts';
import { agentOf } from './desktop-client.ts';
import { Hub } from './hub.ts';
import { productState } from './layout.ts';
import type { Outside } from './outside.ts';
import { Store } from './store.ts';
import { OUTSIDE_TIMEOUT_MS, WorkflowControl } from './workflow-control.ts';

/** Extension of the agent of the fake client. */
const OWN = '2003';
const call = (id: string, state: string, more: Partial<Dialog> = {}) =>
  dialog(id, [part(OWN, state), part('15551234', 'ACTIVE')], more);

let store: Store;
let client: FakeClient;
let clock: VirtualClock;
let hub: Hub;
let control: WorkflowControl;
let isBlocking: boolean;
/** What was done, and what was logged. */
let done: string[];
let log: string[];
let outsideRequest: Outside['request'];

const outside: Outside = {
  prepare: () => {},
  openWindow: (url, name) => {
    if (isBlocking) return false;
    return done.push(`${url} in ${name || 'a new one'}`) > 0;
  },
  request: (request, signal) => outsideRequest(request, signal),
};

beforeEach(() => {
  store = new Store();
  client = new FakeClient();
  clock = new VirtualClock();
  hub = new Hub();
  [isBlocking, done, log] = [false, [], []];
  outsideRequest = async ({ method, url, body }) => {
    done.push(`${method} ${url} ${body}`);
    return 200;
  };
  control = new WorkflowControl({
    store,
    clock,
    frame: (run) => run(),
    log: (line) => log.push(line),
    hub,
    outside,
    engine: async () => engine,
  });
});

const read = (...dialogs: Dialog[]) => store.dispatch({ type: 'dialogs read', dialogs });
const told = (event: string, one: Dialog) =>
  store.dispatch({
    type: 'dialog update',
    update: {
      node: '/finesse/api/User/2001/Dialogs',
      event,
      requestId: '',
      source: '',
      data: { type: 'dialogs', dialogs: [one] },
    },
  });

/** As the controller does it. */
async function signIn(workflows: readonly Workflow[], consult = true): Promise<void> {
  client.theWorkflows.push(...workflows);
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  control.begin(client);
  const layout = productState(userIn('READY'));
  const properties = configOf({ server: { triggerWorkFlowForConsult: consult } }).properties;
  store.dispatch({ type: 'layout', layout: { ...layout, properties } });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('READY')) });
  control.load();
  await settle();
}

const ALL = [
  workflow('arrives'),
  workflow('answered', 'CALL_ANSWERED'),
  workflow('ended', 'CALL_ENDED'),
] as const;
const ran = () => done.map((line) => line.replace('https://x.example/', '').split(' ')[0]);

const requesting = (params: Record<string, string>) =>
  workflow('asks', 'CALL_ARRIVES', {
    workflowActions: [
      popAction('', {
        name: 'ask',
        type: 'HTTP_REQUEST',
        params: Object.entries(params).map(([name, value]) => ({ name, value })),
        actionVariables: [{ name: 'dialogId', node: '', type: 'SYSTEM', testValue: '' }],
      }),
      popAction('https://x.example/next'),
    ],
  });

it('runs for what happens to the calls of the store, each trigger once', async () => {
  await signIn(ALL);
  read();
  told('POST', call('1', 'ALERTING'));
  told('PUT', call('1', 'ALERTING'));
  expect(ran()).toEqual(['arrives']);
  told('PUT', call('1', 'ACTIVE'));
  told('PUT', call('1', 'HELD'));
  told('PUT', call('1', 'ACTIVE'));
  told('DELETE', call('1', 'DROPPED'));
  expect(ran()).toEqual(['arrives', 'answered', 'ended']);
});

it('begins when both the workflows and the calls are known: one call counts, of several none', async () => {
  await signIn(ALL);
  told('POST', call('1', 'ALERTING'));
  expect(done).toEqual([]);
  read(call('1', 'ALERTING'));
  expect(ran()).toEqual(['arrives']);
  control.end();
  done.length = 0;
  await signIn([]);
  read(call('1', 'ACTIVE'), call('2', 'HELD'));
  told('PUT', call('1', 'HELD'));
  expect(done).toEqual([]);
});

it('calls that were read before the workflows wait for them', async () => {
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  read(call('1', 'ACTIVE'));
  client.theWorkflows.push(...ALL);
  control.begin(client);
  store.dispatch({ type: 'signed in', user: agentOf(userIn('READY')) });
  expect(done).toEqual([]);
  control.load();
  await settle();
  expect(ran()).toEqual(['arrives', 'answered']);
});

it('a reconnection reads no workflows; what is read of calls then counts as it happened', async () => {
  await signIn(ALL);
  read(call('1', 'ALERTING'));
  client.workflows = () => Promise.reject(new Error('not wanted'));
  await control.recover();
  store.dispatch({ type: 'link', link: 'lost' });
  read(call('1', 'ACTIVE'));
  expect(ran()).toEqual(['arrives', 'answered']);
  read();
  expect(ran()).toEqual(['arrives', 'answered', 'ended']);
  expect(log.join()).not.toContain('not wanted');
});

it('a sign-out ends no call, and nothing runs after it', async () => {
  await signIn(ALL);
  read(call('1', 'ACTIVE'));
  done.length = 0;
  store.dispatch({ type: 'left' });
  control.end();
  told('DELETE', call('1', 'DROPPED'));
  expect(done).toEqual([]);
});

it('consult calls count unless the server says no', async () => {
  const consulted = call('1', 'ALERTING', { callType: 'CONSULT_OFFERED' });
  await signIn(ALL);
  read();
  told('POST', consulted);
  expect(ran()).toEqual(['arrives']);
  control.end();
  done.length = 0;
  await signIn([], false);
  read();
  told('POST', consulted);
  expect(ran()).toEqual([]);
});

it('without workflows the engine is not even fetched', async () => {
  const lazy = new WorkflowControl({
    store,
    clock,
    frame: (run) => run(),
    log: (line) => log.push(line),
    hub,
    outside,
    engine: () => Promise.reject(new Error('not wanted')),
  });
  lazy.begin(client);
  lazy.load();
  await settle();
  expect(log).toEqual([]);
});

it('workflows that cannot be read are asked for again, unless the server refuses', async () => {
  const failing = (status: number) => () =>
    Promise.reject(new ApiError(status, [{ errorType: 'No', errorMessage: '', errorData: '' }], ''));
  const { workflows } = client;
  client.workflows = failing(503);
  await signIn(ALL);
  read(call('1', 'ALERTING'));
  expect(log).toEqual([expect.stringContaining('Workflows : not read, asked for again')]);
  const notices = () => store.snapshot().notices.entries.map(({ sentence }) => sentence.key);
  expect(notices()).toEqual(['notices.workflows']);
  client.workflows = workflows;
  clock.advance(AREA_RETRY_MS);
  await settle();
  expect(ran()).toEqual(['arrives']);
  control.end();
  client.workflows = failing(404);
  await signIn([]);
  client.workflows = () => Promise.reject(new Error('asked again'));
  clock.advance(AREA_RETRY_MS);
  await settle();
  expect(log.at(-1)).toMatch(/^Workflows : not read: /);
  // A server that has none has none that could be missed.
  expect(notices()).toEqual([]);
});

it('requests to the own server go through the client, with its authorisation', async () => {
  await signIn([
    requesting({
      method: 'PUT',
      location: 'FINESSE',
      path: `/finesse/api/Dialog/\${dialogId}`,
      body: '<Dialog/>',
    }),
  ]);
  read();
  told('POST', call('7', 'ALERTING'));
  await settle();
  expect(client.sent).toEqual([
    { method: 'PUT', path: '/finesse/api/Dialog/7', contentType: 'application/xml', body: '<Dialog/>' },
  ]);
  expect(ran()).toEqual(['next']);
});

const OTHER = requesting({
  method: 'POST',
  location: 'OTHER',
  path: `https://crm.example/\${dialogId}`,
  body: 'x',
});

it('requests to other servers never go through the client', async () => {
  await signIn([OTHER]);
  read(call('7', 'ALERTING'));
  await settle();
  expect(client.sent).toEqual([]);
  expect(done).toEqual(['POST https://crm.example/7 x', 'https://x.example/next in w']);
});

it.each<[string, Outside['request'], string]>([
  ['a bad answer', async () => 500, 'the answer was 500'],
  ['no answer', () => Promise.reject(new TypeError('Failed to fetch')), 'Failed to fetch'],
])('%s is logged, and the next action runs', async (_what, request, why) => {
  outsideRequest = request;
  await signIn([OTHER]);
  read(call('7', 'ALERTING'));
  await settle();
  expect(log.at(-1)).toBe(`Workflows : Workflow asks: action ask failed: ${why}.`);
  expect(ran()).toEqual(['next']);
});

const untilAborted: Outside['request'] = (_request, signal) =>
  new Promise((_answer, refuse) => {
    signal.addEventListener('abort', () => refuse(new Error('aborted')));
  });

it('an answer that does not come is waited for so long, and no longer', async () => {
  outsideRequest = untilAborted;
  await signIn([OTHER]);
  read(call('7', 'ALERTING'));
  clock.advance(OUTSIDE_TIMEOUT_MS - 1);
  await settle();
  expect(done).toEqual([]);
  clock.advance(1);
  await settle();
  expect(log.at(-1)).toBe('Workflows : Workflow asks: action ask failed: no answer within 10000 ms.');
  expect(ran()).toEqual(['next']);
});

it('the end of the sign-in ends what is under way, and the next action does not begin', async () => {
  outsideRequest = untilAborted;
  await signIn([OTHER]);
  read(call('7', 'ALERTING'));
  control.end();
  await settle();
  expect(log.at(-1)).toBe('Workflows : Workflow asks: action ask failed: aborted.');
  expect(done).toEqual([]);
});

it('a window that the browser blocks is told of, with what opens it', async () => {
  isBlocking = true;
  await signIn([workflow('arrives')]);
  read();
  told('POST', call('1', 'ALERTING'));
  const { entries } = store.snapshot().notices;
  const page = { url: 'https://x.example/arrives', windowName: 'w' };
  expect(entries).toMatchObject([
    { kind: 'other', sentence: { key: 'notices.windowBlocked', values: { name: 'pop' } }, page },
  ]);
  isBlocking = false;
  control.open(page);
  expect(done).toEqual(['https://x.example/arrives in w']);
  // Call data and addresses stay out of a log that leaves the building.
  expect(log.join('\n')).not.toContain('x.example');
});

it('what the desktop carries out is published on the hub, too', async () => {
  await signIn([workflow('w', 'CALL_ARRIVES', { workflowActions: [popAction('https://x.example/')] })]);
  const heard: unknown[] = [];
  hub.connect((topic, payload) => heard.push([topic, payload]));
  read(call('1', 'ALERTING'));
  expect(heard).toMatchObject([
    ['finesse.containerservices.workflowActionEvent', { name: 'pop', handledBy: 'FINESSE' }],
  ]);
  expect(done).toEqual(['https://x.example/ in w']);
});

it('what gadgets handle is published on the hub, and logged', async () => {
  const forGadgets = workflow('w', 'CALL_ARRIVES', {
    workflowActions: [popAction('https://x.example/', { handledBy: 'OTHER' })],
  });
  await signIn([forGadgets]);
  const heard: unknown[] = [];
  const end = hub.connect((topic, payload) => heard.push([topic, payload]));
  read(call('1', 'ALERTING'));
  expect(heard).toMatchObject([
    ['finesse.containerservices.workflowActionEvent', { name: 'pop', handledBy: 'OTHER' }],
  ]);
  end();
  told('DELETE', call('1', 'DROPPED'));
  told('POST', call('2', 'ALERTING'));
  expect(heard).toHaveLength(1);
  expect(log.at(-1)).toBe('Workflows : Action pop is for gadgets; none listens.');
});

it('takes what an administrator changed: for the next call, and not again for this one', async () => {
  await signIn([workflow('arrives')]);
  read();
  told('POST', call('1', 'ALERTING'));
  await settle();
  expect(ran()).toEqual(['arrives']);
  client.theWorkflows.splice(0, 1, workflow('other'), workflow('answered', 'CALL_ANSWERED'));
  control.load();
  await settle();
  told('PUT', call('1', 'ACTIVE'));
  await settle();
  expect(ran()).toEqual(['arrives', 'answered']);
  told('DELETE', call('1', 'DROPPED'));
  told('POST', call('2', 'ALERTING'));
  await settle();
  expect(ran()).toEqual(['arrives', 'answered', 'other']);
  client.theWorkflows.length = 0;
  control.load();
  await settle();
  told('DELETE', call('2', 'DROPPED'));
  told('POST', call('3', 'ALERTING'));
  await settle();
  expect(ran()).toHaveLength(3);
  expect(log.join()).toContain('Workflows : 0 read anew');
});

it('begins with the first workflow that an administrator makes', async () => {
  await signIn([]);
  read();
  client.theWorkflows.push(workflow('arrives'));
  control.load();
  await settle();
  told('POST', call('1', 'ALERTING'));
  await settle();
  expect(ran()).toEqual(['arrives']);
});
