/** Contacts of a campaign on the desktop page, in a real browser and against the running server. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { type RunningPoise, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let desk: DesktopPage;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  desk = await DesktopPage.open(browser, poise);
  desk.page.setDefaultTimeout(30_000);
});
afterEach(async () => {
  await desk?.close();
  expect(desk?.problems ?? []).toEqual([]);
});

async function preview(to: string, mode: string): Promise<void> {
  const response = await fetch(`http://localhost:${poise.ports.http}/poise/api/sim/previews`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ to, mode, name: 'Doe, Jo', account: 'A-7', timeZone: -300 }),
  });
  expect(response.status, await response.text()).toBe(201);
}

const offered = () => desk.page.getByRole('button', { name: 'Campaign contact Doe, Jo' });

test('a contact is declined, accepted, reclassified and called back, without a mouse', {
  timeout: 120_000,
}, async () => {
  const { page } = desk;
  await desk.signIn('3001', '3001');
  await desk.ready();

  await preview('3001', 'directPreview');
  await offered().waitFor();
  await desk.stateIs(/^Reserved/);
  await page.getByText('Campaign Demonstration').waitFor();
  await page.getByText('Account A-7').waitFor();
  // It stands over the page like a call that rings, too, and is said once.
  const popOver = page.locator('.incoming-call');
  await popOver.getByRole('heading', { name: 'Campaign contact Doe, Jo' }).waitFor();
  await expect
    .poll(() => page.getByRole('alert').filter({ hasText: 'A campaign offers a contact' }).count())
    .toBe(1);
  await page.keyboard.press('Control+Alt+P');
  await expect.poll(() => desk.focused()).toBe('Accept Doe, Jo');
  await desk.looksRight('outbound-preview');
  await desk.press('Decline');
  await page.getByRole('menuitem', { name: /^Reject/ }).waitFor();
  await page.locator('[role=menu]:focus-within').waitFor();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await desk.stateIs(/^Ready$/);
  await expect.poll(() => offered().count()).toBe(0);

  await preview('3001', 'directPreview');
  await offered().waitFor();
  await page.keyboard.press('Control+Alt+A');
  await desk.callIs('ACTIVE');
  await desk.stateIs(/^Talking/);

  await page.keyboard.press('Control+Alt+Y');
  await page.getByRole('menuitemradio', { name: 'Answering machine' }).waitFor();
  await page.locator('[role=menu]:focus-within').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('.outbound-contact .tag', { hasText: 'Answering machine' }).waitFor();

  await page.keyboard.press('Control+Alt+S');
  const callback = page.getByRole('dialog', { name: 'Callback' });
  await callback.getByLabel('Number to call back').fill('15559999');
  await callback.getByLabel('Date at the customer').fill('2001-01-01');
  await callback.getByLabel('Time at the customer’s place').fill('14:30');
  await page.keyboard.press('Enter');
  await callback.getByText('Choose a time that is still to come').waitFor();
  await callback.getByLabel('Date at the customer').fill('2099-03-07');
  await page.keyboard.press('Enter');
  await callback.getByText(/^A callback is scheduled for .*2099.* number 15559999\.$/).waitFor();
  await callback.getByRole('button', { name: 'Update callback' }).waitFor();
  await desk.looksRight('outbound-callback');
  await callback.getByRole('button', { name: 'Cancel callback' }).press('Enter');
  await callback.getByText('Cancel this callback?').waitFor();
  await expect.poll(() => desk.focused()).toBe('Cancel callback');
  await page.keyboard.press('Enter');
  await callback.getByText('No callback is scheduled.').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+E');
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor({ state: 'detached' });
});

test('a personal callback can be closed, and not given back', async () => {
  const { page } = desk;
  await desk.signIn('3002', '3002');
  await desk.ready();
  await preview('3002', 'personalCallback');
  await offered().waitFor();
  await desk.press('Decline');
  await page.getByRole('menuitem').first().waitFor();
  expect(await page.getByRole('menuitem').allTextContents()).toEqual(['Close: do not call again']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+J');
  await desk.stateIs(/^Ready$/);
});
