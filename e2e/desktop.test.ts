/** The desktop page as an agent uses it, in a real browser against the running server. */
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type RunningPoise, rest, signInBody, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('console', (m) => {
    if (/Content.Security.Policy/i.test(m.text())) problems.push(m.text());
  });
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

const home = () => `http://localhost:${poise.ports.http}/`;

async function fill(user: string, password: string, extension: string) {
  await page.getByLabel('Agent ID or login name').fill(user);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Extension').fill(extension);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('the bare address leads to the sign-in page, and an agent signs in, changes state and signs out', async () => {
  await page.goto(home());
  expect(page.url()).toMatch(/\/desktop\/container\/$/);
  await fill('2001', '2001', '2003');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  await page.getByText('Mickey Mouse').waitFor();
  await page.getByText('Extension 2003').waitFor();
  await page.locator('.state-now', { hasText: 'Not Ready' }).waitFor();

  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitem', { name: 'Ready', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  expect(await page.getByRole('button', { name: 'Sign out' }).isDisabled()).toBe(true);

  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitem', { name: /Lunch/ }).click();
  await page.locator('.state-now', { hasText: 'Lunch' }).waitFor();
  expect(await page.locator('.state-now time').textContent()).toMatch(/^\d\d:\d\d$/);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('menuitem', { name: /End of Shift/ }).click();
  await page.getByText('You are signed out.').waitFor();
  expect((await rest(poise, '2001', 'GET', '/User/2001')).text).toContain('<state>LOGOUT</state>');
});

test('everything can be done by keyboard alone', async () => {
  await page.goto(home());
  await page.getByLabel('Agent ID or login name').waitFor();
  await page.keyboard.type('3010');
  await page.keyboard.press('Tab');
  await page.keyboard.type('3010');
  await page.keyboard.press('Tab');
  await page.keyboard.type('3010');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  // The focus is on the heading after sign-in; the state menu is the next stop.
  await page.getByRole('button', { name: 'Change state' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Ready', exact: true }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  // The focus is back on the button: the next change needs no way there.
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Not Ready' }).waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await page.locator('.state-now .name', { hasText: /^Not Ready$/ }).waitFor();
});

test('a wrong password gets a plain sentence that has the focus', async () => {
  await page.goto(home());
  await fill('3011', 'wrong', '3011');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain('The ID or the password is not right.');
  expect(await alert.evaluate((e) => e === document.activeElement)).toBe(true);
});

test('an extension that does not exist, and one in use, are told apart', async () => {
  await page.goto(home());
  await fill('3012', '3012', '999');
  await page.getByText('Extension 999 cannot be used').waitFor();
  await rest(poise, '3013', 'PUT', '/User/3013', signInBody('3013'));
  await fill('3012', '3012', '3013');
  await page.getByText('Extension 3013 is in use by another agent.').waitFor();
});

test('a state changed by somebody else appears by itself', async () => {
  await page.goto(home());
  await fill('3014', '3014', '3014');
  await page.locator('.state-now', { hasText: 'Not Ready' }).waitFor();
  await rest(poise, '3014', 'PUT', '/User/3014', '<User><state>READY</state></User>');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
});

test('an agent who is signed in already is taken over with the same state', async () => {
  await rest(poise, '3015', 'PUT', '/User/3015', signInBody('3015'));
  await page.goto(home());
  await fill('3015', '3015', '3015');
  await page.getByText('Extension 3015').waitFor();
});

test('the pages have no accessibility faults that axe can find, in light and dark', async () => {
  const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  const check = async () => {
    await page.addScriptTag({ path: axe }).catch(() => page.evaluate(() => undefined));
    const injected = await page.evaluate(() => 'axe' in window);
    if (!injected) throw new Error('axe could not be injected');
    const result = await page.evaluate(() =>
      (
        window as unknown as {
          axe: { run(o: object): Promise<{ violations: { id: string; help: string }[] }> };
        }
      ).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }),
    );
    return result.violations.map((v) => `${v.id}: ${v.help}`);
  };
  await context.close();
  context = await (browser as Browser).newContext({ locale: 'en-GB', bypassCSP: true });
  page = await context.newPage();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(home());
    await page.getByLabel('Agent ID or login name').waitFor();
    expect(await check()).toEqual([]);
    await fill('3016', '3016', '3016');
    await page.getByRole('heading', { name: 'Your state' }).waitFor();
    expect(await check()).toEqual([]);
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menu').waitFor();
    expect(await check()).toEqual([]);
    await page.keyboard.press('Escape');
  }
});

test('an agent whose reasons cannot be fetched stays signed in, and gets them later', async () => {
  await page.route('**/ReasonCodes**', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(home());
  await fill('3004', '3004', '3004');
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  // Whether a reason is needed is unknown, so only Ready is offered.
  await page.getByRole('button', { name: 'Ready', exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Sign out' }).isDisabled()).toBe(true);
  await page.unroute('**/ReasonCodes**');
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitem', { name: 'Ready', exact: true }).click();
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
});

test('when the server goes away the page says so', async () => {
  const other = await startPoise();
  try {
    await page.goto(`http://localhost:${other.ports.http}/`);
    await fill('3001', '3001', '3001');
    await page.getByRole('heading', { name: 'Your state' }).waitFor();
    await other.stop();
    await page.getByText('The connection to localhost').waitFor();
    expect(await page.getByRole('button', { name: 'Change state' }).isDisabled()).toBe(true);
  } finally {
    await other.stop();
  }
});

test('the page speaks German and French when asked', async () => {
  await page.goto(`${home()}desktop/container/?locale=de_DE`);
  await page.getByRole('heading', { name: 'Anmelden' }).waitFor();
  await page.getByRole('button', { name: 'Français' }).click();
  await page.getByRole('heading', { name: 'Connexion' }).waitFor();
});
