import { expect, test, vi } from 'vitest';
import { fakePage } from '../../test/fake-page.ts';
import { ALL_NOT_READY, ALL_READY, CHANNELS_MAX, Channels } from './channels.ts';

const REQUESTS = 'finesse.digital.channel.requests';

const PARTS = {
  menuConfig: {
    label: 'Chat',
    menuItems: [
      { id: 'ready', label: 'Ready', iconColor: 'available' },
      { id: 'not-ready', label: 'Not Ready', iconColor: 'UNAVAILABLE' },
    ],
  },
  channelConfig: { actionTimeoutInSec: 10, icons: [{ type: 'collab-icon', value: 'chat' }] },
  channelState: {
    label: 'Chat',
    currentState: 'Not Ready',
    iconColor: 'unavailable',
    enable: true,
    logoutDisabled: false,
    iconBadge: 'none',
    hoverText: '',
  },
};

function setup() {
  const page = fakePage();
  const failed = vi.fn();
  const channels = new Channels(page.container, page.clock, (channel, error) => failed(channel.id, error));
  const gadget = (id: string) => {
    const made = page.connected(id);
    made.hears('finesse.digital.channel.responses.*');
    made.hears('finesse.digital.channel.menuClicks.*');
    const ask = (type: string, channelId: unknown, data: object = {}) => {
      made.ask(REQUESTS, type, { channelId, ...data });
      return made.heard.filter(([topic]) => topic.includes('responses')).at(-1)?.[1];
    };
    const clicks = () =>
      made.heard
        .filter(([topic]) => topic.includes('menuClicks'))
        .map(([, data]) => data as { channelId: string; clickId: string; menuId: string });
    return { ...made, ask, clicks };
  };
  const ids = () => channels.snapshot().map(({ id }) => id);
  return { ...page, channels, failed, gadget, ids };
}

const failure = (errorCode: string) => ({ status: 'failure', error: { errorCode } });

test('a channel is there with what the gadget gave, changes by parts, and is taken away', () => {
  const { channels, gadget, ids } = setup();
  const a = gadget('a');
  expect(a.ask('AddChannelReq', 'chat', PARTS)).toEqual({ channelId: 'chat', status: 'success' });
  expect(channels.snapshot()[0]).toMatchObject({
    menu: { label: 'Chat', items: [{ id: 'ready', colour: 'available' }, { colour: 'unavailable' }] },
    icon: { type: 'collab-icon', value: 'chat' },
    timeoutMs: 10_000,
    state: { current: 'Not Ready', isEnabled: true, holdsSignOut: false, badge: 'none' },
    pending: null,
  });
  const channelState = {
    ...PARTS.channelState,
    currentState: 'Ready',
    iconColor: 'available',
    logoutDisabled: true,
  };
  expect(a.ask('UpdateChannelReq', 'chat', { channelState })).toMatchObject({ status: 'success' });
  expect(channels.snapshot()[0]).toMatchObject({
    menu: { items: [{ id: 'ready' }, {}] },
    state: { current: 'Ready', colour: 'available', holdsSignOut: true },
  });
  expect(a.ask('RemoveChannelReq', 'chat')).toMatchObject({ status: 'success' });
  expect(ids()).toEqual([]);
});

test.each([
  ['no id', undefined, PARTS, 'INVALID_INPUT', 'channelId is missing'],
  ['an id with a dot', 'a.b', PARTS, 'INVALID_INPUT', 'channelId'],
  ['a part missing', 'x', { ...PARTS, channelState: undefined }, 'INVALID_INPUT', 'channelState is missing'],
  ['no object', 'x', { ...PARTS, menuConfig: 'menu' }, 'INVALID_INPUT', 'menuConfig: is no object'],
  [
    'a long wait',
    'x',
    { ...PARTS, channelConfig: { ...PARTS.channelConfig, actionTimeoutInSec: 31 } },
    'INVALID_INPUT',
    'channelConfig: actionTimeoutInSec is no number from 1 to 30',
  ],
  [
    'no icon',
    'x',
    { ...PARTS, channelConfig: { actionTimeoutInSec: 3, icons: [] } },
    'INVALID_INPUT',
    'channelConfig: icons has fewer than 1 entries',
  ],
  [
    'an unknown badge',
    'x',
    { ...PARTS, channelState: { ...PARTS.channelState, iconBadge: 'gold' } },
    'INVALID_INPUT',
    'channelState: iconBadge is none of none, info, error, warning',
  ],
])('%s is refused, and said', (_name, id, data, errorCode, text) => {
  const { gadget, ids } = setup();
  expect(gadget('a').ask('AddChannelReq', id, data)).toMatchObject({
    status: 'failure',
    error: { errorCode, errorDesc: expect.stringContaining(text) },
  });
  expect(ids()).toEqual([]);
});

test('a channel is its gadget’s alone, and goes with it; there are not too many', () => {
  const { gadget, ids } = setup();
  const [a, b] = [gadget('a'), gadget('b')];
  a.ask('AddChannelReq', 'chat', PARTS);
  expect(b.ask('AddChannelReq', 'chat', PARTS)).toMatchObject(failure('CHANNEL_EXISTS'));
  expect(b.ask('UpdateChannelReq', 'chat', {})).toMatchObject(failure('CHANNEL_NOT_FOUND'));
  expect(b.ask('RemoveChannelReq', 'chat')).toMatchObject(failure('CHANNEL_NOT_FOUND'));
  expect(b.ask('UpdateChannelReq', 'none', {})).toMatchObject(failure('CHANNEL_NOT_FOUND'));
  for (let n = 1; n < CHANNELS_MAX; n++) b.ask('AddChannelReq', `n${n}`, PARTS);
  expect(b.ask('AddChannelReq', 'more', PARTS)).toMatchObject(failure('TOO_MANY'));
  // Again, by the same gadget: it takes the place of the one before.
  expect(b.ask('AddChannelReq', 'n1', PARTS)).toMatchObject({ status: 'success' });
  b.leave();
  expect(ids()).toEqual(['chat']);
});

test('a choice is told, waits for its outcome, and fails when it is refused or not answered', () => {
  const { channels, clock, gadget, failed } = setup();
  const a = gadget('a');
  a.ask('AddChannelReq', 'chat', PARTS);
  const pending = () => channels.snapshot()[0]?.pending;
  channels.choose('chat', 'ready');
  expect(a.clicks()).toEqual([{ channelId: 'chat', clickId: '1', menuId: 'ready' }]);
  expect(pending()).toBe('ready');
  a.ask('UpdateChannelReq', 'chat', { channelState: PARTS.channelState });
  expect(pending()).toBe('ready');
  a.ask('MenuClickResultReq', 'chat', { clickId: '0', status: 'success' });
  expect(pending()).toBe('ready');
  a.ask('MenuClickResultReq', 'chat', { clickId: '1', status: 'success' });
  expect(pending()).toBeNull();
  clock.advance(30_000);
  expect(failed).not.toHaveBeenCalled();

  channels.choose('chat', 'ready');
  a.ask('MenuClickResultReq', 'chat', {
    clickId: '2',
    status: 'failure',
    error: { errorCode: '567', errorDesc: 'Down.' },
  });
  expect(failed.mock.calls).toEqual([['chat', { why: 'Down.', code: '567' }]]);

  channels.choose('chat', 'not-ready');
  clock.advance(10_000);
  expect(failed).toHaveBeenLastCalledWith('chat', { why: '', code: 'TIMEOUT' });
  expect(pending()).toBeNull();
});

test('a choice for all goes to every channel that can be changed', () => {
  const { channels, gadget } = setup();
  const [a, b] = [gadget('a'), gadget('b')];
  a.ask('AddChannelReq', 'chat', PARTS);
  b.ask('AddChannelReq', 'mail', { ...PARTS, channelState: { ...PARTS.channelState, enable: false } });
  channels.chooseAll(ALL_READY);
  channels.chooseAll(ALL_NOT_READY);
  channels.choose('mail', 'ready');
  expect(a.clicks().map(({ menuId }) => menuId)).toEqual([ALL_READY, ALL_NOT_READY]);
  expect(b.clicks().some(({ channelId }) => channelId === 'mail')).toBe(false);
});
