import { expect, test, vi } from 'vitest';
import { fakeLink } from '../../test/fake-link.ts';
import { HUB_ERROR } from '../hub/error.ts';
import { pubSub } from './pubsub.ts';

function frame(hasContainer = true) {
  const link = fakeLink(hasContainer);
  const logged: string[] = [];
  let ready = () => {};
  const made = pubSub(
    link,
    'https://poise.test',
    (run) => {
      ready = run;
    },
    (text) => logged.push(text),
  );
  return { ...made, link, logged, ready: () => ready() };
}

function connected() {
  const made = frame();
  made.link.tell({ type: 'connected', client: 'finesse_gadget_3' });
  made.link.sent.length = 0;
  return made;
}

test('onConnect is called once, after connection and document, in whichever order they come', () => {
  for (const order of [
    ['connected', 'ready'],
    ['ready', 'connected'],
  ]) {
    const { HubSettings, Hub, link, ready } = frame();
    const onConnect = vi.fn();
    HubSettings.onConnect = onConnect;
    for (const step of order) {
      expect(onConnect).not.toHaveBeenCalled();
      if (step === 'ready') ready();
      else link.tell({ type: 'connected', client: 'finesse_gadget_3' });
    }
    expect(onConnect.mock.calls).toEqual([[Hub, true]]);
    expect(Hub.getClientID()).toBe('finesse_gadget_3');
    expect(Hub.getPartnerOrigin()).toBe('https://poise.test');
  }
});

test('a gadget that gives onConnect late is called all the same', async () => {
  const { HubSettings, ready } = connected();
  ready();
  const onConnect = vi.fn();
  HubSettings.onConnect = onConnect;
  expect(onConnect).not.toHaveBeenCalled();
  await Promise.resolve();
  expect(onConnect).toHaveBeenCalledTimes(1);
});

test('before the connection everything throws Disconnected, without a page nothing is ever connected', () => {
  const { Hub } = frame();
  expect(Hub.isConnected()).toBe(false);
  expect(() => Hub.publish('a', 1)).toThrow(HUB_ERROR.Disconnected);
  expect(() => Hub.subscribe('a', () => {})).toThrow(HUB_ERROR.Disconnected);
  expect(() => Hub.connect()).toThrow(HUB_ERROR.Duplicate);
  const alone = frame(false);
  expect(() => alone.Hub.connect()).toThrow(HUB_ERROR.NoContainer);
  expect(alone.logged).toHaveLength(1);
});

test('publish sends a copy as JSON', () => {
  const { Hub, link } = connected();
  Hub.publish('a.b', { text: 'ü', call: () => {}, gone: undefined });
  Hub.publish('a.b');
  expect(link.sent).toEqual([
    { type: 'publish', topic: 'a.b', payload: '{"text":"ü"}' },
    { type: 'publish', topic: 'a.b' },
  ]);
  expect(() => Hub.publish('a.*', 1)).toThrow(HUB_ERROR.BadParameters);
});

test('a subscriber gets topic, copy and its own data, in its scope, until it is given up', () => {
  const { Hub, link } = connected();
  const heard: unknown[][] = [];
  const scope = {
    on(...args: unknown[]) {
      heard.push([this, ...args]);
    },
  };
  const id = Hub.subscribe('a.**', 'on', scope, null, { mine: 1 });
  const other = Hub.subscribe('a.b', (topic, data) => heard.push([topic, data]));
  expect(other).not.toBe(id);
  expect(Hub.getSubscriberData(id)).toEqual({ mine: 1 });
  expect(Hub.getSubscriberScope(id)).toBe(scope);
  link.tell({ type: 'event', ids: [id, other], topic: 'a.b', payload: '{"n":1}' });
  expect(heard).toEqual([
    [scope, 'a.b', { n: 1 }, { mine: 1 }],
    ['a.b', { n: 1 }],
  ]);
  // Each has a copy of its own.
  expect(heard[0]?.[2]).not.toBe(heard[1]?.[1]);
  Hub.unsubscribe(id);
  link.tell({ type: 'event', ids: [id], topic: 'a.b' });
  expect(heard).toHaveLength(2);
  expect(() => Hub.unsubscribe(id)).toThrow(HUB_ERROR.NoSubscription);
  expect(() => Hub.subscribe('a', 'nothing')).toThrow(HUB_ERROR.BadParameters);
});

test('a subscriber that throws is named, and keeps it from no other', () => {
  const { Hub, link, logged } = connected();
  const heard = vi.fn();
  const bad = Hub.subscribe('a', () => {
    throw new Error('no');
  });
  const good = Hub.subscribe('a', heard);
  link.tell({ type: 'event', ids: [bad, good], topic: 'a' });
  expect(heard).toHaveBeenCalledWith('a', undefined, undefined);
  expect(logged).toEqual(['a subscriber of a threw']);
});

test('onComplete tells whether the subscription was made', () => {
  const { Hub, link } = connected();
  const complete = vi.fn();
  const id = Hub.subscribe('a', () => {}, null, complete);
  link.tell({ type: 'subscribed', id });
  const refused = Hub.subscribe('b', () => {}, null, complete);
  link.tell({ type: 'subscribed', id: refused, error: HUB_ERROR.NotAllowed });
  expect(complete.mock.calls).toEqual([
    [id, true, undefined],
    [refused, false, HUB_ERROR.NotAllowed],
  ]);
  expect(() => Hub.getSubscriberData(refused)).toThrow(HUB_ERROR.NoSubscription);
});
