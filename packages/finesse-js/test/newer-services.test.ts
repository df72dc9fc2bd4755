import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, frame } from './frame.ts';

let f: Frame;
// What a test puts in the place of the page is not there for the next one.
afterEach(() => vi.unstubAllGlobals());
beforeEach(async () => {
  f = await frame();
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

describe('PopoverService', () => {
  const REQUESTS = 'finesse.containerservices.popover.requests';
  const banner = { icon: { type: 'url', value: '/x.png' }, content: [{ name: 'From', value: 'Ada' }] };
  const timer = { displayTimeoutInSecs: 30, display: true, counterType: 'COUNT_DOWN' };
  const action = { dismissible: true, buttons: [{ id: 'ok', label: 'Accept', type: 'Affirm' as const }] };
  const service = () =>
    f.finesse.containerservices.PopoverService.init(f.finesse.containerservices.ContainerServices);

  test('shows, and tells once how it ended', () => {
    const ended = vi.fn();
    const popoverId = service().showPopover(banner, timer, action, ended);
    expect(f.hub.request(REQUESTS, 'ShowPopoverReq').data).toEqual({
      popoverId,
      gadgetId: '7',
      bannerData: banner,
      timerData: timer,
      actionData: action,
    });
    const topic = `finesse.containerservices.popover.events.${popoverId}`;
    f.hub.publish(topic, { popoverId, source: 'ok' });
    f.hub.publish(topic, { popoverId, source: 'timeout' });
    expect(ended.mock.calls).toEqual([[{ popoverId, source: 'ok' }]]);
  });

  test('changes and takes away', () => {
    const ended = vi.fn();
    const popoverId = service().showPopover(banner, null, null, ended);
    service().updatePopover(popoverId, null, timer);
    expect(f.hub.request(REQUESTS, 'UpdatePopoverReq').data).toEqual({
      popoverId,
      gadgetId: '7',
      timerData: timer,
    });
    service().dismissPopover(popoverId);
    expect(f.hub.request(REQUESTS, 'DismissPopoverReq').data).toEqual({ popoverId, gadgetId: '7' });
    f.hub.publish(`finesse.containerservices.popover.events.${popoverId}`, {
      popoverId,
      source: 'dismissed',
    });
    expect(ended).not.toHaveBeenCalled();
    expect(service().generatePayload(banner)).toEqual({ bannerData: banner });
  });

  test.each<[string, unknown, unknown, unknown]>([
    ['bannerData: $.content is missing', {}, timer, action],
    ['bannerData is missing', null, timer, action],
    ['timerData: $.counterType is none of COUNT_UP, COUNT_DOWN', banner, { counterType: 'UP' }, action],
    [
      'actionData: $.buttons has more entries than 2',
      banner,
      timer,
      { buttons: [action.buttons[0], action.buttons[0], action.buttons[0]] },
    ],
    [
      'actionData: $.buttons[0].type is none of Affirm, Decline',
      banner,
      timer,
      { buttons: [{ id: 'a', label: 'b', type: 'c' }] },
    ],
  ])('refuses data: %s', (message, b, t, a) => {
    expect(() => service().showPopover(b as never, t as never, a as never)).toThrow(message);
    expect(f.hub.on(REQUESTS)).toEqual([]);
  });
});

describe('ChannelService', () => {
  const REQUESTS = 'finesse.digital.channel.requests';
  const service = () => f.finesse.digital.ChannelService.init(f.finesse.containerservices.ContainerServices);
  const menuConfig = { label: 'Chat', menuItems: [{ id: 'ready', label: 'Ready', iconColor: 'available' }] };
  const channelConfig = { actionTimeoutInSec: 5, icons: [{ type: 'collab-icon', value: 'Chat' }] };
  const channelState = {
    label: 'Chat',
    currentState: 'ready',
    iconColor: 'available',
    enable: true,
    logoutDisabled: false,
    iconBadge: 'none',
  };
  const data = { menuConfig, channelConfig, channelState };

  test('adds a channel and hands over the outcome', () => {
    const ok = vi.fn();
    const bad = vi.fn();
    service().addChannel('chat', data, () => undefined, ok, bad);
    const { data: sent, invokeID } = f.hub.request(REQUESTS, 'AddChannelReq');
    expect(sent).toEqual({ channelId: 'chat', gadgetId: '7', ...data });
    f.hub.publish(`finesse.digital.channel.responses.${invokeID}`, { channelId: 'chat', status: 'success' });
    expect(ok).toHaveBeenCalledExactlyOnceWith({ channelId: 'chat', status: 'success' });
    service().updateChannelState('chat', channelState, ok, bad);
    const update = f.hub.request(REQUESTS, 'UpdateChannelReq');
    expect(update.data).toEqual({ channelId: 'chat', gadgetId: '7', channelState });
    const error = { errorCode: 'NOT_FOUND', errorDesc: 'd' };
    f.hub.publish(`finesse.digital.channel.responses.${update.invokeID}`, {
      channelId: 'chat',
      status: 'failure',
      error,
    });
    expect(bad).toHaveBeenCalledExactlyOnceWith({ channelId: 'chat', status: 'failure', error });
  });

  test('refuses wrong data by the error callback, without asking', () => {
    const bad = vi.fn();
    service().addChannel(
      'chat',
      { ...data, channelConfig: { ...channelConfig, actionTimeoutInSec: 31 } },
      () => undefined,
      undefined,
      bad,
    );
    service().updateChannel('', {}, undefined, bad);
    expect(bad.mock.calls.map(([{ error }]) => error.errorDesc)).toEqual([
      'channelConfig: $.actionTimeoutInSec is more than 30',
      'channelId is missing',
    ]);
    expect(f.hub.on(REQUESTS)).toEqual([]);
  });

  test('tells the gadget of clicks in its menu and the desktop of their outcome', () => {
    service().addChannel('chat', data, (_channel, menuId, success, error) =>
      menuId === 'ready' ? success() : error({ error: { errorCode: 'E', errorDesc: menuId } }),
    );
    const click = (menuId: string) =>
      f.hub.publish('finesse.digital.channel.menuClicks.chat', { channelId: 'chat', clickId: '9', menuId });
    click('ready');
    expect(f.hub.request(REQUESTS, 'MenuClickResultReq').data).toEqual({
      channelId: 'chat',
      gadgetId: '7',
      clickId: '9',
      menuId: 'ready',
      status: 'success',
    });
    click('ALL_NOT_READY');
    expect(f.hub.request(REQUESTS, 'MenuClickResultReq').data).toMatchObject({
      status: 'failure',
      error: { errorCode: 'E', errorDesc: 'ALL_NOT_READY' },
    });
    service().removeChannel('chat');
    expect(f.hub.request(REQUESTS, 'RemoveChannelReq').data).toEqual({ channelId: 'chat', gadgetId: '7' });
    expect(f.hub.listeners('finesse.digital.channel.menuClicks.chat')).toBe(0);
  });
});

describe('NotificationPopoverService', () => {
  test('publishes a message with the defaults, and hears its click', () => {
    const clicked = vi.fn();
    const service = f.finesse.containerservices.NotificationPopoverService.init();
    const id = service.showNotification(
      'Chat',
      'Hello',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      clicked,
    );
    expect(f.hub.on('finext.notification.popover')).toEqual([
      {
        notificationId: id,
        gadgetId: '7',
        from: 'Chat',
        message: 'Hello',
        isDismissable: true,
        timeout: 8000,
        icon: null,
        type: null,
        pristine: false,
        showAlways: false,
        customLink: null,
      },
    ]);
    f.hub.publish(`finext.notification.popover.clicks.${id}`, { notificationId: id });
    f.hub.publish(`finext.notification.popover.clicks.${id}`, { notificationId: id });
    expect(clicked).toHaveBeenCalledOnce();
  });
});

describe('TaskActivityNotification', () => {
  const service = () => f.finesse.containerservices.TaskActivityNotification.init();
  const task = { taskId: '1', active: true, mediaType: 'chat', timestamp: 5 };

  test('tells of tasks, and again of the last one when somebody asks', () => {
    const heard = vi.fn();
    const leave = service().registerForTaskNotifications(heard);
    service().notifyTaskSelection('Chat', task);
    service().requestCurrentTasks();
    service().notifyTaskSelection('Chat', { ...task, active: false });
    service().requestCurrentTasks();
    leave();
    service().notifyTaskSelection('Chat', task);
    expect(heard.mock.calls.map(([{ from, message }]) => [from, message.active])).toEqual([
      ['Chat', true],
      ['Chat', true],
      ['Chat', false],
      ['Chat', false],
    ]);
    expect(heard.mock.calls[0]?.[0]).toEqual({ from: 'Chat', message: task });
  });

  test('adds the time, and refuses what is incomplete', () => {
    const heard = vi.fn();
    service().registerForTaskNotifications(heard);
    service().notifyTaskSelection('Chat', { taskId: '1', active: true, mediaType: 'chat' });
    expect(heard.mock.calls[0]?.[0].message.timestamp).toBeGreaterThan(1.7e12);
    expect(() => service().notifyTaskSelection('', task)).toThrow('from is missing');
    for (const name of ['taskId', 'active', 'mediaType'])
      expect(() => service().notifyTaskSelection('Chat', { ...task, [name]: undefined })).toThrow(
        `${name} is missing`,
      );
  });
});

describe('ShortcutKeyService', () => {
  const key = {
    id: 'k',
    componentName: 'Mine',
    actionName: 'Do',
    key: 'x',
    modifierKeys: 'ALT',
    executionScope: 'page',
    isPageLevel: true,
    type: 'g',
  };

  test('registers keys, runs their handlers, and knows of conflicts', () => {
    const handler = vi.fn();
    const service = f.finesse.shortcutkey.ShortcutKeyService.init();
    service.registerShortcutKey([{ ...key, handler }]);
    const { data, invokeID } = f.hub.request('finesse.shortcutkey.requests', 'RegisterShortcutKeyReq');
    expect(data).toEqual({ gadgetId: '7', tabId: 'home', shortcuts: [key] });
    f.hub.publish('finesse.shortcutkey.events.7', { id: 'k' });
    f.hub.publish('finesse.shortcutkey.events.7', { id: 'another' });
    expect(handler).toHaveBeenCalledOnce();
    f.hub.publish(`finesse.shortcutkey.responses.${invokeID}`, { shortcuts: [{ id: 'k', conflict: true }] });
    expect(service.getShortcutKeys()).toEqual([{ ...key, handler, conflict: true }]);
  });

  test('an id may be a number: it is text on the hub, and a number for the gadget', () => {
    const handler = vi.fn();
    const service = f.finesse.shortcutkey.ShortcutKeyService.init();
    const number = { ...key, id: 20 as string | number, handler };
    service.registerShortcutKey([number, { ...number, id: 0 }]);
    const { data, invokeID } = f.hub.request('finesse.shortcutkey.requests', 'RegisterShortcutKeyReq');
    expect((data as { shortcuts: object[] }).shortcuts).toMatchObject([{ id: '20' }, { id: '0' }]);
    f.hub.publish('finesse.shortcutkey.events.7', { id: '20' });
    expect(handler).toHaveBeenCalledOnce();
    f.hub.publish(`finesse.shortcutkey.responses.${invokeID}`, {
      shortcuts: [{ id: '20', conflict: false }],
    });
    expect(service.getShortcutKeys()[0]).toEqual({ ...number, conflict: false });
  });

  test('refuses keys without id, key or handler', () => {
    const service = f.finesse.shortcutkey.ShortcutKeyService;
    expect(() => service.registerShortcutKey([{ ...key, id: '', handler: () => undefined }])).toThrow(
      'id and key',
    );
    expect(() => service.registerShortcutKey([{ ...key, handler: undefined as never }])).toThrow(
      'must be a function',
    );
  });
});

describe('FinesseToaster', () => {
  class FakeNotification {
    static permission = 'default';
    static requestPermission = vi.fn(async () => 'granted');
    static readonly shown: FakeNotification[] = [];
    onclick: ((event: unknown) => void) | null = null;
    closed = false;
    readonly title: string;
    readonly options: object;
    constructor(title: string, options: object) {
      this.title = title;
      this.options = options;
      FakeNotification.shown.push(this);
    }
    close() {
      this.closed = true;
    }
  }
  beforeEach(() => {
    vi.stubGlobal('Notification', FakeNotification);
    vi.stubGlobal('window', { parent: { focus: vi.fn() } });
    FakeNotification.shown.length = 0;
    FakeNotification.permission = 'default';
  });

  test('asks for leave when it begins, and shows nothing without', () => {
    const toaster = f.finesse.containerservices.FinesseToaster.init(f.finesse.gadget.Config);
    expect(FakeNotification.requestPermission).toHaveBeenCalledOnce();
    vi.stubGlobal('document', { hidden: true });
    expect(toaster.showToaster('x')).toBeUndefined();
  });

  test('shows while the desktop is hidden, or always if wanted, and closes by itself', () => {
    vi.useFakeTimers();
    FakeNotification.permission = 'granted';
    const toaster = f.finesse.containerservices.FinesseToaster.init({ toasterNotificationTimeout: '6000' });
    vi.stubGlobal('document', { hidden: false });
    expect(toaster.showToaster('seen')).toBeUndefined();
    expect(toaster.showToaster('always', { showWhenVisible: true })).toBeDefined();
    vi.stubGlobal('document', { hidden: true });
    const onclick = vi.fn();
    toaster.showToaster('call', {
      body: 'b',
      icon: toaster.TOASTER_DEFAULT_ICONS.INCOMING_CALL_ICON,
      autoClose: 100,
      onclick,
    });
    const shown = FakeNotification.shown.at(-1);
    expect([shown?.title, shown?.options]).toEqual([
      'call',
      { body: 'b', icon: '/desktop/theme/finesse/images/incoming-call.svg' },
    ]);
    vi.advanceTimersByTime(100);
    expect(shown?.closed).toBe(true);
    expect(FakeNotification.shown[0]?.closed).toBe(false);
    vi.advanceTimersByTime(5_899);
    expect(FakeNotification.shown[0]?.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(FakeNotification.shown[0]?.closed).toBe(true);
    shown?.onclick?.({});
    expect(onclick).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });
});
