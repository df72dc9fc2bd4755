import { ApiError, type PoiseClientOptions, type Update } from '@poise/client';
import { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClient, NODE, settle, systemInfo, userIn, userUpdate } from '../../test/fake-client.ts';
import { DesktopController } from './controller.ts';
import { agentOf } from './desktop-client.ts';
import type { HandedOver, HandedTokens } from './handover.ts';
import type { KeptSignIn } from './kept-sign-in.ts';
import { Store } from './store.ts';

const api = (status: number, errorType = '', errorData = '') =>
  new ApiError(status, [{ errorType, errorData, errorMessage: '' }]);

let clock: VirtualClock;
let store: Store;
let clients: FakeClient[];
let options: PoiseClientOptions[];
let controller: DesktopController;
let log: string[];

beforeEach(() => {
  clock = new VirtualClock(100_000);
  store = new Store();
  clients = [];
  options = [];
  log = [];
  controller = new DesktopController(store, 'http://desk.example:8082', {
    clock,
    log: { add: (line) => void log.push(line), text: () => log.join('\n') },
    createClient: (given) => {
      options.push(given);
      const client = new FakeClient();
      clients.push(client);
      return client;
    },
  });
});

const state = () => store.snapshot();
/** The client made last. */
const client = () => clients.at(-1) as FakeClient;
const start = () => void controller.signIn('2001', 'secret', '2003');

async function untilConnecting() {
  start();
  await client().answer('systemInfo', systemInfo('IN_SERVICE'));
}

async function untilSignedIn() {
  await untilConnecting();
  await client().answer('connect');
  await client().answer('user', userIn('LOGOUT'));
  await client().answer('signIn', userIn('NOT_READY'));
}

const reason = (id: number, label: string) => ({ id, label });
async function answerReasons() {
  await client().answer('reasonCodes', [reason(1, 'End of Shift')]);
  await client().answer('reasonCodes', [reason(10, 'Lunch')]);
}

describe('signing in', () => {
  test('where BOSH had to take the place of the WebSocket, the next sign-in begins with it', async () => {
    await untilConnecting();
    client().transport = 'bosh';
    await client().refuse('connect', api(401));
    await client().refuse('user', api(401));
    start();
    expect(options.map(({ transport }) => transport)).toEqual([undefined, 'bosh']);
  });

  test('asks the server step by step: its state, the connection, the user, LOGIN, the reasons', async () => {
    start();
    expect(state()).toMatchObject({ phase: 'signing-in', host: 'desk.example' });
    expect(options[0]).toEqual({
      baseUrl: 'http://desk.example:8082',
      user: '2001',
      password: 'secret',
      resource: 'desktop',
    });
    expect(client().made).toEqual(['systemInfo']);
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    expect(client().made).toEqual(['systemInfo', 'connect']);
    await client().answer('connect');
    expect(client().made.at(-1)).toBe('user');
    await client().answer('user', userIn('LOGOUT'));
    expect(client().made.at(-1)).toBe('signIn');
    expect(state().phase).toBe('signing-in');
    expect(await client().answer('signIn', userIn('NOT_READY'))).toEqual([{ extension: '2003' }]);
    expect(state()).toMatchObject({
      phase: 'signed-in',
      user: { loginId: '2001', firstName: 'Mickey', state: 'NOT_READY', extension: '2003' },
      notReadyReasons: null,
    });
    expect(await client().answer('reasonCodes', [reason(1, 'End of Shift')])).toEqual(['LOGOUT']);
    expect(await client().answer('reasonCodes', [reason(10, 'Lunch')])).toEqual(['NOT_READY']);
    expect(state().signOutReasons).toEqual([reason(1, 'End of Shift')]);
    expect(state().notReadyReasons).toEqual([reason(10, 'Lunch')]);
    expect(clock.pending).toBe(0);
  });

  test('calls that cannot be read say so, and are read when that is asked for or ten seconds are over', async () => {
    await untilSignedIn();
    await client().refuse('dialogs', api(403));
    expect(state().calls).toMatchObject({ isRead: false, readError: { key: 'error.forbidden' } });
    void controller.loadCalls();
    expect(state().calls.readError).toBeNull();
    await client().refuse('dialogs', api(503));
    expect(state().calls.readError).toEqual({ key: 'error.outOfService' });
    clock.advance(10_000);
    await client().answer('dialogs', []);
    expect(state().calls).toMatchObject({ isRead: true, readError: null });
    clock.advance(60_000);
    expect(client().waits('dialogs')).toBe(0);
  });

  test.each([
    ['a server without layouts', api(404), []],
    ['one that fails', api(500), ['notices.layout']],
  ])('the page has a layout of its own with %s', async (_server, answer, notices) => {
    await untilConnecting();
    client().poise = () => Promise.reject(answer);
    await client().answer('connect');
    await client().answer('user', userIn('READY'));
    expect(state().layout?.source).toBe('product');
    expect(state().notices.entries.map(({ sentence }) => sentence.key)).toEqual(notices);
  });

  test('an agent who is signed in already is taken over as is', async () => {
    await untilConnecting();
    await client().answer('connect');
    await client().answer('user', userIn('READY', { extension: '2005' }));
    expect(client().made).not.toContain('signIn');
    expect(state()).toMatchObject({ phase: 'signed-in', user: { state: 'READY', extension: '2005' } });
  });

  test('waits for a server that is out of service, asking every 2 s, and says so', async () => {
    start();
    await client().answer('systemInfo', systemInfo('OUT_OF_SERVICE'));
    expect(state().waitingForServer).toBe(true);
    clock.advance(1_999);
    await settle();
    expect(client().made).toEqual(['systemInfo']);
    clock.advance(1);
    await settle();
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    expect(client().made).toEqual(['systemInfo', 'systemInfo', 'connect']);
  });

  test('the difference of the clocks counts from the middle of the question', async () => {
    start();
    clock.advance(400);
    await client().answer('systemInfo', systemInfo('IN_SERVICE', new Date(107_200)));
    expect(state().drift).toBe(7_000);
  });

  test('an event that comes before the answer to LOGIN is not lost', async () => {
    await untilConnecting();
    await client().answer('connect');
    await client().answer('user', userIn('LOGOUT'));
    await client().update(userUpdate(userIn('NOT_READY', { stateChangeTime: new Date(2_000) })));
    await client().update(userUpdate(userIn('READY', { stateChangeTime: new Date(3_000) })));
    await client().answer('signIn', userIn('NOT_READY', { stateChangeTime: new Date(2_000) }));
    expect(state()).toMatchObject({ phase: 'signed-in', user: { state: 'READY' } });
  });

  test('an agent who is thrown out before the answer to LOGIN is back at the form, without a connection', async () => {
    await untilConnecting();
    await client().answer('connect');
    await client().answer('user', userIn('LOGOUT'));
    await client().update(userUpdate(userIn('LOGOUT', { stateChangeTime: new Date(3_000) })));
    await client().answer('signIn', userIn('NOT_READY', { stateChangeTime: new Date(2_000) }));
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'other' });
    expect(client().isClosed).toBe(true);
    expect(client().made).not.toContain('reasonCodes');
  });
});

describe('a sign-in that is refused', () => {
  test('a wrong password is told when REST refuses it, too', async () => {
    await untilConnecting();
    await client().refuse('connect', api(401));
    expect(state().phase).toBe('signing-in');
    await client().refuse('user', api(401, 'Authorization Failure'));
    expect(state()).toMatchObject({ phase: 'signed-out', error: { key: 'error.credentials' } });
    expect(client().isClosed).toBe(true);
  });

  test('an account that is no agent is told apart from a wrong password by REST', async () => {
    await untilConnecting();
    await client().refuse('connect', api(401));
    await client().refuse('user', api(404, 'User Not Found'));
    expect(state()).toMatchObject({ phase: 'signed-out', error: { key: 'error.notAgent' } });
  });

  test('a notification service that refuses what REST accepts is taken at its word', async () => {
    await untilConnecting();
    await client().refuse('connect', api(401));
    await client().answer('user', userIn('LOGOUT'));
    expect(state().error).toEqual({ key: 'error.credentials' });
    expect(client().made).not.toContain('signIn');
  });

  test.each<[string, ApiError, string]>([
    ['in use', api(400, 'Device Busy'), 'error.extensionBusy'],
    ['unknown', api(400, 'Invalid Device'), 'error.extension'],
  ])('an extension that is %s is named', async (_title, error, key) => {
    await untilConnecting();
    await client().answer('connect');
    await client().answer('user', userIn('LOGOUT'));
    await client().refuse('signIn', error);
    expect(state()).toMatchObject({ phase: 'signed-out', error: { key, values: { extension: '2003' } } });
    expect(client().isClosed).toBe(true);
  });

  test.each<[string, unknown, string]>([
    ['cannot be reached', api(0, 'Unreachable'), 'error.unreachable'],
    ['goes out of service', api(503), 'error.outOfService'],
  ])('a notification service that %s ends it with a sentence', async (_title, error, key) => {
    await untilConnecting();
    await client().refuse('connect', error);
    expect(state()).toMatchObject({ phase: 'signed-out', error: { key } });
    expect(client().made).not.toContain('signIn');
  });

  test('a client that cannot even be made ends it with a sentence', async () => {
    const broken = new DesktopController(store, 'http://desk.example', {
      clock,
      createClient: () => {
        throw new TypeError('no WebSocket here');
      },
    });
    await broken.signIn('2001', 'secret', '2003');
    expect(state().error).toEqual({ key: 'error.other', values: { detail: 'no WebSocket here' } });
  });

  test('the next attempt begins anew, with a client of its own', async () => {
    start();
    await client().refuse('systemInfo', api(0));
    expect(state().error).toEqual({ key: 'error.unreachable' });
    start();
    expect(state()).toMatchObject({ phase: 'signing-in', error: null });
    expect(clients).toHaveLength(2);
  });
});

describe('reasons', () => {
  test('are asked for again until they come, less and less often, at most once a minute', async () => {
    await untilSignedIn();
    const delays: number[] = [];
    for (let round = 0; round < 6; round++) {
      await client().refuse('reasonCodes', api(503));
      await client().refuse('reasonCodes', api(503));
      expect(state().reasonsLate).toBe(true);
      expect(clock.pending).toBe(1);
      delays.push(clock.nextDelayMs as number);
      clock.advance(delays.at(-1) as number);
      await settle();
    }
    expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
    expect(state()).toMatchObject({ phase: 'signed-in', error: null, notReadyReasons: null });
    await answerReasons();
    expect(state()).toMatchObject({ notReadyReasons: [reason(10, 'Lunch')], reasonsLate: false });
    expect(clock.pending).toBe(0);
  });

  test('one list without the other is as good as none', async () => {
    await untilSignedIn();
    await client().answer('reasonCodes', []);
    await client().refuse('reasonCodes', api(503));
    expect(state()).toMatchObject({ signOutReasons: null, notReadyReasons: null });
  });

  test('are asked for once only, whoever wants them: a recovery replaces what was planned', async () => {
    await untilSignedIn();
    await client().refuse('reasonCodes', api(503));
    await client().refuse('reasonCodes', api(503));
    await client().status('disconnected');
    await client().status('recovered');
    // The alarm, and no other timer.
    expect(clock.pending).toBe(1);
    expect(client().waits('reasonCodes')).toBe(2);
    await answerReasons();
    expect(state().notReadyReasons).toEqual([reason(10, 'Lunch')]);
  });

  test('that fail twice at the same time are planned once', async () => {
    await untilSignedIn();
    await client().status('disconnected');
    await client().status('recovered');
    expect(client().waits('reasonCodes')).toBe(4);
    await client().answer('user', userIn('NOT_READY'));
    await client().answer('dialogs', []);
    await client().answer('dialogs', []);
    for (let k = 0; k < 4; k++) await client().refuse('reasonCodes', api(503));
    // The other one is for what an administrator may have changed meanwhile.
    expect(clock.pending).toBe(2);
  });

  test('that fail after the page was left are not planned again', async () => {
    await untilSignedIn();
    controller.leave();
    const before = state();
    await client().refuse('reasonCodes', api(503));
    expect(state()).toBe(before);
    expect(clock.pending).toBe(0);
  });

  test('are not asked for any longer when the page has been left', async () => {
    await untilSignedIn();
    await client().refuse('reasonCodes', api(503));
    controller.leave();
    expect(clock.pending).toBe(0);
  });
});

describe('changing the state', () => {
  beforeEach(async () => {
    await untilSignedIn();
    await answerReasons();
  });

  test('sends the reason, waits, and shows what the event says', async () => {
    void controller.changeState('NOT_READY', 10);
    expect(state().pending).toBe('state');
    const lunch = userIn('NOT_READY', { stateChangeTime: new Date(2_000), reasonCodeId: 10 });
    expect(await client().answer('setState', lunch)).toEqual(['NOT_READY', 10]);
    expect(state()).toMatchObject({ pending: null, error: null, user: { reasonCodeId: 10 } });
  });

  test('one change at a time: another one meanwhile is not sent', async () => {
    void controller.changeState('READY');
    void controller.changeState('NOT_READY');
    void controller.signOut();
    expect(client().waits('setState')).toBe(1);
    expect(client().waits('signOut')).toBe(0);
  });

  test.each<[string, unknown, string]>([
    ['refused', api(400, 'Invalid State'), 'error.invalidState'],
    [
      'without the reason it needs',
      api(400, '', 'finesse.api.reasoncode.require_reasoncode'),
      'error.reasonRequired',
    ],
    ['asked for too often', api(429), 'error.tooMany'],
    ['answered from elsewhere', api(302), 'error.redirected'],
    ['of an agent whom the server does not know', api(404, 'User Not Found'), 'error.unknownAgent'],
    ['accepted, without an event in time', api(408, 'Timeout', 'event'), 'error.timeout'],
  ])('a change that is %s leaves the state and says why', async (_title, error, key) => {
    void controller.changeState('READY');
    await client().refuse('setState', error);
    expect(state()).toMatchObject({
      phase: 'signed-in',
      pending: null,
      error: { key },
      user: { state: 'NOT_READY' },
    });
    void controller.changeState('READY');
    expect(state().error).toBeNull();
  });

  describe('whose event does not come', () => {
    beforeEach(async () => {
      void controller.changeState('READY');
      await settle();
      clock.advance(11_999);
      expect(state()).toMatchObject({ pending: 'state', error: null });
      clock.advance(1);
      await settle();
    });

    test('is not waited for any longer, and that is said', async () => {
      expect(state()).toMatchObject({
        pending: null,
        error: { key: 'error.timeout' },
        user: { state: 'NOT_READY' },
      });
      void controller.changeState('READY');
      expect(client().waits('setState')).toBe(2);
    });

    test('is shown when it comes late, and nothing is said any more', async () => {
      await client().answer('setState', userIn('READY', { stateChangeTime: new Date(2_000) }));
      expect(state()).toMatchObject({ pending: null, error: null, user: { state: 'READY' } });
    });

    test('is told when it is refused late, unless something else was asked for since', async () => {
      await client().refuse('setState', api(400, 'Invalid State'));
      expect(state().error).toEqual({ key: 'error.invalidState' });
      void controller.changeState('READY');
      clock.advance(12_000);
      void controller.changeState('NOT_READY');
      await client().refuse('setState', api(400, 'Invalid State'));
      expect(state()).toMatchObject({ pending: 'state', error: null });
    });
  });

  test('a sign-out that is confirmed late is one’s own', async () => {
    void controller.signOut();
    clock.advance(12_000);
    expect(state()).toMatchObject({ pending: null, error: { key: 'error.timeout' } });
    await client().update(userUpdate(userIn('LOGOUT', { stateChangeTime: new Date(2_000) })));
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'own' });
  });

  test('the answer does not overwrite a later event', async () => {
    void controller.changeState('READY');
    await client().update(userUpdate(userIn('READY', { stateChangeTime: new Date(2_000) })));
    await client().update(userUpdate(userIn('TALKING', { stateChangeTime: new Date(2_500) })));
    await client().answer('setState', userIn('READY', { stateChangeTime: new Date(2_000) }));
    expect(state()).toMatchObject({ pending: null, user: { state: 'TALKING' } });
  });

  test('the answer does not overwrite a later event whose time is earlier because the clock of the server was set back', async () => {
    void controller.changeState('NOT_READY', 10);
    const answer = userIn('TALKING', { pendingState: 'NOT_READY', stateChangeTime: new Date(9_000) });
    await client().update(userUpdate(answer));
    await client().update(userUpdate(userIn('NOT_READY', { stateChangeTime: new Date(2_500) })));
    await client().answer('setState', answer);
    expect(state()).toMatchObject({ pending: null, user: { state: 'NOT_READY' } });
  });

  test('nothing is sent when nobody is signed in', async () => {
    controller.leave();
    await controller.changeState('READY');
    expect(client().waits('setState')).toBe(0);
    expect(state().pending).toBeNull();
  });
});

describe('events', () => {
  beforeEach(untilSignedIn);

  test('a state changed by somebody else is shown', async () => {
    await client().update(userUpdate(userIn('READY')));
    expect(state().user?.state).toBe('READY');
  });

  test.each<[string, Parameters<typeof userUpdate>[1]]>([
    ['of a team', { node: '/finesse/api/Team/5000/Users' }],
    ['of the dialogs', { node: `${NODE}/Dialogs` }],
    ['of a deleted user', { event: 'DELETE' }],
    ['without a user', { data: { type: 'none' } }],
    ['of another agent', { data: { type: 'user', user: userIn('READY', { loginId: '2002' }) } }],
  ])('an event %s changes nothing', async (_title, more) => {
    const before = state();
    await client().update(userUpdate(userIn('READY'), more));
    expect(state()).toBe(before);
  });
});

describe('the connection', () => {
  beforeEach(async () => {
    await untilSignedIn();
    await answerReasons();
  });

  test.each<[Parameters<FakeClient['status']>, string]>([
    [['disconnected'], 'lost'],
    [['reconnecting', { delayMs: 1_000 }], 'lost'],
    [['failing'], 'lost'],
    [['failing', { status: 503 }], 'out-of-service'],
    [['disconnected', { status: 503 }], 'out-of-service'],
  ])('%j shows as %s', async (status, link) => {
    await client().status(...status);
    expect(state()).toMatchObject({ phase: 'signed-in', link });
    expect(client().isClosed).toBe(false);
  });

  test('a new attempt alone changes nothing of what is shown', async () => {
    await client().status('disconnected');
    await client().status('connecting');
    expect(state().link).toBe('lost');
  });

  test('after a recovery user, calls and reasons are read anew, for events may have been missed', async () => {
    await client().answer('dialogs', []);
    await client().status('failing');
    await client().status('connected');
    await client().status('recovered');
    expect(client().waits('reasonCodes')).toBe(2);
    // Even a server whose clock is behind counts now.
    await client().answer('user', userIn('READY', { stateChangeTime: new Date(500) }));
    expect(state()).toMatchObject({ link: 'lost', alarm: true, user: { state: 'READY' } });
    // Only when all has been read the controls work again.
    await client().answer('dialogs', []);
    expect(state()).toMatchObject({ link: 'up', alarm: false, restored: true });
    await answerReasons();
    clock.advance(15_000);
    expect(state().restored).toBe(false);
  });

  test('an interruption of less than 2 s blocks the controls at once and alarms nobody; it goes on when all is read', async () => {
    await client().answer('dialogs', []);
    await client().status('interrupted');
    expect(state()).toMatchObject({ link: 'lost', alarm: false });
    clock.advance(1_999);
    expect(state().alarm).toBe(false);
    await client().status('resumed');
    expect(state().link).toBe('lost');
    await client().answer('user', userIn('READY'));
    await client().answer('dialogs', []);
    expect(state()).toMatchObject({ link: 'up', alarm: false, restored: false, user: { state: 'READY' } });
  });

  test('an interruption of 2 s is told as any other loss', async () => {
    await client().answer('dialogs', []);
    await client().status('interrupted');
    clock.advance(1_999);
    expect(state().alarm).toBe(false);
    clock.advance(1);
    expect(state()).toMatchObject({ link: 'lost', alarm: true });
    await client().status('resumed');
    await client().answer('user', userIn('READY'));
    await client().answer('dialogs', []);
    expect(state()).toMatchObject({ link: 'up', alarm: false, restored: true });
  });

  test('the words of an alarm stay for a second, whatever is known better meanwhile; then the last news counts', async () => {
    await client().answer('dialogs', []);
    await client().status('disconnected', { status: 0 });
    await client().status('reconnecting', { attempt: 1, status: 0 });
    clock.advance(2_000);
    expect(state()).toMatchObject({ link: 'lost', alarm: true });
    await client().status('failing', { status: 503 });
    clock.advance(999);
    expect(state().link).toBe('lost');
    clock.advance(1);
    expect(state().link).toBe('out-of-service');
    // Later on it is said at once.
    await client().status('reconnecting', { attempt: 2, status: 0 });
    expect(state().link).toBe('lost');
  });

  test('a recovery within that second is the end of the words', async () => {
    await client().answer('dialogs', []);
    await client().status('failing', { status: 503 });
    await client().status('reconnecting', { attempt: 2, status: 0 });
    await client().status('recovered');
    await client().answer('user', userIn('READY'));
    await client().answer('dialogs', []);
    clock.advance(5_000);
    expect(state().link).toBe('up');
  });

  test.each<[string, 'failing' | 'disconnected', string]>([
    ['stands', 'failing', 'read'],
    ['has ended', 'disconnected', 'stale'],
  ])('a node out of service whose connection %s', async (_title, status, userOrigin) => {
    await client().answer('dialogs', []);
    await client().status('failing', { status: 503 });
    await client().status(status, { status: 503 });
    clock.advance(5_000);
    expect(state()).toMatchObject({ link: 'out-of-service', userOrigin });
  });

  test('a connection that was lost for less than a second was lost', async () => {
    await client().answer('dialogs', []);
    await client().status('failing', { status: 503 });
    await client().status('disconnected');
    await client().status('failing', { status: 503 });
    clock.advance(5_000);
    expect(state()).toMatchObject({ link: 'out-of-service', userOrigin: 'stale' });
  });

  test('the move to another node leaves the words as they are', async () => {
    await client().answer('dialogs', []);
    await client().status('failing', { status: 503 });
    clock.advance(5_000);
    await client().status('moving', { node: 'desk-b' });
    expect(state()).toMatchObject({ link: 'out-of-service', alarm: true });
  });

  test('a loss that is mended at once blocks the controls and alarms nobody', async () => {
    await client().answer('dialogs', []);
    await client().status('disconnected');
    await client().status('reconnecting', { attempt: 1, delayMs: 1_000 });
    expect(state()).toMatchObject({ link: 'lost', alarm: false });
    clock.advance(1_900);
    await client().status('recovered');
    await client().answer('user', userIn('NOT_READY'));
    await client().answer('dialogs', []);
    expect(state()).toMatchObject({ link: 'up', alarm: false, restored: false });
    clock.advance(60_000);
    expect(state().alarm).toBe(false);
  });

  test.each<[string, Parameters<FakeClient['status']> | null]>([
    ['lasts', null],
    ['is not mended by the first attempt', ['reconnecting', { attempt: 2 }]],
    ['is a failure of the server', ['failing', { status: 503 }]],
  ])('a loss that %s is an alarm', async (_title, status) => {
    await client().status('disconnected');
    await client().status('reconnecting', { attempt: 1 });
    if (status) await client().status(...status);
    else clock.advance(2_000);
    expect(state().alarm).toBe(true);
  });

  test('what was searched in vain is told, and a move names the new node when all is well', async () => {
    await client().answer('dialogs', []);
    await client().status('failing');
    await client().status('searching', { status: 0, other: 'desk-b' });
    expect(state().other).toEqual({ host: 'desk-b', isReached: false });
    await client().status('searching', { status: 503, other: 'desk-b' });
    expect(state()).toMatchObject({ link: 'lost', other: { host: 'desk-b', isReached: true } });
    client().host = 'desk-b';
    await client().status('moving', { node: 'desk-b' });
    expect(state()).toMatchObject({ host: 'desk.example', other: null });
    await client().status('recovered');
    await client().answer('user', userIn('NOT_READY'));
    await client().answer('dialogs', []);
    expect(state()).toMatchObject({ host: 'desk-b', link: 'up', restored: true });
    expect(client().made.filter((call) => call === 'signIn')).toHaveLength(1);
  });

  test('who is not signed in at the other node is signed in there with the same extension', async () => {
    await client().answer('dialogs', []);
    await client().status('moving', { node: 'desk-b' });
    await client().status('recovered');
    await client().answer('user', userIn('LOGOUT'));
    expect(await client().answer('signIn', userIn('NOT_READY'))).toEqual([{ extension: '2003' }]);
    await client().answer('dialogs', []);
    expect(state()).toMatchObject({ phase: 'signed-in', link: 'up', user: { state: 'NOT_READY' } });
  });

  test('whom a supervisor signed out meanwhile is not signed in again', async () => {
    await client().status('moving', { node: 'desk-b' });
    await client().status('recovered');
    const reasonCode = { code: 999, label: 'Supervisor Initiated' } as never;
    await client().answer('user', userIn('LOGOUT', { reasonCode, stateChangeTime: new Date(9_000) }));
    expect(client().waits('signIn')).toBe(0);
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'supervisor' });
  });

  test('a sign-in that the other node refuses ends with a sentence', async () => {
    await client().status('moving', { node: 'desk-b' });
    await client().status('recovered');
    await client().answer('user', userIn('LOGOUT'));
    await client().refuse('signIn', api(400, 'Device Busy'));
    expect(state()).toMatchObject({ phase: 'signed-out', error: { key: 'error.extensionBusy' } });
    expect(client().isClosed).toBe(true);
  });

  describe('a node that was started anew knows of nobody who was signed in:', () => {
    const forgotten = () => userIn('LOGOUT', { stateChangeTime: null });
    const restarted = async () => {
      await client().status('disconnected');
      await client().status('recovered');
    };

    test('the agent is signed in again as he was, and not made Ready', async () => {
      await client().answer('dialogs', []);
      void controller.changeState('READY');
      await client().answer('setState', userIn('READY', { stateChangeTime: new Date(2_000) }));
      await restarted();
      await client().answer('user', forgotten());
      expect(await client().answer('signIn', userIn('NOT_READY'))).toEqual([{ extension: '2003' }]);
      await client().answer('dialogs', []);
      expect(state()).toMatchObject({ phase: 'signed-in', link: 'up', user: { state: 'NOT_READY' } });
      await client().update(userUpdate(userIn('NOT_READY', { stateChangeTime: new Date(3_000) })));
      expect(client().waits('setState')).toBe(0);
    });

    test.each([
      ['by a supervisor', { code: 999, label: 'Supervisor Initiated' }, 9_000],
      ['by presence', { code: 255, label: null }, 9_000],
      ['without a reason', null, 9_000],
    ])('one who was signed out %s stays so', async (_who, reasonCode, at) => {
      await restarted();
      await client().answer(
        'user',
        userIn('LOGOUT', { reasonCode: reasonCode as never, stateChangeTime: new Date(at) }),
      );
      expect(client().waits('signIn')).toBe(0);
      expect(state().phase).toBe('signed-out');
    });

    describe('its contact centre alone was, so the connection stays and tells of it:', () => {
      const forgetting = () => client().update(userUpdate(forgotten()));

      test.each<[string, () => Promise<void>]>([
        [
          'before it is back in service',
          async () => {
            await client().status('failing', { status: 503 });
            await forgetting();
            await client().status('recovered');
          },
        ],
        [
          'after it is back, before anything was read',
          async () => {
            await client().status('failing', { status: 503 });
            await client().status('recovered');
            await forgetting();
          },
        ],
        ['and nothing else', forgetting],
      ])('%s', async (_when, happens) => {
        await client().answer('dialogs', []);
        await happens();
        expect(state().phase).toBe('signed-in');
        await client().answer('user', forgotten());
        expect(await client().answer('signIn', userIn('NOT_READY'))).toEqual([{ extension: '2003' }]);
        await client().answer('dialogs', []);
        expect(state()).toMatchObject({ phase: 'signed-in', link: 'up', user: { state: 'NOT_READY' } });
        expect(client().made.filter((call) => call === 'signIn')).toHaveLength(2);
      });

      test('the picture from before the loss was read: it is read again, once', async () => {
        await client().answer('dialogs', []);
        await client().status('failing', { status: 503 });
        await client().status('recovered');
        await client().answer('user', userIn('NOT_READY'));
        await forgetting();
        await client().answer('dialogs', []);
        await client().answer('user', forgotten());
        await client().answer('signIn', userIn('NOT_READY'));
        await client().answer('dialogs', []);
        expect(state()).toMatchObject({ phase: 'signed-in', link: 'up' });
      });

      test('Ready that was chosen here is asked for again, once', async () => {
        await client().answer('dialogs', []);
        void controller.changeState('READY');
        await client().answer('setState', userIn('READY', { stateChangeTime: new Date(2_000) }));
        await client().status('failing', { status: 503 });
        await client().status('recovered');
        await client().answer('user', forgotten());
        await forgetting();
        const again = userIn('NOT_READY', { stateChangeTime: new Date(3_000) });
        await client().answer('signIn', again);
        await client().answer('dialogs', []);
        expect(
          await client().answer('setState', userIn('READY', { stateChangeTime: new Date(4_000) })),
        ).toEqual(['READY']);
        // That all is well again is told, though the page has asked for something since.
        expect(state()).toMatchObject({ link: 'up', restored: true, user: { state: 'READY' } });
        expect(client().waits('setState')).toBe(0);
      });

      test('nobody is made Ready who was not', async () => {
        await client().answer('dialogs', []);
        await forgetting();
        await client().answer('user', forgotten());
        await client().answer('signIn', userIn('NOT_READY', { stateChangeTime: new Date(3_000) }));
        await client().answer('dialogs', []);
        expect(client().waits('setState')).toBe(0);
      });

      test('who asked for the sign-out himself is signed out', async () => {
        void controller.signOut();
        await forgetting();
        expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'own' });
      });
    });

    test('a sign-in that it refuses ends with a sentence', async () => {
      await restarted();
      await client().answer('user', forgotten());
      await client().refuse('signIn', api(400, 'Device Busy'));
      expect(state()).toMatchObject({ phase: 'signed-out', error: { key: 'error.extensionBusy' } });
      expect(client().isClosed).toBe(true);
    });
  });

  test('what cannot be read is asked for every 10 s, ten times; then the connection is of no use', async () => {
    await client().answer('dialogs', []);
    await client().status('disconnected');
    await client().status('recovered');
    for (let read = 1; read <= 10; read++) {
      expect(client().told).toEqual([]);
      expect(client().waits('user')).toBe(1);
      await client().refuse('user', api(503));
      expect(state()).toMatchObject({ link: 'lost', alarm: true });
      clock.advance(9_999);
      await settle();
      expect(client().waits('user')).toBe(0);
      clock.advance(1);
      await settle();
    }
    expect(client().told).toEqual(['reconnect']);
  });

  test('another loss ends the reading', async () => {
    await client().answer('dialogs', []);
    await client().status('disconnected');
    await client().status('recovered');
    await client().status('disconnected');
    await client().answer('user', userIn('READY'));
    expect(client().waits('dialogs')).toBe(0);
    expect(state()).toMatchObject({ link: 'lost', user: { state: 'NOT_READY' } });
  });

  describe('Ready', () => {
    const byLoss = { reasonCode: { id: 77, code: 50002, label: 'Connection Failure' } as never };
    const later = (state: string, more: object = {}) =>
      userIn(state, { stateChangeTime: new Date(9_000), ...more });
    const chooseReady = async () => {
      await client().answer('dialogs', []);
      void controller.changeState('READY');
      await client().answer('setState', userIn('READY', { stateChangeTime: new Date(2_000) }));
    };
    const comeBack = async (user: ReturnType<typeof userIn>) => {
      await client().status('disconnected');
      await client().status('recovered');
      await client().answer('user', user);
      await client().answer('dialogs', []);
    };

    test('that was chosen here, and that only the loss took away, is asked for once', async () => {
      await chooseReady();
      await comeBack(later('NOT_READY', byLoss));
      expect(await client().answer('setState', later('READY'))).toEqual(['READY']);
      await client().update(userUpdate(later('NOT_READY', byLoss)));
      expect(client().waits('setState')).toBe(0);
    });

    test('is not asked for at a computer that slept: nobody may be there', async () => {
      await chooseReady();
      clock.freeze(200_000);
      clock.advance(1);
      await comeBack(later('NOT_READY', byLoss));
      expect(client().waits('setState')).toBe(0);
      // What is chosen afterwards counts again.
      void controller.changeState('READY');
      await client().answer('setState', userIn('READY', { stateChangeTime: new Date(12_000) }));
      await comeBack(userIn('NOT_READY', { stateChangeTime: new Date(15_000), ...byLoss }));
      expect(client().waits('setState')).toBe(1);
    });

    test('is asked for when the sign-out of the lost connection comes late', async () => {
      await chooseReady();
      await comeBack(userIn('READY', { stateChangeTime: new Date(2_000) }));
      await client().update(userUpdate(later('NOT_READY', byLoss)));
      expect(client().waits('setState')).toBe(1);
    });

    test.each<[string, () => Promise<void>, ReturnType<typeof userIn>]>([
      [
        'nobody chose here',
        async () => void (await client().answer('dialogs', [])),
        later('NOT_READY', byLoss),
      ],
      [
        'a supervisor ended while the page was away',
        chooseReady,
        later('NOT_READY', { reasonCode: { code: 999 } }),
      ],
      ['that ended for an unknown reason', chooseReady, later('NOT_READY', { reasonCodeId: -1 })],
      ['during wrap-up', chooseReady, later('WORK', byLoss)],
      [
        'that the system ended before the loss',
        async () => {
          await chooseReady();
          await client().update(userUpdate(userIn('NOT_READY', { reasonCode: { code: 32767 } as never })));
        },
        later('NOT_READY', byLoss),
      ],
      [
        'that the agent ended since',
        async () => {
          await chooseReady();
          void controller.changeState('NOT_READY', 10);
          await client().answer('setState', userIn('NOT_READY', { stateChangeTime: new Date(3_000) }));
        },
        later('NOT_READY', byLoss),
      ],
    ])('%s is not asked for', async (_title, before, user) => {
      await before();
      await comeBack(user);
      expect(client().waits('setState')).toBe(0);
    });

    test('is asked for again after a sign-in at the other node', async () => {
      await chooseReady();
      await client().status('moving', { node: 'desk-b' });
      await client().status('recovered');
      await client().answer('user', userIn('LOGOUT'));
      await client().answer('signIn', userIn('NOT_READY'));
      await client().answer('dialogs', []);
      expect(client().waits('setState')).toBe(1);
    });
  });

  test('the clock of the server feeds the timers, and a line of the log', async () => {
    const measurement = {
      clientTime: Date.UTC(2019, 0, 11, 17, 24, 14, 500),
      serverTime: Date.UTC(2019, 0, 11, 17, 24, 14, 577),
      drift: 77,
      roundTrip: 20,
      offset: 70,
      timezoneOffset: -360,
    };
    await client().clock(measurement, 'fin1.ucce.local');
    expect(state().drift).toBe(70);
    expect(log.at(-1)).toContain(': : fin1.ucce.local: Jan 11 2019 11:24:14.577 -0600: Header : Client: ');
  });

  test('the time that a page is put aside is no alarm; after its return a loss is', async () => {
    await client().answer('dialogs', []);
    await client().status('disconnected');
    controller.suspend();
    clock.advance(3_600_000);
    expect(state().alarm).toBe(false);
    controller.resume();
    clock.advance(1_999);
    expect(state().alarm).toBe(false);
    clock.advance(1);
    expect(state().alarm).toBe(true);
  });

  test('leaving, coming back and doubts about the network reach the client', () => {
    controller.suspend();
    controller.resume();
    controller.probe();
    expect(client().told).toEqual(['suspend', 'resume', 'probe']);
  });

  test('an event during the reading counts more than what is read', async () => {
    await client().status('disconnected');
    await client().status('recovered');
    await client().update(userUpdate(userIn('TALKING', { stateChangeTime: new Date(9_000) })));
    await client().answer('user', userIn('READY', { stateChangeTime: new Date(8_000) }));
    expect(state().user?.state).toBe('TALKING');
  });

  test('a reading that fails is done again after the next recovery at once', async () => {
    await client().status('disconnected');
    await client().status('recovered');
    await client().refuse('user', api(0));
    expect(state()).toMatchObject({ phase: 'signed-in', user: { state: 'NOT_READY' }, error: null });
    await client().status('disconnected');
    await client().status('recovered');
    await client().answer('user', userIn('READY'));
    expect(state().user?.state).toBe('READY');
  });

  test('an agent who was signed out meanwhile learns it from the recovery', async () => {
    await client().status('failing', { status: 503 });
    await client().status('recovered');
    await client().answer('user', userIn('LOGOUT', { stateChangeTime: new Date(9_000) }));
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'loss' });
    expect(client().isClosed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test.each(['conflict', 'unauthorized'] as const)(
    'a %s is final: the client is closed, nothing waits, and another sign-in begins anew',
    async (status) => {
      void controller.changeState('READY');
      await client().status(status);
      await client().refuse('setState', api(409, 'Disconnected'));
      expect(state()).toMatchObject({ phase: 'signed-in', link: status, pending: null, error: null });
      expect(client().isClosed).toBe(true);
      await client().status('recovered');
      await client().update(userUpdate(userIn('READY')));
      expect(state()).toMatchObject({ link: status, user: { state: 'NOT_READY' } });
      controller.leave();
      expect(state()).toMatchObject({ phase: 'signed-out', link: 'up', signedOutBy: null, user: null });
      start();
      expect(clients).toHaveLength(2);
    },
  );
});

test('the connection says nothing to a page that still signs in: its sign-in fails by itself', async () => {
  await untilConnecting();
  await client().status('disconnected');
  await client().status('unauthorized');
  expect(state()).toMatchObject({ phase: 'signing-in', link: 'up' });
});

describe('signing out', () => {
  beforeEach(async () => {
    await untilSignedIn();
    await answerReasons();
  });

  test('sends the reason, and ends with the connection closed', async () => {
    void controller.signOut(1);
    expect(state().pending).toBe('sign-out');
    const out = userIn('LOGOUT', { stateChangeTime: new Date(2_000) });
    expect(await client().answer('signOut', out)).toEqual([1]);
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'own', user: null, pending: null });
    expect(client().isClosed).toBe(true);
  });

  test('the event may come before the answer', async () => {
    void controller.signOut();
    const out = userIn('LOGOUT', { stateChangeTime: new Date(2_000) });
    await client().update(userUpdate(out));
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'own' });
    await client().answer('signOut', out);
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'own', error: null });
  });

  test('a refusal leaves the agent signed in and says why', async () => {
    void controller.signOut();
    await client().refuse('signOut', api(400, 'Invalid State'));
    expect(state()).toMatchObject({ phase: 'signed-in', error: { key: 'error.invalidState' } });
    expect(client().isClosed).toBe(false);
  });

  test('a LOGOUT that this page did not ask for is told as such', async () => {
    await client().update(userUpdate(userIn('LOGOUT', { stateChangeTime: new Date(2_000) })));
    expect(state()).toMatchObject({ phase: 'signed-out', signedOutBy: 'other' });
    expect(client().isClosed).toBe(true);
  });
});

describe('late answers to an attempt that was left', () => {
  /** How far a sign-in may have come, and how the call that waits then may end. */
  const steps: [string, () => Promise<void>, Parameters<FakeClient['answer']>][] = [
    ['the state of the server', async () => start(), ['systemInfo', systemInfo('IN_SERVICE', new Date(0))]],
    ['the connection', untilConnecting, ['connect']],
    [
      'the user',
      async () => {
        await untilConnecting();
        await client().answer('connect');
      },
      ['user', userIn('LOGOUT')],
    ],
    [
      'LOGIN',
      async () => {
        await untilConnecting();
        await client().answer('connect');
        await client().answer('user', userIn('LOGOUT'));
      },
      ['signIn', userIn('NOT_READY')],
    ],
  ];

  test.each(steps)('%s: neither asks nor shows anything more', async (_title, until, [call, value]) => {
    await until();
    const left = client();
    controller.leave();
    const { made } = left;
    const before = made.length;
    const shown = state();
    await left.answer(call, value);
    expect(made).toHaveLength(before);
    expect(state()).toBe(shown);
    expect(left.isClosed).toBe(true);
  });

  test.each(steps)('%s: a failure is neither told nor looked into', async (_title, until, [call]) => {
    await until();
    const left = client();
    controller.leave();
    const before = state();
    const made = left.made.length;
    await left.refuse(call, api(401));
    expect(state()).toBe(before);
    expect(left.made).toHaveLength(made);
  });

  test('why it failed: the question to REST is not told either', async () => {
    await untilConnecting();
    await client().refuse('connect', api(401));
    controller.leave();
    const before = state();
    await client().refuse('user', api(404));
    expect(state()).toBe(before);
  });

  test('an out-of-service server is not asked any longer', async () => {
    start();
    await client().answer('systemInfo', systemInfo('OUT_OF_SERVICE'));
    controller.leave();
    clock.advance(60_000);
    await settle();
    expect(client().made).toEqual(['systemInfo']);
  });

  test('a second sign-in is not disturbed by the first', async () => {
    await untilConnecting();
    const [first] = clients as [FakeClient];
    start();
    expect(first.isClosed).toBe(true);
    await first.refuse('connect', api(0));
    await first.update(userUpdate(userIn('READY')));
    await first.status('conflict');
    expect(state()).toMatchObject({ phase: 'signing-in', error: null, link: 'up' });
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    expect(client().made).toEqual(['systemInfo', 'connect']);
  });

  test('what an earlier sign-in still hears is not shown in the next one', async () => {
    await untilSignedIn();
    void controller.changeState('READY');
    await client().status('disconnected');
    await client().status('recovered');
    const earlier = client();
    await untilConnecting();
    const before = state();
    await earlier.answer('setState', userIn('READY'));
    await earlier.answer('user', userIn('READY'));
    expect(state()).toBe(before);
  });

  test('reasons, a change and a reading that come after the page was left change nothing', async () => {
    await untilSignedIn();
    void controller.changeState('READY');
    await client().status('disconnected');
    await client().status('recovered');
    controller.leave();
    const before = state();
    const left = client();
    await left.answer('setState', userIn('READY'));
    await left.answer('user', userIn('READY'));
    for (let k = 0; k < 4; k++) await left.answer('reasonCodes', []);
    expect(state()).toBe(before);
    expect(clock.pending).toBe(0);
  });
});

test('a page that goes says goodbye once and keeps what it shows', async () => {
  await untilSignedIn();
  const before = state();
  controller.close();
  expect(client().isClosed).toBe(true);
  expect(state()).toBe(before);
});

test.each<[string, Partial<ReturnType<typeof userIn>>, ReturnType<typeof agentOf> | object]>([
  [
    'a reason with its label',
    { reasonCodeId: 10, reasonCode: { id: 10, label: 'Lunch' } as never },
    { reasonCodeId: 10, reasonLabel: 'Lunch' },
  ],
  ['a reason without a label', { reasonCodeId: 10 }, { reasonCodeId: 10, reasonLabel: null }],
  ['just signed in (-1)', { reasonCodeId: -1 }, { reasonCodeId: null, reasonLabel: null }],
  ['no time known', { stateChangeTime: null }, { stateChangeTime: null }],
])('of the user object the page keeps: %s', (_title, more, shown) => {
  expect(agentOf(userIn('NOT_READY', more))).toMatchObject(shown);
});

describe('a phone that is not there yet', () => {
  const busy = () => client().refuse('signIn', api(400, 'Device Busy'));
  async function untilRefused() {
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn('LOGOUT'));
    await busy();
  }

  test('is tried three times more, a minute apart, until the agent does something else', async () => {
    start();
    await untilRefused();
    expect(state()).toMatchObject({ phase: 'signed-out', retry: { left: 3, at: clock.now() + 60_000 } });
    for (const left of [2, 1]) {
      clock.advance(60_000);
      expect(state()).toMatchObject({ phase: 'signing-in', retry: null });
      await untilRefused();
      expect(state().retry?.left).toBe(left);
    }
    clock.advance(60_000);
    await untilRefused();
    expect(state()).toMatchObject({
      phase: 'signed-out',
      retry: null,
      error: { key: 'error.extensionBusy' },
    });
    clock.advance(600_000);
    expect(clients).toHaveLength(4);
  });

  test('is tried as often, and as far apart, as the server wants', async () => {
    controller.setRetryRule({ attempts: 1, intervalMs: 15_000 });
    start();
    await untilRefused();
    expect(state().retry).toEqual({ left: 1, at: clock.now() + 15_000 });
    clock.advance(15_000);
    await untilRefused();
    expect(state()).toMatchObject({ retry: null, error: { key: 'error.extensionBusy' } });
    controller.setRetryRule({ attempts: 0, intervalMs: 15_000 });
    start();
    await untilRefused();
    expect(state().retry).toBeNull();
  });

  test('is left alone when the agent says so, or signs in anew', async () => {
    start();
    await untilRefused();
    controller.giveUp();
    expect(state()).toMatchObject({ phase: 'signed-out', retry: null, error: null });
    clock.advance(600_000);
    expect(clients).toHaveLength(1);
    start();
    await untilRefused();
    start();
    clock.advance(600_000);
    expect(clients).toHaveLength(3);
  });

  test('a wrong password is never tried again', async () => {
    await untilConnecting();
    await client().refuse('connect', api(401));
    await client().refuse('user', api(401));
    expect(state()).toMatchObject({ error: { key: 'error.credentials' }, retry: null });
  });
});

describe('the same agent in another tab', () => {
  let isThere: boolean;
  let takenOver: () => void;
  let claims: string[][];
  beforeEach(() => {
    isThere = true;
    claims = [];
    controller = new DesktopController(store, 'http://desk.example:8082', {
      clock,
      createClient: () => {
        const made = new FakeClient();
        clients.push(made);
        return made;
      },
      tabs: {
        isElsewhere: async () => isThere,
        claim: (names, whenTaken) => {
          claims.push([...names]);
          takenOver = whenTaken;
        },
        release: () => {},
      },
    });
  });

  test('is asked about before anything is taken from it', async () => {
    start();
    await settle();
    expect(state()).toMatchObject({ phase: 'signed-out', otherTab: true });
    expect(clients).toHaveLength(0);
    controller.giveUp();
    expect(state().otherTab).toBe(false);
    await controller.takeOver();
    expect(clients).toHaveLength(0);
  });

  test('gives way when the agent wants it so', async () => {
    start();
    await settle();
    void controller.takeOver();
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn('READY'));
    expect(state()).toMatchObject({ phase: 'signed-in', otherTab: false });
    expect(claims).toEqual([['2001', '2001']]);
  });

  test('takes over: this one says so, and is silent from then on', async () => {
    isThere = false;
    start();
    await settle();
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn('READY'));
    takenOver();
    expect(state()).toMatchObject({ phase: 'signed-in', link: 'taken-over', alarm: true });
    expect(client().isClosed).toBe(true);
    controller.leave();
    expect(state()).toMatchObject({ phase: 'signed-out', link: 'up' });
  });
});

test('a connection that another tab took away is told as such when that tab says so', async () => {
  let takenOver = () => {};
  const released: string[] = [];
  controller = new DesktopController(store, 'http://desk.example:8082', {
    clock,
    createClient: () => {
      const made = new FakeClient();
      clients.push(made);
      return made;
    },
    tabs: {
      isElsewhere: async () => false,
      claim: (_names, whenTaken) => {
        takenOver = whenTaken;
      },
      release: () => void released.push(state().link),
    },
  });
  start();
  await settle();
  await client().answer('systemInfo', systemInfo('IN_SERVICE'));
  await client().answer('connect');
  await client().answer('user', userIn('READY'));
  released.length = 0;
  await client().status('conflict');
  expect([state().link, released]).toEqual(['conflict', []]);
  takenOver();
  expect(state().link).toBe('taken-over');
});

describe("a page that another node's page has opened", () => {
  let isDrawn = true;
  const opened = async (handedOver: HandedOver | null, own: KeptSignIn | null = null) => {
    controller = new DesktopController(store, 'http://desk.example:8082', {
      clock,
      createClient: (given) => {
        options.push(given);
        const made = new FakeClient();
        clients.push(made);
        return made;
      },
      handedOver: Promise.resolve(handedOver),
      isDrawn: () => isDrawn,
      kept: {
        hasKept: own !== null,
        recall: async () => own,
        keep: async () => {},
        stay: () => {},
        forget: () => {},
      },
    });
    void controller.restore();
    expect(state().phase).toBe('signing-in');
    await settle();
  };
  const signIn: KeptSignIn = {
    user: '2001',
    password: 'secret',
    seat: { extension: '2003' },
    hasWaited: true,
    isHandedOver: true,
  };

  test.each([
    ['goes on with its sign-in, and says so', 'TALKING' as const],
    ['signs in whom the loss has signed out', 'LOGOUT' as const],
  ])('%s', async (_what, before) => {
    await opened(signIn);
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn(before));
    if (before === 'LOGOUT') await client().answer('signIn', userIn('NOT_READY'));
    expect(options[0]).toMatchObject({ user: '2001', password: 'secret' });
    expect(client().made.includes('signIn')).toBe(before === 'LOGOUT');
    // The page is drawn before: else no reader would say it.
    expect(state()).toMatchObject({ phase: 'signed-in', notices: { entries: [] } });
    await clock.advance(1_000);
    expect(state()).toMatchObject({
      notices: { entries: [{ sentence: { key: 'notices.openedAnew', values: { host: 'desk.example' } } }] },
    });
    expect(controller.isLeaving).toBe(false);
  });

  test('says so when the page is drawn at last: readers do not say what it comes with', async () => {
    isDrawn = false;
    await opened(signIn);
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn('TALKING'));
    await clock.advance(5_000);
    expect(state().notices.entries).toEqual([]);
    isDrawn = true;
    await clock.advance(1_000);
    expect(state().notices.entries).toHaveLength(1);
  });

  test('asks for the password where nothing waits for it any more', async () => {
    await opened(null);
    expect(clients).toEqual([]);
    expect(state()).toMatchObject({ phase: 'signed-out', error: { key: 'error.handover' } });
    await controller.restore();
    expect(state().phase).toBe('signed-out');
  });

  test.each([
    ['somebody else, who works here, goes on as himself', '2002', 'his own'],
    ['the same agent goes on with what came last', '2001', 'secret'],
  ])('%s', async (_what, user, password) => {
    await opened(signIn, { user, password: 'his own' });
    expect(options[0]).toMatchObject({ user, password });
  });

  test('somebody else goes on, too, where the address is of no use', async () => {
    await opened(null, { user: '2002', password: 'his own' });
    expect(options[0]).toMatchObject({ user: '2002' });
  });

  test('tokens of single sign-on wait for the step that uses them', async () => {
    const left = { sso: {} } as unknown as HandedTokens;
    await opened(left);
    expect(clients).toEqual([]);
    expect(state()).toMatchObject({ phase: 'signed-out', error: null });
    expect(await controller.handedTokens()).toBe(left);
  });
});

describe('a page that is loaded anew', () => {
  let kept: KeptSignIn | null;
  let stays: number;
  let isNewer: boolean;
  let reached: boolean;
  let loads: number;
  const other = 'http://other.example:8082';
  const seat = { extension: '2003' };
  beforeEach(() => {
    kept = { user: '2001', password: 'secret', seat, other };
    stays = 0;
    isNewer = false;
    reached = false;
    loads = 0;
    controller = new DesktopController(store, 'http://desk.example:8082', {
      clock,
      createClient: (given) => {
        options.push(given);
        const made = new FakeClient();
        clients.push(made);
        return made;
      },
      kept: {
        get hasKept() {
          return kept !== null;
        },
        recall: async () => kept,
        keep: async (next) => {
          kept = next;
        },
        stay: () => stays++,
        forget: () => {
          kept = null;
        },
      },
      random: () => 1,
      reaches: async () => reached,
      newerPage: { isThere: async () => isNewer, load: () => loads++ },
    });
  });
  const restore = async () => {
    void controller.restore();
    expect(state().phase).toBe('signing-in');
    await settle();
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
  };

  test('goes on as it was, and asks for no password', async () => {
    await restore();
    await client().answer('user', userIn('TALKING', { extension: '2005' }));
    expect(options[0]).toMatchObject({ user: '2001', password: 'secret' });
    expect(client().made).not.toContain('signIn');
    expect(state()).toMatchObject({ phase: 'signed-in', user: { state: 'TALKING', extension: '2005' } });
    expect(kept).toEqual({ user: '2001', password: 'secret', seat: { extension: '2005' }, other });
  });

  test('signs nobody in who was signed out meanwhile', async () => {
    await restore();
    await client().answer('user', userIn('LOGOUT'));
    expect(client().made).not.toContain('signIn');
    expect(state()).toMatchObject({ phase: 'signed-out', error: null });
    expect(kept).toBeNull();
  });

  /** The node does not answer the page that was loaded anew. */
  const lost = async (status = 0) => {
    void controller.restore();
    await settle();
    await client().refuse('systemInfo', api(status));
  };
  /** Goes on to the next question that the search asks. @returns the node that is asked */
  const asked = async (ms = 0) => {
    await clock.advance(ms);
    await settle();
    return options.at(-1)?.baseUrl;
  };

  test('tells of another node that this browser cannot reach, with the way to its certificate', async () => {
    await restore();
    await client().answer('user', userIn('NOT_READY'));
    await clock.advance(5_000);
    await settle();
    const page = { url: `${other}/desktop/certificate`, windowName: '' };
    expect(state().notices.entries).toMatchObject([{ sentence: { key: 'notices.otherUnreached' }, page }]);
    reached = true;
    controller.probe();
    await settle();
    expect(state().notices.entries[0]).toMatchObject({
      sentence: { key: 'notices.otherReached', values: { host: 'other.example' } },
    });
  });

  test('waits for its node where that is down, says so, and goes on without a password', async () => {
    await lost();
    expect(state()).toMatchObject({ phase: 'signing-in', link: 'lost', alarm: true, host: 'desk.example' });
    expect(await asked(1_000)).toBe('http://desk.example:8082');
    await client().refuse('systemInfo', api(0));
    expect(await asked()).toBe(other);
    await client().refuse('systemInfo', api(0));
    expect(state().other).toEqual({ host: 'other.example', isReached: false });
    expect(stays).toBeGreaterThan(1);
    // The other one is asked every twenty seconds, this one sooner.
    expect(await asked(2_000)).toBe('http://desk.example:8082');
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await settle();
    expect(state()).toMatchObject({ phase: 'signing-in', link: 'lost', alarm: true });
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn('NOT_READY'));
    expect(state()).toMatchObject({
      phase: 'signed-in',
      link: 'up',
      alarm: false,
      restored: true,
      other: null,
    });
    await clock.advance(15_000);
    expect(state().restored).toBe(false);
  });

  test('whose node stays away goes to the other one, and signs the agent in whom the loss has signed out', async () => {
    await lost(503);
    expect(state()).toMatchObject({ link: 'out-of-service', alarm: true });
    await asked(1_000);
    await client().refuse('systemInfo', api(0));
    expect(await asked()).toBe(other);
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    // Before it moves, its own is asked once more.
    expect(await asked()).toBe('http://desk.example:8082');
    await client().refuse('systemInfo', api(0));
    await settle();
    expect(options.at(-1)).toMatchObject({ baseUrl: other, password: 'secret' });
    client().host = 'other.example';
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    await client().answer('user', userIn('LOGOUT'));
    expect(await client().answer('signIn', userIn('NOT_READY'))).toEqual([seat]);
    expect(state()).toMatchObject({ phase: 'signed-in', link: 'up', restored: true, host: 'other.example' });
    expect(kept).toMatchObject({ other });
  });

  test('does not sign an agent in who has signed out somewhere else meanwhile', async () => {
    await lost();
    await asked(1_000);
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await settle();
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await client().answer('connect');
    const reasonCode = { id: 7, code: 3, label: 'End of shift', category: 'LOGOUT', uri: '', forAll: true };
    await client().answer('user', userIn('LOGOUT', { reasonCode } as never));
    expect(client().made).not.toContain('signIn');
    expect(state()).toMatchObject({ phase: 'signed-out', link: 'up', alarm: false });
  });

  test('is loaded once more when its node comes back with a newer page', async () => {
    isNewer = true;
    await lost();
    await asked(1_000);
    const before = clients.length;
    await client().answer('systemInfo', systemInfo('IN_SERVICE'));
    await settle();
    expect([loads, clients.length, kept]).toMatchObject([1, before, { hasWaited: true, seat }]);
  });

  test('does not wait any longer when the agent does not want to', async () => {
    await lost();
    controller.leave();
    const before = clients.length;
    await clock.advance(60_000);
    expect([clients.length, state().phase, state().alarm]).toEqual([before, 'signed-out', false]);
  });

  test('forgets a password that the server refuses', async () => {
    await restore();
    await client().refuse('user', api(401));
    await client().refuse('user', api(401));
    expect(kept).toBeNull();
  });

  test('begins at the form where there is nothing to go on with', async () => {
    kept = null;
    await controller.restore();
    expect(state().phase).toBe('signed-out');
    expect(clients).toHaveLength(0);
  });

  test('has nothing to go on with after a sign-out', async () => {
    await restore();
    await client().answer('user', userIn('NOT_READY'));
    await client().update(userUpdate(userIn('LOGOUT', { stateChangeTime: new Date(3_000) })));
    expect(state().phase).toBe('signed-out');
    expect(kept).toBeNull();
  });
});

test('the error report carries the page’s log', async () => {
  await untilSignedIn();
  log.push('what happened');
  void controller.sendErrorReport();
  expect(state().report).toBe('sending');
  expect(await client().answer('clientLog')).toEqual(['what happened']);
  expect(state().report).toBe('sent');
});

describe('a server that asks for the log', () => {
  const asks = (id: string): Update => ({
    node: `/finesse/api/User/${id}/ClientLog`,
    event: 'PUT',
    requestId: 'r7',
    source: `/finesse/api/User/${id}/ClientLog`,
    data: { type: 'none' },
  });

  test('gets it, and the agent sees nothing of it', async () => {
    await untilSignedIn();
    log.push('what happened');
    const before = state();
    await client().update(asks('2001'));
    await expect.poll(() => client().waits('compressedClientLog')).toBe(1);
    expect((await client().answer('compressedClientLog'))[1]).toBe('r7');
    expect(state()).toBe(before);
    expect(state().report).toBe('idle');
  });

  test('does not get it from the page of another agent, nor from one that nobody is signed in at', async () => {
    await untilConnecting();
    await client().answer('connect');
    await client().update(asks('2001'));
    await client().answer('user', userIn('LOGOUT'));
    await client().answer('signIn', userIn('NOT_READY'));
    await client().update(asks('2002'));
    const first = client();
    controller.leave();
    await first.update(asks('2001'));
    // Long enough for a zip.
    const { zipOf } = await import('./zip.ts');
    await zipOf('x', 'x', 0);
    await settle();
    expect(first.made).not.toContain('compressedClientLog');
  });
});

describe('a node that will be stopped', () => {
  const inMode = (finesseMMode: string) => ({
    ...systemInfo('IN_SERVICE'),
    finesseMMode,
    secondaryNode: 'other.example',
  });

  test('is left without an alarm: controls wait, what may be missed is read again, and the host is the other one', async () => {
    await untilSignedIn();
    await client().informs(inMode('IN_PROGRESS'));
    expect(state().maintenance?.phase).toBe('moving');
    await clock.advance(15_000);
    client().host = 'other.example';
    await client().status('moving', { node: 'other.example' });
    expect(state()).toMatchObject({ link: 'lost', alarm: false, movedTo: 'other.example' });
    await client().answer('moveAway', true);
    await client().informs(inMode(''));
    await clock.advance(5_000);
    expect(state().alarm).toBe(false);
    await client().status('recovered', { node: 'other.example' });
    await client().answer('user', userIn('NOT_READY'));
    await client().answer('dialogs', []);
    await client().answer('dialogs', []);
    await settle();
    expect(state()).toMatchObject({
      link: 'up',
      restored: false,
      host: 'other.example',
      maintenance: { phase: 'moved', host: 'other.example' },
    });
    expect(client().made).not.toContain('signOut');
  });
});
