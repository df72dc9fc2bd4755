/**
 * A supervisor's desktop in a real browser against the running server: the team changes before the supervisor's eyes,
 * agents are set Not Ready, signed out, listened to and helped, their history is read, and a message reaches an agent's
 * page. What stands there has no accessibility faults that axe can find.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { axeFaults } from './axe.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { eventually } from './connections/deadline.ts';
import { Floor } from './connections/floor.ts';
import type { UserDesk } from './connections/user-desk.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 240_000 });

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [poise, browser] = await Promise.all([
    startPoise({ args: ['--set', 'acd.ringTime=120s'] }),
    launchBrowser(),
  ]);
  floor = await Floor.open(poise);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    bypassCSP: true,
  });
  page = await pageOf(context);
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

async function pageOf(place: BrowserContext): Promise<Page> {
  const opened = await place.newPage();
  opened.on('pageerror', (error) => problems.push(String(error)));
  return opened;
}

async function signIn(id: string, extension: string, on: Page = page): Promise<void> {
  await on.goto(`http://localhost:${poise.ports.http}/`);
  await on.getByLabel('Agent ID or login name').fill(id);
  await on.getByLabel('Password').fill(id);
  await on.getByLabel('Extension').fill(extension);
  await on.keyboard.press('Enter');
  await on.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
}

/** An agent at another client, in a state. */
async function agent(id: string, state?: string): Promise<UserDesk> {
  const [desk] = await floor.signedIn(id);
  if (state !== undefined) {
    await put(id, state);
    await eventually(
      `${id} is ${state}`,
      async () => (await floor.pictureOf(id)).state === state || undefined,
    );
  }
  return desk as UserDesk;
}

async function put(id: string, state: string): Promise<void> {
  const answer = await rest(poise, id, 'PUT', `/User/${id}`, `<User><state>${state}</state></User>`);
  expect(answer.status).toBe(202);
}

const grid = () => page.getByRole('grid', { name: 'Team performance' });
const row = (name: string) => grid().getByRole('row', { name: new RegExp(name) });
const rowIs = (name: string, state: RegExp) => row(name).filter({ hasText: state }).first().waitFor();

async function order(name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: `Actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function looksRight(what: string, on: Page = page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await on.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    expect(await axeFaults(on), `${what}, ${colorScheme}`).toEqual([]);
  }
  await on.emulateMedia({ colorScheme: 'light' });
}

test('how many agents are in each state stands above the table, and shows them alone; by keyboard', async () => {
  await agent('3011', 'READY');
  await agent('3012');
  await signIn('2051', '10002');
  await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
  await rowIs('Dev Eleven', /Ready/);
  const bar = page.getByRole('toolbar', { name: 'Agents by state' });
  const figure = async (name: string) =>
    Number(
      await bar
        .getByRole('button', { name: new RegExp(`^${name} \\d`) })
        .locator('.state-figure')
        .textContent(),
    );
  const [ready, notReady] = [await figure('Ready'), await figure('Not Ready')];
  const place = await bar.getByRole('button', { name: /^Not Ready/ }).boundingBox();
  await put('3012', 'READY');
  await expect.poll(() => figure('Ready'), { timeout: 30_000 }).toBe(ready + 1);
  await expect.poll(() => figure('Not Ready')).toBe(notReady - 1);
  expect(await bar.getByRole('button', { name: /^Not Ready/ }).boundingBox()).toEqual(place);

  await bar.getByRole('button', { name: /^Ready/ }).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect.poll(() => row('Dev Eleven').count()).toBe(0);
  await bar.getByRole('button', { name: /^Not Ready/, pressed: true }).waitFor();
  await looksRight('agents of one state');
  await page.keyboard.press('Enter');
  await rowIs('Dev Eleven', /Ready/);
  // One stop on the way into the table.
  await page.keyboard.press('Tab');
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('SELECT');
  // The next calls are for somebody else.
  for (const id of ['3011', '3012']) await put(id, 'NOT_READY');
});

test('the team is seen as it changes; agents are set Not Ready and signed out; by keyboard alone', async () => {
  await agent('3001', 'READY');
  await signIn('2051', '10002');
  await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
  await rowIs('Dev One', /Ready/);
  // Somebody who signs in comes without a word.
  await agent('3002');
  await rowIs('Dev Two', /Not Ready/);
  await put('3002', 'READY');
  await row('Dev Two').getByText('Ready', { exact: true }).waitFor();
  await looksRight('the team');

  // From the search into the table, down to the first agent, and there into the menu.
  await page.getByRole('searchbox', { name: 'Search' }).focus();
  await page.keyboard.type('dev one');
  await expect.poll(() => grid().getByRole('row').count()).toBe(2);
  await page.getByRole('checkbox', { name: 'Include signed-out agents' }).focus();
  const inGrid = () => page.evaluate(() => document.activeElement?.closest('[role=grid]') !== null);
  for (let tabs = 0; tabs < 5 && !(await inGrid()); tabs++) await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'Actions for Dev One' });
  await menu.and(page.locator(':focus-within')).waitFor();
  // What is blocked is in reach, and a screen reader says that it is, and why.
  const blocked = page.getByRole('menuitem', { name: 'Monitor silently', exact: true, disabled: true });
  await blocked.waitFor();
  const why = await blocked.evaluate(
    (e) => document.getElementById(e.getAttribute('aria-describedby') ?? '')?.textContent,
  );
  expect(why).toBeTruthy();
  await looksRight('the menu of an agent');
  // What changes the state is in a menu of its own: the last entry, and there the second.
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  const states = page.getByRole('menu', { name: 'Change state' });
  await states.and(page.locator(':focus-within')).waitFor();
  await looksRight('the menu of states');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await menu.waitFor({ state: 'hidden' });
  await rowIs('Dev One', /Not Ready/);
  // The focus is where it was, and what is asked for there comes back to it.
  await expect.poll(inGrid).toBe(true);
  await page.keyboard.press('Shift+F10');
  await menu.and(page.locator(':focus-within')).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowRight');
  await states.and(page.locator(':focus-within')).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await rowIs('Dev One', /Signed out/);
  await eventually('the agent is signed out', async () =>
    (await floor.pictureOf('3001')).state === 'LOGOUT' ? true : undefined,
  );
  // The next call is for somebody else.
  await put('3002', 'NOT_READY');
});

test('a call is looked at, listened to, joined and taken over; the history tells of it', async () => {
  const desk = await agent('3003', 'READY');
  await signIn('2051', '10003');
  await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
  await floor.customer('6003', { from: '15550777', variables: { callVariable1: '<b>gold</b>' } });
  await rowIs('Dev Three', /Reserved/);
  const ringing = await eventually('the call rings', async () => {
    const { calls } = await floor.pictureOf('3003');
    return Object.keys(calls)[0];
  });
  await desk.dialog(ringing, 'ANSWER', 'answer');
  await rowIs('Dev Three', /Talking/);

  await page.getByRole('button', { name: 'Call details of Dev Three' }).click();
  const details = grid().getByRole('row').filter({ hasText: 'Call status' });
  await details.getByText('15550777').waitFor();
  await details.getByText('<b>gold</b>').waitFor();
  // Dialogs of this release do not name it.
  await details.getByText('Sandbox', { exact: true }).waitFor();
  await looksRight('the details of a call');

  await order('Dev Three', 'Monitor silently');
  await page.getByRole('button', { name: 'Actions for Dev Three' }).click();
  await page
    .getByRole('menuitem', { name: /^Barge in/ })
    .and(page.locator(':not([data-blocked])'))
    .waitFor();
  await page.getByRole('menuitem', { name: /^Barge in/ }).click();
  await eventually('there are three', async () => {
    const parties = (await floor.pictureOf('3003')).calls;
    const [call] = Object.values(parties);
    return Object.keys(call?.parties ?? {}).length === 3 ? true : undefined;
  });
  await page.getByRole('button', { name: 'Actions for Dev Three' }).click();
  await page
    .getByRole('menuitem', { name: /^Intercept/ })
    .and(page.locator(':not([data-blocked])'))
    .waitFor();
  await page.getByRole('menuitem', { name: /^Intercept/ }).click();
  await eventually('the agent is out of the call', async () =>
    Object.keys((await floor.pictureOf('3003')).calls).length === 0 ? true : undefined,
  );

  await order('Dev Three', 'View history');
  await page.getByRole('heading', { name: 'History of Dev Three' }).waitFor();
  const calls = page.getByRole('grid', { name: 'Recent calls' });
  await calls.getByRole('row').filter({ hasText: '15550777' }).first().waitFor();
  await page.getByRole('grid', { name: 'Recent states' }).getByText('Talking').first().waitFor();
  await looksRight('the history of an agent');
  await page.getByRole('button', { name: 'Back to the team' }).click();
  await grid().waitFor();
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
    .toBe('Actions for Dev Three');

  // Whom the search does not find any more has no row to go back to.
  // Behind the history it is hidden.
  const search = page.locator('input[type=search]');
  await search.fill('Dev Three');
  await order('Dev Three', 'View history');
  await page.getByRole('heading', { name: 'History of Dev Three' }).waitFor();
  await search.evaluate((field: HTMLInputElement) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, 'Dev Two');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await page.getByRole('button', { name: 'Back to the team' }).press('Enter');
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.closest('[role=grid]') !== null))
    .toBe(true);
  await search.fill('');

  // What cannot be done says why, and does nothing.
  await page.getByRole('button', { name: 'Actions for Dev Three' }).click();
  await page
    .getByRole('menuitem', { name: 'Monitor silently' })
    .filter({ hasText: /must be/ })
    .waitFor();
});

test('a message reaches the page of an agent, the newest first, and goes when it is deleted', async () => {
  const other = await (browser as Browser).newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
  });
  const agentPage = await pageOf(other);
  await Promise.all([signIn('2050', '2006'), signIn('2001', '2005', agentPage)]);
  await page.getByRole('button', { name: 'Team message' }).click();
  const desk = page.getByRole('dialog', { name: 'Team message' });
  const send = async (text: string) => {
    await desk.getByLabel('Message', { exact: true }).fill(text);
    await desk.getByRole('button', { name: 'Send' }).click();
    await desk.getByText('The message was sent.').waitFor();
  };
  await send('Lunch at twelve <b>sharp</b>');
  // How high it is depends on what has arrived in it.
  const place = async () => {
    const { x, y, width } = (await agentPage.getByRole('main').boundingBox()) ?? {};
    return { x, y, width };
  };
  const before = await place();
  const banner = agentPage.getByRole('button', { name: 'Show messages to your team: 1' });
  await banner.waitFor();
  expect(await banner.textContent()).toContain('Lunch at twelve <b>sharp</b>');
  await send('Fire drill');
  await agentPage.getByRole('button', { name: 'Show messages to your team: 2' }).click();
  const received = agentPage.getByRole('dialog', { name: 'Messages to your team' });
  await expect
    .poll(() => received.getByRole('listitem').allInnerTexts())
    .toEqual([expect.stringContaining('Fire drill'), expect.stringContaining('Lunch')]);
  await received.getByText('Minnie Mouse').first().waitFor();
  expect(await place()).toEqual(before);
  await looksRight('the messages that are sent');

  await desk.getByRole('checkbox', { name: /Fire drill/ }).check();
  await desk.getByRole('button', { name: 'Delete selected (1)' }).click();
  await desk.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect.poll(() => received.getByRole('listitem').count()).toBe(1);
  await other.close();
});

test('the queues have their figures, and the own history is at hand', async () => {
  await signIn('2051', '10004');
  const queues = page.getByRole('grid', { name: 'Queue statistics' });
  await queues.getByRole('gridcell', { name: 'Sandbox' }).waitFor();
  await queues.getByRole('gridcell', { name: 'Support' }).waitFor();
  const names = () => queues.getByRole('row').locator('[data-column="0"]').allInnerTexts();
  await queues.getByRole('button', { name: 'Queue name' }).click();
  await expect.poll(names).toEqual(['Queue name', 'Support', 'Sandbox']);
  await page.getByRole('link', { name: 'My history' }).click();
  await page.getByRole('grid', { name: 'Recent states' }).getByText('Not Ready').first().waitFor();
  await page.getByRole('grid', { name: 'Recent calls' }).waitFor();
  await looksRight('the own history');
});
