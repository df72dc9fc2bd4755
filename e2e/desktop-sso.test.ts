/** Single sign-on and the hybrid mode in a real browser (desktop.md D7, D103), against a provider on loopback. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CLIENT, OidcProvider } from '../packages/server/test/oidc-provider.ts';
import { pageFaults } from './axe.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type RunningPoise, startPoise } from './server.ts';

let provider: OidcProvider;
let hybrid: RunningPoise;
let all: RunningPoise;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

const sets = (mode: string, ...more: string[]) =>
  [
    `sso.systemAuthMode=${mode}`,
    `sso.issuer=${provider.issuer}`,
    `sso.clientId=${CLIENT.id}`,
    `sso.clientSecret=${CLIENT.secret}`,
    ...more,
  ].flatMap((set) => ['--set', set]);

beforeAll(async () => {
  provider = await OidcProvider.start();
  [hybrid, all, browser] = await Promise.all([
    startPoise({ args: sets('HYBRID', 'sso.users=3001') }),
    startPoise({ args: sets('SSO') }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([hybrid?.stop(), all?.stop(), provider?.close()]);
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  provider.accessSeconds = 300;
  provider.sessionSeconds = 3_600;
  problems.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (e) => problems.push(String(e)));
  page.on('console', (m) => {
    if (/Content.Security.Policy/i.test(m.text())) problems.push(m.text());
  });
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

const container = (poise: RunningPoise) => `http://localhost:${poise.ports.http}/desktop/container/`;
const button = (name: string) => page.getByRole('button', { name, exact: true });
const name = () => page.getByLabel('Agent ID or login name');
const extension = () => page.getByLabel('Extension', { exact: true });
const atWork = () => page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();

async function atProvider(user: string): Promise<void> {
  await page.getByLabel('Account').fill(user);
  await button('Continue').click();
}

/** No fault on the page; pictures where SCREENSHOTS names a folder. */
async function looksRight(shot: string): Promise<void> {
  const shots = process.env.SCREENSHOTS;
  for (const colorScheme of shots ? (['light', 'dark'] as const) : (['light'] as const)) {
    expect(await pageFaults(page)).toEqual([]);
    if (!shots) continue;
    // That one looks at the page in all colours, and leaves it in light.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    mkdirSync(shots, { recursive: true });
    for (const [width, height] of [
      [1920, 1080],
      [1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: join(shots, `sso-${shot}-${width}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

test('hybrid: the name decides between password and provider; a refresh asks nothing; the end is told', {
  timeout: 120_000,
}, async () => {
  await page.goto(container(hybrid));
  await button('Continue').waitFor();
  expect(await page.getByLabel('Password').count()).toBe(0);
  await looksRight('who');
  // With a password.
  await name().fill('3002');
  await page.keyboard.press('Enter');
  await page.getByLabel('Password').fill('3002');
  expect(await name().getAttribute('readonly')).not.toBeNull();
  await button('Sign in as somebody else').click();

  // At the provider.
  provider.accessSeconds = 6;
  provider.sessionSeconds = 62;
  await name().fill('3001');
  await page.keyboard.press('Enter');
  await page.getByLabel('Account').waitFor();
  expect(await page.getByLabel('Account').inputValue()).toBe('3001');
  await atProvider('3001');
  await extension().fill('3001');
  expect(await name().inputValue()).toBe('3001');
  expect(await name().getAttribute('readonly')).not.toBeNull();
  expect(await page.getByLabel('Password').count()).toBe(0);
  await extension().press('Enter');
  await atWork();

  // The last minute, after a refresh that did not move the end.
  await page.getByText('In less than a minute you are signed out.').waitFor();
  await expect.poll(() => provider.grants).toContain('refresh_token');
  await page.getByRole('timer').filter({ hasText: 'left' }).waitFor();
  await looksRight('last');

  await page.reload();
  await atWork();
  expect(await page.evaluate(() => document.cookie)).toBe('');
  // What the tab keeps for that is enciphered.
  expect(await page.evaluate(() => JSON.stringify(sessionStorage))).not.toMatch(/eyJ|refresh/);

  provider.endSessions();
  await page.getByText('Your sign-in has expired. Sign in again.').waitFor();
  await button('Continue').waitFor();
  await looksRight('ended');
  for (const file of readdirSync(join(hybrid.data, 'logs'), { recursive: true, withFileTypes: true }))
    if (file.isFile()) expect(readFileSync(join(file.parentPath, file.name), 'utf8')).not.toMatch(/eyJ/);
  expect(hybrid.output()).not.toMatch(/eyJ/);
});

/** Keeps back what the server tells of itself, until it is let go. */
async function heldConfig(): Promise<() => void> {
  let go: () => void = () => {};
  const held = new Promise<void>((done) => {
    go = done;
  });
  await page.route('**/desktop/api/desktopConfig', async (route) => {
    await held;
    await route.continue();
  });
  return go;
}

test('hybrid, a first visit: nothing is shown to be filled in before the server has told how', async () => {
  const go = await heldConfig();
  await page.goto(container(hybrid));
  await page.getByText('The server is asked how you sign in').waitFor();
  expect(await page.locator('input').count()).toBe(0);
  await looksRight('asking');
  go();
  await page.locator('input[name=username]:focus').waitFor();
  await page.keyboard.type('3002');
  await page.keyboard.press('Enter');
  await page.locator('input[name=password]:focus').waitFor();
  expect(await name().inputValue()).toBe('3002');
});

test.each([
  ['a browser that was never here', null],
  // It has the form for passwords until the server has told.
  ['one that knows it with passwords', 'NON_SSO'],
])(
  'hybrid, %s: the company’s message comes with the form, and gives the focus back to it',
  async (_what, known) => {
    if (known !== null)
      await context.addInitScript((mode) => localStorage.setItem('poise.authMode', mode), known);
    await page.route('**/desktop/api/desktopConfig', async (route) => {
      const told = await (await route.fetch()).json();
      await route.fulfill({ json: { ...told, logonMessage: 'Calls are recorded.' } });
    });
    let go: () => void = () => {};
    const held = new Promise<void>((done) => {
      go = done;
    });
    await page.route(/sso-steps[^/]*\.js/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(container(hybrid));
    await page.getByText('Signing in …').waitFor();
    go();
    const message = page.getByRole('alertdialog', { name: 'Before you sign in' });
    await message.waitFor();
    await page.getByText('Continue').waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await message.waitFor({ state: 'detached' });
    await page.locator('input[name=username]:focus').waitFor();
  },
);

test('single sign-on: the company’s message is read where something is to be told, not while the page leaves', async () => {
  await page.route('**/desktop/api/desktopConfig', async (route) => {
    const told = await (await route.fetch()).json();
    await route.fulfill({ json: { ...told, logonMessage: 'Calls are recorded.' } });
  });
  const message = page.getByRole('alertdialog', { name: 'Before you sign in' });
  let wasRead = false;
  await page.exposeFunction('messageIsThere', () => {
    wasRead = true;
  });
  await page.addInitScript(() => {
    new MutationObserver(() => {
      if (document.querySelector('.logon-message'))
        (window as unknown as { messageIsThere: () => void }).messageIsThere();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(container(all));
  await page.getByLabel('Account').waitFor();
  expect(wasRead).toBe(false);
  await atProvider('3001');
  await message.waitFor();
  await page.keyboard.press('Enter');
  await message.waitFor({ state: 'detached' });
  await page.locator('input[name=extension]:focus').waitFor();
});

test('hybrid since the last visit: the form that changes keeps the name, and who was at the password does not go on in the name', async () => {
  await context.addInitScript(() => localStorage.setItem('poise.authMode', 'NON_SSO'));
  let go = await heldConfig();
  await page.goto(container(hybrid));
  await page.locator('input[name=username]:focus').waitFor();
  await page.keyboard.type('30');
  go();
  await button('Continue').waitFor();
  await page.locator('input[name=username]:focus').waitFor();
  await page.keyboard.type('02');
  expect(await name().inputValue()).toBe('3002');

  await page.unroute('**/desktop/api/desktopConfig');
  go = await heldConfig();
  await page.reload();
  await page.locator('input[name=username]:focus').waitFor();
  await page.keyboard.type('3002');
  await page.keyboard.press('Tab');
  await page.keyboard.type('30');
  go();
  await page.locator('button:focus', { hasText: 'Continue' }).waitFor();
  await page.keyboard.type('02');
  expect(await name().inputValue()).toBe('3002');
  await page.keyboard.press('Enter');
  await page.locator('input[name=password]:focus').waitFor();
});

test('hybrid since the last visit: the extension stays too, and a password that came before the name goes on nowhere', async () => {
  await context.addInitScript(() => localStorage.setItem('poise.authMode', 'NON_SSO'));
  const go = await heldConfig();
  await page.goto(container(hybrid));
  await extension().fill('3017');
  await page.getByLabel('Password').pressSequentially('30');
  go();
  await button('Continue').waitFor();
  await page.keyboard.type('02');
  expect(await name().inputValue()).toBe('');
  await name().fill('3002');
  await page.keyboard.press('Enter');
  await page.locator('input[name=password]:focus').waitFor();
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  expect(await extension().inputValue()).toBe('3017');
});

test('single sign-on: straight to the provider, then the extension; no way around after a sign-out', {
  timeout: 120_000,
}, async () => {
  await page.goto(container(all));
  await atProvider('3003');
  await extension().fill('3003');
  // Here, where nobody's time runs out.
  await looksRight('extension');
  await extension().press('Enter');
  await atWork();
  await page.locator('.identity-button').click();
  await button('Sign out').click();
  await page.getByText('You are signed out.').waitFor();
  await button('Sign in with your company account').waitFor();
  await looksRight('signed-out');

  await button('Sign in with your company account').click();
  await atProvider('stranger');
  await page.getByText('belongs to no agent here').waitFor();
  expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('belongs to no agent');
});

test('a token opens what its user may see, over REST too; nobody else’s does', async () => {
  const get = async (token: string, user: string) =>
    (
      await fetch(`http://127.0.0.1:${hybrid.ports.http}/finesse/api/User/${user}`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status;
  const own = await provider.accessToken('3001');
  expect([await get(own, '3001'), await get(own, '3002')]).toEqual([200, 401]);
  expect(await get(await provider.accessToken('3002'), '3002')).toBe(401);
  expect(await get(await provider.accessToken('3001', { aud: 'another' }), '3001')).toBe(401);
  const basic = Buffer.from('3001:3001').toString('base64');
  const withPassword = await fetch(`http://127.0.0.1:${hybrid.ports.http}/finesse/api/User/3001`, {
    headers: { authorization: `Basic ${basic}` },
  });
  expect(withPassword.status).toBe(401);
  const modes = ['3001', '3002', 'nobody'].map(async (user) =>
    (await fetch(`http://127.0.0.1:${hybrid.ports.http}/finesse/api/UserAuthMode/${user}`)).text(),
  );
  expect((await Promise.all(modes)).map((text) => /<authMode>(.*)</.exec(text)?.[1])).toEqual([
    'SSO',
    'NON_SSO',
    'NON_SSO',
  ]);
});
