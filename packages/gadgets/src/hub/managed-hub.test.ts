import { VirtualClock } from '@poise/clock';
import { describe, expect, test } from 'vitest';
import { HUB_ERROR } from './error.ts';
import type { Flood } from './flood-gate.ts';
import { type HubEvent, ManagedHub, PAYLOAD_LENGTH_MAX, SUBSCRIPTIONS_MAX } from './managed-hub.ts';

function hub(limits?: ConstructorParameters<typeof ManagedHub>[0]['limits']) {
  const clock = new VirtualClock();
  const floods: [string, Flood][] = [];
  const errors: unknown[] = [];
  const made = new ManagedHub({
    clock,
    ...(limits && { limits }),
    onFlood: (client, flood) => floods.push([client, flood]),
    onError: (error) => errors.push(error),
  });
  const client = (id: string) => {
    const heard: HubEvent[] = [];
    return { heard, ...made.connect({ id, deliver: (event) => heard.push(event) }) };
  };
  return { clock, floods, errors, made, client };
}

describe('publish and subscribe', () => {
  test('every subscriber gets it once, with all its subscriptions, the publisher too', () => {
    const { client } = hub();
    const [a, b, c] = [client('a'), client('b'), client('c')];
    a.subscribe('1', 'x.y');
    b.subscribe('1', 'x.*');
    b.subscribe('2', 'x.**');
    b.subscribe('3', 'x.y');
    c.subscribe('1', 'x.z');
    a.publish('x.y', '{"n":1}');
    const heard = { topic: 'x.y', payload: '{"n":1}', publisher: 'a', isByName: true };
    expect(a.heard).toEqual([{ ...heard, subscriptions: ['1'] }]);
    expect(b.heard).toEqual([{ ...heard, subscriptions: ['3', '1', '2'] }]);
    b.unsubscribe('3');
    a.publish('x.y', '{"n":1}');
    expect(b.heard.at(-1)).toEqual({ ...heard, subscriptions: ['1', '2'], isByName: false });
    expect(c.heard).toEqual([]);
  });

  test('a subscription that is given up gets nothing any more', () => {
    const { client, made } = hub();
    const a = client('a');
    a.subscribe('1', 'x.**');
    a.subscribe('2', 'x.y');
    a.unsubscribe('1');
    a.publish('x.y', undefined);
    expect(a.heard.map(({ subscriptions }) => subscriptions)).toEqual([['2']]);
    expect(made.hasSubscriber('x.y')).toBe(true);
    a.unsubscribe('2');
    expect(made.hasSubscriber('x.y')).toBe(false);
  });

  test('whether anybody would get it is known of names and of patterns', () => {
    const { client, made } = hub();
    const a = client('a');
    a.subscribe('1', 'x.y');
    a.subscribe('2', 'n.**');
    expect(['x.y', 'x.z', 'n.a.b', 'n', 'm.a'].map((topic) => made.hasSubscriber(topic))).toEqual([
      true,
      false,
      true,
      false,
      false,
    ]);
    a.unsubscribe('2');
    expect(made.hasSubscriber('n.a.b')).toBe(false);
    a.disconnect();
    expect(made.hasSubscriber('x.y')).toBe(false);
  });
  test('what a listener publishes comes after what it was told, for everybody', () => {
    const { made, client } = hub();
    const first = made.connect({
      id: 'first',
      deliver: ({ topic }) => topic === 'a' && first.publish('b', undefined),
    });
    const second = client('second');
    first.subscribe('1', 'a');
    second.subscribe('1', '*');
    second.publish('a', undefined);
    expect(second.heard.map(({ topic }) => topic)).toEqual(['a', 'b']);
  });

  test('a listener that throws keeps it from nobody', () => {
    const { made, client, errors } = hub();
    const bad = made.connect({
      id: 'bad',
      deliver: () => {
        throw new Error('no');
      },
    });
    const good = client('good');
    bad.subscribe('1', 'a');
    good.subscribe('1', 'a');
    good.publish('a', undefined);
    expect(good.heard).toHaveLength(1);
    expect(errors).toHaveLength(1);
  });

  test('after its end a client hears nothing and can do nothing, and another one may have its name', () => {
    const { client } = hub();
    const old = client('a');
    old.subscribe('1', 'x');
    old.disconnect();
    old.disconnect();
    const next = client('a');
    next.subscribe('1', 'x');
    next.publish('x', undefined);
    expect(old.heard).toHaveLength(0);
    expect(next.heard).toHaveLength(1);
    for (const act of [
      () => old.publish('x', undefined),
      () => old.subscribe('2', 'x'),
      () => old.unsubscribe('1'),
    ])
      expect(act).toThrow(HUB_ERROR.Disconnected);
  });
});

describe('refuses', () => {
  test('what is no topic, by its name in OpenAjax', () => {
    const { client } = hub();
    const a = client('a');
    expect(() => a.publish('x.*', undefined)).toThrow(HUB_ERROR.BadParameters);
    expect(() => a.publish('x', 'x'.repeat(PAYLOAD_LENGTH_MAX + 1))).toThrow(HUB_ERROR.BadParameters);
    expect(() => a.subscribe('1', 'x..y')).toThrow(HUB_ERROR.BadParameters);
    a.subscribe('1', 'x');
    expect(() => a.subscribe('1', 'y')).toThrow(HUB_ERROR.Duplicate);
    expect(() => a.unsubscribe('2')).toThrow(HUB_ERROR.NoSubscription);
    expect(() => client('a')).toThrow(HUB_ERROR.Duplicate);
  });

  test('more subscriptions than anybody needs', () => {
    const { client } = hub();
    const a = client('a');
    for (let n = 0; n < SUBSCRIPTIONS_MAX; n++) a.subscribe(String(n), 'x');
    expect(() => a.subscribe('more', 'x')).toThrow(HUB_ERROR.NotAllowed);
  });

  test('what a client may not do', () => {
    const { made } = hub();
    const a = made.connect({
      id: 'a',
      deliver: () => {},
      allows: (action, topic) => action === 'subscribe' && topic === 'open',
    });
    a.subscribe('1', 'open');
    expect(() => a.subscribe('2', 'shut')).toThrow(HUB_ERROR.NotAllowed);
    expect(() => a.publish('open', undefined)).toThrow(HUB_ERROR.NotAllowed);
  });
});

describe('a flood', () => {
  const limits = { perSecond: 10, burst: 5, queueMax: 20, reportEveryMs: 1_000 };

  test('waits, is dropped beyond the queue, and its client is named once', async () => {
    const { client, clock, floods } = hub(limits);
    const [loud, quiet] = [client('loud'), client('quiet')];
    quiet.subscribe('1', 'x');
    const taken = Array.from({ length: 30 }, (_, n) => loud.publish('x', String(n)));
    expect(quiet.heard).toHaveLength(5);
    expect(taken.filter(Boolean)).toHaveLength(25);
    expect(floods).toEqual([['loud', { delayed: 1, dropped: 0 }]]);
    // Others go on meanwhile.
    quiet.publish('x', '"quiet"');
    expect(quiet.heard).toHaveLength(6);
    await clock.advance(3_000);
    expect(quiet.heard.map(({ payload }) => payload)).toEqual([
      ...['0', '1', '2', '3', '4', '"quiet"'],
      ...Array.from({ length: 20 }, (_, n) => String(n + 5)),
    ]);
    loud.publish('x', 'a');
    await clock.advance(1_000);
    expect(floods).toHaveLength(1);
  });

  test('that goes on is named again, with what was lost', async () => {
    const { client, clock, floods } = hub(limits);
    const loud = client('loud');
    for (let n = 0; n < 30; n++) loud.publish('x', undefined);
    await clock.advance(1_000);
    for (let n = 0; n < 30; n++) loud.publish('x', undefined);
    expect(floods.map(([, { dropped }]) => dropped > 0)).toEqual([false, true]);
  });

  test('of a client that ends is forgotten', async () => {
    const { client, clock } = hub(limits);
    const [loud, quiet] = [client('loud'), client('quiet')];
    quiet.subscribe('1', 'x');
    for (let n = 0; n < 30; n++) loud.publish('x', undefined);
    loud.disconnect();
    await clock.advance(10_000);
    expect(quiet.heard).toHaveLength(5);
  });
});
