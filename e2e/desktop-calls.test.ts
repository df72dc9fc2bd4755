/**
 * Calls on the desktop page, in a real browser: calls are made and handed over, and states wait for their end, without a
 * mouse; what stands there has no accessibility faults that axe can find, in light and dark.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { Floor } from './connections/floor.ts';
import { looksRight } from './looks.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 240_000 });

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
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
  page = await context.newPage();
  page.on('pageerror', (e) => problems.push(String(e)));
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

/** By keyboard, from the address on. */
async function signIn(id: string, extension: string): Promise<void> {
  await page.goto(`http://localhost:${poise.ports.http}/`);
  await page.getByLabel('Agent ID or login name').waitFor();
  for (const [i, text] of [id, id, extension].entries()) {
    if (i > 0) await page.keyboard.press('Tab');
    await page.keyboard.type(text);
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
}

/** What has the focus, as a person would name it; empty: nothing. */
const focused = () =>
  page.evaluate(() => {
    const e = document.activeElement as HTMLElement & { labels?: NodeListOf<HTMLLabelElement> };
    if (e === document.body) return '';
    return (e.labels?.[0]?.textContent ?? e.textContent ?? '').replace('▾', '').trim();
  });

/** Goes on with Tab until that has the focus. */
async function tabTo(name: string): Promise<void> {
  const seen: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    const now = await focused();
    if (now === name) return;
    seen.push(now);
    await page.keyboard.press('Tab');
  }
  throw new Error(`${name} cannot be reached with Tab; there are ${seen.join(' | ')}`);
}

async function press(name: string): Promise<void> {
  // Where there are several calls, the name of a button goes on with that of its call.
  await page
    .getByRole('button', { name: new RegExp(`^${name}( Call with .*)?$`) })
    .first()
    .waitFor();
  await tabTo(name);
  // Nobody presses what looks blocked.
  const isBlocked = () =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-disabled') === 'true');
  await expect.poll(isBlocked, { message: `${name} is blocked` }).toBe(false);
  await page.keyboard.press('Enter');
}

/** Opens the dial pad of the header; the focus is in its field. */
async function openDialPad(): Promise<void> {
  const button = page.getByRole('button', { name: 'New call' });
  await button.waitFor();
  await button.focus();
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Number to call');
}

/** Chooses a state in the menu of states; without a key that leads there, by the arrow. */
async function choose(state: string, key?: string): Promise<void> {
  await press('Change state');
  await page.getByRole('menuitemradio', { name: state, exact: true }).waitFor();
  await page.keyboard.press(key ?? 'Home');
  if (key === undefined) {
    const entries = await page.getByRole('menuitemradio').allTextContents();
    const place = entries.findIndex((text) => text.startsWith(state));
    for (let presses = 0; presses < place; presses++) await page.keyboard.press('ArrowDown');
  }
  await expect.poll(focused).toContain(state);
  await page.keyboard.press('Enter');
}

const stateIs = (text: RegExp) => page.locator('.state-now .name', { hasText: text }).waitFor();
const callIs = (state: string) => page.locator(`.call-card[data-state="${state}"]`).waitFor();

test('a call is made, a colleague consulted, and the call handed over, by keyboard alone', async () => {
  const colleague = (await floor.signedIn('3002'))[0]!;
  await signIn('3001', '3001');
  await openDialPad();
  await page.keyboard.type('???');
  await page.keyboard.press('Enter');
  await page.getByText('Type a number').waitFor();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('0015551234567');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Call with 0015551234567' }).waitFor();
  await callIs('ACTIVE');
  await press('Consult');
  await expect.poll(focused).toBe('Number to call');
  await page.keyboard.type('3002');
  await page.keyboard.press('Enter');
  const consult = await colleague.rings();
  const consultId = consult.child('id')!.text;
  await callIs('HELD');
  await colleague.dialog(consultId, 'ANSWER', 'consulted');
  await looksRight(page, 'consulting');
  await press('Complete transfer');
  await page.getByText('No calls.').waitFor();
  const ids = async () => Object.keys((await floor.pictureOf('3002')).calls);
  await expect.poll(ids).toHaveLength(1);
  await colleague.dialog((await ids())[0]!, 'DROP', 'done');
}, 240_000);

test('a page that is loaded anew is back in its call, asks for no password, and keeps none in the clear', async () => {
  await signIn('3004', '3004');
  await openDialPad();
  await page.keyboard.type('0015551234567');
  await page.keyboard.press('Enter');
  await callIs('ACTIVE');
  const stored = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  expect(stored).toContain('poise.kept');
  expect(Buffer.from(stored).toString('latin1')).not.toMatch(/"password"|MzAwND/);
  const timer = () => page.locator('.call-card time, .call-card .timer').first().textContent();
  await expect.poll(timer).not.toBe('00:00');
  await page.reload();
  await page.getByRole('heading', { name: 'Call with 0015551234567' }).waitFor();
  await callIs('ACTIVE');
  expect(await timer()).not.toBe('00:00');
  await press('End call');
  await page.getByText('No calls.').waitFor();
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: /^Sign out/ }).click();
  await page.getByLabel('Password').waitFor();
  expect(await page.evaluate(() => sessionStorage.getItem('poise.kept'))).toBeNull();
  await page.reload();
  await page.getByLabel('Password').waitFor();
}, 240_000);

/** Whether an entry of the menu of states is marked: with its text, as it is read. */
async function markedStates(): Promise<string[]> {
  await press('Change state');
  await page.getByRole('menu').waitFor();
  const marked = await page.getByRole('menuitemradio', { checked: true }).allTextContents();
  await looksRight(page, `menu-${marked.length > 0 ? marked[0]!.replace(/\W+/g, '-') : 'none'}`);
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  return marked;
}

test('a state chosen during a call, and one that a supervisor chose, stand beside the present one until they come', async () => {
  const supervisor = (await floor.signedIn(['2050', '2006']))[0]!;
  await signIn('2002', '2007');
  await choose('Ready', 'Home');
  await stateIs(/^Ready$/);
  const customer = await floor.customer('2007');
  await press('Answer');
  await stateIs(/^Talking$/);
  await choose('Not Ready – Lunch');
  const next = page.locator('.state-next');
  await next.getByText('then Not Ready – Lunch').waitFor();
  // It is said aloud, and nothing else is.
  await page
    .getByRole('status')
    .filter({ hasText: 'Your state is now Talking, then Not Ready – Lunch' })
    .waitFor({ state: 'attached' });
  await looksRight(page, 'pending');
  expect(await markedStates()).toEqual(['Not Ready – Lunchnext']);
  const out = await supervisor.rest('PUT', '/User/2002', '<User><state>LOGOUT</state></User>');
  expect(out.status).toBe(202);
  await next.getByText('then Signed out').waitFor();
  await page.locator('.identity-button').click();
  await page.getByText('You will be signed out when this call is done.').waitFor();
  await page.keyboard.press('Escape');
  expect(await markedStates()).toEqual(['Signed outnext']);
  await choose('Ready', 'Home');
  await next.getByText('then Ready').waitFor();
  await floor.hangUp(customer);
  await next.waitFor({ state: 'detached' });
}, 240_000);

test('a Not Ready that others chose tells its reason, also in forced colours', async () => {
  const supervisor = (await floor.signedIn(['2050', '2006']))[0]!;
  await signIn('2004', '2008');
  await choose('Ready', 'Home');
  await stateIs(/^Ready$/);
  expect(await page.getByText('not chosen by you').count()).toBe(0);
  const put = await supervisor.rest('PUT', '/User/2004', '<User><state>NOT_READY</state></User>');
  expect(put.status).toBe(202);
  await stateIs(/^Not Ready – Supervisor Initiated$/);
  await page.locator('.by-others', { hasText: 'not chosen by you' }).waitFor();
  const colours = () =>
    page.evaluate(() =>
      ['.state-now .name', '.state-now .name bdi', '.by-others'].map(
        (selector) => getComputedStyle(document.querySelector(selector)!).color,
      ),
    );
  const [name, reason, note] = await colours();
  expect(reason).not.toBe(name);
  expect(note).toBe(reason);
  await looksRight(page, 'chosen-by-others');
  await page.emulateMedia({ forcedColors: 'active' });
  expect(new Set(await colours()).size).toBe(1);
  expect(await page.locator('.by-others').isVisible()).toBe(true);
  await page.emulateMedia({ forcedColors: 'none' });
  // What the agent chooses is the agent's.
  await choose('Not Ready – Lunch');
  await stateIs(/^Not Ready – Lunch$/);
  await page.locator('.by-others').waitFor({ state: 'detached' });
});

test('what is typed right after the key that opens a dialer is not lost', async () => {
  await signIn('3013', '3013');
  const dialer = await page.waitForFunction(() =>
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .find((name) => /\/dialer-[\w-]+\.js$/.test(name)),
  );
  // Its own scripts, too, and all of them have run; the page asked for them first.
  await page.evaluate(`import(${JSON.stringify(await dialer.jsonValue())}).then(() => {})`);
  await page.evaluate(() => new Promise((done) => setTimeout(done)));
  await page.keyboard.press('Control+Alt+O');
  await page.keyboard.type('10000');
  await expect.poll(() => page.getByLabel('Number to call').inputValue()).toBe('10000');
});

test('what is wrong with a number moves nothing', async () => {
  await signIn('3005', '3005');
  const where = (name: string) =>
    page.getByRole('button', { name, exact: true }).evaluate((e) => e.getBoundingClientRect().top);
  await openDialPad();
  const atFirst = await where('Call');
  await page.keyboard.type('1'.repeat(40));
  await page.keyboard.press('Enter');
  await page.getByText('A number has at most 39 characters.').waitFor();
  expect(await where('Call')).toBe(atFirst);
  await looksRight(page, 'number-wrong');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('0015551234567');
  await page.keyboard.press('Enter');
  await callIs('ACTIVE');
  await press('End call');
  await page.getByText('No calls.').waitFor();
});

test('what went wrong with a call is gone once the call goes on', async () => {
  await signIn('3006', '3006');
  const customer = await floor.customer('3006');
  await press('Answer');
  await callIs('ACTIVE');
  await press('Consult');
  await expect.poll(focused).toBe('Number to call');
  await page.route('**/finesse/api/Dialog/**', (route) => route.abort());
  await page.keyboard.type('3007');
  await page.keyboard.press('Enter');
  const error = page.locator('.call-card .notice.error');
  await error.getByText('The server cannot be reached.').waitFor();
  await page.unroute('**/finesse/api/Dialog/**');
  const [id] = Object.keys((await floor.pictureOf('3006')).calls);
  const hold = `<Dialog><requestedAction>HOLD</requestedAction><targetMediaAddress>3006</targetMediaAddress></Dialog>`;
  expect((await rest(poise, '3006', 'PUT', `/Dialog/${id}`, hold)).status).toBe(202);
  await callIs('HELD');
  await error.waitFor({ state: 'detached' });
  await floor.hangUp(customer);
});

test('a call that finds no free line says so', async () => {
  await signIn('3007', '3007');
  await openDialPad();
  await page.keyboard.type('0015550104');
  await page.keyboard.press('Enter');
  await callIs('FAILED');
  await page.getByRole('alert').filter({ hasText: 'No line is free at the moment.' }).waitFor();
  await looksRight(page, 'no-line');
  await press('End call');
  await page.getByText('No calls.').waitFor();
});

test('a call that cannot be made says why, and goes when it is ended', async () => {
  await signIn('3003', '3003');
  await openDialPad();
  await page.keyboard.type('77');
  await page.keyboard.press('Enter');
  await callIs('FAILED');
  await page.getByRole('alert').filter({ hasText: 'This number cannot be reached.' }).waitFor();
  await looksRight(page, 'failed');
  await press('End call');
  await page.getByText('No calls.').waitFor();
});
