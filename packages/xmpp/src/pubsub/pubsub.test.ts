import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KeptSubscriptions, Pubsub } from './pubsub.ts';

class Keeper implements KeptSubscriptions {
  readonly rows = new Map<string, string>();
  *of(user: string) {
    for (const [key, subid] of this.rows) {
      const [owner, node] = key.split(' ') as [string, string];
      if (owner === user) yield { node, subid };
    }
  }
  add(user: string, node: string, subid: string): void {
    this.rows.set(`${user} ${node}`, subid);
  }
  remove(user: string, node: string): void {
    this.rows.delete(`${user} ${node}`);
  }
  removeUser(user: string): void {
    for (const { node } of [...this.of(user)]) this.remove(user, node);
  }
}

function service(overrides: { automatic?: string[]; max?: number; kept?: KeptSubscriptions } = {}) {
  let subids = 0;
  const automatic = { list: overrides.automatic ?? [] };
  const forbidden = new Set(['secret']);
  const pubsub = new Pubsub({
    access: {
      nodeAccess: (_user, node) =>
        forbidden.has(node) ? 'forbidden' : node.startsWith('no') ? 'not-found' : 'allow',
      nodesOf: () => [],
      automaticNodes: () => automatic.list,
      canonicalNode: (node) => node,
      isService: () => false,
    },
    kept: overrides.kept,
    newSubid: () => `s${++subids}`,
    subscriptionsPerUserMax: overrides.max ?? 10,
  });
  return { pubsub, automatic, forbidden };
}
const who = (pubsub: Pubsub, node: string): string[] =>
  pubsub
    .publish(node, { id: 'i', xml: '<x/>' })
    .map(({ user, resource }) => (resource === null ? user : `${user}/${resource}`));

test('a subscription exists once, with one subid', () => {
  const { pubsub } = service();
  const first = pubsub.subscribe('a', null, 'n');
  const again = pubsub.subscribe('a', null, 'n');
  if (!first.ok || !again.ok) throw new Error('refused');
  expect(again.subscription).toBe(first.subscription);
  expect(pubsub.subid(first.subscription)).toBe('s1');
  expect(pubsub.subid(again.subscription)).toBe('s1');
  expect(who(pubsub, 'n')).toEqual(['a']);
});

test('unknown and forbidden nodes are refused', () => {
  const { pubsub } = service();
  expect(pubsub.subscribe('a', null, 'nowhere')).toEqual({ ok: false, reason: 'item-not-found' });
  expect(pubsub.subscribe('a', null, 'secret')).toEqual({ ok: false, reason: 'forbidden' });
  expect(pubsub.unsubscribe('a', null, 'nowhere')).toEqual({ ok: false, reason: 'item-not-found' });
  expect(pubsub.unsubscribe('a', null, 'n')).toEqual({ ok: false, reason: 'not-subscribed' });
});

test('a wrong subid ends nothing', () => {
  const { pubsub } = service();
  const made = pubsub.subscribe('a', 'r', 'n');
  if (!made.ok) throw new Error('refused');
  const subid = pubsub.subid(made.subscription);
  expect(pubsub.unsubscribe('a', 'r', 'n', 'other')).toEqual({ ok: false, reason: 'invalid-subid' });
  expect(pubsub.unsubscribe('a', 'r', 'n', subid)).toEqual({ ok: true, automatic: false });
  expect(who(pubsub, 'n')).toEqual([]);
});

test('automatic subscriptions follow the rights of the user, explicit ones go with them', () => {
  const { pubsub, automatic, forbidden } = service({ automatic: ['a1', 'a2'] });
  pubsub.refresh('u');
  pubsub.subscribe('u', null, 'team');
  expect(pubsub.subscriptionsOf('u').map(({ node }) => node)).toEqual(['a1', 'a2', 'team']);
  automatic.list = ['a2', 'a3'];
  forbidden.add('team');
  pubsub.refresh('u');
  expect(
    pubsub
      .subscriptionsOf('u')
      .map(({ node }) => node)
      .sort(),
  ).toEqual(['a2', 'a3']);
  expect(pubsub.unsubscribe('u', null, 'a2')).toEqual({ ok: true, automatic: true });
  expect(who(pubsub, 'a2')).toEqual(['u']);
});

test('a user has at most so many subscriptions', () => {
  const { pubsub } = service({ max: 2 });
  pubsub.subscribe('u', null, 'a');
  pubsub.subscribe('u', 'r', 'a');
  expect(pubsub.subscribe('u', null, 'b')).toEqual({ ok: false, reason: 'too-many-subscriptions' });
  expect(pubsub.subscribe('u', null, 'a')).toMatchObject({ ok: true });
});

test('presence-bound subscriptions end together', () => {
  const { pubsub } = service();
  pubsub.subscribe('u', null, 'log');
  pubsub.addPresenceBound('u', 'log');
  pubsub.subscribe('u', null, 'kept');
  expect(pubsub.dropPresenceBound('u')).toEqual(['log']);
  expect(pubsub.subscriptionsOf('u').map(({ node }) => node)).toEqual(['kept']);
});

test('what was changed elsewhere of what is kept holds here, and nothing else goes', () => {
  const kept = new Keeper();
  const { pubsub } = service({ automatic: ['auto'], kept });
  pubsub.refresh('u');
  for (const node of ['a', 'b']) pubsub.subscribe('u', null, node);
  pubsub.subscribe('u', 'r', 'mine');
  pubsub.addPresenceBound('u', 'log');
  kept.rows.delete('u a');
  kept.rows.set('u c', 's9');
  pubsub.followKept('u');
  expect(
    pubsub
      .subscriptionsOf('u')
      .map(({ node }) => node)
      .sort(),
  ).toEqual(['auto', 'b', 'c', 'log', 'mine']);
  expect([...kept.rows.keys()].sort()).toEqual(['u b', 'u c']);
});

test('explicit bare subscriptions are kept with their subids, and come back as far as they are still allowed', () => {
  const kept = new Keeper();
  const first = service({ automatic: ['auto'], kept }).pubsub;
  first.refresh('u');
  for (const node of ['a', 'b', 'c']) first.subscribe('u', null, node);
  first.subscribe('u', 'r', 'd');
  first.subscribe('v', null, 'a');
  first.unsubscribe('u', null, 'b');
  first.removeUser('v');
  expect([...kept.rows]).toEqual([
    ['u a', 's1'],
    ['u c', 's3'],
  ]);

  const { pubsub: second, forbidden } = service({ automatic: ['auto'], kept });
  forbidden.add('c');
  second.refresh('u');
  second.refresh('u');
  const made = second.subscriptionsOf('u').map((entry) => [entry.node, entry.origin]);
  expect(made).toEqual([
    ['a', 'explicit'],
    ['auto', 'automatic'],
  ]);
  expect(second.subid(second.subscriptionsOf('u', 'a')[0]!)).toBe('s1');
  expect(who(second, 'a')).toEqual(['u']);
  expect([...kept.rows.keys()]).toEqual(['u a']);
});

test('what ends with presence is not kept', () => {
  const kept = new Keeper();
  const { pubsub } = service({ kept });
  pubsub.subscribe('u', null, 'log');
  pubsub.addPresenceBound('u', 'log');
  pubsub.dropPresenceBound('u');
  expect(kept.rows.size).toBe(0);
});

test('full-JID subscriptions and whole users can be dropped', () => {
  const { pubsub } = service();
  pubsub.subscribe('u', 'r', 'n');
  pubsub.subscribe('u', null, 'n');
  pubsub.subscribe('v', null, 'n');
  expect(pubsub.hasFullJid('u', 'r')).toBe(true);
  pubsub.dropFullJid('u', 'r');
  expect(who(pubsub, 'n').sort()).toEqual(['u', 'v']);
  pubsub.removeUser('u');
  expect(who(pubsub, 'n')).toEqual(['v']);
});

test('the last item is kept, unless the node was made without', () => {
  const { pubsub } = service();
  pubsub.publish('n', { id: '1', xml: '<a/>' });
  pubsub.publish('n', { id: '2', xml: '<b/>' });
  expect(pubsub.lastItem('n')).toEqual({ id: '2', xml: '<b/>' });
  pubsub.create('now', { keepsItem: false });
  pubsub.publish('now', { id: '3', xml: '<c/>' });
  expect(pubsub.lastItem('now')).toBeUndefined();
  expect(pubsub.access('anybody', 'now')).toBe('allow');
  expect([...pubsub.createdNodes()]).toEqual(['now']);
});

test('whatever comes and goes, a node tells exactly those who are subscribed', () => {
  const step = fc.record({
    user: fc.constantFrom('a', 'b', 'c'),
    resource: fc.constantFrom(null, 'r', 's'),
    node: fc.constantFrom('x', 'y'),
    on: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { pubsub } = service();
      const model = new Set<string>();
      for (const { user, resource, node, on } of steps) {
        const key = `${node} ${resource === null ? user : `${user}/${resource}`}`;
        if (on) {
          pubsub.subscribe(user, resource, node);
          model.add(key);
        } else {
          pubsub.unsubscribe(user, resource, node);
          model.delete(key);
        }
      }
      const told = ['x', 'y'].flatMap((node) => who(pubsub, node).map((name) => `${node} ${name}`));
      expect(told.sort()).toEqual([...model].sort());
    }),
  );
});
