import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { Bosh, Client, EMPTY, TERMINATE } from '../../test/bosh-fixture.ts';
import { KeySequence } from './key-sequence.ts';

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

/** K(n) … K(1): the last one is given first. */
function keys(n: number, seed = 'seed'): string[] {
  const chain: string[] = [];
  for (let key = sha1(seed); chain.length < n; key = sha1(key)) chain.push(key);
  return chain.reverse();
}

test('XEP-0124 15: each key is the hash of the next', () => {
  const [newkey, first, second] = keys(3);
  const sequence = new KeySequence(newkey!.toUpperCase(), 2);
  expect(sequence.advance(1, first, undefined)).toBe(true);
  expect(sequence.advance(2, second, undefined)).toBe(true);
});

test('a missing or wrong key is refused', () => {
  const [newkey] = keys(3);
  expect(new KeySequence(newkey!, 2).advance(1, undefined, undefined)).toBe(false);
  expect(new KeySequence(newkey!, 2).advance(1, 'x', undefined)).toBe(false);
  expect(new KeySequence(newkey!, 2).advance(1, newkey, undefined)).toBe(false);
});

test('newkey goes over to another sequence', () => {
  const [k3, k2] = keys(3);
  const [other, next] = keys(3, 'other');
  const sequence = new KeySequence(k3!, 2);
  expect(sequence.advance(1, k2, other)).toBe(true);
  expect(sequence.advance(2, next, undefined)).toBe(true);
});

test('a session with newkey ends by item-not-found at the first request without the right key', () => {
  const chain = keys(4);
  const client = new Client(new Bosh(), `ver='1.6' wait='30' hold='1' newkey='${chain[0]}'`);
  const first = client.send('', `key='${chain[1]}'`);
  expect(first.open).toBe(true);
  const second = client.send('', `key='${chain[2]}'`);
  expect(first.body).toBe(EMPTY);
  expect(second.open).toBe(true);
  const third = client.send('', "key='guess'");
  expect(third.body).toBe(TERMINATE('item-not-found'));
  expect(second.body).toBe(TERMINATE('item-not-found'));
});

test('a repeat has to show the same key again', () => {
  const chain = keys(4);
  const client = new Client(new Bosh(), `ver='1.6' wait='30' hold='1' newkey='${chain[0]}'`);
  client.send('', `key='${chain[1]}'`);
  client.send('', `key='${chain[2]}'`);
  expect(client.at(client.rid - 1, '', `key='${chain[1]}'`).body).toBe(EMPTY);
  expect(client.at(client.rid - 1).body).toBe(TERMINATE('item-not-found'));
});

test('key is ignored in a session that began without newkey', () => {
  const client = new Client(new Bosh());
  expect(client.send('', "key='whatever'").open).toBe(true);
});
