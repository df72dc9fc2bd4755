/** What stands around the work of an agent, in a real browser: shortcuts, settings, notices, logs, several tabs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { pageFaults } from './axe.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { launchPoise, type RunningPoise, rest, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [poise, browser] = await Promise.all([
    startPoise({ args: ['--set', 'acd.ringTime=120s'] }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await watched();
});
afterEach(async () => {
  await context?.close();
  expect(problems).toEqual([]);
});

async function watched(): Promise<Page> {
  const opened = await context.newPage();
  opened.setDefaultTimeout(30_000);
  opened.on('pageerror', (e) => problems.push(String(e)));
  opened.on('console', (m) => {
    if (/Content.Security.Policy/i.test(m.text())) problems.push(m.text());
  });
  return opened;
}

const container = () => `http://localhost:${poise.ports.http}/desktop/container/`;

async function fill(on: Page, id: string, extension = id): Promise<void> {
  await on.getByLabel('Agent ID or login name').fill(id);
  await on.getByLabel('Password').fill(id);
  await on.getByLabel('Extension').fill(extension);
  await on.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** As on another day: what the tab kept of its sign-in is gone. */
async function openAnew(on = page): Promise<void> {
  if (on.url() !== 'about:blank') await on.evaluate(() => sessionStorage.clear());
  await on.goto(container());
}

async function signIn(id: string, on = page, extension = id): Promise<void> {
  await openAnew(on);
  await fill(on, id, extension);
  await on.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
}

const stateIs = (text: RegExp) => page.locator('.state-now .name', { hasText: text }).waitFor();

async function openSettings(on = page): Promise<void> {
  await on.locator('.identity-button').click();
  await on.getByRole('button', { name: 'Settings' }).click();
  await on.getByRole('dialog', { name: 'Settings' }).waitFor();
}

async function customerCalls(to = '6001'): Promise<void> {
  const call = launchPoise(['sim', 'call', '--to', to, '--data', poise.data]);
  expect(await call.ended(), call.output()).toBe(0);
}

test('keys do what the buttons do, and say why where they cannot', async () => {
  await signIn('2001', page, '2005');
  await stateIs(/^Not Ready/);
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
  await page.keyboard.press('Control+Alt+L');
  await page.getByText('Sign out: not possible now. Set yourself to Not Ready').waitFor();
  // The list of reasons opens at the keys, and works by keys.
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menuitemradio', { name: 'Lunch' }).waitFor();
  await page.locator('[role=menu]:focus-within').waitFor();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await stateIs(/^Not Ready/);
  await page.keyboard.press('Control+Alt+2');
  await page.getByRole('link', { name: 'My history' }).and(page.locator('[aria-current]')).waitFor();
  // So does the one of the sign-out, in the dialog that the keys open with it.
  await page.keyboard.press('Control+Alt+L');
  await page.locator('[role=menu]:focus-within').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByText('You are signed out.').waitFor();
});

test('a key leaves the menu that is open: what it opens stands alone, and gives the focus back to where the menu was opened', async () => {
  await signIn('3012');
  const layers = page.locator('.popover, .modal');
  const opener = page.getByRole('button', { name: 'Change state' });
  const hasFocus = () => opener.evaluate((e) => e === document.activeElement);
  const openMenu = async () => {
    await opener.press('Enter');
    await page.locator('[role=menu]:focus-within').waitFor();
  };
  for (const [keys, heading] of [
    ['Control+Alt+F', 'Keyboard shortcuts'],
    ['Control+Alt+O', 'New call'],
    ['Control+Alt+I', 'Search for a page or a part of it'],
  ] as const) {
    await openMenu();
    await page.keyboard.press(keys);
    await page.getByRole('dialog', { name: heading }).and(page.locator(':focus-within')).waitFor();
    await expect.poll(() => layers.count(), { message: keys }).toBe(1);
    await page.keyboard.press('Escape');
    await expect.poll(() => layers.count()).toBe(0);
    await expect.poll(hasFocus, { message: keys }).toBe(true);
  }
  await openMenu();
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
  await expect.poll(() => layers.count()).toBe(0);
});

test('who types keeps € and @; keys that type nothing work in a field, too', async () => {
  await signIn('3002');
  await page.keyboard.press('Control+Alt+O');
  const number = page.getByLabel('Number to call');
  await expect.poll(() => number.evaluate((e) => e === document.activeElement)).toBe(true);
  const wasTaken = (key: string, code: string, more: object = {}) =>
    number.evaluate((e, init) => !e.dispatchEvent(new KeyboardEvent('keydown', init)), {
      key,
      code,
      ctrlKey: true,
      altKey: true,
      bubbles: true,
      cancelable: true,
      ...more,
    });
  expect(await wasTaken('€', 'KeyE')).toBe(false);
  expect(await wasTaken('@', 'KeyQ')).toBe(false);
  expect(await wasTaken('@', 'Digit0', { ctrlKey: false, altKey: false, modifierAltGraph: true })).toBe(
    false,
  );
  expect(await wasTaken('r', 'KeyR')).toBe(true);
  await stateIs(/^Ready$/);
});

test('keys can be changed, not to those of others, and are kept for this agent', async () => {
  await signIn('3003');
  await page.keyboard.press('Control+Alt+F');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await dialog.getByRole('button', { name: /^Ready: Ctrl \+ Alt \+ R/ }).click();
  await page.keyboard.press('Control+Alt+V');
  await dialog.getByText('These keys stand for “Hold”.').waitFor();
  await page.keyboard.press('Control+Shift+T');
  await dialog.getByText('These keys belong to the browser.').waitFor();
  await page.keyboard.press('Control+Alt+T');
  const changed = dialog.getByRole('button', { name: /^Ready: Ctrl \+ Alt \+ T/ });
  await expect.poll(() => changed.evaluate((e) => e === document.activeElement)).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  await signIn('3003');
  await page.keyboard.press('Control+Alt+T');
  await stateIs(/^Ready$/);
  await openSettings();
  await page.getByLabel('Use keyboard shortcuts').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+N');
  await page.keyboard.press('Control+Alt+F');
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitemradio', { name: 'Not Ready' }).click();
  await stateIs(/^Not Ready/);
  expect(await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).count()).toBe(0);
});

test('settings take effect at once, and are there at the next sign-in of this agent', async () => {
  await signIn('3004');
  await openSettings();
  await page.getByLabel('Colours').selectOption('High contrast');
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await expect.poll(ground).toBe('rgb(255, 255, 255)');
  await page.getByLabel('Language').selectOption('Deutsch');
  await page.getByRole('dialog', { name: 'Einstellungen' }).waitFor();
  await page.evaluate(() => localStorage.removeItem('poise.language'));

  await openAnew();
  await fill(page, '3004');
  await page.getByRole('heading', { name: 'Ihr Status' }).waitFor({ state: 'attached' });
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('contrast');
  await rest(poise, '3004', 'PUT', '/User/3004', '<User><state>LOGOUT</state></User>');
});

test('the error report arrives at the server, and the menu says so', async () => {
  const compared = page.waitForEvent('console', (line) => line.text().includes('Drift'));
  await signIn('3005');
  await compared;
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Send error report' }).click();
  await page.getByRole('button', { name: 'Error report sent' }).waitFor();
  expect(await page.locator('.pop-up', { hasText: 'Error report sent' }).count()).toBe(0);
  const folder = join(poise.data, 'logs/desktop/logs/clientlogs');
  const files = () => readdirSync(folder).filter((name) => name.includes('.3005.'));
  await expect.poll(() => files().length).toBe(1);
  await expect.poll(() => readFileSync(join(folder, files()[0] as string), 'utf8')).toContain('Drift');
});

test('who sends the error report with a key is told, too', async () => {
  await signIn('3008');
  await page.keyboard.press('Control+Shift+Digit2');
  await page.locator('.pop-up', { hasText: 'Error report sent' }).waitFor();
});

test('a pop-up that goes gives the focus back, whether it is dismissed or its time is over; a call that rings comes before it', async () => {
  await signIn('3011');
  const focused = () =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName,
    );
  const toDismiss = async () => {
    await page.keyboard.press('Control+Alt+V');
    await page.locator('.pop-up').waitFor();
    await page.keyboard.press('Control+Alt+P');
    await expect.poll(focused).toMatch(/^Dismiss: Hold/);
  };
  await page.getByRole('button', { name: 'New call' }).focus();
  for (const key of ['Enter', 'Escape']) {
    await toDismiss();
    await page.keyboard.press(key);
    await page.locator('.pop-up').waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('New call');
  }
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
  await customerCalls('3011');
  await page.locator('.incoming-call').waitFor();
  await page.keyboard.press('Control+Alt+V');
  await page.locator('.pop-up').waitFor();
  await page.keyboard.press('Control+Alt+P');
  await expect.poll(focused).toMatch(/^Answer /);
  await page.keyboard.press('Control+Alt+P');
  await expect.poll(focused).toMatch(/^Dismiss: Hold/);
  await page.keyboard.press('Control+Alt+P');
  await expect.poll(focused).toMatch(/^Answer /);
  await page.keyboard.press('Enter');
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await page.keyboard.press('Control+Alt+E');
  await page.locator('.call-card').waitFor({ state: 'detached' });
});

test('an incoming call: told by the browser when nobody looks, in the title, and in the notification centre', async () => {
  await context.grantPermissions(['notifications']);
  await page.addInitScript(() => {
    const shown: unknown[] = [];
    Object.assign(window, {
      shown,
      Notification: class {
        static permission = 'granted';
        onclick = () => {};
        constructor(_title: string, { body }: { body: string }) {
          shown.push(body);
        }
        close() {}
      },
    });
  });
  await signIn('2002', page, '2008');
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await customerCalls();
  await expect.poll(() => page.title()).toMatch(/^☎ Incoming call from 15551234 – /);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { shown: string[] }).shown))
    .toEqual(['Incoming call from 15551234']);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.keyboard.press('Control+Alt+A');
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await expect.poll(() => page.title()).toMatch(/^Talking – /);
  await page.getByRole('button', { name: 'Notifications, new: 1' }).click();
  const centre = page.getByRole('dialog', { name: 'Notifications' });
  await centre.getByText('Incoming call from 15551234').waitFor();
  await centre.getByRole('button', { name: 'Mark all as read' }).click();
  await centre.getByText('Nothing has happened.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+E');
  await page.locator('.call-card[data-state="WRAP_UP"]').waitFor();
});

test('a second tab asks before it takes over, and the first says what happened', async () => {
  await signIn('3006');
  const second = await watched();
  await second.goto(container());
  await fill(second, '3006');
  await second.getByText('You are already at work in another tab').waitFor();
  await second.getByRole('button', { name: 'Leave it there' }).click();
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);

  await fill(second, '3006');
  await second.getByRole('button', { name: 'Go on in this tab' }).click();
  await second.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  await page.getByText('You work in another tab of this browser now.').waitFor();
  // Nothing is on its way any more.
  await page.locator('.queues').getByText('Sandbox', { exact: true }).waitFor({ state: 'detached' });
  await expect.poll(() => page.getByText('Loading …').count()).toBe(0);
});

test('the page is covered when nobody is there, and the key that opens it does nothing else', async () => {
  await signIn('3007');
  await openSettings();
  await page.getByLabel('Cover the page').selectOption('After 2 minutes');
  await page.keyboard.press('Escape');
  await page.clock.install();
  // The timer that runs was set before the clock was: a change sets another.
  await openSettings();
  await page.getByLabel('Cover the page').selectOption('Never');
  await page.getByLabel('Cover the page').selectOption('After 2 minutes');
  await page.keyboard.press('Escape');
  await page.clock.runFor(300_000);
  const cover = page.getByRole('dialog', { name: 'Absence' });
  await cover.waitFor();
  await page.keyboard.press('Control+Alt+R');
  await cover.waitFor({ state: 'detached' });
  await stateIs(/^Not Ready/);
});

test('a sign-in with persistent logging leaves its log at /desktop/locallog', async () => {
  await page.goto(`http://localhost:${poise.ports.http}/desktop/locallog`);
  await page.getByRole('link', { name: 'Sign in with persistent logging' }).click();
  await fill(page, '3008');
  await page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
  await page.goto(`http://localhost:${poise.ports.http}/desktop/locallog`);
  const log = page.getByRole('textbox', { name: 'Log of this browser' });
  await expect.poll(() => log.inputValue()).toContain('3008');
  expect(await pageFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect.poll(() => log.inputValue()).toBe('The log is empty.');
});

test('banner and message of the company stand before the sign-in', async () => {
  await page.route('**/desktop/api/desktopConfig', (route) =>
    route.fulfill({
      json: { securityBannerMessage: 'For <b>staff</b> only', logonMessage: 'Calls are recorded.' },
    }),
  );
  await page.goto(container());
  const message = page.getByRole('alertdialog', { name: 'Before you sign in' });
  await message.getByText('Calls are recorded.').waitFor();
  expect(await pageFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await message.waitFor({ state: 'detached' });
  await page.getByText('For <b>staff</b> only').waitFor();
  await page.locator('input[name=username]:focus').waitFor();
  await fill(page, '3009');
  await page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
});

test('no page has a fault that axe can find, in light, dark and high contrast, nor scrolls to the side at 200 % zoom', async () => {
  await page.goto(container());
  await page.getByLabel('Agent ID or login name').waitFor();
  expect(await pageFaults(page), 'sign-in').toEqual([]);
  for (const [id, extension] of [
    ['3010', '3010'],
    ['2050', '2006'],
  ] as const) {
    await signIn(id, page, extension);
    expect(await pageFaults(page), `desktop of ${id}`).toEqual([]);
  }
  await page.getByRole('button', { name: /^Notifications/ }).click();
  await page.getByRole('dialog', { name: 'Notifications' }).waitFor();
  expect(await pageFaults(page), 'notification centre').toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Alt+F');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(await pageFaults(page), 'shortcuts').toEqual([]);
  await page.keyboard.press('Escape');
  await openSettings();
  expect(await pageFaults(page), 'settings').toEqual([]);
  await page.getByLabel('Colours').selectOption('High contrast');
  expect(await pageFaults(page), 'settings in high contrast').toEqual([]);
}, 240_000);
