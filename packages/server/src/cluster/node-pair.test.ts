import { expect, test } from 'vitest';
import { pairOf } from './node-pair.ts';

const configured = { primary: 'Fin1.example', secondary: 'fin2.example' };
const node = (number: number, more: object = {}) => ({
  name: `node${number}`,
  host: `fin${number}.example`,
  inService: true,
  inMaintenance: false,
  ...more,
});
const ALL = [1, 2, 3, 4];
/** What node `own` names while the nodes `living` live. */
const named = (own: number, living: readonly number[]) =>
  pairOf({
    domain: own === 1 ? 'Fin1.example' : `fin${own}.example`,
    configured,
    others: living.filter((number) => number !== own).map((number) => node(number)),
  });

/** As the original's desktop finds the other node. */
const alternate = (domain: string, { primary, secondary }: { primary: string; secondary: string }) =>
  domain === primary ? secondary : primary;

test('a pair as the settings name it, at both nodes', () => {
  for (const own of [1, 2]) expect(named(own, [1, 2])).toEqual(configured);
});

test('whoever lives, a client of any node finds another one that lives', () => {
  for (let mask = 1; mask < 16; mask++) {
    const living = ALL.filter((number) => mask & (1 << (number - 1)));
    for (const own of living) {
      const domain = own === 1 ? 'Fin1.example' : `fin${own}.example`;
      const pair = named(own, living);
      const other = alternate(domain, pair).toLowerCase();
      if (living.length > 1) expect(living.map((number) => `fin${number}.example`)).toContain(other);
      expect(other).not.toBe(domain.toLowerCase());
      // Clients that compare with the host that they are connected to find it, too.
      expect([pair.primary, pair.secondary]).toContain(domain);
    }
  }
});

test('nodes that do not serve, or will be stopped, are not named while there is another', () => {
  const facts = { domain: 'fin3.example', configured };
  const others = [node(1, { inMaintenance: true }), node(2, { inService: false }), node(4)];
  expect(pairOf({ ...facts, others })).toEqual({ primary: 'fin4.example', secondary: 'fin3.example' });
  expect(pairOf({ ...facts, others: others.slice(0, 2) }).primary).toBe('Fin1.example');
});

test('one name in front of all: there is nowhere else to go', () => {
  const pair = { primary: 'desk.example', secondary: '' };
  const others = [node(2, { host: 'desk.example' })];
  expect(pairOf({ domain: 'desk.example', configured: pair, others })).toEqual(pair);
});
