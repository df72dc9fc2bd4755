import { VirtualClock } from '@poise/clock';
import { parse } from '@poise/xml';
import { describe, expect, test, vi } from 'vitest';
import type { WireMessage } from '../hub/wire.ts';
import { type ContainerHost, GadgetContainer } from './container.ts';
import type { GadgetEntry } from './gadget.ts';
import { TOPIC } from './topics.ts';
import { type WindowServices, windowGlobals } from './window-globals.ts';

const OWN = 'https://poise.test';

function setup() {
  const clock = new VirtualClock();
  const log: string[] = [];
  let isConnected = true;
  const nodes = {
    subscribe: vi.fn(async (_node: string) => {}),
    unsubscribe: vi.fn(async (_node: string) => {}),
    isConnected: () => isConnected,
  };
  const host = {
    clock,
    nodes,
    activeTab: vi.fn(() => 'home'),
    activateTab: vi.fn(() => true),
    showView: vi.fn(),
    availableHeight: () => 700,
    keepPreference: vi.fn(),
    proxy: vi.fn(async () => ({ status: 200, text: 'answer' })),
    log: (line: string) => void log.push(line),
    flooded: vi.fn(),
  } satisfies ContainerHost;
  const container = new GadgetContainer(host, OWN);
  const frame = (id: string, origin: string = OWN) => {
    const gadget = container.gadget({
      id,
      url: `/3rdpartygadget/files/${id}.xml`,
      tabId: 'home',
      alternateHosts: [],
      preferences: {},
    } satisfies GadgetEntry);
    const source = { id };
    const got: Record<string, unknown>[] = [];
    container.attach(gadget, source, (message, target) => got.push({ ...message, target }));
    const say = (message: WireMessage) => container.received(source, origin, { poise: 1, ...message });
    const hears = (pattern: string) => say({ type: 'subscribe', id: pattern, topic: pattern });
    const events = () =>
      got
        .filter(({ type }) => type === 'event')
        .map(({ topic, payload }) => [
          topic,
          payload === undefined ? undefined : JSON.parse(String(payload)),
        ]);
    const publish = (topic: string, data: unknown) =>
      say({ type: 'publish', topic, payload: JSON.stringify(data) });
    const call = (service: string, ...args: unknown[]) =>
      say({ type: 'call', service, args: JSON.stringify(args), call: 1 });
    return { gadget, source, got, say, hears, events, publish, call };
  };
  const connected = (id: string, origin?: string) => {
    const made = frame(id, origin);
    made.say({ type: 'connect' });
    return made;
  };
  return {
    clock,
    log,
    nodes,
    host,
    container,
    frame,
    connected,
    drop: () => {
      isConnected = false;
    },
  };
}

const settled = () => new Promise<void>((done) => setImmediate(done));

describe('frames', () => {
  test('speak to each other over the hub, each with a copy', () => {
    const { connected } = setup();
    const [a, b] = [connected('a'), connected('b')];
    b.hears('my.**');
    a.publish('my.topic', { n: 1 });
    expect(b.events()).toEqual([['my.topic', { n: 1 }]]);
    expect(a.got[0]).toMatchObject({ poise: 1, type: 'connected', client: 'finesse_gadget_0', target: OWN });
    expect(b.gadget.mid).toBe(1);
    expect(a.gadget.snapshot().isAlive).toBe(true);
  });

  test('are known by window and origin; anything else is left alone', () => {
    const { container, connected } = setup();
    const a = connected('a');
    const message = { poise: 1, type: 'call', service: 'set_title', args: '["stolen"]' };
    expect(container.received({}, OWN, message)).toBe(false);
    expect(container.received(a.source, 'https://evil.test', message)).toBe(false);
    expect(container.received(a.source, 'null', message)).toBe(false);
    expect(container.received(a.source, OWN, 'text')).toBe(false);
    expect(a.gadget.snapshot().title).toBe('');
    expect(container.received(a.source, OWN, message)).toBe(true);
    expect(a.gadget.snapshot().title).toBe('stolen');
  });

  test('are forgotten when nobody is signed in any more', () => {
    const { container, connected, frame } = setup();
    const a = connected('a');
    container.forget();
    expect(a.call('set_title', 'late')).toBe(false);
    expect(frame('b').gadget.mid).toBe(0);
  });

  test('that are loaded anew start with nothing', () => {
    const { connected } = setup();
    const [a, b] = [connected('a'), connected('b')];
    a.hears('x');
    a.say({ type: 'connect' });
    b.publish('x', 1);
    expect(a.events()).toEqual([]);
  });

  test('hear why the hub refuses', () => {
    const { connected, frame } = setup();
    const a = connected('a');
    a.publish('x.*', 1);
    a.hears('x..y');
    expect(a.got.slice(1)).toMatchObject([
      { type: 'refused', topic: 'x.*', error: 'OpenAjax.hub.Error.BadParameters' },
      { type: 'subscribed', id: 'x..y', error: 'OpenAjax.hub.Error.BadParameters' },
    ]);
    const early = frame('early');
    early.publish('x', 1);
    expect(early.got).toMatchObject([{ type: 'refused', error: 'OpenAjax.hub.Error.Disconnected' }]);
  });

  test('that the server could not give say why, until they are loaded again', () => {
    const { container, frame } = setup();
    const a = frame('a');
    const told = { type: 'poise.gadget.error', mid: '0', status: 504, sentence: 'The host is slow.' };
    container.received(a.source, 'null', told);
    expect(a.gadget.snapshot().refused).toBeNull();
    container.received(a.source, OWN, told);
    expect(a.gadget.snapshot().refused).toEqual({ status: 504, sentence: 'The host is slow.' });
    container.reload(a.gadget);
    expect(a.gadget.snapshot()).toMatchObject({ refused: null, loads: 1 });
  });

  test('a document that is loaded anew begins with its own title, and without what was said of the one before', () => {
    const { connected, container } = setup();
    const a = connected('a');
    a.say({ type: 'loaded', title: 'One' });
    a.call('set_title', 'Two');
    a.say({ type: 'failed', text: 'x is not defined', source: '', line: 0 });
    expect(a.gadget.snapshot()).toMatchObject({ title: 'Two', errors: ['x is not defined'] });
    const told = { type: 'poise.gadget.error', mid: '0', status: 500, sentence: 'Line 3 is broken.' };
    container.received(a.source, OWN, told);
    expect(a.gadget.snapshot().refused).not.toBeNull();
    a.say({ type: 'loaded', title: 'Three' });
    expect(a.gadget.snapshot()).toMatchObject({ title: 'Three', refused: null, errors: [], isAlive: true });
  });

  test('that flood are named', () => {
    const { connected, host } = setup();
    const a = connected('a');
    for (let n = 0; n < 1_000; n++) a.publish('x', n);
    expect(host.flooded.mock.calls[0]?.[0]).toBe(a.gadget);
    expect(host.flooded).toHaveBeenCalledTimes(1);
  });
});

describe('services', () => {
  test('height, title, view and preferences of the frame that calls', () => {
    const { connected, host } = setup();
    const a = connected('a');
    a.call('resize_iframe', '680');
    a.call('set_title', 'Customers');
    a.call('requestNavigateTo', 'canvas');
    a.call('requestNavigateTo', 'anything');
    a.call('set_pref', 0, 'color', 'blue', 'authorization', 'c2VjcmV0');
    expect(a.gadget.snapshot()).toMatchObject({ height: 680, title: 'Customers' });
    expect(host.showView.mock.calls).toEqual([
      [a.gadget, 'canvas'],
      [a.gadget, 'default'],
    ]);
    expect(host.keepPreference.mock.calls).toEqual([[a.gadget, 'color', 'blue']]);
    for (const height of [-5, 'x', null, 1e9]) a.call('resize_iframe', height);
    expect(a.gadget.snapshot().height).toBe(20_000);
  });

  test('errors in the frame are kept and logged', () => {
    const { connected, log } = setup();
    const a = connected('a');
    for (let n = 0; n < 30; n++) a.say({ type: 'failed', text: `no ${n}`, source: 'a.js', line: 7 });
    expect(a.gadget.snapshot().errors).toHaveLength(20);
    expect(a.gadget.snapshot().errors[0]).toBe('no 29 (a.js:7)');
    expect(log[0]).toBe('Gadget 0 (a): error: no 0');
  });
});

describe('notifications', () => {
  const xml =
    '<Update><data><dialogs><Dialog><id>1</id></Dialog></dialogs></data><event>POST</event><requestId></requestId>' +
    '<source>/finesse/api/User/1001/Dialogs</source></Update>';

  test('are topics, with the text and what it says', () => {
    const { connected, container } = setup();
    const a = connected('a');
    a.hears('finesse.api.User.1001.Dialogs');
    container.notified('/finesse/api/User/1001/Dialogs', xml, parse(xml));
    expect(a.events()).toEqual([
      [
        'finesse.api.User.1001.Dialogs',
        {
          content: `/finesse/api/User/1001/Dialogs${xml}`,
          object: {
            Update: {
              data: { dialogs: { Dialog: { id: '1' } } },
              event: 'POST',
              requestId: null,
              source: '/finesse/api/User/1001/Dialogs',
            },
          },
        },
      ],
    ]);
  });

  test('repeated children are an array, one is itself, none is null', () => {
    const { connected, container } = setup();
    const a = connected('a');
    a.hears('finesse.api.x');
    const odd = '<Update a="1"><u><n> 1 </n><n>2</n></u><v/><w> </w><__proto__>x</__proto__></Update>';
    container.notified('/finesse/api/x', odd, parse(odd));
    const [[, told] = []] = a.events();
    const { Update } = (told as { object: { Update: Record<string, unknown> } }).object;
    expect(Update).toMatchObject({ u: { n: [' 1 ', '2'] }, v: null, w: null });
    expect(Object.keys(Update)).toContain('__proto__');
  });
});

test('who asks for it hears the presence of the service', () => {
  const { connected, container } = setup();
  const a = connected('a');
  a.hears(TOPIC.presence);
  container.presenceChanged('finesse@poise.test/<x>', true);
  container.presenceChanged('finesse@poise.test/x', false);
  expect(a.events()).toEqual([
    [
      'finesse.info.presence',
      {
        content: '<presence><from>finesse@poise.test/&#60;x&#62;</from><type/></presence>',
        object: { presence: { from: 'finesse@poise.test/<x>', type: null } },
      },
    ],
    [
      'finesse.info.presence',
      {
        content: '<presence><from>finesse@poise.test/x</from><type>unavailable</type></presence>',
        object: { presence: { from: 'finesse@poise.test/x', type: 'unavailable' } },
      },
    ],
  ]);
});

describe('requests for nodes', () => {
  const node = '/finesse/api/Team/5000/Users';
  const ask = (type: string, invokeID: string, data: object) => ({ type, data, invokeID });

  test('share one subscription, until the last one gives it up', async () => {
    const { connected, nodes } = setup();
    const [a, b] = [connected('a'), connected('b')];
    a.hears('finesse.info.responses.*');
    a.publish(TOPIC.requests, ask('SubscribeNodeReq', 'i1', { node }));
    b.publish(TOPIC.requests, ask('SubscribeNodeReq', 'i2', { node }));
    await settled();
    expect(a.events()).toEqual([
      ['finesse.info.responses.i1', undefined],
      ['finesse.info.responses.i2', undefined],
    ]);
    a.publish(TOPIC.requests, ask('UnsubscribeNodeReq', 'i3', { node, subid: 'i1' }));
    await settled();
    expect(nodes.unsubscribe).not.toHaveBeenCalled();
    b.say({ type: 'disconnect' });
    expect(nodes.unsubscribe.mock.calls).toEqual([[node]]);
  });

  test('say what went wrong', async () => {
    const { connected, nodes, drop } = setup();
    const a = connected('a');
    a.hears('finesse.info.responses.*');
    nodes.subscribe.mockRejectedValueOnce({ status: 403, message: 'not yours' });
    a.publish(TOPIC.requests, ask('SubscribeNodeReq', '1', { node }));
    await settled();
    a.publish(TOPIC.requests, ask('SubscribeNodeReq', '2', { node: 'x' }));
    await settled();
    a.publish(TOPIC.requests, ask('ConnectionReq', '3', {}));
    drop();
    a.publish(TOPIC.requests, ask('SubscribeNodeReq', '4', { node }));
    await settled();
    expect(a.events().map(([, data]) => (data as { error: { errorType: string } }).error.errorType)).toEqual([
      '403',
      'Invalid node',
      'F403',
      'Not connected',
    ]);
    // What was refused need not be given up.
    a.say({ type: 'disconnect' });
    expect(nodes.unsubscribe).not.toHaveBeenCalled();
  });

  test('tell the connection again', () => {
    const { connected, container } = setup();
    const a = connected('a');
    a.hears(TOPIC.connection);
    container.connectionChanged('connected', 'desktop');
    a.publish(TOPIC.requests, ask('ConnectionInfoReq', '1', {}));
    expect(a.events()).toEqual([
      [TOPIC.connection, { status: 'connected', resourceID: 'desktop' }],
      [TOPIC.connection, { status: 'connected', resourceID: 'desktop', invokeID: '1' }],
    ]);
  });
});

describe('container services', () => {
  const ask = (type: string, data: object = {}) => ({ type, data, invokeID: 7 });

  test('the active tab', () => {
    const { connected, container, host } = setup();
    const a = connected('a');
    a.hears(TOPIC.activeTab);
    a.publish(TOPIC.containerRequests, ask('ActiveTabReq'));
    host.activeTab.mockReturnValue('history');
    container.activeTabChanged();
    a.publish(TOPIC.containerRequests, ask('SetActiveTabReq', { id: 'home' }));
    expect(a.events()).toEqual([
      [TOPIC.activeTab, 'home'],
      [TOPIC.activeTab, 'history'],
    ]);
    expect(host.activateTab.mock.calls).toEqual([['home']]);
  });

  test('reload, with another address or the same', () => {
    const { connected } = setup();
    const [a, b] = [connected('a'), connected('b')];
    b.hears(TOPIC.reloadGadget);
    b.publish(TOPIC.containerRequests, ask('ReloadGadgetReq', { gadgetId: '0', url: '/other.xml?busta=1' }));
    expect(a.gadget.snapshot()).toMatchObject({ url: '/other.xml?busta=1', loads: 1, isAlive: false });
    expect(b.events()).toEqual([[TOPIC.reloadGadget, { gadgetId: '0' }]]);
    b.publish(TOPIC.containerRequests, ask('ReloadGadgetReq', { gadgetId: 99 }));
    expect(b.events()).toHaveLength(1);
  });

  test('another address that the page was told is taken by whichever reload follows, once', () => {
    const { connected, container } = setup();
    const [a, b] = [connected('a'), connected('b')];
    const { finesse } = windowGlobals(container, {} as WindowServices);
    const { Container } = (
      finesse as { container: { Container: Record<string, (...args: unknown[]) => void> } }
    ).container;
    Container.modifyGadgetUrl?.('0', '/other.xml?busta=1');
    expect(a.gadget.snapshot().loads).toBe(0);
    // As libraries of 10.x do, which their gadgets bring along.
    a.publish(TOPIC.containerRequests, ask('ReloadGadgetReq', { gadgetId: '0' }));
    expect(a.gadget.snapshot()).toMatchObject({ url: '/other.xml?busta=1', loads: 1 });
    Container.modifyGadgetUrl?.('1', '/third.xml');
    Container.reloadGadget?.('1');
    Container.reloadGadget?.('1');
    Container.reloadGadget?.('99');
    expect(b.gadget.snapshot()).toMatchObject({ url: '/third.xml', loads: 2 });
  });

  test('view, collapse, hide, attention', () => {
    const { connected, container } = setup();
    const a = connected('a');
    a.hears(TOPIC.viewChanged);
    container.viewChanged(a.gadget, 'canvas');
    a.publish(TOPIC.containerRequests, ask('GadgetViewReq', { gadgetId: '0' }));
    const view = { gadgetId: '0', tabId: 'home', maxAvailableHeight: 700, view: 'canvas' };
    expect(a.events()).toEqual([
      [TOPIC.viewChanged, view],
      [TOPIC.viewChanged, view],
    ]);
    for (const type of ['CollapseGadgetReq', 'HideGadgetReq', 'ShowGadgetNotificationReq'])
      a.publish(TOPIC.containerRequests, ask(type, { gadgetId: '0' }));
    expect(a.gadget.snapshot()).toMatchObject({ isCollapsed: true, isHidden: true, wantsAttention: true });
    for (const type of ['ExpandGadgetReq', 'ShowGadgetReq', 'HideGadgetNotificationReq'])
      a.publish(TOPIC.containerRequests, ask(type, { gadgetId: '0' }));
    expect(a.gadget.snapshot()).toMatchObject({ isCollapsed: false, isHidden: false, wantsAttention: false });
  });

  test('a tick each second, until the end', async () => {
    const { connected, clock, container } = setup();
    const a = connected('a');
    a.hears(TOPIC.timerTick);
    await clock.advance(3_000);
    expect(a.events().map(([, data]) => (data as { tickFrequency: number }).tickFrequency)).toEqual([
      1_000, 1_000, 1_000,
    ]);
    container.close();
    await clock.advance(3_000);
    expect(a.events()).toHaveLength(3);
  });

  test('lines of gadgets come into the log of the page', () => {
    const { connected, log } = setup();
    const a = connected('a');
    a.publish('finesse.clientLogging.0', 'a line');
    a.publish('finesse.clientLogging.0', { no: 'line' });
    expect(log).toEqual(['a line']);
  });
});

describe('an isolated gadget', () => {
  test('cannot pass itself off as the server, and asks through the page', async () => {
    const { connected, host } = setup();
    const [a, b] = [connected('a', 'null'), connected('b')];
    b.hears('**');
    for (const topic of [
      'finesse.api.User.1001',
      'finesse.info.connection',
      'finesse.info.responses.1',
      TOPIC.activeTab,
      TOPIC.reloadGadget,
      TOPIC.timerTick,
      'finesse.containerservices.workflowActionEvent',
      'finesse.containerservices.popover.events',
      'finesse.digital.channel.menuClicks',
      'finesse.shortcutkey.events',
      'finext.notification.popover.clicks',
    ])
      a.publish(topic, { forged: true });
    a.publish('finesse.clientLogging.0', 'mine');
    expect(b.events()).toEqual([['finesse.clientLogging.0', 'mine']]);
    a.call('poise.request', 'POST', 'https://poise.test/gadgets/makeRequest', 'url=x');
    await settled();
    expect(host.proxy.mock.calls).toEqual([['POST', 'url=x']]);
    expect(a.got.at(-1)).toMatchObject({
      type: 'result',
      value: '{"status":200,"text":"answer"}',
      target: '*',
    });
    b.call('poise.request', 'POST', 'https://poise.test/gadgets/makeRequest', 'url=x');
    await settled();
    expect(host.proxy).toHaveBeenCalledTimes(1);
  });

  test('does not hear what others say to the page alone, whatever it subscribes to', () => {
    const { connected } = setup();
    const [a, b] = [connected('a', 'null'), connected('b')];
    a.hears('**');
    a.hears('finesse.info.requests');
    b.publish('finesse.clientLogging.Crm', 'customer 4711');
    b.publish(TOPIC.requests, {
      type: 'SubscribeNodeReq',
      data: { node: '/finesse/api/User/9' },
      invokeID: '7',
    });
    b.publish('finesse.digital.channel.requests', { type: 'AddChannelReq', data: {}, invokeID: '8' });
    b.publish('mine.and.yours', 1);
    const heard = a.events().map(([topic]) => topic);
    expect(new Set(heard)).toEqual(new Set(['mine.and.yours']));
    // Its own requests, and the answers that it asked for by name, it has as ever.
    a.hears('finesse.info.responses.9');
    a.publish(TOPIC.requests, {
      type: 'SubscribeNodeReq',
      data: { node: '/finesse/api/User/9' },
      invokeID: '9',
    });
    expect(a.events().map(([topic]) => topic)).toContain(TOPIC.requests);
  });

  test('asks for nothing in the name of others, and is loaded from its own file only', () => {
    const { connected } = setup();
    const [a, b] = [connected('a', 'null'), connected('b')];
    const ask = (type: string, data: object) => a.publish(TOPIC.containerRequests, { type, data });
    const { mid } = b.gadget;
    for (const type of ['ReloadGadgetReq', 'CollapseGadgetReq', 'HideGadgetReq'])
      ask(type, { gadgetId: String(mid), url: 'https://elsewhere.test/b.xml' });
    expect(b.gadget.snapshot()).toMatchObject({
      url: '/3rdpartygadget/files/b.xml',
      loads: 0,
      isCollapsed: false,
      isHidden: false,
    });
    const own = { gadgetId: String(a.gadget.mid) };
    ask('ReloadGadgetReq', { ...own, url: 'https://elsewhere.test/a.xml' });
    expect(a.gadget.snapshot()).toMatchObject({ url: '/3rdpartygadget/files/a.xml', loads: 1 });
    ask('ReloadGadgetReq', { ...own, url: `${OWN}/3rdpartygadget/files/a.xml?busta=1` });
    expect(a.gadget.snapshot()).toMatchObject({
      url: `${OWN}/3rdpartygadget/files/a.xml?busta=1`,
      loads: 2,
    });
    ask('CollapseGadgetReq', own);
    expect(a.gadget.snapshot().isCollapsed).toBe(true);
    // One of the page's origin is trusted: the desktop's own gadgets load others anew.
    b.publish(TOPIC.containerRequests, { type: 'ReloadGadgetReq', data: own });
    expect(a.gadget.snapshot().loads).toBe(3);
  });
});
