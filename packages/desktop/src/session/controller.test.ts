import type { PoiseClientOptions, Update } from '@poise/client';
import type { VirtualClock } from '@poise/clock';
import { beforeEach, describe, expect, test } from 'vitest';
import { api, DesktopAtWork, reason } from '../../test/desktop-at-work.ts';
import { FakeClient, NODE, settle, systemInfo, userIn, userUpdate } from '../../test/fake-client.ts';
import { DesktopController } from './controller.ts';
import { agentOf } from './desktop-client.ts';
import type { HandedOver, HandedTokens } from './handover.ts';
import type { KeptSignIn } from './kept-sign-in.ts';
import type { Store } from './store.ts';

let desk: DesktopAtWork;
let clock: VirtualClock;
let store: Store;
let clients: FakeClient[];
let options: PoiseClientOptions[];
let controller: DesktopController;
let log: string[];

beforeEach(() => {
  desk = new DesktopAtWork();
  ({ clock, store, clients, options, controller, log } = desk);
});

const state = () => store.snapshot();
/** The client made last. */
const client = () => desk.client;
const start = () => void controller.signIn('2001', 'secret', '2003');
const untilConnecting = () => desk.untilConnecting();
const untilSignedIn = () => desk.untilSignedIn();
const answerReasons = () => desk.answerReasons();

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
