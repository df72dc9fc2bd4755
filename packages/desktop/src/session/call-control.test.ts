import { ApiError, type Update } from '@poise/client';
import { beforeEach, describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { CallControl, callSentence } from './call-control.ts';
import { NEW_CALL } from './calls.ts';
import { agentOf } from './controller.ts';
import { Store } from './store.ts';

let store: Store;
let client: FakeClient;
let isCurrent: boolean;
let control: CallControl;
beforeEach(() => {
  store = new Store();
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY', { extension: OWN })) });
  client = new FakeClient();
  isCurrent = true;
  control = new CallControl(store, client, () => isCurrent);
});
const calls = () => store.snapshot().calls;
const held = dialog('1', [part(OWN, 'HELD')]);
const active = dialog('1', [part(OWN, 'ACTIVE')]);

const told = (event: string, data: Update['data']) => {
  const update: Update = { node: '', event, requestId: '', source: '', data };
  control.heard(update);
  store.dispatch({ type: 'dialog update', update });
};

describe('reading the dialogs', () => {
  it('shows them, and the reasons to wrap up with', async () => {
    void control.load();
    await client.answer('dialogs', [held]);
    void control.loadReasons();
    await client.answer('wrapUpReasons', [{ label: 'Sale made' }]);
    expect(calls().dialogs).toEqual([held]);
    expect(calls().wrapUpReasons).toEqual(['Sale made']);
  });

  it('shows nothing old over what an event told meanwhile, and all the rest', async () => {
    const gone = dialog('2', [part(OWN, 'ACTIVE')]);
    const ended = dialog('3', [part(OWN, 'ACTIVE')]);
    const begun = dialog('4', [part(OWN, 'ALERTING')]);
    const other = dialog('5', [part(OWN, 'HELD')]);
    told('POST', { type: 'dialogs', dialogs: [held, gone, ended] });
    void control.load();
    told('PUT', { type: 'dialog', dialog: active });
    told('DELETE', { type: 'dialogs', dialogs: [ended] });
    told('POST', { type: 'dialogs', dialogs: [begun] });
    await client.answer('dialogs', [held, ended, other]);
    expect(calls().dialogs).toEqual([active, begun, other]);
    expect(client.waits('dialogs')).toBe(0);
    // The next list is not bound by what the first one missed.
    void control.load();
    await client.answer('dialogs', []);
    expect(calls().dialogs).toEqual([]);
  });

  it('that fails changes nothing and is told, and one that comes too late shows nothing', async () => {
    const failed = expect(control.load()).rejects.toThrow('gone');
    await client.refuse('dialogs', new Error('gone'));
    await failed;
    void control.load();
    isCurrent = false;
    await client.answer('dialogs', [held]);
    expect(calls().dialogs).toEqual([]);
  });
});

describe('a request about a call', () => {
  it('is under way until its event comes', async () => {
    void control.request('1', (sdk) => sdk.hold('1'));
    expect(calls().busy).toEqual(new Set(['1']));
    await client.answer('hold');
    expect(calls()).toMatchObject({ busy: new Set(), error: null });
  });

  it('is sent once, however often the button is pressed; other calls do not wait for it', async () => {
    void control.request('1', (sdk) => sdk.hold('1'));
    void control.request('1', (sdk) => sdk.hold('1'));
    void control.request('2', (sdk) => sdk.drop('2'));
    await settle();
    expect(client.made).toEqual(['hold', 'drop']);
  });

  it('that fails leaves a sentence with its call, until the next one', async () => {
    void control.make('4711');
    const error = { errorType: 'Invalid Destination', errorData: '', errorMessage: 'no' };
    await client.refuse('make', new ApiError(400, [error]));
    expect(calls()).toMatchObject({
      busy: new Set(),
      error: { of: NEW_CALL, sentence: { key: 'call.error.destination' } },
    });
    void control.make('6001');
    expect(calls().error).toBeNull();
  });

  it('of a page that has signed out says nothing any more', async () => {
    void control.request('1', (sdk) => sdk.hold('1'));
    store.dispatch({ type: 'left' });
    isCurrent = false;
    await client.answer('hold');
    expect(calls()).toMatchObject({ busy: new Set(), dialogs: [] });
  });
});

it.each<[string, string, number, string]>([
  ['Generic Error', 'INVALID_ACTION HOLD on extension 3001', 400, 'call.error.state'],
  ['Invalid State', 'CF_INVALID_OBJECT_STATE', 401, 'call.error.state'],
  ['Generic Error', 'CF_INVALID_CALLED_DEVICE', 400, 'call.error.destination'],
  ['Generic Error', 'CF_RESOURCE_BUSY', 400, 'call.error.busy'],
  ['Dialog Not Found', 'x', 404, 'call.error.gone'],
  ['Generic Error', 'CF_GENERIC_UNSPECIFIED_REJECTION', 400, 'error.other'],
  ['Service Unavailable', 'SERVER_OUT_OF_SERVICE', 503, 'error.outOfService'],
])('%s %s (%i) is told as %s', (errorType, errorMessage, status, key) => {
  expect(callSentence(new ApiError(status, [{ errorType, errorData: '', errorMessage }])).key).toBe(key);
});
