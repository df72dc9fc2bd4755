/** How an agent signs in, how that fails, and what comes too late for a sign-in that was left. */
import type { ApiError, PoiseClientOptions } from '@poise/client';
import type { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { api, DesktopAtWork, reason } from '../../test/desktop-at-work.ts';
import { type FakeClient, settle, systemInfo, userIn, userUpdate } from '../../test/fake-client.ts';
import { DesktopController } from './controller.ts';
import type { Store } from './store.ts';

let desk: DesktopAtWork;
let clock: VirtualClock;
let store: Store;
let clients: FakeClient[];
let options: PoiseClientOptions[];
let controller: DesktopController;

beforeEach(() => {
  desk = new DesktopAtWork();
  ({ clock, store, clients, options, controller } = desk);
});

const state = () => store.snapshot();
/** The client made last. */
const client = () => desk.client;
const start = () => desk.start();
const untilConnecting = () => desk.untilConnecting();
const untilSignedIn = () => desk.untilSignedIn();

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
