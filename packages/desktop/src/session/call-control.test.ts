import { ApiError, type Update } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, it } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import { CallControl, callSentence } from './call-control.ts';
import { NEW_CALL } from './calls.ts';
import { agentOf } from './desktop-client.ts';
import { Store } from './store.ts';

let store: Store;
let client: FakeClient;
let isCurrent: boolean;
let control: CallControl;
let clock: VirtualClock;
beforeEach(() => {
  store = new Store();
  store.dispatch({ type: 'sign-in started', host: 'desk' });
  store.dispatch({ type: 'signed in', user: agentOf(userIn('NOT_READY', { extension: OWN })) });
  client = new FakeClient();
  isCurrent = true;
  clock = new VirtualClock();
  control = new CallControl(store, client, () => isCurrent, clock);
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

describe('layouts of variables', () => {
  it('are shown; a server that has none is no failure, another fault is', async () => {
    const read = control.loadLayouts();
    await client.refuse('mediaPropertiesLayouts', new ApiError(404, []));
    await read;
    const again = expect(control.loadLayouts()).rejects.toThrow();
    await client.refuse('mediaPropertiesLayouts', new ApiError(503, []));
    await again;
    void control.loadLayouts();
    await client.answer('mediaPropertiesLayouts', [{ name: 'Gold' }]);
    expect(calls().layouts).toEqual([{ name: 'Gold' }]);
  });
});

describe('phone books', () => {
  it('are read once; after a failure when they are wanted again', async () => {
    void control.loadPhoneBooks();
    void control.loadPhoneBooks();
    expect(calls().phoneBooks).toBe('reading');
    await client.refuse('phoneBooks', new ApiError(503, []));
    expect(calls().phoneBooks).toBe('failed');
    expect(client.waits('phoneBooks')).toBe(0);
    void control.loadPhoneBooks();
    await client.answer('phoneBooks', []);
    void control.loadPhoneBooks();
    expect(calls().phoneBooks).toEqual([]);
    expect(client.waits('phoneBooks')).toBe(0);
  });
});

describe('a request whose event does not come', () => {
  const refusal = new ApiError(400, [{ errorType: 'Invalid State', errorData: '', errorMessage: '' }]);
  beforeEach(async () => {
    void control.request('1', (sent) => sent.hold('1'));
    clock.advance(12_000);
    await settle();
  });

  it('is not waited for any longer, and that is said', () => {
    expect(calls().busy.size).toBe(0);
    expect(calls().error).toEqual({ of: '1', sentence: { key: 'error.timeout' } });
  });

  it('ends that word when it comes late, or puts the reason in its place', async () => {
    await client.answer('hold');
    expect(calls().error).toBeNull();
    void control.request('1', (sent) => sent.hold('1'));
    clock.advance(12_000);
    await client.refuse('hold', refusal);
    expect(calls().error).toEqual({ of: '1', sentence: { key: 'call.error.state' } });
  });

  it('does not disturb what was asked for since', async () => {
    void control.request('1', (sent) => sent.hold('1'));
    await client.refuse('hold', refusal);
    expect(calls()).toMatchObject({ busy: new Set(['1']), error: null });
  });
});

it.each([
  [429, 'error.tooMany'],
  [302, 'error.redirected'],
  [404, 'call.error.gone'],
])('the answer %i has a sentence of its own', (status, key) => {
  expect(callSentence(new ApiError(status, [{ errorType: '', errorData: '', errorMessage: 'x' }]))).toEqual({
    key,
  });
});

describe('keys of the keypad', () => {
  const talking = dialog('1', [part(OWN, 'ACTIVE', ['SEND_DTMF'])]);
  beforeEach(() => {
    told('POST', { type: 'dialogs', dialogs: [talking] });
    store.dispatch({ type: 'keypad opened', of: '1' });
  });

  it('are sent one request after the other, in their order', async () => {
    for (const key of '12#') expect(control.pressKey(key)).toBe(true);
    expect(client.waits('sendDtmf')).toBe(1);
    expect(await client.answer('sendDtmf')).toEqual(['1', '1']);
    expect(await client.answer('sendDtmf')).toEqual(['1', '2#']);
    expect(calls().keypad).toEqual({ of: '1', isOpen: true, echo: '12#', pending: 0 });
  });

  it('are not taken while too many are on their way, nor while the keypad is closed or the link is down', async () => {
    const taken = Array.from({ length: 21 }, () => control.pressKey('5'));
    expect(taken.filter(Boolean)).toHaveLength(20);
    await client.answer('sendDtmf');
    await client.answer('sendDtmf');
    store.dispatch({ type: 'link', link: 'lost' });
    expect(control.pressKey('5')).toBe(false);
    store.dispatch({ type: 'link', link: 'up' });
    store.dispatch({ type: 'keypad closed' });
    expect(control.pressKey('5')).toBe(false);
  });

  it('wait for an answer 5 s and no longer, and that is said', async () => {
    control.pressKey('1');
    control.pressKey('2');
    clock.advance(4_999);
    await settle();
    expect(calls().keypad?.pending).toBe(2);
    clock.advance(1);
    await settle();
    expect(calls().keypad?.pending).toBe(1);
    expect(calls().error).toEqual({ of: '1', sentence: { key: 'error.timeout' } });
    expect(client.waits('sendDtmf')).toBe(2);
  });
});
