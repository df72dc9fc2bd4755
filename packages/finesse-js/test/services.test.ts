import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Frame, frame } from './frame.ts';

let f: Frame;
beforeEach(async () => {
  f = await frame();
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => vi.useRealTimers());

const connection = (status: string) =>
  f.hub.publish('finesse.info.connection', { status, resourceID: 'desktop' });

describe('ClientServices', () => {
  const services = () => f.finesse.clientservices.ClientServices;

  test('begins once: subscribes and asks how the desktop is connected', () => {
    expect(services().init(f.finesse.gadget.Config)).toBe(services().init(f.finesse.gadget.Config));
    expect(f.hub.listeners('finesse.info.connection')).toBe(1);
    expect(f.hub.on('finesse.info.requests')).toEqual([
      { type: 'ConnectionInfoReq', data: {}, invokeID: expect.any(String) },
    ]);
  });

  test.each([
    ['no settings', undefined],
    ['no host', { restHost: 'localhost', authorization: 'x' }],
    ['no REST host', { host: 'h', authorization: 'x' }],
    ['no credentials', { host: 'h', restHost: 'localhost', id: '1001' }],
  ])('refuses %s', (_what, config) => {
    expect(() => services().init(config as never)).toThrow('Config object contains invalid properties.');
  });

  test.each([
    ['id and password', { id: '5', password: 'p' }, `Basic ${btoa('5:p')}`],
    ['authorization', { authorization: btoa('5:p:q') }, `Basic ${btoa('5:p:q')}`],
    ['a token', { id: '5', authToken: 'abc', systemAuthMode: 'SSO' }, 'Bearer abc'],
  ])('signs requests with %s', (_what, given, header) => {
    const config = { host: 'h', restHost: 'localhost', localhostPort: '1', ...given } as never as {
      id: string;
    };
    services().init(config);
    expect(config.id).toBe('5');
    const handler = vi.fn();
    services().makeRequest('/finesse/api/SystemInfo', handler, {
      METHOD: 'PUT',
      SCHEME: 'https',
      HEADERS: { a: 'b' },
    });
    expect([f.last().url, f.last().method, f.last().headers]).toEqual([
      'https://localhost:1/finesse/api/SystemInfo',
      'PUT',
      { Authorization: header, a: 'b' },
    ]);
    f.last().answer(200, 'x');
    expect(handler).toHaveBeenCalledWith(expect.objectContaining({ rc: 200, text: 'x' }));
  });

  test('calls its handlers on changes only, and at once where they are late', () => {
    const log: string[] = [];
    services().init(f.finesse.gadget.Config);
    services().registerOnConnectHandler(() => log.push('up'));
    services().registerOnDisconnectHandler(() => log.push('down'));
    for (const status of ['connecting', 'connected', 'connected', 'failing', 'recovered', 'disconnected'])
      connection(status);
    expect(log).toEqual(['up', 'down', 'up', 'down']);
    services().registerOnDisconnectHandler(() => log.push('late'));
    services().registerOnConnectHandler(() => log.push('not yet'));
    expect(log.at(-1)).toBe('late');
    services().unregisterOnConnectHandler();
    connection('connected');
    expect(log.at(-1)).toBe('late');
    expect(() => services().registerOnConnectHandler('x' as never)).toThrow('must be a function');
  });

  test('names the state of the connection', () => {
    services().init(f.finesse.gadget.Config);
    const names = ['connected', 'failing', 'recovered', 'disconnected'].map((status) => {
      connection(status);
      return services().getNotificationConnectionState();
    });
    expect(names).toEqual(['Connected', 'Failing', 'Recovered', 'Disconnected']);
    expect([services().getResourceID(), services().getRestHost(), services().isMaster()]).toEqual([
      'desktop',
      'localhost',
      false,
    ]);
  });

  test('has one callback per topic, quiet during a failover if that is wanted', () => {
    services().init(f.finesse.gadget.Config);
    const heard = vi.fn();
    expect([services().subscribe('my.topic', heard, true), services().subscribe('my.topic', heard)]).toEqual([
      true,
      false,
    ]);
    f.hub.publish('my.topic', 1);
    connection('failing');
    f.hub.publish('my.topic', 2);
    expect(heard.mock.calls).toEqual([[1]]);
    services().unsubscribe('my.topic');
    expect(f.hub.listeners('my.topic')).toBe(0);
    expect(services().subscribe('my.topic', heard)).toBe(true);
  });

  test('subscribes nodes and tells of the outcome once', () => {
    const done = vi.fn();
    const subid = services().subscribeNode('/finesse/api/Queue/1', done);
    expect(f.hub.request('finesse.info.requests', 'SubscribeNodeReq')).toEqual({
      type: 'SubscribeNodeReq',
      data: { node: '/finesse/api/Queue/1' },
      invokeID: subid,
    });
    f.hub.publish(`finesse.info.responses.${subid}`, undefined);
    f.hub.publish(`finesse.info.responses.${subid}`, undefined);
    expect(done.mock.calls).toEqual([[subid, undefined]]);
    const refused = vi.fn();
    const other = services().subscribeNode('/finesse/api/Queue/2', refused);
    f.hub.publish(`finesse.info.responses.${other}`, {
      error: { errorType: 'Not connected', errorMessage: 'm' },
    });
    expect(refused).toHaveBeenCalledWith(other, { errorType: 'Not connected', errorMessage: 'm' });
    const left = vi.fn();
    services().unsubscribeNode('/finesse/api/Queue/1', subid, left);
    const { invokeID } = f.hub.request('finesse.info.requests', 'UnsubscribeNodeReq');
    f.hub.publish(`finesse.info.responses.${invokeID}`, null);
    expect(left).toHaveBeenCalledExactlyOnceWith(undefined);
  });

  test('waits for a hub that is not connected yet', () => {
    vi.useFakeTimers();
    f.hub.connected = false;
    services().init(f.finesse.gadget.Config);
    expect(f.hub.subscribed.size).toBe(0);
    vi.advanceTimersByTime(1000);
    f.hub.connected = true;
    vi.advanceTimersByTime(50);
    expect(f.hub.listeners('finesse.info.connection')).toBe(1);
    expect(f.hub.on('finesse.info.requests')).toHaveLength(1);
  });

  test('logs with its prefix what goes wrong in handlers', () => {
    const log = vi.fn();
    services().init(f.finesse.gadget.Config);
    services().setLogger({ log });
    services().registerOnConnectHandler(() => {
      throw new Error('boom');
    });
    connection('connected');
    expect(log).toHaveBeenCalledWith('[ClientServices] connect handler failed: Error: boom');
  });
});

describe('ClientLogger', () => {
  test('does nothing before it has begun', () => {
    f.finesse.cslogger.ClientLogger.log('early');
    expect(f.hub.published).toEqual([]);
  });

  test('writes one line to the console and to its topic', () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 31, 12, 0, 0, 7) });
    f.session.setItem('clientTimestampDrift', '1000');
    f.session.setItem('serverTimezoneOffset', '330');
    f.session.setItem('finSessKey', 'abc123');
    const { ClientLogger } = f.finesse.cslogger;
    ClientLogger.init(f.hub, 'My.Gadget', f.finesse.gadget.Config);
    ClientLogger.log('hello');
    const [line] = f.hub.on('finesse.clientLogging.My_Gadget');
    expect(line).toMatch(
      /^2026-01-31T\d\d:00:00\.007 [+-]\d\d:\d\d: abc123: fin\.example: Jan 31 2026 17:30:01\.007 \+0530: My\.Gadget : hello$/,
    );
    expect(console.log).toHaveBeenCalledWith(line);
  });

  test("has dashes where the server's time is not known, and adds what an error says", () => {
    const { ClientLogger } = f.finesse.cslogger;
    ClientLogger.init(f.hub, 'G');
    ClientLogger.log('bad', 'why');
    expect(f.hub.on('finesse.clientLogging.G')[0]).toMatch(/: : fin\.example: -{30}: G : bad why$/);
  });

  test('keeps the console when the hub refuses', () => {
    const { ClientLogger } = f.finesse.cslogger;
    ClientLogger.init(f.hub, 'G');
    f.hub.connected = false;
    expect(() => ClientLogger.log('x')).not.toThrow();
    expect(console.log).toHaveBeenCalledOnce();
  });
});

describe('ContainerServices', () => {
  const services = () => f.finesse.containerservices.ContainerServices;
  const REQUESTS = 'finesse.containerservices.requests';
  const topics = () => services().Topics;

  test('asks for the active tab when it begins, and when it is asked to', () => {
    expect(services().init()).toBe(services().init());
    expect(f.hub.on(REQUESTS).map((each) => (each as { type: string }).type)).toEqual([
      'ActiveTabReq',
      'GadgetViewReq',
    ]);
    services().makeActiveTabReq();
    expect(f.hub.on(REQUESTS)).toHaveLength(3);
  });

  test('says when the own tab becomes visible, and only then', () => {
    const shown = vi.fn();
    const alias = vi.fn();
    services().init();
    services().addHandler(topics().ACTIVE_TAB, shown);
    services().addHandler('tabVisible', alias);
    const tab = (id: string) => f.hub.publish(topics().ACTIVE_TAB, id);
    for (const id of ['other', 'home', 'home', 'other', 'home']) tab(id);
    expect(shown).toHaveBeenCalledTimes(2);
    expect(alias).toHaveBeenCalledTimes(2);
    expect(services().tabVisible()).toBe(true);
    services().removeHandler(topics().ACTIVE_TAB, shown);
    tab('other');
    tab('home');
    expect(shown).toHaveBeenCalledTimes(2);
    expect(alias).toHaveBeenCalledTimes(3);
  });

  test('knows gadget and tab, and activates tabs', () => {
    expect([services().getMyGadgetId(), services().getMyTabId(), services().isTabbedGadget()]).toEqual([
      '7',
      'home',
      false,
    ]);
    services().activateMyTab();
    expect(f.hub.request(REQUESTS, 'SetActiveTabReq').data).toEqual({ id: 'home' });
    services().activateTab('x');
    expect(f.hub.request(REQUESTS, 'SetActiveTabReq').data).toEqual({ id: 'x' });
  });

  test('gives events as objects', () => {
    services().init();
    const seen: unknown[] = [];
    services().addHandler(topics().WORKFLOW_ACTION_EVENT, (e) =>
      seen.push([e.getName(), e.getType(), e.getHandledBy(), e.getParams(), e.getActionVariables()]),
    );
    services().addHandler(topics().TIMER_TICK_EVENT, (e) => seen.push(e.getDateQueued().getTime()));
    services().addHandler(topics().GADGET_VIEW_CHANGED_EVENT, (e) =>
      seen.push([e.getGadgetId(), e.getTabId(), e.getView(), e.getMaxAvailableHeight()]),
    );
    services().addHandler(topics().MAX_AVAILABLE_HEIGHT_CHANGED_EVENT, (e) =>
      seen.push(e.getMaxAvailableHeight()),
    );
    services().addHandler(topics().ACTIVE_CALL_STATUS_EVENT, (e) => seen.push(e));
    const param = { name: 'path', value: 'a', expandedValue: 'y' };
    f.hub.publish(topics().WORKFLOW_ACTION_EVENT, {
      name: 'Go',
      type: 'HTTP_REQUEST',
      handledBy: 'OTHER',
      params: [param],
      actionVariables: [],
    });
    f.hub.publish(topics().TIMER_TICK_EVENT, { dateQueued: 5, tickFrequency: 1000 });
    f.hub.publish(topics().GADGET_VIEW_CHANGED_EVENT, {
      gadgetId: '7',
      tabId: 'home',
      view: 'canvas',
      maxAvailableHeight: 600,
    });
    f.hub.publish(topics().MAX_AVAILABLE_HEIGHT_CHANGED_EVENT, { maxAvailableHeight: 500 });
    f.hub.publish(topics().ACTIVE_CALL_STATUS_EVENT, { status: true, type: 'info' });
    expect(seen).toEqual([
      ['Go', 'HTTP_REQUEST', 'OTHER', { path: param }, {}],
      5,
      ['7', 'home', 'canvas', 600],
      500,
      { status: true, type: 'info' },
    ]);
    expect(services().getMyGadgetView()).toEqual({
      gadgetId: '7',
      tabId: 'home',
      view: 'canvas',
      maxAvailableHeight: 500,
    });
    f.hub.publish(topics().GADGET_VIEW_CHANGED_EVENT, {
      gadgetId: '8',
      tabId: 'home',
      view: 'default',
      maxAvailableHeight: 1,
    });
    expect(services().getMyGadgetView().view).toBe('canvas');
    expect(f.finesse.containerservices.WorkflowActionEvent.HandledBy).toEqual({
      FINESSE: 'FINESSE',
      OTHER: 'OTHER',
    });
  });

  test('has a handler once however often it is added, and none for one that is missing', () => {
    const heard = vi.fn();
    for (let times = 0; times < 3; times++) services().addHandler(topics().TIMER_TICK_EVENT, heard);
    services().addHandler(topics().TIMER_TICK_EVENT, undefined);
    f.hub.publish(topics().TIMER_TICK_EVENT, { dateQueued: 1 });
    expect(heard).toHaveBeenCalledTimes(1);
  });

  test('removes all handlers of a topic, and its subscription', () => {
    const heard = vi.fn();
    services().addHandler(topics().TIMER_TICK_EVENT, heard);
    services().removeHandler(topics().TIMER_TICK_EVENT);
    expect(f.hub.listeners(topics().TIMER_TICK_EVENT)).toBe(0);
  });

  test('reloads through the desktop page, after giving up its topics', async () => {
    const Container = {
      reloadGadget: vi.fn(),
      modifyGadgetUrl: vi.fn(),
      showDialog: vi.fn(() => 'element'),
      hideDialog: vi.fn(),
    };
    f = await frame({ parent: { finesse: { container: { Container } } } });
    services().init();
    f.hub.publish('finesse.containerservices.reloadGadget', { gadgetId: '8' });
    expect(Container.reloadGadget).not.toHaveBeenCalled();
    f.hub.publish('finesse.containerservices.reloadGadget', { gadgetId: 7 });
    expect(Container.reloadGadget).toHaveBeenCalledWith('7');
    expect(f.hub.subscribed.size).toBe(0);
    services().reloadMyGadgetFromUrl('/3rdpartygadget/files/A.xml?busta=1');
    expect(Container.modifyGadgetUrl).toHaveBeenCalledWith('7', '/3rdpartygadget/files/A.xml?busta=1');
    expect(services().showDialog({ title: false, isBlocking: true })).toBe('element');
    expect(Container.showDialog).toHaveBeenCalledWith({
      title: false,
      message: 'A generic error has occured',
      close: undefined,
      isBlocking: true,
    });
    services().hideDialog();
    expect(Container.hideDialog).toHaveBeenCalledOnce();
  });

  test('asks by topics where the page cannot be reached', () => {
    services().reloadMyGadget();
    expect(f.hub.request(REQUESTS, 'ReloadGadgetReq').data).toEqual({ gadgetId: '7' });
    services().reloadMyGadgetFromUrl('u');
    expect(f.hub.request(REQUESTS, 'ReloadGadgetReq').data).toEqual({ gadgetId: '7', url: 'u' });
  });

  test.each([
    ['enableTitleBar', 'EnableTitleBarReq'],
    ['collapseMyGadget', 'CollapseGadgetReq'],
    ['expandMyGadget', 'ExpandGadgetReq'],
    ['hideMyGadget', 'HideGadgetReq'],
    ['showMyGadget', 'ShowGadgetReq'],
    ['showMyGadgetNotification', 'ShowGadgetNotificationReq'],
    ['hideMyGadgetNotification', 'HideGadgetNotificationReq'],
  ] as const)('%s sends %s', (method, type) => {
    services()[method]();
    expect(f.hub.request(REQUESTS, type).data).toEqual({ gadgetId: '7', tabId: 'home' });
  });

  test('sets the title, publishes, and shows a banner for certificates', () => {
    services().setMyGadgetTitle('New');
    expect(f.titles).toEqual(['New']);
    services().publish('my.topic', { a: 1 });
    expect(f.hub.on('my.topic')).toEqual([{ a: 1 }]);
    const closed = vi.fn();
    const bannerId = services().showCertificateBanner(closed);
    expect(f.hub.request(REQUESTS, 'ShowCertificateBannerReq').data).toEqual({ bannerId, gadgetId: '7' });
    f.hub.publish(`finesse.containerservices.certificateBanner.${bannerId}`, { bannerId });
    expect(closed).toHaveBeenCalledOnce();
    services().hideCertificateBanner(bannerId);
    expect(f.hub.request(REQUESTS, 'HideCertificateBannerReq').data).toEqual({ bannerId, gadgetId: '7' });
  });

  test('works in a frame that stands in no tab', async () => {
    f = await frame({ tabId: null });
    services().init();
    expect([services().getMyTabId(), services().tabVisible()]).toEqual([undefined, false]);
  });
});
