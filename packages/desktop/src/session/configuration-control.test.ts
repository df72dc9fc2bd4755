import { VirtualClock } from '@poise/clock';
import { configOf, defaultLayout, layoutFor } from '@poise/layout';
import { parse } from '@poise/xml';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClient, settle, userIn } from '../../test/fake-client.ts';
import {
  CONFIGURATION_NODE,
  ConfigurationControl,
  RECOVERY_SPREAD_MS,
  SPREAD_MS,
} from './configuration-control.ts';
import { agentOf } from './desktop-client.ts';
import { productState, readLayoutAnswer } from './layout.ts';
import { Store } from './store.ts';

let store: Store;
let clock: VirtualClock;
let client: FakeClient;
let done: string[];
let control: ConfigurationControl;
let layout: unknown;
let subscribed: string[];

beforeEach(() => {
  store = new Store();
  clock = new VirtualClock();
  client = new FakeClient();
  [done, subscribed] = [[], []];
  layout = null;
  control = new ConfigurationControl({
    store,
    clock,
    frame: (run) => run(),
    random: () => 0.5,
    configured: {
      readMenus: async () => void done.push('menus'),
      calls: () => ({ renewPhoneBooks: async () => void done.push('phone books') }),
      loadWorkflows: () => void done.push('workflows'),
    },
  });
  begin();
});

function begin(): void {
  const { poise } = client;
  control.begin({
    subscribe: async (node: string) => void subscribed.push(node),
    poise: async (path: string) => (path === '/desktop/layout' ? layout : poise.call(client, path)),
  } as never);
}

const told = (...sections: string[]) =>
  control.heard({
    node: CONFIGURATION_NODE,
    event: 'PUT',
    requestId: '',
    source: CONFIGURATION_NODE,
    data: {
      type: 'other',
      element: parse(
        `<configuration><sections>${sections.map((name) => `<section>${name}</section>`).join('')}</sections></configuration>`,
      ),
    },
  });

test('its node is asked for after the sign-in', () => {
  expect(subscribed).toEqual([]);
  control.load();
  expect(subscribed).toEqual([CONFIGURATION_NODE]);
});

describe('what was changed is read anew, at a moment of its own', () => {
  test.each([
    [['reasonCodes'], ['menus']],
    [['wrapUpReasons', 'teams'], ['menus']],
    [['mediaPropertiesLayouts'], ['menus']],
    [['phoneBooks'], ['phone books']],
    [
      ['workflows', 'phoneBooks'],
      ['phone books', 'workflows'],
    ],
    [['something of a later release'], []],
  ])('%j', (sections, expected) => {
    told(...sections);
    clock.advance(SPREAD_MS / 2 - 1);
    expect(done).toEqual([]);
    clock.advance(1);
    expect(done).toEqual(expected);
    clock.advance(10 * SPREAD_MS);
    expect(done).toEqual(expected);
  });

  test('once for what is told meanwhile', () => {
    told('reasonCodes');
    told('wrapUpReasons');
    told('workflows');
    clock.advance(SPREAD_MS);
    expect(done).toEqual(['menus', 'workflows']);
    told('reasonCodes');
    clock.advance(SPREAD_MS);
    expect(done).toEqual(['menus', 'workflows', 'menus']);
  });

  test('not for who has signed out meanwhile', () => {
    told('reasonCodes');
    control.end();
    clock.advance(SPREAD_MS);
    expect(done).toEqual([]);
    // Whoever signs in next hears of the next change.
    begin();
    told('phoneBooks');
    clock.advance(SPREAD_MS);
    expect(done).toEqual(['phone books']);
  });

  test('after a loss what is not read anyway', async () => {
    await control.recover();
    clock.advance(SPREAD_MS);
    expect(done).toEqual([]);
    clock.advance(RECOVERY_SPREAD_MS);
    expect(done).toEqual(['phone books', 'workflows']);
  });

  test('other Updates mean nothing', () => {
    control.heard({
      node: '/finesse/api/User/2001',
      event: 'PUT',
      requestId: '',
      source: '',
      data: { type: 'none' },
    });
    clock.advance(SPREAD_MS);
    expect(done).toEqual([]);
  });
});

describe('an agent who is moved to another team', () => {
  const heard = (more: Parameters<typeof userIn>[1]) =>
    control.heard({
      node: '/finesse/api/User/2001',
      event: 'PUT',
      requestId: '',
      source: '/finesse/api/User/2001',
      data: { type: 'user', user: userIn('READY', more) },
    });

  beforeEach(() => {
    store.dispatch({ type: 'sign-in started', host: 'desk' });
    store.dispatch({ type: 'signed in', user: agentOf(userIn('READY')) });
    control.load();
  });

  test('has at once what that team has', () => {
    heard({ teamId: 5001, teamName: 'Maths' });
    clock.advance(0);
    expect(done).toEqual(['menus', 'phone books', 'workflows']);
    heard({ teamId: 5001, teamName: 'Maths', state: 'NOT_READY' });
    clock.advance(SPREAD_MS);
    expect(done).toHaveLength(3);
    heard({ teamId: 5000 });
    clock.advance(0);
    expect(done).toHaveLength(6);
  });

  test('is none whose state alone changes, nor a member of the team of a supervisor', () => {
    heard({ state: 'NOT_READY' });
    heard({ loginId: '2002', teamId: 5001 });
    clock.advance(SPREAD_MS);
    expect(done).toEqual([]);
  });

  test('nor one before the sign-in and after the sign-out', () => {
    control.end();
    begin();
    heard({ teamId: 5001 });
    clock.advance(SPREAD_MS);
    expect(done).toEqual([]);
  });
});

describe('another layout', () => {
  const notices = () => store.snapshot().notices.entries.map(({ sentence }) => sentence.key);
  const model = defaultLayout();
  /** As the server tells it. */
  const answer = (version: string) => ({
    role: 'Agent',
    source: 'team',
    version,
    teamName: 'Sales',
    teams: [],
    header: model.header,
    layout: layoutFor(model, 'Agent'),
    properties: configOf({}).properties,
    problems: [],
  });
  const drawn = (version: string) =>
    store.dispatch({
      type: 'layout',
      layout: readLayoutAnswer(answer(version)) ?? productState(userIn('READY')),
    });
  const changed = async () => {
    told('desktopLayouts');
    clock.advance(SPREAD_MS);
    await settle();
  };

  beforeEach(() => {
    store.dispatch({ type: 'sign-in started', host: 'desk' });
    drawn('one');
    store.dispatch({ type: 'signed in', user: agentOf(userIn('READY')) });
  });

  test('is offered, and what is looked at stays', async () => {
    layout = answer('two');
    await changed();
    expect(notices()).toEqual(['notices.newLayout']);
    expect(store.snapshot().layout?.page.version).toBe('one');
  });

  test('that is another team’s is none', async () => {
    layout = answer('one');
    await changed();
    expect(notices()).toEqual([]);
  });

  test('that cannot be read is not offered', async () => {
    layout = { page: '<broken' };
    await changed();
    expect(notices()).toEqual([]);
  });

  test('comes too late for who has signed out', async () => {
    layout = answer('two');
    told('desktopLayouts');
    clock.advance(SPREAD_MS);
    control.end();
    await settle();
    expect(notices()).toEqual([]);
  });
});
