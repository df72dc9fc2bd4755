import { VirtualClock } from '@poise/clock';
import { beforeEach, expect, test } from 'vitest';
import { settle } from '../../test/fake-client.ts';
import { Tab, TurningSafe } from '../../test/tab.ts';
import { KEPT_FOR_MS, SignInKeeper } from './kept-sign-in.ts';

const SIGN_IN = { user: '2001', password: 'secret' };

let clock: VirtualClock;
let tab: Tab;
let safe: TurningSafe;
let pages: number;
beforeEach(() => {
  clock = new VirtualClock();
  tab = new Tab();
  safe = new TurningSafe();
  pages = 0;
});
/** The page is loaded: what it knew is gone, what the tab stores is there. */
const page = () =>
  new SignInKeeper(
    clock,
    () => tab,
    safe,
    () => `key ${++pages}`,
  );

test('a page that is loaded anew has the sign-in of the one before, which is nowhere in the clear', async () => {
  await page().keep(SIGN_IN);
  expect([...tab.items.values()].join()).not.toContain('secret');
  const next = page();
  expect(next.hasKept).toBe(true);
  expect(await next.recall()).toEqual(SIGN_IN);
});

test('what the agent sits at and the other node are kept with it; what is none of it is not read', async () => {
  const all = { ...SIGN_IN, seat: { extension: '2003' }, other: 'http://b:8082', hasWaited: true };
  await page().keep(all);
  expect(await page().recall()).toEqual(all);
  await page().keep({ ...SIGN_IN, seat: 'x', other: 1, hasWaited: 'yes' } as never);
  expect(await page().recall()).toEqual(SIGN_IN);
});

test('a page that waits for its node stays as young as its last word', async () => {
  await page().keep(SIGN_IN);
  const waiting = page();
  awayFor(KEPT_FOR_MS);
  waiting.stay();
  clock.advance(KEPT_FOR_MS);
  expect(page().hasKept).toBe(true);
});

/** The page was there last so many ms ago. */
function awayFor(ms: number): void {
  const kept = JSON.parse(tab.items.get('poise.kept') ?? '');
  tab.items.set('poise.kept', JSON.stringify({ ...kept, at: clock.now() - ms }));
}

test('a page that worked for hours is not too old; one that was away for longer than five minutes is', async () => {
  await page().keep(SIGN_IN);
  clock.advance(8 * 3_600_000);
  expect(page().hasKept).toBe(true);
  awayFor(KEPT_FOR_MS);
  expect(page().hasKept).toBe(true);
  awayFor(KEPT_FOR_MS + 1);
  expect(page().hasKept).toBe(false);
  expect(await page().recall()).toBeNull();
});

test('what a clock ahead of ours has written is too old as well', async () => {
  await page().keep(SIGN_IN);
  awayFor(-KEPT_FOR_MS - 1);
  expect(page().hasKept).toBe(false);
});

test('after the sign-out neither the sign-in nor its key is there', async () => {
  const one = page();
  await one.keep(SIGN_IN);
  one.forget();
  await settle();
  expect(tab.items.size).toBe(0);
  expect(safe.names.size).toBe(0);
  expect(clock.pending).toBe(0);
});

test('a sign-out that comes while the sign-in is sealed wins', async () => {
  const one = page();
  const sealing = one.keep(SIGN_IN);
  one.forget();
  await sealing;
  expect(tab.items.size).toBe(0);
  expect(safe.names.size).toBe(0);
});

test.each([
  ['no key', () => safe.names.clear()],
  ['garbage', () => tab.items.set('poise.kept', '{"name":1}')],
  ['what was not sealed by us', () => tab.items.set('poise.kept', '{"name":"key 1","sealed":"}{","at":0}')],
])('with %s nobody is signed in', async (_what, spoil) => {
  await page().keep(SIGN_IN);
  spoil();
  expect(await page().recall()).toBeNull();
});

test('where the browser forbids its storage nothing is kept, and nothing fails', async () => {
  const forbidden = new SignInKeeper(
    clock,
    () => {
      throw new Error('forbidden');
    },
    safe,
    () => 'key',
  );
  await forbidden.keep(SIGN_IN);
  forbidden.note();
  forbidden.forget();
  expect(await forbidden.recall()).toBeNull();
});

test('a browser that cannot encipher keeps nothing', async () => {
  safe.isBroken = true;
  const one = page();
  await one.keep(SIGN_IN);
  expect(one.hasKept).toBe(false);
  expect(tab.items.size).toBe(0);
});

test('where keys cannot even be named, nothing is kept and nothing is thrown', async () => {
  const keeper = new SignInKeeper(
    clock,
    () => tab,
    safe,
    () => {
      throw new TypeError('crypto.randomUUID is not a function');
    },
  );
  await expect(keeper.keep(SIGN_IN)).resolves.toBeUndefined();
  expect(tab.items.size).toBe(0);
});
