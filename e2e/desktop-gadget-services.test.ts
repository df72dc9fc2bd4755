/** The services of finesse.js that draw on the desktop itself: pop-overs, channels, shortcuts, notices, certificates. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER, OFTEN } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

const HOSTILE = '<img src=x onerror="document.title=1"> \u202Eevil';

/** A gadget as those of 12.x are written: everything through the library. */
const GADGET = `<?xml version="1.0"?><Module><ModulePrefs title="Services" height="120"><Require feature="pubsub-2"/><Require feature="setprefs"/>
</ModulePrefs><Content type="html"><![CDATA[<!DOCTYPE html>
<script src="/desktop/assets/js/jquery.min.js"></script><script src="/desktop/assets/js/finesse.js"></script>
<p>Services</p>
<script>
  var told = [], services = null, menu = null;
  function note(what) { return function (rsp) { told.push([what, rsp && rsp.source || rsp && rsp.status || null]); }; }
  gadgets.HubSettings.onConnect = function () {
    finesse.clientservices.ClientServices.init(finesse.gadget.Config);
    var container = finesse.containerservices.ContainerServices.init();
    services = {
      container: container,
      popover: finesse.containerservices.PopoverService.init(container),
      channel: finesse.digital.ChannelService.init(container),
      notice: finesse.containerservices.NotificationPopoverService.init(container),
      keys: finesse.shortcutkey.ShortcutKeyService.init()
    };
  };
  function popover(timeout) {
    return services.popover.showPopover(
      { icon: { type: 'collab-icon', value: 'chat' }, headerContent: { maxHeaderTitle: 'Chat from Anna' },
        content: [{ name: 'Subject', value: ${JSON.stringify(HOSTILE)} }] },
      { displayTimeoutInSecs: timeout, display: true, counterType: 'COUNT_DOWN' },
      { dismissible: true, buttons: [
        { id: 'accept', label: 'Accept', type: 'Affirm', hoverText: 'Take the chat' },
        { id: 'decline', label: 'Decline', type: 'Decline', confirmButtons: [{ id: 'reject', label: 'Reject' }, { id: 'close', label: 'Close chat' }] } ] },
      note('popover'));
  }
  function channel(id, label, held) {
    var S = services.channel;
    return {
      menuConfig: { label: label, menuItems: [
        { id: 'go', label: 'Ready', iconColor: S.STATE_STATUS.AVAILABLE }, { id: 'stop', label: 'Not Ready', iconColor: S.STATE_STATUS.UNAVAILABLE } ] },
      channelConfig: { actionTimeoutInSec: 5, icons: [{ type: S.ICON_TYPE.COLLAB_ICON, value: 'chat' }] },
      channelState: state(label, 'Not Ready', S.STATE_STATUS.UNAVAILABLE, held)
    };
  }
  function state(label, current, color, held) {
    return { label: label, currentState: current, iconColor: color, enable: true, logoutDisabled: held === true, iconBadge: 'none', hoverText: '' };
  }
  function add(id, label, held) {
    services.channel.addChannel(id, channel(id, label, held), function (of, item, ok, fail) {
      told.push([of, item]);
      menu = { ok: ok, fail: fail };
    }, note('added'), note('refused'));
  }
</script>]]></Content></Module>`;

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <header><leftAlignedColumns>
    <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
    <headercolumn width="251px"><component id="nonvoice-state-menu"><url>/desktop/scripts/js/nonvoice-state-menu.component.js</url></component></headercolumn>
  </leftAlignedColumns><rightAlignedColumns>
    <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
  </rightAlignedColumns></header>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets><gadget id="services">/3rdpartygadget/files/services.xml</gadget></gadgets></tab>
    <tab><id>other</id><label>Other</label></tab>
  </tabs></layout></finesseLayout>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let desk: DesktopPage;
let frame: Frame;

interface Services {
  readonly told: [string, unknown][];
  readonly menu: { ok(): void; fail(rsp: object): void };
  popover(timeout: number): string;
  add(id: string, label: string, held?: boolean): void;
  state(...args: unknown[]): object;
  readonly services: Record<string, Record<string, (...args: unknown[]) => unknown>> & {
    readonly keys: {
      registerShortcutKey(keys: object[]): void;
      getShortcutKeys(): { readonly id: string; readonly conflict?: boolean }[];
    };
  };
}
declare const window: Services;

/** As soon as its library is ready. Asked for anew each time: one that is being left is never ready. */
async function gadgetFrame(): Promise<Frame> {
  let found: Frame | null | undefined;
  const isReady = () =>
    found?.evaluate(() => window.services !== null && window.services !== undefined).catch(() => false) ??
    false;
  await vi.waitFor(
    async () => {
      found = await (await desk.page.locator('#services iframe').elementHandle())?.contentFrame();
      expect(await isReady()).toBe(true);
    },
    { timeout: 60_000, interval: 50 },
  );
  return found as Frame;
}

const told = () => frame.evaluate(() => window.told.splice(0));
const heard = async (entry: readonly unknown[]) =>
  frame.waitForFunction(
    (wanted) => window.told.some((each) => JSON.stringify(each) === JSON.stringify(wanted)),
    entry as unknown[],
    OFTEN,
  );

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  const files = join(poise.data, '3rdpartygadget/files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'services.xml'), GADGET);
  const escaped = LAYOUT.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/LayoutConfig', body)).status).toBe(200);
  if (!browser) return;
  desk = await DesktopPage.open(browser, poise);
  await desk.signIn('3001', '3001');
  desk.page.setDefaultTimeout(30_000);
  frame = await gadgetFrame();
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(({ skip }) => {
  if (!browser) skip(NO_BROWSER);
});

test('pop-overs stand over the page, are reached by one key, and tell the gadget what was pressed', async () => {
  const { page } = desk;
  await frame.evaluate(() => [window.popover(300), window.popover(300)]);
  const boxes = page.getByRole('article', { name: 'Chat from Anna' });
  await expect.poll(() => boxes.count()).toBe(2);
  expect(await boxes.first().locator('dd').textContent()).toContain('<img src=x');
  expect(await boxes.first().locator('img').count()).toBe(0);
  expect(await boxes.first().locator('.timer').textContent()).toMatch(/^(05:00|04:\d\d)$/);
  await desk.looksRight('gadget-popovers');
  await page.keyboard.press('Control+Alt+P');
  await expect.poll(() => desk.focused()).toBe('Accept');
  await page.keyboard.press('Enter');
  await heard(['popover', 'accept']);
  await expect.poll(() => boxes.count()).toBe(1);
  // The focus goes on to the one that is left.
  await expect.poll(() => desk.focused()).toBe('Accept');
  await boxes.getByRole('button', { name: 'Decline' }).press('Enter');
  await page.getByRole('group', { name: 'Decline: please confirm' }).waitFor();
  await expect.poll(() => desk.focused()).toBe('Reject');
  await boxes.getByRole('button', { name: 'Back' }).press('Enter');
  await boxes.getByRole('button', { name: 'Decline' }).press('Enter');
  await boxes.getByRole('button', { name: 'Close chat' }).press('Enter');
  await heard(['popover', 'close']);
  await expect.poll(() => boxes.count()).toBe(0);
});

test('they end by themselves, are dismissed, and are taken away by their gadget', async () => {
  const { page } = desk;
  await told();
  const boxes = page.getByRole('article', { name: 'Chat from Anna' });
  await frame.evaluate(() => window.popover(1));
  await heard(['popover', 'timeout']);
  await expect.poll(() => boxes.count()).toBe(0);
  await frame.evaluate(() => window.popover(60));
  await page.getByRole('button', { name: 'Dismiss: Chat from Anna' }).click();
  await heard(['popover', 'dismissed']);
  const id = await frame.evaluate(() => window.popover(60));
  await boxes.waitFor();
  await frame.evaluate((of) => window.services.popover?.dismissPopover?.(of), id);
  await expect.poll(() => boxes.count()).toBe(0);
  expect(await told()).toHaveLength(2);
});

test('channels have a menu of their own in the header, and the gadget does what is chosen', async () => {
  const { page } = desk;
  await frame.evaluate(() => [window.add('chat', 'Chat'), window.add('mail', 'E-mail', true)]);
  await page.getByRole('button', { name: 'Channels: Chat: Not Ready, E-mail: Not Ready' }).waitFor();
  await page.keyboard.press('Control+Shift+L');
  const menu = page.getByRole('menu', { name: 'Channels' });
  await menu.waitFor();
  const names = await menu.getByRole('menuitem').allTextContents();
  expect(names.map((name) => name.replace('✓', ''))).toEqual([
    'Ready',
    'Not Ready',
    'Ready',
    'Not Ready',
    'Ready',
    'Not Ready',
  ]);
  await desk.looksRight('gadget-channels');
  await told();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await heard(['chat', 'go']);
  await frame.evaluate(() => {
    window.services.channel?.updateChannelState?.('chat', window.state('Chat', 'Ready', 'available'));
    window.menu.ok();
  });
  await page.getByRole('button', { name: 'Channels: Chat: Ready, E-mail: Not Ready' }).waitFor();
  await told();
  await page.keyboard.press('Control+Shift+Z');
  await heard(['chat', 'ALL_NOT_READY']);
  await heard(['mail', 'ALL_NOT_READY']);
  // What the gadget says of a failure stands in a pop-up.
  await frame.evaluate(() => window.menu.fail({ error: { errorCode: '567', errorDesc: 'System is down.' } }));
  await page.locator('.pop-up', { hasText: 'System is down.' }).waitFor();
  await page.locator('.pop-up', { hasText: 'Chat has not answered' }).waitFor();
});

test('a channel can keep the agent from signing out, and goes with its gadget', async () => {
  const { page } = desk;
  await page.locator('.identity-button').click();
  await page.getByText('You cannot sign out while E-mail is active.').waitFor();
  await page.keyboard.press('Escape');
  await frame.evaluate(() => window.add('bad id', 'Bad'));
  await heard(['refused', 'failure']);
  await page.getByRole('button', { name: 'Load Services again' }).click();
  await page.getByRole('button', { name: /^Channels:/ }).waitFor({ state: 'detached' });
  await expect.poll(() => frame.isDetached()).toBe(true);
  frame = await gadgetFrame();
});

test('keys of gadgets stand in the list and work wherever the focus is', async () => {
  const { page } = desk;
  await frame.evaluate(() => {
    const key = (id: string, letter: string) => ({
      id,
      componentName: 'Services',
      actionName: `Action ${id}`,
      key: letter,
      modifierKeys: ['CTRL', 'SHIFT'],
      handler: () => window.told.push(['key', id]),
    });
    window.services.keys.registerShortcutKey([key('e', 'E'), key('clash', 'L')]);
  });
  await frame.waitForFunction(
    () => window.services.keys.getShortcutKeys().every(({ conflict }) => conflict !== undefined),
    undefined,
    OFTEN,
  );
  expect(
    await frame.evaluate(() =>
      window.services.keys.getShortcutKeys().map(({ id, conflict }) => [id, conflict]),
    ),
  ).toEqual([
    ['e', false],
    ['clash', true],
  ]);
  await page.locator('#content').focus();
  await page.keyboard.press('Control+Shift+E');
  await heard(['key', 'e']);
  await told();
  await frame.locator('p').click();
  await page.keyboard.press('Control+Shift+E');
  await heard(['key', 'e']);
  await page.keyboard.press('Control+Alt+F');
  await page.getByRole('heading', { name: 'Services', level: 3 }).waitFor();
  await page.getByText('Action e', { exact: true }).waitFor();
  await page.locator('[role=dialog]:focus-within').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a click on a notice, and a closed message about a certificate, are told', async () => {
  const { page } = desk;
  await frame.evaluate(() => {
    const tell = (what: string) => () => window.told.push([what, null]);
    window.services.notice?.showNotification?.(
      'Mail',
      'A letter came',
      true,
      8000,
      undefined,
      undefined,
      false,
      false,
      null,
      tell('clicked'),
    );
    window.services.container?.showCertificateBanner?.(tell('closed'));
  });
  await page
    .locator('.pop-up', { hasText: 'Mail: A letter came' })
    .getByRole('button', { name: 'Show' })
    .click();
  await heard(['clicked', null]);
  await page.getByText('Services cannot reach its server').waitFor();
  await desk.looksRight('gadget-certificate');
  await page.getByRole('button', { name: 'Close the message of Services about a certificate' }).click();
  await heard(['closed', null]);
  expect(desk.problems).toEqual([]);
});

test('developers see what a gadget asks and publishes, without its credentials', async () => {
  const { page } = desk;
  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Gadgets at work' }).click();
  const panel = page.getByRole('region', { name: 'Gadgets at work' });
  await panel.waitFor();
  await frame.evaluate(() => {
    const { gadgets } = window as unknown as {
      gadgets: {
        io: { makeRequest(url: string, done: () => void): void };
        Hub: { publish(topic: string, data: unknown): void };
      };
    };
    gadgets.Hub.publish('mine.said', { password: 'secret-word', n: 1 });
    gadgets.io.makeRequest('http://localhost/finesse/api/SystemInfo?authToken=secret-word', () => {});
    void fetch('/3rdpartygadget/files/none.json?token=secret-word');
    const request = new XMLHttpRequest();
    request.open('GET', '/finesse/api/SystemInfo?by=hand');
    request.send();
  });
  await panel.getByLabel('Contains').fill('SystemInfo');
  await panel.getByRole('row', { name: /request GET .*SystemInfo\?authToken=\*\*\* \d{3}/ }).waitFor();
  // What it asks itself, without the library.
  await panel.getByRole('row', { name: /request XMLHttpRequest .*SystemInfo\?by=hand 200/ }).waitFor();
  await panel.getByLabel('Contains').fill('none.json');
  await panel.getByRole('row', { name: /request fetch .*none\.json\?token=\*\*\* 404/ }).waitFor();
  await panel.getByLabel('Contains').fill('mine.said');
  await panel.getByRole('row', { name: /published mine\.said/ }).waitFor();
  expect(await panel.textContent()).not.toContain('secret-word');
  await panel.getByLabel('Contains').fill('');
  await panel.locator('select').first().selectOption({ index: 1 });
  await panel
    .getByText(/^\d+ ms$/)
    .first()
    .waitFor();
  await desk.looksRight('gadget-developers');
  await panel.getByRole('button', { name: 'Clear' }).click();
  await panel.getByText('Nothing that fits has happened.').waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Alt+Shift+D');
  await panel.waitFor();
  await panel.getByRole('button', { name: 'Close' }).click();
  expect(desk.problems).toEqual([]);
}, 240_000);

test('dialogs stand in the middle of the page over all else, with one button; a blocking one stays for Escape', async () => {
  const { page } = desk;
  const show = (options: object) =>
    frame.evaluate((given) => void window.services.container?.showDialog?.(given), options);
  const box = page.locator('.gadget-dialog');
  const scrolled = () => page.evaluate(() => document.documentElement.scrollTop);
  const before = await scrolled();
  await show({ title: 'Sure?', message: HOSTILE });
  await expect.poll(() => box.evaluate((element) => element.matches(':modal'))).toBe(true);
  expect(await box.locator('p').textContent()).toBe(HOSTILE);
  const place = await box.boundingBox();
  const { width, height } = page.viewportSize() as { width: number; height: number };
  expect(Math.abs((place?.x ?? 0) + (place?.width ?? 0) / 2 - width / 2)).toBeLessThan(20);
  expect(Math.abs((place?.y ?? 0) + (place?.height ?? 0) / 2 - height / 2)).toBeLessThan(20);
  expect(await scrolled()).toBe(before);
  await desk.looksRight('gadget-dialog');
  await page.keyboard.press('Escape');
  await expect.poll(() => box.count()).toBe(0);
  await show({ title: false, isBlocking: true });
  await expect.poll(() => box.evaluate((element) => element.matches(':modal'))).toBe(true);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  expect(await box.count()).toBe(1);
  await box.getByRole('button', { name: 'OK' }).click();
  await expect.poll(() => box.count()).toBe(0);
});
