import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { dialog, OWN, part } from '../../test/dialogs.ts';
import { userIn } from '../../test/fake-client.ts';
import { agentOf } from '../session/desktop-client.ts';
import { productState } from '../session/layout.ts';
import type { NoticeDraft } from '../session/notices.ts';
import { Store } from '../session/store.ts';
import { Notifier, POP_UP_MS, UNREAD_MS } from './notifier.ts';
import { DEFAULTS, type Settings } from './settings.ts';

let clock: VirtualClock;
let store: Store;
let notifier: Notifier;
let isActive: boolean;
let settings: Settings;
/** Notifications of the browser that stand now. */
let shown: string[];
let heard: string[];

beforeEach(() => {
  clock = new VirtualClock();
  store = new Store();
  isActive = true;
  settings = DEFAULTS;
  shown = [];
  heard = [];
  const screen = {
    isActive: () => isActive,
    show: ({ key }: { key: string }) => {
      shown.push(key);
      return () => {
        shown = shown.filter((other) => other !== key);
      };
    },
  };
  const sounds = {
    notice: () => heard.push('notice'),
    ringing: (isRinging: boolean) => heard.push(isRinging ? 'ring' : 'silence'),
  };
  notifier = new Notifier(store, clock, screen, sounds, () => settings);
  const user = { ...agentOf(userIn('READY')), extension: OWN };
  store.dispatch({ type: 'sign-in started', host: 'a' });
  store.dispatch({ type: 'signed in', user });
  heard = [];
});

const notice = (more: Partial<NoticeDraft> = {}) =>
  store.dispatch({
    type: 'notice',
    at: clock.now(),
    notice: { kind: 'other', sentence: { key: 'app.title' }, ...more },
  });
const rings = () =>
  store.dispatch({ type: 'dialogs read', dialogs: [dialog('1', [part(OWN, 'ALERTING', ['ANSWER'])])] });

test('a pop-up stays while somebody is at it, and goes with them when its time is over (WCAG 2.2.1)', () => {
  notice();
  const [{ id } = { id: 0 }] = notifier.popUps();
  notifier.hold(id, 'focus', true);
  notifier.hold(id, 'pointer', true);
  clock.advance(POP_UP_MS);
  notifier.hold(id, 'pointer', false);
  expect(notifier.popUps()).toHaveLength(1);
  notifier.hold(id, 'focus', false);
  expect(notifier.popUps()).toEqual([]);

  notice();
  const [{ id: next } = { id: 0 }] = notifier.popUps();
  notifier.hold(next, 'pointer', true);
  notifier.hold(next, 'pointer', false);
  expect(notifier.popUps(), 'its time is not over').toHaveLength(1);
  clock.advance(POP_UP_MS);
  expect(notifier.popUps()).toEqual([]);
});

test('a notice pops up for its time, with a sound, and its entry stays', () => {
  notice();
  expect(notifier.popUps()).toHaveLength(1);
  expect(heard).toEqual(['notice']);
  clock.advance(POP_UP_MS - 1);
  expect(notifier.popUps()).toHaveLength(1);
  clock.advance(1);
  expect(notifier.popUps()).toHaveLength(0);
  expect(store.snapshot().notices.entries).toHaveLength(1);
  notice({ popUpMs: 20_000 });
  clock.advance(19_999);
  expect(notifier.popUps()).toHaveLength(1);
});

test('the browser tells it only while nobody looks, for 8 s, and only if that is wanted', () => {
  notice();
  expect(shown).toEqual([]);
  isActive = false;
  rings();
  expect(shown).toEqual(['calls.incoming']);
  clock.advance(POP_UP_MS);
  expect(shown).toEqual([]);
  settings = { ...DEFAULTS, notifications: false };
  notice();
  expect(shown).toEqual([]);
});

test('a pop-up of a page that was blocked leads there, as its entry does', () => {
  const page = { url: 'https://x.example/', windowName: 'crm' };
  notice({ page });
  expect(notifier.popUps()).toMatchObject([{ page }]);
  expect(store.snapshot().notices.entries).toMatchObject([{ page }]);
});

test('a call rings until it is answered or gone, and has one entry', () => {
  rings();
  expect(heard).toEqual(['ring']);
  expect(store.snapshot().notices.entries.map(({ kind }) => kind)).toEqual(['call']);
  store.dispatch({ type: 'dialogs read', dialogs: [] });
  expect(heard).toEqual(['ring', 'silence']);
});

test('a sign-out ends the ringing and takes pop-ups away', () => {
  rings();
  notifier.popUp({ key: 'app.title' });
  store.dispatch({ type: 'left' });
  expect(heard.at(-1)).toBe('silence');
  expect(notifier.popUps()).toEqual([]);
});

test('entries without a pop-up are told of after 20 s, unless somebody looked', () => {
  notice({ popUpMs: 0 });
  clock.advance(UNREAD_MS - 1);
  expect(notifier.popUps()).toEqual([]);
  clock.advance(1);
  expect(notifier.popUps().map(({ sentence }) => sentence.key)).toEqual(['notices.unreadWait']);
  clock.advance(POP_UP_MS);
  notice({ popUpMs: 0 });
  store.dispatch({ type: 'notices seen' });
  clock.advance(UNREAD_MS);
  expect(notifier.popUps()).toEqual([]);
});

test('times, and what the browser tells, are those of the layout', () => {
  const layout = productState({ roles: ['Agent'], teamName: '' });
  store.dispatch({
    type: 'layout',
    layout: {
      ...layout,
      properties: {
        ...layout.properties,
        notificationPopupWaitTime: 30,
        unreadNotificationsWaitTime: 5,
        enableToasterNotificationForRONA: false,
      },
    },
  });
  notice();
  clock.advance(29_999);
  expect(notifier.popUps()).toHaveLength(1);
  clock.advance(1);
  expect(notifier.popUps()).toHaveLength(0);
  notice({ popUpMs: 0 });
  clock.advance(5_000);
  expect(notifier.popUps()).toHaveLength(1);
  isActive = false;
  notice({ kind: 'state' });
  expect(shown).toEqual([]);
  notice({ kind: 'team-message' });
  expect(shown).toHaveLength(1);
});

test('the same words once more stand once, and for a time of their own', () => {
  notifier.popUp({ key: 'app.title' });
  clock.advance(5_000);
  notifier.popUp({ key: 'app.title' });
  expect(notifier.popUps()).toHaveLength(1);
  clock.advance(5_000);
  expect(notifier.popUps(), 'the time of the first is over').toHaveLength(1);
  const [popUp] = notifier.popUps();
  notifier.hold(popUp?.id ?? 0, 'focus', true);
  notifier.popUp({ key: 'app.title' });
  expect(notifier.popUps(), 'somebody is at the first').toHaveLength(2);
});

test('of many pop-ups the newest stand', () => {
  for (const key of ['app.title', 'app.skip', 'signIn.title', 'signIn.user'] as const)
    notifier.popUp({ key });
  expect(notifier.popUps().map(({ sentence }) => sentence.key)).toEqual([
    'app.skip',
    'signIn.title',
    'signIn.user',
  ]);
});

test('a state that others set is said where the state stands; its pop-up is to be seen', () => {
  notice({ kind: 'state' });
  notice();
  expect(notifier.popUps().map(({ isSaidElsewhere }) => isSaidElsewhere)).toEqual([true, false]);
});
