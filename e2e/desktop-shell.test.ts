/** The shell of the page: sign-in settings, title, search, tabs of a Multi-Tab gadget, wrap-up, as one agent meets them. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { axeFaults, pageFaults } from './axe.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { launchPoise, type RunningPoise, rest, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
  <version>1262.01</version>
  <configs><config key="title" value="Mouse &amp;amp; Sons"/><config key="logo" value="/desktop/none.png"/></configs>
  <header>
    <leftAlignedColumns>
      <headercolumn width="300px"><component id="cd-logo"><url>/desktop/scripts/js/logo.js</url></component></headercolumn>
      <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
    </leftAlignedColumns>
    <rightAlignedColumns>
      <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
    </rightAlignedColumns>
  </header>
  <layout>
    <role>Agent</role>
    <page/>
    <tabs>
      <tab><id>work</id><label>Work</label><gadgets>
        <gadget id="box">/desktop/scripts/js/tabbedGadgets.js</gadget>
        <gadget id="call-control" managedBy="box">/desktop/scripts/js/callcontrol.js</gadget>
        <gadget id="calls" managedBy="box">/desktop/scripts/js/callHistory.js</gadget>
        <gadget id="states" managedBy="box">/desktop/scripts/js/stateHistory.js</gadget>
        <gadget id="mine" managedBy="box">/3rdpartygadget/files/mine.xml</gadget>
      </gadgets></tab>
      <tab><id>figures</id><label>Figures</label><gadgets>
        <gadget id="queues">/desktop/scripts/js/queueStatistics.js</gadget>
      </gadgets></tab>
    </tabs>
  </layout>
</finesseLayout>`;

const escaped = (xml: string) =>
  xml.replaceAll('&amp;amp;', '&amp;').replaceAll('&', '&amp;').replaceAll('<', '&lt;');

beforeAll(async () => {
  [poise, browser] = await Promise.all([
    startPoise({
      args: [
        '--set',
        'desktop.maxTabsOnTabbedGadgetHeader=2',
        '--set',
        'desktop.securityBannerMessage=For staff only',
        '--set',
        'desktop.logonMessage=Calls are recorded.',
        '--set',
        'acd.ringTime=120s',
      ],
    }),
    launchBrowser(),
  ]);
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped(LAYOUT)}</layoutxml></TeamLayoutConfig>`;
  const put = await rest(poise, 'admin', 'PUT', '/Team/5000/LayoutConfig', body);
  expect([put.status, put.text]).toEqual([200, '']);
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

async function signIn(id: string, extension: string): Promise<void> {
  await page.goto(`http://localhost:${poise.ports.http}/desktop/container/`);
  const message = page.getByRole('alertdialog', { name: 'Before you sign in' });
  await message.getByText('Calls are recorded.').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('For staff only').waitFor();
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(id);
  await page.getByLabel('Extension').fill(extension);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
}

const tabs = () => page.getByRole('tab').locator('bdi').allTextContents();
const open = () => page.locator('[role=tab][aria-selected=true] bdi').textContent();
const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');

test('the company’s words and title; a search by keys leads to a part of another page', async () => {
  await signIn('2001', '2003');
  await page.locator('.brand', { hasText: 'Mouse & Sons' }).waitFor();
  await expect.poll(() => page.title()).toBe('Not Ready – Mouse & Sons');
  // The logo is not there: that of the product is.
  await expect
    .poll(() => page.locator('.brand img').evaluate((e: HTMLImageElement) => e.naturalWidth))
    .toBeGreaterThan(0);

  await page.keyboard.press('Control+Alt+I');
  const field = page.getByRole('combobox', { name: 'Search for a page or a part of it' });
  await field.and(page.locator(':focus')).waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.keyboard.type('FIGURES');
  await expect
    .poll(() => page.getByRole('option').allTextContents())
    .toEqual(['Figures', 'Figures – Queue statistics']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect.poll(focused).toBe('Queue statistics');
  await page.getByRole('link', { name: 'Figures' }).and(page.locator('[aria-current]')).waitFor();
  // A tab of the Multi-Tab gadget, from another page, and out of its menu.
  await page.keyboard.press('Control+Alt+I');
  await field.and(page.locator(':focus')).waitFor();
  await page.keyboard.type('mine');
  await page.getByRole('option', { name: 'Work – mine.xml' }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(open).toBe('mine.xml');
  await expect.poll(focused).toBe('mine.xml');
}, 240_000);

test('tabs of a box: as many as the server wants, the others in a menu, in the order of the agent', async () => {
  await signIn('2001', '2003');
  await expect.poll(tabs).toEqual(['Recent calls', 'Recent states']);
  expect(await pageFaults(page)).toEqual([]);
  await page.getByRole('tab').first().focus();
  await page.keyboard.press('Control+Shift+ArrowRight');
  await expect.poll(tabs).toEqual(['Recent states', 'Recent calls']);
  await expect.poll(() => focused()).toContain('Recent calls');
  await page.getByRole('status').getByText('Recent calls: place 2 of 3').waitFor({ state: 'attached' });
  // With the mouse, before the first.
  await page
    .getByRole('tab', { name: 'Recent calls' })
    .dragTo(page.getByRole('tab', { name: 'Recent states' }));
  await expect.poll(tabs).toEqual(['Recent calls', 'Recent states']);
  await page.keyboard.press('Control+Shift+End');
  await expect.poll(tabs).toEqual(['Recent states', 'Recent calls']);
  // Alt+Shift+P reaches those in the menu, too.
  await page.keyboard.press('Alt+Shift+P');
  await expect.poll(open).toBe('mine.xml');
  await page.keyboard.press('Alt+Shift+N');
  await expect.poll(open).toBe('Recent calls');

  // Kept in this browser; what is chosen from the menu takes the last place.
  await page.reload();
  await page.getByRole('tab').first().waitFor();
  await expect.poll(tabs).toEqual(['Recent states', 'mine.xml']);
  await page.getByRole('button', { name: 'More tabs: 1' }).click();
  await page.getByRole('menuitem', { name: 'Recent calls' }).click();
  await expect.poll(tabs).toEqual(['Recent states', 'Recent calls']);
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Reset the order of the tabs' }).click();
  await expect.poll(tabs).toEqual(['Recent calls', 'Recent states']);
}, 240_000);

test('call control: a tab while there is a call, a dot when it changes unseen, in front when it is answered and in wrap-up', async () => {
  await signIn('2001', '2003');
  await page.getByRole('button', { name: 'More tabs: 1' }).click();
  await page.getByRole('menuitem', { name: 'mine.xml' }).click();
  await page.keyboard.press('Control+Alt+R');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  const call = launchPoise(['sim', 'call', '--to', '6001', '--data', poise.data]);
  expect(await call.ended(), call.output()).toBe(0);
  await page.getByRole('tab', { name: 'Calls has something new' }).waitFor();
  expect(await open()).toBe('mine.xml');
  await page.keyboard.press('Control+Alt+A');
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await expect.poll(open).toBe('Calls');
  await expect.poll(() => page.getByText('has something new').count()).toBe(0);

  await page.getByRole('tab', { name: 'Recent calls' }).click();
  await page.keyboard.press('Control+Alt+E');
  await page.locator('.call-card[data-state="WRAP_UP"]').waitFor();
  await expect.poll(open).toBe('Calls');
  // Thirty seconds, counted down; no other state before there is a reason.
  const left = page.locator('.call-card time', { hasText: /^Left: 00:[012]\d$/ });
  await left.waitFor();
  const change = page.getByRole('button', { name: 'Change state' });
  await expect.poll(() => change.getAttribute('aria-disabled')).toBe('true');
  await change.hover();
  await page.getByText('Give the call a wrap-up reason first.').waitFor();
  await page.keyboard.press('Control+Alt+W');
  await page.getByRole('option', { name: 'Sale made' }).click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect.poll(() => change.getAttribute('aria-disabled')).not.toBe('true');
  // The call goes, and the tab that was open before it is open again.
  await page.keyboard.press('Control+Alt+R');
  await expect.poll(tabs).not.toContain('Calls');
  await expect.poll(open).toBe('Recent calls');
}, 240_000);
