/**
 * A server that answers garbage, refusals, faults or nothing: each time a plain sentence and a way on, in a real
 * browser behind a proxy that spoils what the server says. Never a dead button, never waiting without end.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type Fault, SpoilingProxy } from './connections/spoiling-proxy.ts';
import { type RunningPoise, startPoise } from './server.ts';

let poise: RunningPoise;
let proxy: SpoilingProxy;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  poise = await startPoise();
  [proxy, browser] = await Promise.all([SpoilingProxy.to(poise.ports.http), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  proxy?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(20_000);
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
const isIn = () => page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
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
}, 120_000);

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
});
