/** The page as a layout of an administrator has it: tabs, columns, gadgets, a Multi-Tab gadget, boxes that move. */
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
  <version>1262.01</version>
  <configs><config key="enableDragDropAndResizeGadget" value="true"/></configs>
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
      <tab><id>work</id><icon>/desktop/no-such-icon.png</icon><label>Work &lt;b&gt; שלום</label><columns>
        <column><gadgets>
          <gadget id="call-control">/desktop/gadgets/CallControl.jsp</gadget>
          <gadget id="first">/3rdpartygadget/files/first.xml</gadget>
        </gadgets></column>
        <column><gadgets><gadget id="second">https://gadgets.example/second.xml?a=1&amp;team=CL%20teamName</gadget></gadgets></column>
      </columns></tab>
      <tab><id>many</id><label>finesse.container.tabs.agent.myStatisticsLabel</label><gadgets>
        <gadget id="box">/desktop/scripts/js/tabbedGadgets.js</gadget>
        <gadget id="calls" managedBy="box">/desktop/scripts/js/callHistory.js</gadget>
        <gadget id="mine" managedBy="box" default="true">/3rdpartygadget/files/mine.xml</gadget>
      </gadgets></tab>
    </tabs>
  </layout>
</finesseLayout>`;

const escaped = (xml: string) => xml.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped(LAYOUT)}</layoutxml></TeamLayoutConfig>`;
  const put = await rest(poise, 'admin', 'PUT', '/Team/5002/LayoutConfig', body);
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

async function signIn(user: string): Promise<void> {
  await page.goto(`http://localhost:${poise.ports.http}/`);
  await page.getByLabel('Agent ID or login name').fill(user);
  await page.getByLabel('Password').fill(user);
  await page.getByLabel('Extension').fill(user);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
}

/** The document inside of a gadget. */
async function frameOf(end: string): Promise<Frame> {
  const handle = await page.locator(`iframe[src$="${end}"]`).elementHandle();
  const frame = await handle?.contentFrame();
  // What is empty as yet has been loaded, too.
  await frame?.waitForURL(/\/gadgets\/ifr\?/);
  await frame?.waitForLoadState('load');
  return frame as Frame;
}

/** Names of the boxes in the order in which they are read. */
const boxes = () =>
  page.locator('.arranged:visible .gadget h2, .arranged:visible #call-control h2').allTextContents();

test('tabs, columns and gadgets of a team are what its agents see; text is text', async () => {
  await signIn('3001');
  const pages = page.getByRole('navigation');
  await expect
    .poll(() => pages.getByRole('link').allTextContents())
    .toEqual(['Work <b> שלום', 'My statistics']);
  // An image that is not there leaves no broken one behind.
  await pages.getByRole('link', { name: 'Work' }).locator('svg.icon').waitFor();
  expect(await pages.locator('img').count()).toBe(0);
  // What third-party gadgets look for (gadgets.md H2, H3).
  for (const id of ['panel_work', 'panel_many', 'tab_work', 'tablink_many'])
    expect(await page.locator(`#${id}`).count()).toBe(1);
  await page.getByText('No calls.').waitFor();
  await page.getByRole('heading', { name: 'first.xml' }).waitFor();
  const second = encodeURIComponent('https://gadgets.example/second.xml?a=1&team=CL%20Sandbox');
  await page.locator(`#second iframe[src$="url=${second}"]`).waitFor();
  await pages.getByRole('link', { name: 'My statistics' }).click();
  await page.waitForURL(/#\/many$/);
  const tabs = page.getByRole('tablist', { name: 'Tabs' }).getByRole('tab');
  await tabs.first().waitFor();
  await expect.poll(() => tabs.allTextContents()).toEqual(['Recent calls', 'mine.xml']);
  await expect.poll(() => tabs.nth(1).getAttribute('aria-selected')).toBe('true');
});

test('tabs of a Multi-Tab gadget have their own heights or a common one, as this agent had it last', async () => {
  await signIn('3003');
  const open = async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'My statistics' }).click();
    await page.getByRole('tab', { name: 'Recent calls' }).waitFor();
  };
  await open();
  const panel = page.locator('.multi-tab-panel:visible');
  const heightOf = async (name: string, complete: Locator) => {
    await page.getByRole('tab', { name }).click();
    // Before, both have the height of what is on its way.
    await complete.waitFor();
    return panel.evaluate((e) => e.getBoundingClientRect().height);
  };
  const heights = async () => [
    await heightOf('Recent calls', panel.getByText('No calls')),
    await heightOf('mine.xml', panel.getByRole('button', { name: 'Try again' })),
  ];
  // Tabs stand in the place of a title, and their names are whole in a narrow box.
  expect(await page.locator('#box h2').evaluate((e) => e.getBoundingClientRect().width)).toBe(1);
  await page.setViewportSize({ width: 420, height: 800 });
  const names = page.locator('.multi-tab-tab bdi:visible');
  const whole = () =>
    names.evaluateAll((all) =>
      all.map((e) => e.scrollWidth <= e.clientWidth && e.scrollHeight <= e.clientHeight + 1),
    );
  await expect.poll(whole).toEqual([true, true]);
  await page.setViewportSize({ width: 1280, height: 800 });
  const [own, other] = await heights();
  expect(own).not.toBe(other);
  const dynamic = page.getByRole('button', { name: 'Dynamic height', pressed: true });
  await dynamic.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Dynamic height', pressed: false }).waitFor();
  await expect.poll(heights).toEqual([400, 400]);
  const scrolls = () =>
    page.locator('.multi-tab-panel:visible').evaluate((e) => getComputedStyle(e).overflowY);
  expect(await scrolls()).toBe('auto');
  await page.reload();
  await open();
  await expect.poll(heights).toEqual([400, 400]);
  await page.getByRole('button', { name: 'Dynamic height' }).click();
  await expect.poll(heights).toEqual([own, other]);
});

test('a box is moved and resized by keys, stays so after a reload, and goes back', async () => {
  await signIn('3002');
  await page.getByRole('heading', { name: 'second.xml' }).waitFor();
  await expect.poll(boxes).toEqual(['Calls', 'second.xml', 'first.xml']);
  const handle = page.getByRole('button', { name: 'Move or resize second.xml' });
  const width = () => page.locator('#second').evaluate((e) => e.getBoundingClientRect().width);
  const before = await width();
  const left = (id: string) => page.locator(id).evaluate((e) => e.getBoundingClientRect().left);
  const follows = async (one: string, other: string) => (await left(one)) > (await left(other));
  await expect.poll(() => follows('#second', '#first')).toBe(true);
  const mark = () => frameOf('first.xml').then((frame) => frame.evaluate('window.mark'));
  await (await frameOf('first.xml')).evaluate('window.mark = 1');
  await handle.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page
    .getByRole('status')
    .getByText('Place 3 of 3, 4 of 12 columns wide, from column 1')
    .waitFor({ state: 'attached' });
  await expect.poll(boxes).toEqual(['Calls', 'first.xml', 'second.xml']);
  await expect.poll(width).toBeLessThan(before * 0.75);
  // The focus is still at the handle; no frame was loaded anew, neither of what moved nor of what made way.
  expect(await handle.evaluate((e) => e === document.activeElement)).toBe(true);
  await page.getByRole('button', { name: 'Move or resize first.xml' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => follows('#first', '#second')).toBe(true);
  expect(await mark()).toBe(1);
  // What stands in the other column begins at its top, however high its neighbours are.
  const top = (id: string) => page.locator(id).evaluate((e) => e.getBoundingClientRect().top);
  await expect.poll(async () => (await top('#first')) - (await top('#call-control'))).toBe(0);
  await page.reload();
  await page.getByRole('heading', { name: 'second.xml' }).waitFor();
  await expect.poll(boxes).toEqual(['Calls', 'first.xml', 'second.xml']);
  await expect.poll(() => follows('#first', '#second')).toBe(true);
  await expect.poll(async () => (await top('#first')) - (await top('#call-control'))).toBe(0);
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Reset the layout of this page' }).click();
  await expect.poll(boxes).toEqual(['Calls', 'second.xml', 'first.xml']);
  await expect.poll(async () => (await left('#first')) - (await left('#call-control'))).toBe(0);
});

test('a gadget fills its tab, and goes back', async () => {
  await signIn('3003');
  await page.getByRole('button', { name: 'Maximise first.xml' }).click();
  await page.getByRole('heading', { name: 'second.xml' }).waitFor({ state: 'detached' });
  // The calls stay, above it, before there is one.
  await page.getByText('No calls.').waitFor();
  const box = (id: string) => page.locator(id).evaluate((e) => e.getBoundingClientRect().toJSON());
  await expect.poll(async () => (await box('#call-control')).height).toBeLessThan(64);
  const [calls, filling] = [await box('#call-control'), await box('#first')];
  expect(calls.bottom).toBeLessThan(filling.top);
  expect(calls.width).toBe(filling.width);
  // Its handle stays where it is, and moves nothing that is not seen.
  const handle = page.getByRole('button', { name: 'Move or resize first.xml' });
  await expect.poll(() => handle.getAttribute('aria-disabled')).toBe('true');
  expect(await page.locator('#first ~ .corner').count()).toBe(0);
  await handle.focus();
  for (const key of ['ArrowDown', 'ArrowRight', 'Shift+ArrowLeft']) await page.keyboard.press(key);
  const restore = page.getByRole('button', { name: 'Restore first.xml' });
  await restore.click();
  await page.getByRole('heading', { name: 'second.xml' }).waitFor();
  await expect.poll(boxes).toEqual(['Calls', 'second.xml', 'first.xml']);
  await expect.poll(() => handle.getAttribute('aria-disabled')).toBe('false');
});
