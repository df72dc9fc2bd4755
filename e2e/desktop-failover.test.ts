/**
 * The desktop page when its node dies, in a real browser against two real nodes: it tells so, moves, and goes on where
 * it was, without being loaded anew and without asking for the password.
 */
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { launchPoise, rest } from './server.ts';
import { type Pair, type PairNode, startPair } from './two-nodes.ts';

let pair: Pair;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];
const log: string[] = [];

beforeAll(async () => {
  const settings = ['maintenance.notice=5s', 'node.secret=of-both-nodes'];
  const args = settings.flatMap((setting) => ['--set', setting]);
  [pair, browser] = await Promise.all([startPair(args), launchBrowser()]);
  // A CTI server, and then two nodes.
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  log.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('console', (m) => {
    if (m.type() === 'info') log.push(m.text());
    if (/Content.Security.Policy|CORS/i.test(m.text())) problems.push(m.text());
  });
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.log(log.join('\n'), await page.locator('body').textContent());
  await context?.close();
  expect(problems).toEqual([]);
});

async function signIn(node: PairNode, id: string, extension: string): Promise<void> {
  await page.goto(node.origin);
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(id);
  await page.getByLabel('Extension').fill(extension);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  // Lost when the page is loaded anew.
  await page.evaluate(() => Object.assign(window, { marker: 'the same page' }));
}

/** The node has no answer for the page until it is let go: what is told meanwhile stays. */
async function holdAnswers({ host }: PairNode): Promise<() => Promise<void>> {
  const ofNode = (url: URL) => url.hostname === host;
  let letGo = () => {};
  const held = new Promise<void>((done) => {
    letGo = done;
  });
  await page.route(ofNode, async (route) => {
    await held;
    await route.continue().catch(() => {});
  });
  return async () => {
    letGo();
    await page.unroute(ofNode);
  };
}

const marker = () => page.evaluate(() => (window as unknown as { marker?: string }).marker);

async function ready(): Promise<void> {
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
}

const isBlocked = (name: string) =>
  page
    .getByRole('button', { name, exact: true })
    .evaluate((button) => button.getAttribute('aria-disabled') === 'true');

/** Where a folder is named for them, what the page looks like in it. */
async function picture(name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1280, 1920]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
    }
  await page.emulateMedia({ forcedColors: 'active' });
  await page.screenshot({ path: join(folder, `${name}-forced.png`) });
  await page.emulateMedia({ forcedColors: 'none' });
}

async function accessibilityFaults(): Promise<string[]> {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  const source = await import('node:fs').then(({ readFileSync }) => readFileSync(axe, 'utf8'));
  // The page's policy is for the page; what the debugger evaluates is not bound by it.
  await page.evaluate(source);
  const result = await page.evaluate(() =>
    (
      window as unknown as { axe: { run(): Promise<{ violations: { id: string; help: string }[] }> } }
    ).axe.run(),
  );
  return result.violations.map(({ id, help }) => `${id}: ${help}`);
}

test('a node that will be stopped: two warnings, and the page moves with its call, without an alarm, and without being asked', async () => {
  await signIn(pair.a, '2002', '2006');
  // What is said passes by, also while nothing waits for it.
  await page.evaluate(() => {
    const said = { alarms: [] as string[], notices: [] as string[] };
    Object.assign(window, { said });
    const look = () => {
      const alarm = document.querySelector('.banners [role="alert"]')?.textContent ?? '';
      if (alarm !== '') said.alarms.push(alarm);
      const notice = document.querySelector('.maintenance [role="status"]')?.textContent ?? '';
      if (notice !== '' && said.notices.at(-1) !== notice) said.notices.push(notice);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true });
  });
  const said = () =>
    page.evaluate(() => (window as unknown as { said: { alarms: string[]; notices: string[] } }).said);
  await ready();
  await page.getByRole('button', { name: 'New call' }).click();
  await page.getByLabel('Number to call').fill('15551234');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Talking$/ }).waitFor();

  expect(await rest(pair, 'admin', 'POST', '/MaintenanceMode')).toMatchObject({ status: 202, text: '' });
  const first = async () => (await said()).notices[0];
  await expect.poll(first).toContain('This server will be stopped for maintenance soon.');
  await page.getByRole('button', { name: 'Hold', exact: true }).focus();
  await picture('maintenance');
  expect(await accessibilityFaults()).toEqual([]);
  await expect.poll(async () => (await said()).notices.length, { timeout: 40_000 }).toBe(3);
  await picture('moved');
  expect(await said()).toEqual({
    alarms: [],
    notices: [
      expect.stringContaining('Shortly before, your page moves to the other server by itself.'),
      'Your page is about to move to the other server. Calls go on.',
      'You work with 127.0.0.2 now. Nothing was lost.',
    ],
  });
  expect(await marker()).toBe('the same page');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Hold');
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await page.getByRole('button', { name: 'Retrieve' }).click();
  // Nobody is left on the first node: it can be stopped, or take desktops again.
  const status = async () => (await rest(pair, 'admin', 'GET', '/MaintenanceMode')).text;
  await expect.poll(status, { timeout: 30_000 }).toContain('<status>COMPLETED</status>');
  expect(await status()).toContain('<pendingUserDisconnections>0<');
  const end = launchPoise(['maintenance', 'end', '--data', pair.a.data]);
  expect([await end.ended(), end.output()]).toEqual([0, 'No maintenance mode.\n']);
  expect((await rest(pair, '2002', 'GET', '/User/2002')).text).toContain('<state>TALKING</state>');
  await page.getByRole('button', { name: 'End call' }).click();
}, 240_000);

test('a node that is killed: banner, move, same state and call, same page, no password; then back the other way', async () => {
  await signIn(pair.a, '2001', '2003');
  await ready();
  await page.getByRole('button', { name: 'New call' }).click();
  await page.getByLabel('Number to call').fill('15551234');
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Talking$/ }).waitFor();
  await page.getByRole('button', { name: 'Hold', exact: true }).focus();
  // Some seconds after the sign-in the browser keeps the page.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));

  let letGo = await holdAnswers(pair.b);
  await pair.a.process.end('SIGKILL');
  const alarm = page
    .getByRole('alert')
    .getByText('Lost connection to 127.0.0.1. Please wait for a reachable server');
  await alarm.waitFor();
  expect(await page.getByRole('button', { name: 'Change state' }).isDisabled()).toBe(true);
  expect(await isBlocked('Hold')).toBe(true);
  // The focus is where it was.
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Hold');
  // Blocked looks blocked: no red that invites.
  const colours = (name: string) =>
    page.getByRole('button', { name, exact: true }).evaluate((button) => {
      const { color, borderColor, backgroundColor } = getComputedStyle(button);
      return [color, borderColor, backgroundColor];
    });
  expect(await colours('End call')).toEqual(await colours('Hold'));
  await picture('lost');
  expect(await accessibilityFaults()).toEqual([]);

  await letGo();
  await page.getByRole('status').getByText('Connected again to 127.0.0.2.').waitFor({ timeout: 60_000 });
  expect(await alarm.count()).toBe(0);
  await picture('restored');
  expect(await accessibilityFaults()).toEqual([]);
  expect(await marker()).toBe('the same page');
  await page.locator('.state-now .name', { hasText: /^Talking$/ }).waitFor();
  // The call lives, and is controlled through the other node.
  await page.getByRole('button', { name: 'Hold' }).click();
  await page.getByRole('button', { name: 'Retrieve' }).click();
  await page.getByRole('button', { name: 'End call' }).click();
  await page.locator('.state-now .name', { hasText: /^(Ready|Wrap-up, then Ready)$/ }).waitFor();

  // The first node comes back, and nobody returns to it by itself; then the second one dies.
  const back = await pair.again(pair.a);
  expect(await page.getByText('Lost connection').count()).toBe(0);
  await pair.b.process.end('SIGKILL');
  await page.getByText('Lost connection to 127.0.0.2.').waitFor();
  await page.getByText('Connected again to 127.0.0.1.').waitFor();
  expect(await marker()).toBe('the same page');
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
  await page.keyboard.press('Escape');
  expect(log.some((line) => /ready -> waiting/.test(line))).toBe(true);
  expect(
    log.some((line) => /: : 127\.0\.0\.[12]: .+: Header : Client: .+, Drift: -?\d+ ms, /.test(line)),
  ).toBe(true);

  // Nobody is left: both are searched for, and that is told.
  await back.process.end('SIGKILL');
  await page.getByText('127.0.0.2, the other server, cannot be reached from this page either.').waitFor();
  await picture('searching');
  expect(await accessibilityFaults()).toEqual([]);
  await pair.again(pair.b);
  await page.getByText('Connected again to 127.0.0.2.').waitFor({ timeout: 60_000 });
  expect(await marker()).toBe('the same page');

  // Loaded anew, the page comes out of the browser, for its own node is still down; it finds the other one.
  letGo = await holdAnswers(pair.b);
  await page.reload();
  await page.getByText('Lost connection to 127.0.0.1.').waitFor();
  await picture('reloaded');
  expect(await accessibilityFaults()).toEqual([]);
  await letGo();
  await page.getByText('Connected again to 127.0.0.2.').waitFor({ timeout: 60_000 });
  expect(await marker()).toBeUndefined();
  await page.locator('.identity-button').waitFor();
}, 300_000);
