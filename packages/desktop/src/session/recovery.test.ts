import type { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { api, DesktopAtWork } from '../../test/desktop-at-work.ts';
import { type FakeClient, settle, userIn, userUpdate } from '../../test/fake-client.ts';
import type { DesktopController } from './controller.ts';

let desk: DesktopAtWork;
let clock: VirtualClock;
let clients: FakeClient[];
let controller: DesktopController;
let log: string[];

beforeEach(() => {
  desk = new DesktopAtWork();
  ({ clock, clients, controller, log } = desk);
});

const state = () => desk.store.snapshot();
/** The client made last. */
const client = () => desk.client;
const start = () => desk.start();
const untilConnecting = () => desk.untilConnecting();
const untilSignedIn = () => desk.untilSignedIn();
const answerReasons = () => desk.answerReasons();

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
