/**
 * Calls on the desktop page, in a real browser and without a mouse: the pop-over, the rows and their buttons, the keypad, the
 * variables and the wrap-up. The focus is never lost, and no button moves for what happens.
 */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { eventually } from './connections/deadline.ts';
import { Floor } from './connections/floor.ts';
import { DesktopPage } from './desktop-page.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
let desk: DesktopPage;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  floor = await Floor.open(poise);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  desk = await DesktopPage.open(browser, poise);
});
afterEach(async () => {
  await desk?.close();
  expect(desk?.problems).toEqual([]);
});

const LAYOUT = `<MediaPropertiesLayouts><MediaPropertiesLayout><uri>/finesse/api/MediaPropertiesLayout/1</uri><name>Standard</name><description/><type>DEFAULT</type>
<header><entry><displayName>Customer</displayName><mediaProperty>callVariable1</mediaProperty><showInPopOver>false</showInPopOver><uiEditable>false</uiEditable></entry></header>
<column><entry><displayName>Note</displayName><mediaProperty>callVariable2</mediaProperty><showInPopOver>true</showInPopOver><uiEditable>true</uiEditable></entry>
<entry><displayName>Long</displayName><mediaProperty>user.account</mediaProperty><showInPopOver>false</showInPopOver><uiEditable>false</uiEditable></entry></column>
<column><entry><displayName>Queue</displayName><mediaProperty>queueName</mediaProperty><showInPopOver>false</showInPopOver><uiEditable>false</uiEditable></entry></column>
</MediaPropertiesLayout></MediaPropertiesLayouts>`;

test('a customer calls: taken from the pop-over, held, keys sent, a variable changed, wrapped up', async () => {
  const { page } = desk;
  await page.route('**/MediaPropertiesLayouts*', (route) =>
    route.fulfill({ contentType: 'application/xml', body: LAYOUT }),
  );
  await desk.signIn('2001', '2005');
  await desk.ready();
  await desk.tabTo('New call');
  await floor.customer('6001', {
    from: '15559876',
    variables: {
      callVariable1: '<b>Ada</b>',
      callVariable2: '\u202Egold',
      'user.account': 'x'.repeat(205),
    },
  });
  // It is said once, over the page, and takes the focus from nobody.
  const popOver = page.locator('.incoming-call');
  await popOver.getByText('<b>Ada</b>').waitFor();
  await popOver.getByText('gold').waitFor();
  const alerts = page.getByRole('alert').filter({ hasText: 'Incoming call from 15559876' });
  await expect.poll(() => alerts.count()).toBe(1);
  expect(await desk.focused()).toBe('New call');
  await desk.looksRight('ringing');
  await desk.answer();
  // What had the focus is gone with the ringing: the focus is with the call.
  await expect.poll(() => desk.focused()).toBe('Call with 15559876');
  await desk.looksRight('active');

  const end = await desk.placeOf('End call');
  const hold = await desk.placeOf('Hold');
  await desk.press('Hold');
  await desk.callIs('HELD');
  await expect.poll(() => desk.focused()).toBe('Retrieve');
  expect(await desk.placeOf('Retrieve')).toEqual(hold);
  expect(await desk.placeOf('End call')).toEqual(end);
  await page.keyboard.press('Enter');
  await desk.callIs('ACTIVE');

  const notePlace = (await page.getByLabel('Note').boundingBox())?.y;
  await desk.press('Keypad');
  await expect.poll(() => desk.focused()).toBe('Keys to send');
  await page.keyboard.type('12#');
  expect(await page.getByLabel('Keys to send').inputValue()).toBe('12#');
  // The keys on the screen are one stop, which arrows go through; what is typed there is sent, too.
  await page.keyboard.press('Shift+Tab');
  const key = () => page.evaluate(() => document.activeElement?.querySelector('.key')?.textContent);
  expect(await key(), 'from the field backwards, around the dialog').toBe('1');
  for (const pressed of ['ArrowDown', 'ArrowRight', 'Enter', 'End', '7', 'ArrowDown', 'Space'])
    await page.keyboard.press(pressed);
  expect(await page.getByLabel('Keys to send').inputValue()).toBe('12#579');
  await page.keyboard.press('Tab');
  await expect.poll(() => desk.focused()).toBe('Keys to send');
  // The keys stand over the page: nothing made room for them.
  const behind = page.getByRole('button', { name: 'Hold', exact: true, includeHidden: true });
  expect(await behind.getAttribute('aria-disabled')).toBe('true');
  const note = page.getByLabel('Note');
  expect((await note.boundingBox())?.y).toBe(notePlace);
  await desk.looksRight('keypad');
  await page.keyboard.press('Escape');
  await expect.poll(() => desk.focused()).toBe('Keypad');
  await page.locator('.call-card button[aria-disabled="false"]', { hasText: 'Hold' }).waitFor();

  await desk.tabTo('Note');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('mine');
  const [id] = Object.keys((await floor.pictureOf('2001')).calls);
  const change = (value: string) =>
    `<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><targetMediaAddress>2005</targetMediaAddress><mediaProperties><callvariables><CallVariable><name>callVariable2</name><value>${value}</value></CallVariable></callvariables></mediaProperties></Dialog>`;
  const panelBefore = await page.locator('.calls-panel').boundingBox();
  expect((await rest(poise, '2001', 'PUT', `/Dialog/${id}`, change('theirs'))).status).toBe(202);
  await page.getByRole('alert').filter({ hasText: 'Changed by somebody else' }).waitFor();
  // It is told beside the buttons: nothing makes room for what others do.
  expect(await page.locator('.calls-panel').boundingBox()).toEqual(panelBefore);
  expect(await note.inputValue()).toBe('theirs');
  await desk.looksRight('conflict');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('mine again');
  await desk.press('Save');
  const saved = page.getByRole('status').filter({ hasText: 'Saved: Note' });
  await saved.waitFor();
  expect(await page.locator('.calls-panel').boundingBox()).toEqual(panelBefore);
  await eventually('the server has the variable', async () =>
    (await rest(poise, '2001', 'GET', '/User/2001/Dialogs')).text.includes('<value>mine again</value>')
      ? true
      : undefined,
  );

  await desk.press('End call');
  await desk.callIs('WRAP_UP');
  await page.getByRole('button', { name: 'Change state' }).hover();
  await page.getByText('Give the call a wrap-up reason first.').waitFor();
  expect(await page.getByRole('button', { name: 'Change state' }).getAttribute('aria-disabled')).toBe('true');
  expect(await page.getByRole('button', { name: 'Wrap-up reason' }).locator('svg').count()).toBe(0);
  await desk.press('Wrap-up reason');
  await expect.poll(() => desk.focused()).toBe('Search the reasons');
  await desk.looksRight('wrap-up');
  // Typed and taken: the field keeps the focus and says which reason is meant.
  const meant = () =>
    page.evaluate(() => {
      const id = document.activeElement?.getAttribute('aria-activedescendant');
      return id ? document.getElementById(id)?.textContent?.trim() : null;
    });
  expect(await meant()).toBeNull();
  await page.keyboard.press('ArrowDown');
  const first = await meant();
  await page.keyboard.press('ArrowDown');
  expect(await meant()).not.toBe(first);
  await page.keyboard.press('ArrowUp');
  expect([first, await meant()]).toEqual([await page.getByRole('option').first().textContent(), first]);
  await page.keyboard.type('sale');
  expect(await meant()).toBe('Sale made');
  await page.keyboard.press('Enter');
  const reason = page.getByRole('button', { name: 'Wrap-up reason' });
  await page.locator('.call-card .tag', { hasText: 'Sale made' }).waitFor();
  expect(await reason.locator('svg').count()).toBe(1);
  await expect.poll(() => desk.focused()).toBe('Wrap-up reason');
  await desk.ready();
  await page.locator('.call-card').waitFor({ state: 'detached' });
}, 300_000);

test('the caller hangs up while it rings, and while a number to consult is typed: the focus stays near', async () => {
  const { page } = desk;
  await desk.signIn('3004', '3004');
  const first = await floor.customer('3004');
  await page.locator('.incoming-call').waitFor();
  await page.keyboard.press('Control+Alt+P');
  await expect.poll(() => desk.focused()).toMatch(/^Answer /);
  await floor.hangUp(first);
  await page.getByText('No calls.').waitFor();
  await expect.poll(() => desk.focused()).toBe('Calls');
  const second = await floor.customer('3004');
  await desk.answer();
  await desk.press('Consult');
  await expect.poll(() => desk.focused()).toBe('Number to call');
  await desk.looksRight('consult-number');
  await page.keyboard.type('30');
  await floor.hangUp(second);
  await page.getByText('No calls.').waitFor();
  await expect.poll(() => desk.focused()).toBe('Calls');
}, 240_000);

test('the call goes while the dial pad is open that was opened from it: closed, it gives the focus to the list of calls', async () => {
  const { page } = desk;
  await desk.signIn('2001', '2005');
  await desk.ready();
  const caller = await floor.customer('6001', { from: '15550113' });
  await desk.answer();
  await floor.hangUp(caller);
  await desk.callIs('WRAP_UP');
  await desk.tabTo('Wrap-up reason');
  await page.keyboard.press('Control+Alt+O');
  await expect.poll(() => desk.focused()).toBe('Number to call');
  const body = '<User><state>READY</state></User>';
  expect((await rest(poise, '2001', 'PUT', '/User/2001', body)).status).toBe(202);
  await page.locator('.call-card').waitFor({ state: 'detached' });
  expect(await desk.focused()).toBe('Number to call');
  await page.keyboard.press('Escape');
  await expect.poll(() => desk.focused()).toBe('Calls');
});

test('the states are asked for before the server has told them all: those that are known are shown, and the others follow', async () => {
  await desk.signIn('3012', '3012');
  await desk.ready();
  await desk.close();
  desk = await DesktopPage.open(browser!, poise);
  let reasonsMayCome = () => {};
  const held = new Promise<void>((resolve) => {
    reasonsMayCome = resolve;
  });
  await desk.page.route('**/ReasonCodes*', async (route) => {
    await held;
    await route.continue();
  });
  await desk.signIn('3012', '3012');
  await desk.stateIs(/^Ready$/);
  await desk.press('Change state');
  const entry = (name: string) => desk.page.getByRole('menuitemradio', { name, exact: true });
  await entry('Loading …').waitFor();
  expect(await entry('Ready').getAttribute('aria-checked')).toBe('true');
  await expect.poll(() => desk.focused()).toMatch(/^Ready/);
  await desk.looksRight('states coming');
  await desk.page.keyboard.press('Escape');
  await expect.poll(() => desk.focused()).toBe('Change state');
  // The key that leads to the reasons shows where they will stand, and the first of them has the focus then.
  await desk.page.keyboard.press('Control+Alt+N');
  await expect.poll(() => desk.focused()).toBe('Loading …');
  reasonsMayCome();
  await expect.poll(() => desk.focused()).toBe('Not Ready');
  await desk.page.keyboard.press('Enter');
  await desk.stateIs(/^Not Ready$/);
});

test('reasons that come into the open menu leave the focus where it is; that they could not be had is said where they would stand', async () => {
  const user = '3012';
  const loaded = async () => {
    await desk.close();
    desk = await DesktopPage.open(browser!, poise);
    let decide = (_come: boolean) => {};
    const decided = new Promise<boolean>((resolve) => {
      decide = resolve;
    });
    await desk.page.route('**/ReasonCodes*', async (route) =>
      (await decided) ? route.continue() : route.fulfill({ status: 503, body: '' }),
    );
    await desk.signIn(user, user);
    await desk.stateIs(/^Not Ready$/);
    return decide;
  };
  await desk.signIn(user, user);
  let decide = await loaded();
  const entry = (name: string) => desk.page.getByRole('menuitemradio', { name, exact: true });
  await desk.press('Change state');
  await entry('Loading …').waitFor();
  await desk.page.keyboard.press('Home');
  await expect.poll(() => desk.focused()).toBe('Ready');
  decide(true);
  await entry('Not Ready').waitFor();
  await entry('Loading …').waitFor({ state: 'detached' });
  await desk.page.evaluate(
    () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
  );
  expect(await desk.focused()).toBe('Ready');
  await desk.page.keyboard.press('Escape');

  decide = await loaded();
  await desk.page
    .locator('.state-actions .button[aria-disabled="false"]', { hasText: 'Change state' })
    .waitFor();
  await desk.page.keyboard.press('Control+Alt+N');
  await expect.poll(() => desk.focused()).toBe('Loading …');
  decide(false);
  await expect.poll(() => desk.focused()).toMatch(/^The list of reasons has not arrived yet/);
  await desk.looksRight('reasons late');
  await desk.page.unroute('**/ReasonCodes*');
  await expect.poll(() => desk.focused(), { timeout: 60_000 }).toMatch(/^Not Ready/);
  await desk.page.keyboard.press('Escape');
});

test('a call comes while the menu of states is open: closed by it, the menu stays closed when the call is taken', async () => {
  const { page } = desk;
  await desk.signIn('2001', '2005');
  await desk.ready();
  await desk.press('Change state');
  const entries = page.getByRole('menuitemradio');
  await entries.first().waitFor();
  const caller = await floor.customer('6001', { from: '15550114' });
  await desk.stateIs(/^Reserved$/);
  await entries.first().waitFor({ state: 'detached' });
  await expect.poll(() => desk.focused()).toBe('Change state');
  await page.keyboard.press('Control+Alt+A');
  await desk.callIs('ACTIVE');
  await desk.stateIs(/^Talking$/);
  await page.locator('.state-actions .button[aria-disabled="false"]', { hasText: 'Change state' }).waitFor();
  expect([await entries.count(), await desk.focused()]).toEqual([0, 'Change state']);
  await floor.hangUp(caller);
  await desk.callIs('WRAP_UP');
  const body = '<User><state>READY</state></User>';
  expect((await rest(poise, '2001', 'PUT', '/User/2001', body)).status).toBe(202);
  await page.locator('.call-card').waitFor({ state: 'detached' });
});

test('a second call collapses the variables of the first, and stands above it', async () => {
  const { page } = desk;
  await desk.signIn('3008', '3008');
  const first = await floor.customer('3008', { from: '15550001' });
  await desk.answer();
  const title = (party: string) => page.locator('.call-title', { hasText: party });
  const isOpen = (party: string) => expect.poll(() => title(party).getAttribute('aria-expanded'));
  await isOpen('15550001').toBe('true');
  await desk.press('Consult');
  await expect.poll(() => desk.focused()).toBe('Number to call');
  const colleague = (await floor.signedIn('3009'))[0]!;
  await page.keyboard.type('3009');
  await page.keyboard.press('Enter');
  await title('3009').waitFor();
  await isOpen('15550001').toBe('false');
  expect(await page.locator('.call-title').first().textContent()).toContain('3009');
  await isOpen('3009').toBe('true');
  const consult = await colleague.rings();
  await colleague.dialog(consult.child('id')!.text, 'ANSWER', 'consulted');
  await page.getByRole('button', { name: 'Complete transfer' }).waitFor();
  await desk.looksRight('consulting');
  // However much is known of the calls, the panel is not higher than the window, and its end is reached.
  await page.setViewportSize({ width: 1280, height: 800 });
  const much = await page.addStyleTag({ content: '.call-facts { min-height: 60rem }' });
  await page.locator('.calls-panel[data-scrolls]').waitFor();
  const panel = await page.locator('.calls-panel').evaluate((e) => e.getBoundingClientRect().toJSON());
  expect([panel.top >= 60, panel.bottom <= 800]).toEqual([true, true]);
  const last = page.locator('.call-card').last().getByRole('button', { name: 'End call' });
  await last.focus();
  const end = await last.evaluate((e) => e.getBoundingClientRect().toJSON());
  expect([end.top >= panel.top, end.bottom <= panel.bottom]).toEqual([true, true]);
  await much.evaluate((e) => (e as HTMLElement).remove());
  await page.locator('.calls-panel:not([data-scrolls])').waitFor();
  await desk.press('Conference');
  await page.locator('.call-card').nth(1).waitFor({ state: 'detached' });
  await expect.poll(() => desk.focused()).not.toBe('');
  await floor.hangUp(first);
}, 240_000);

test('calls stay above what fills the tab, with all that can be done; the panel shrinks when the agent says so', async () => {
  const { page } = desk;
  let queuesMayCome = () => {};
  const held = new Promise<void>((resolve) => {
    queuesMayCome = resolve;
  });
  await page.route('**/User/3010/Queues*', async (route) => {
    await held;
    await route.continue();
  });
  await desk.signIn('3010', '3010');
  const box = (locator: string) =>
    page.locator(locator).evaluate((e) => {
      const { top, bottom, height } = e.getBoundingClientRect();
      return { top, bottom, height };
    });
  await desk.press('Maximise Queue statistics');
  await page.locator('#queue-statistics .grid-empty', { hasText: 'Loading' }).waitFor();
  const before = await box('#queue-statistics');
  // The one queue takes the place of the word that it is awaited.
  queuesMayCome();
  await page.locator('#queue-statistics .grid-body .grid-row').waitFor();
  expect(await box('#queue-statistics')).toEqual(before);
  const call = await floor.customer('3010', { from: '15550077' });
  await desk.answer();
  await expect.poll(() => desk.focused()).toBe('Call with 15550077');
  await page
    .locator('.call-card .timer')
    .getByText(/^00:\d\d$/)
    .waitFor();
  // One line of room was there before the call.
  expect(await box('#queue-statistics')).toEqual(before);
  expect((await box('.calls-panel')).bottom).toBeLessThan(before.top);
  await desk.press('Hold');
  await desk.callIs('HELD');
  await expect.poll(() => desk.focused()).toBe('Retrieve');
  await page.keyboard.press('Enter');
  await desk.callIs('ACTIVE');
  await desk.press('Consult');
  await expect.poll(() => desk.focused()).toBe('Number to call');
  await page.keyboard.press('Escape');
  await expect.poll(() => desk.focused()).toBe('Consult');
  // What is known of the call is shown when the agent asks.
  const title = page.getByRole('button', { name: 'Call with 15550077', expanded: false });
  await title.focus();
  await page.keyboard.press('Enter');
  await page.getByText('Dialled 3010').waitFor();
  await desk.looksRight('filled');
  await page.keyboard.press('Enter');
  await page.getByText('Dialled 3010').waitFor({ state: 'hidden' });
  expect(await box('#queue-statistics')).toEqual(before);

  await desk.press('Restore Queue statistics');
  await page.locator('.call-facts').waitFor();
  const { top } = await box('#queue-statistics');
  await floor.hangUp(call);
  await page.getByText('No calls.').waitFor();
  expect((await box('#queue-statistics')).top).toBe(top);
  await desk.press('Make the room for calls smaller');
  await expect.poll(() => desk.focused()).toBe('Calls');
  await expect.poll(async () => (await box('#queue-statistics')).top).toBeLessThan(top);
}, 240_000);

test('another page has no room of calls that were on the one before', async () => {
  const { page } = desk;
  await desk.signIn('3011', '3011');
  const height = () => page.locator('.calls-panel').evaluate((e) => e.getBoundingClientRect().height);
  const none = page.getByText('No calls.');
  await none.waitFor();
  const empty = await height();
  const call = await floor.customer('3011', { from: '15550079' });
  await desk.answer();
  await page.locator('.call-facts').waitFor();
  const talking = await height();
  expect(talking).toBeGreaterThan(empty);
  await floor.hangUp(call);
  await none.waitFor();
  expect(await height(), 'what stands below does not move by itself').toBe(talking);
  await page.keyboard.press('Control+Alt+2');
  await expect.poll(height).toBe(empty);
  // Whoever was at something of that page is on the next one, not nowhere.
  await page.getByRole('button', { name: 'Collapse Recent calls' }).waitFor();
  await desk.tabTo('Collapse Recent calls');
  await page.keyboard.press('Control+Alt+1');
  await expect.poll(() => desk.focused()).toMatch(/^Home/);
  expect(await page.getByRole('button', { name: 'Make the room for calls smaller' }).count()).toBe(0);
}, 240_000);

test('the header keeps its height, and the page its place, whatever follows the state', async () => {
  const { page } = desk;
  await page.goto(`http://localhost:${poise.ports.http}/desktop/container/?locale=de_DE`);
  const fields = page.locator('input:not([type=checkbox])');
  await fields.nth(2).waitFor();
  for (const [at, text] of ['2001', '2001', '2005'].entries()) await fields.nth(at).fill(text);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Anrufe', exact: true }).waitFor();
  const call = await floor.customer('2005', { from: '15550078' });
  await page.locator('.incoming-call').waitFor();
  await page.keyboard.press('Control+Alt+A');
  await desk.callIs('ACTIVE');
  const header = () => page.locator('header.top').evaluate((e) => e.getBoundingClientRect().height);
  const before = await header();
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menuitemradio', { name: 'Nicht bereit – Team Meeting' }).press('Enter');
  const next = page.locator('.state-next span', { hasText: 'Team Meeting' }).last();
  await next.waitFor();
  const lines = await next.evaluate(
    (e) => e.getClientRects()[0]!.height / Number.parseFloat(getComputedStyle(e).lineHeight),
  );
  expect(Math.round(lines)).toBe(2);
  expect(await header()).toBe(before);
  await floor.hangUp(call);
}, 240_000);
