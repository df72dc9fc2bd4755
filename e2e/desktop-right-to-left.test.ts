/**
 * The desktop in a language that runs from right to left: a pseudo language, whose catalogue is made here and not shipped. Every screen is
 * looked at: what lies over what, what is cut, what stands on the wrong side, and what no catalogue has.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { Floor } from './connections/floor.ts';
import { screenFaults } from './looks.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const CONTAINER = '/desktop/container/';

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
let built: string;
const problems: string[] = [];
const faults: string[] = [];

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'poise-pseudo-'));
  const build = promisify(execFile)(
    process.execPath,
    [join(import.meta.dirname, 'pseudo-language-build.mjs'), built],
    { cwd: join(import.meta.dirname, '../packages/desktop') },
  );
  [poise, browser] = await Promise.all([startPoise(), launchBrowser(), build]);
  floor = await Floor.open(poise);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  await poise?.stop();
  rmSync(built, { recursive: true, force: true });
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  faults.length = 0;
  context = await browser.newContext({
    locale: 'ar-EG',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.route(`**${CONTAINER}**`, (route) => {
    const name = new URL(route.request().url()).pathname.slice(CONTAINER.length) || 'index.html';
    return route.fulfill({ contentType: TYPES[extname(name)] ?? '', body: readFileSync(join(built, name)) });
  });
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

async function signIn(id: string, extension: string): Promise<void> {
  await page.goto(`http://localhost:${poise.ports.http}${CONTAINER}?locale=ar`);
  await page.locator('input:focus').waitFor();
  await looks('sign-in');
  for (const text of [id, id, extension]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator('.calls-panel').waitFor();
}

/** What people typed: names, reasons, queues, teams, and what the page is called. */
const TYPED =
  /Poise|Call Variable|Acme Orders|Globex Support|Initech Billing|Parts|Suppliers|Service contract|Invoices|Alan Turing|Katherine Johnson|Rosalind Franklin|Engineering|Planning|Quality|Company|Help Desk|Computers and phones|Reception|Front desk, 8 to 18|Mickey|Mouse|Minnie|Ada|Lovelace|Grace|Hopper|Minnies_Team|Maths|Sales|Support|Sandbox|Shift|Lunch|Meeting|Team|Break|Training|Supervisor Initiated|gold|Ctrl|Alt|Shift|Home|Esc|Ltd|English|Deutsch|Français|API/g;

/** Words in letters of the other direction that come from no catalogue. */
function latinWords(): Promise<readonly string[]> {
  return page.evaluate((typed) => {
    const found = new Set<string>();
    const look = (text: string | null) => {
      const rest = (text ?? '').replace(new RegExp(typed, 'g'), '');
      if (/[A-Za-z]{2,}/.test(rest)) found.add(`“${(text ?? '').trim().slice(0, 60)}” is in no catalogue`);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const owner = node.parentElement;
      if (owner === null || owner.closest('script, style, noscript') !== null || owner.translate === false)
        continue;
      look(node.textContent);
    }
    for (const element of document.querySelectorAll('[aria-label], [placeholder], [title]'))
      for (const name of ['aria-label', 'placeholder', 'title']) look(element.getAttribute(name));
    return [...found];
  }, TYPED.source);
}

/** What does not stand on the other side as soon as the page runs the other way. Layers that a script has placed are left out. */
function unturned(): Promise<readonly string[]> {
  return page.evaluate(() => {
    const LEFT_OUT = '.popover, .modal-overlay, [dir=ltr], .phone-keys, svg, .visually-hidden, .skip';
    const elements = [...document.querySelectorAll<HTMLElement>('body *')].filter(
      (e) =>
        e.checkVisibility({ visibilityProperty: true }) &&
        e.closest(LEFT_OUT) === null &&
        // What is a part of a line stands where its letters have it.
        getComputedStyle(e).display !== 'inline',
    );
    const root = document.documentElement;
    const width = root.clientWidth;
    const places = () => elements.map((e) => e.getBoundingClientRect());
    const turned = places();
    root.dir = 'ltr';
    const straight = places();
    root.dir = 'rtl';
    const wrong = elements.filter((_e, index) => {
      const [there, here] = [turned[index], straight[index]];
      return there && here && there.width > 0 && Math.abs(there.left - (width - here.right)) > 3;
    });
    return wrong
      .filter((e) => e.parentElement === null || !wrong.includes(e.parentElement))
      .map(
        (e) =>
          `${e.tagName.toLowerCase()}.${e.className} “${(e.textContent ?? '').slice(0, 30)}” stays where it is`,
      );
  });
}

/** Looks at what is shown now. */
async function looks(name: string): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
  const about = (those: readonly string[]) => those.map((fault) => `${name}: ${fault}`);
  faults.push(...about(await latinWords()), ...about(await unturned()));
  faults.push(...(await screenFaults(page, `rtl ${name}`, 'known')));
}

const card = (state: string) => page.locator(`.call-card[data-state="${state}"]`).first().waitFor();

/** Opens with keys, or a press, looks, and closes. */
async function over(name: string, open: () => Promise<void>, inside: string): Promise<void> {
  await open();
  await page.locator(inside).first().waitFor();
  await looks(name);
  await page.keyboard.press('Escape');
  await page.locator(inside).first().waitFor({ state: 'detached' });
}
const keys = (pressed: string) => () => page.keyboard.press(pressed);
const press = (what: string) => async () => {
  await page.locator(what).first().click();
  // What the pointer is at is told over what stands beside it.
  await page.mouse.move(2, 2);
};

test('an agent: states, numbers, calls, keys, wrap-up, histories, what stands around the work', async () => {
  await signIn('2001', '2005');
  await looks('idle');
  // Names of fields stand on the right, tabs at the side too, and the way out on the left.
  const at = (what: string) =>
    page
      .locator(what)
      .first()
      .evaluate((e) => e.getBoundingClientRect().left / innerWidth);
  expect(await at('nav')).toBeGreaterThan(0.5);
  expect(await at('.identity-button')).toBeLessThan(0.3);
  await over('states', press('.state-actions button'), '[role=menuitemradio]');
  await over('dial pad', keys('Control+Alt+O'), '.contacts');
  await over('search', keys('Control+Alt+I'), '.search-option');
  await over('shortcuts', keys('Control+Alt+F'), '.modal-dialog');
  await over('identity', press('.identity-button'), '.identity');
  await over('notifications', press('.bell'), '.popover');

  const call = await floor.customer('2005', { from: '15551234', variables: { callVariable1: 'gold' } });
  await page.locator('.incoming-call').waitFor();
  await looks('ringing');
  await page.keyboard.press('Control+Alt+A');
  await card('ACTIVE');
  await looks('talking');
  await over('keypad', keys('Control+Alt+K'), '.dtmf');
  await over('consult', keys('Control+Alt+C'), '.dialer');
  // A page of numbers is no page of words: its keys stand as on every telephone.
  await page.keyboard.press('Control+Alt+C');
  await page.locator('.phone-key').nth(2).waitFor();
  const xs = await page
    .locator('.phone-key')
    .evaluateAll((all) => all.slice(0, 3).map((e) => e.getBoundingClientRect().left));
  expect(xs).toEqual([...xs].sort((a, b) => a - b));
  await page.keyboard.type('10000');
  await page.keyboard.press('Enter');
  await page.locator('.call-card').nth(1).waitFor();
  await card('HELD');
  await card('ACTIVE');
  await looks('two calls');
  await page.keyboard.press('Control+Alt+H');
  await page.locator('.call-card').nth(1).waitFor({ state: 'detached' });
  await looks('conference');
  await page.keyboard.press('Control+Alt+E');
  await floor.hangUp(call);
  await page.locator('.call-card[data-state=WRAP_UP], .calls-none').first().waitFor();
  await looks('after the call');
  await page.keyboard.press('Control+Alt+2');
  await page.locator('.tab-panel.active .grid-row').first().waitFor();
  await looks('histories');
  expect(faults).toEqual([]);
});

test('a supervisor: the team, an agent, a message, queues', async () => {
  await floor.signedIn(['2001', '2005']);
  await signIn('2050', '2006');
  for (const number of ['1', '2', '3']) {
    await page.keyboard.press(`Control+Alt+${number}`);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    await looks(`page ${number}`);
  }
  await rest(poise, '2001', 'PUT', '/User/2001', '<User><state>READY</state></User>');
  await over('message', keys('Control+Alt+0'), '.modal-dialog, .popover');
  expect(faults).toEqual([]);
});
