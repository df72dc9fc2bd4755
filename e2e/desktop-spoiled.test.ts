/**
 * A server that answers garbage, refusals, faults or nothing: each time a plain sentence and a way on, in a real
 * browser behind a proxy that spoils what the server says. Never a dead button, never waiting without end.
 */
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { Floor } from './connections/floor.ts';
import { type Fault, SpoilingProxy } from './connections/spoiling-proxy.ts';
import { type RunningPoise, startPoise } from './server.ts';

let poise: RunningPoise;
let proxy: SpoilingProxy;
let floor: Floor;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  poise = await startPoise({ args: ['--set', 'acd.ringTime=120s'] });
  [proxy, browser, floor] = await Promise.all([
    SpoilingProxy.to(poise.ports.http),
    launchBrowser(),
    Floor.open(poise),
  ]);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  proxy?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`http://localhost:${proxy.port}/desktop/container/`);
});
afterEach(async () => {
  proxy.mend();
  await context?.close();
  expect(problems).toEqual([]);
});

const answer = (status: number, body = ''): Fault => ({ status, body });

/** What is wrong with every answer, and what a person who asked is told. */
const FAULTS: readonly (readonly [name: string, fault: Fault, sentence: RegExp])[] = [
  ['no XML', answer(200, '\u0000 <<garbage &'), /cannot be read/],
  [
    'a page of a proxy',
    answer(200, '<html><body>Please log on to the network</body></html>'),
    /cannot be read/,
  ],
  ['nothing within', answer(200, ''), /cannot be read/],
  ['401', answer(401), /does not accept/],
  ['403', answer(403, '<html>Forbidden</html>'), /does not allow/],
  ['500', answer(500, '<html>Internal</html>'), /fault of its own/],
  ['503', answer(503), /out of service/],
  ['a line that is cut', 'cut', /cannot be reached/],
];

async function signIn(id: string, extension: string): Promise<void> {
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(id);
  await page.getByLabel('Extension', { exact: true }).fill(extension);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
const isIn = () => page.getByRole('heading', { name: 'Your state' }).waitFor();
/** The page waits for nothing, and its buttons can be used. */
const isFree = () =>
  page.locator('[aria-busy=true], .grid-empty:has-text("Loading")').waitFor({ state: 'detached' });

test('a sign-in that fails says why, and the next one works', async () => {
  for (const path of [/SystemInfo/, /User\/3001/]) {
    for (const [name, fault, sentence] of FAULTS) {
      proxy.spoil(path, fault);
      await signIn('3001', '3001');
      // Who is not signed in yet is told of the password.
      const told = name === '401' ? /password is not right/ : sentence;
      await page.locator('.notice.error, .field-error').filter({ hasText: told }).waitFor();
      await isFree();
      proxy.mend();
    }
  }
  proxy.spoil(/SystemInfo/, answer(200, '<SystemInfo><status>OUT_OF_SERVICE</status></SystemInfo>'));
  await signIn('3001', '3001');
  await page.getByText('The server is not in service yet.').waitFor();
  await page.getByRole('button', { name: 'Do not wait' }).click();
  proxy.mend();
  await signIn('3001', '3001');
  await isIn();
}, 240_000);

test('a part of the page that cannot be loaded is told in its place, and the rest goes on', async () => {
  proxy.spoil(/assets\/(team-performance|settings-dialog)/, answer(503));
  await signIn('2051', '10003');
  await page.getByText('This part of the page could not be shown.').waitFor();
  await page.keyboard.press('Control+Alt+R');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByText('This part of the page could not be shown.').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  proxy.mend();
  await page.getByRole('button', { name: 'Load the page anew' }).click();
  await page.getByRole('grid', { name: 'Team performance' }).waitFor();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  // As the next ones expect it.
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menuitemradio', { name: /Lunch/ }).click();
  await page.locator('.state-now .name', { hasText: /Lunch/ }).waitFor();
}, 240_000);

/** Everything that the page reads once somebody is signed in. */
const READS = /\/User\/\d+\/\w+|\/Team\/|\/TeamMessages|\/poise\/api\//;
/** One of each kind, of those that accept nothing. */
const REFUSALS = FAULTS.filter(([name]) => /XML|\d/.test(name));
const button = (name: string | RegExp, within: Page | Locator = page) =>
  within.getByRole('button', { name, exact: typeof name === 'string' });

/** Closes what is open, and waits until it is gone: it would take the next click. */
async function closeOpen(): Promise<void> {
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

/** Where the page tells that it could not read: the place, what leads there and back, and what stands there when it could. */
const READ: readonly (readonly [place: string, what: string, open: string, close: string])[] = [
  ['.calls-panel', 'No calls.', '', ''],
  ['.team', 'Carl Gauss', '', ''],
  ['.queues', 'Support', '', ''],
  ['.history:has([aria-label="Recent calls"])', 'No calls', 'a:has-text("My history")', ''],
  ['.history:has([aria-label="Recent states"])', 'Not Ready', '', 'a:has-text("Home")'],
  ['.sent-messages', 'No message of yours', '[aria-label="Team message"]', 'Escape'],
];

/** Goes through all those places. */
async function inEachPlace(look: (place: Locator, what: string) => Promise<unknown>): Promise<void> {
  for (const [place, what, open, close] of READ) {
    if (open) await page.locator(open).click();
    await look(page.locator(place), what);
    if (close === 'Escape') await closeOpen();
    else if (close) await page.locator(close).click();
  }
}

const tells = (place: Locator, sentence: RegExp) =>
  place.locator('.notice.error').filter({ hasText: sentence }).waitFor();
const tryAgain = (place: Locator) => button('Try again', place).click();

test('what cannot be read after the sign-in says so in its place, and is read at the next attempt', async () => {
  await signIn('2051', '10002');
  await isIn();
  // What a refreshed page goes on with is enciphered first.
  await page.waitForFunction(() => sessionStorage.getItem('poise.kept') !== null);
  const [[, first, told], ...others] = REFUSALS as [(typeof FAULTS)[number], ...typeof FAULTS];
  proxy.spoil(READS, first, /GET/);
  await page.reload();
  await isIn();
  await inEachPlace((place) => tells(place, told));
  // Where nothing is asked for, it is a notification; where a button needs it, the button says why it waits.
  await button(/^Notifications/).click();
  await page.getByText('The layout of your team could not be read').first().waitFor();
  await page.getByText('The workflows of your team could not be read').first().waitFor();
  await closeOpen();
  await page.locator('.identity-button').click();
  await page.getByRole('dialog').getByText('The list of reasons has not arrived yet.').waitFor();
  await closeOpen();
  for (const [, fault, sentence] of others) {
    proxy.spoil(READS, fault, /GET/);
    await inEachPlace(async (place) => {
      await tryAgain(place);
      await tells(place, sentence);
    });
    await button('New call').click();
    const pad = page.locator('.dial-pad');
    await pad.getByText('The contacts could not be read.').waitFor();
    await tryAgain(pad);
    await pad.getByText('The contacts could not be read.').waitFor();
    await closeOpen();
    await isFree();
  }
  proxy.mend();
  await inEachPlace(async (place, what) => {
    // It may have been asked for again by itself.
    await Promise.any([tryAgain(place), place.getByText(what).first().waitFor()]);
    await place.getByText(what).first().waitFor();
    await place.locator('.notice.error').waitFor({ state: 'detached' });
    await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
  });
  await button('New call').click();
  await page.locator('.dial-pad').getByRole('row').first().waitFor();
  await closeOpen();
  // The reasons are asked for by the page alone.
  await button('Change state').click();
  await page.getByRole('menuitemradio', { name: /Lunch/ }).waitFor();
}, 240_000);

test('what is asked for and fails says so where it was asked for, and can be asked for again', async () => {
  await signIn('2001', '2005');
  await isIn();
  const keys = (letter: string) => page.keyboard.press(`Control+Alt+${letter}`);
  const card = (state: string) => page.locator(`.call-card[data-state="${state}"]`);
  /** Asks in vain, with everything that can be wrong. */
  const inVain = async (ask: () => Promise<unknown>, told: Locator, method: RegExp) => {
    for (const [, fault, sentence] of REFUSALS) {
      proxy.spoil(/\/finesse\/api\//, fault, method);
      await ask();
      await told.filter({ hasText: sentence }).waitFor();
    }
    proxy.mend();
  };
  const call = async () => {
    await keys('O');
    await page.getByLabel('Number to call').fill('15550100');
    await page.keyboard.press('Enter');
  };
  const refused = page.locator('.header-alert .notice');
  await inVain(call, refused, /POST/);
  await refused.getByRole('button', { name: 'Close this notice' }).click();
  await refused.waitFor({ state: 'detached' });
  await expect.poll(() => button('New call').evaluate((it) => it === document.activeElement)).toBe(true);
  await call();
  await card('ACTIVE').waitFor();
  await button('Keypad').click();
  await page.locator('.dtmf input:focus').waitFor();
  await inVain(() => page.keyboard.press('5'), card('ACTIVE').locator('.notice'), /PUT/);
  await button('Close keypad').click();
  await inVain(() => keys('V'), card('ACTIVE').locator('.notice'), /PUT/);
  await keys('V');
  await card('HELD').waitFor();
  await keys('G');
  await card('ACTIVE').waitFor();
  await keys('E');
  await page.locator('.call-card').waitFor({ state: 'detached' });

  const report = async () => {
    await page.locator('.identity-button').click();
    await button(/Send error report/).click();
  };
  const dialog = page.getByRole('dialog');
  for (const [, fault, sentence] of REFUSALS) {
    proxy.spoil(/ClientLog/, fault);
    await report();
    await dialog.locator('.notice').filter({ hasText: sentence }).waitFor();
    await closeOpen();
  }
  proxy.mend();
  await report();
  await dialog.getByText('Error report sent').first().waitFor();
  await closeOpen();

  await inVain(() => keys('R'), page.locator('.state-error'), /PUT/);
  await keys('R');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  await floor.customer('6001', { from: '15550123' });
  await page.locator('.incoming-call').waitFor();
  await keys('A');
  await card('ACTIVE').waitFor();
  const wrapUp = async () => {
    await button('Wrap-up reason').click();
    await page.getByLabel('Search the reasons').fill('sale m');
    await page.keyboard.press('Enter');
  };
  // During the call: the time for it afterwards is short.
  await inVain(wrapUp, card('ACTIVE').locator('.notice'), /PUT/);
  await keys('E');
  await card('WRAP_UP').waitFor();
  await wrapUp();
  await page.locator('.call-card .tag', { hasText: 'Sale made' }).waitFor();
}, 240_000);

test('what a supervisor asks for and fails says so, and can be asked for again', async () => {
  const [agent] = await floor.signedIn('3001');
  await agent!.setState('READY', 'ready');
  await signIn('2051', '10002');
  await isIn();
  await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
  const order = async (name: string) => {
    await button('Actions for Dev One').click();
    await page.getByRole('menuitem', { name: 'Change state', exact: true }).click();
    await page.getByRole('menu', { name: 'Change state' }).getByText(name, { exact: true }).click();
  };
  await button('Team message').click();
  const desk = page.locator('.message-desk');
  await desk.getByLabel('Message', { exact: true }).fill('Lunch is late');
  for (const [, fault, sentence] of REFUSALS) {
    proxy.spoil(/TeamMessage$/, fault, /POST/);
    await button('Send', desk).click();
    await desk.locator('.notice').filter({ hasText: sentence }).waitFor();
  }
  proxy.mend();
  await button('Send', desk).click();
  const sent = desk.getByRole('checkbox', { name: /Lunch is late/ });
  await sent.check();
  const deleteIt = async () => {
    await button('Delete selected (1)', desk).click();
    await button('Delete', desk).click();
  };
  for (const [, fault, sentence] of REFUSALS) {
    proxy.spoil(/TeamMessage\//, fault, /DELETE/);
    await deleteIt();
    await desk.locator('.notice').filter({ hasText: sentence }).waitFor();
  }
  proxy.mend();
  await deleteIt();
  await sent.waitFor({ state: 'detached' });
  await closeOpen();
  for (const [, fault, sentence] of REFUSALS) {
    proxy.spoil(/User\/3001/, fault, /PUT/);
    await order('Not Ready');
    await page.locator('.team .notice').filter({ hasText: sentence }).waitFor();
  }
  proxy.mend();
  await order('Not Ready');
  await page.getByRole('row', { name: /Dev One.*Not Ready/ }).waitFor();
}, 240_000);

test('a server that answers nothing is not waited for without end', async () => {
  // Ten seconds of the page need not be ten of the test.
  await page.clock.install();
  await page.goto(`http://localhost:${proxy.port}/desktop/container/`);
  await signIn('2051', '10003');
  await isIn();
  await page.getByRole('grid', { name: 'Team performance' }).getByText('Carl Gauss').waitFor();
  const silence = /does not answer/;
  proxy.spoil(/\/(finesse|poise)\/api\//, 'nothing');
  await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
  await page.keyboard.press('Control+Alt+R');
  await page.locator('.identity-button').click();
  await button('Send error report').click();
  await button('Sending the error report …').waitFor();
  await closeOpen();
  await page.getByRole('link', { name: 'My history' }).click();
  await button('Team message').click();
  const desk = page.locator('.message-desk');
  await desk.getByLabel('Message', { exact: true }).fill('Lunch is late');
  await button('Send', desk).click();
  await desk.getByText('Waiting').waitFor();
  await page.clock.fastForward(10_500);
  await tells(desk.locator('.message-form'), silence);
  await closeOpen();
  await page.locator('.state-error').filter({ hasText: silence }).waitFor();
  await tells(page.locator('.history').first(), silence);
  await page.getByRole('link', { name: 'Home' }).click();
  await tells(page.locator('.team'), silence);
  await page.locator('.identity-button').click();
  await page.getByRole('dialog').locator('.notice').filter({ hasText: silence }).waitFor();
  await closeOpen();
  await isFree();
  proxy.mend();
  await tryAgain(page.locator('.team'));
  await page.locator('.team .notice').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Alt+R');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
}, 240_000);
