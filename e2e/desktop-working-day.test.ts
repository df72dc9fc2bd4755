/**
 * A working day without a pointer: an agent from the sign-in to the sign-out, and a supervisor with a team. After every step the
 * focus is on something that is seen and shows it, and a screen reader was told what happened, once.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { Floor } from './connections/floor.ts';
import { DesktopPage } from './desktop-page.ts';
import { focusFault, tabFaults } from './keyboard.ts';
import { listen, readerFaults, saidSince } from './reader.ts';
import { type RunningPoise, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 300_000 });

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
let desk: DesktopPage;

beforeAll(async () => {
  const args = ['--set', 'desktop.enableDragDropAndResizeGadget=true'];
  [poise, browser] = await Promise.all([startPoise({ args }), launchBrowser()]);
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
  desk.page.setDefaultTimeout(30_000);
  await desk.page.emulateMedia({ reducedMotion: 'reduce' });
  await listen(desk.page);
});
afterEach(async () => {
  await desk?.close();
  expect(desk?.problems).toEqual([]);
});

/** What was said and not asked for yet; without what depends on the machine, that something is waited for, and counts of what is typed. */
let heard: string[] = [];

/** After a step the focus is seen, and these words were said since the last one, each once, in whatever order. */
async function step(name: string, ...words: readonly string[]): Promise<void> {
  const wanted = [...words].sort();
  const news = async () => {
    const more = (await saidSince(desk.page))
      .map(({ text }) => text)
      .filter((text) => !/…$|^Contacts: /.test(text));
    heard = [...heard, ...more].sort();
    return heard;
  };
  await expect.poll(news, { message: `what is said: ${name}`, timeout: 30_000 }).toEqual(wanted);
  heard = [];
  await expect.poll(() => focusFault(desk.page), { message: `the focus: ${name}` }).toBeNull();
}

/** Nothing is wrong with the names of what is shown, and Tab leads to all of it. */
async function isComplete(name: string): Promise<void> {
  expect(await readerFaults(desk.page), name).toEqual([]);
  expect(await tabFaults(desk.page), name).toEqual([]);
}

const focusIs = (name: string | RegExp) =>
  expect.poll(() => desk.focused())[typeof name === 'string' ? 'toBe' : 'toMatch'](name as string & RegExp);

/** Signs in, from the first key to the desktop. */
async function begin(id: string, extension: string): Promise<void> {
  const { page } = desk;
  heard = [];
  await page.goto(`http://localhost:${poise.ports.http}/`);
  await page.getByLabel('Agent ID or login name').waitFor();
  await step('the page is opened');
  await isComplete('sign-in');
  await desk.tabTo('Agent ID or login name');
  for (const text of [id, id, extension]) {
    await page.keyboard.type(text);
    await step(`${text} is typed`);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
}

/** The page is given no more frames, in which the focus goes back to where it was. @returns what gives them again */
async function holdFrames(page: Page): Promise<() => Promise<void>> {
  await page.evaluate(() => {
    const held: FrameRequestCallback[] = [];
    const give = window.requestAnimationFrame;
    window.requestAnimationFrame = (callback) => held.push(callback);
    Object.assign(window, {
      e2eGiveFrames: () => {
        window.requestAnimationFrame = give;
        for (const callback of held) give.call(window, callback);
      },
    });
  });
  return () => page.evaluate(() => (window as unknown as { e2eGiveFrames(): void }).e2eGiveFrames());
}

/** Opens something with the keys of the focus, and closes it with Escape: the focus is where it was. */
async function opensAndCloses(dialog: string, open: () => Promise<void>): Promise<void> {
  const { page } = desk;
  const shown = page.getByRole('dialog', { name: dialog });
  await open();
  await shown.waitFor();
  await step(`${dialog} is open`);
  expect(await readerFaults(page), dialog).toEqual([]);
  await page.keyboard.press('Escape');
  await shown.waitFor({ state: 'detached' });
}

test('an agent: calls, states, histories, messages, settings, layout, sign-out', async () => {
  const { page } = desk;
  await begin('2001', '2005');
  await focusIs('Your state');
  await step('signed in');
  await isComplete('the desktop');
  const [colleague] = await floor.signedIn(['2050', '2006']);
  await desk.ready();
  await focusIs('Change state');
  await step('ready', 'Your state is now Ready');

  // A call comes while the agent types: nothing of it is lost.
  await desk.press('New call');
  await focusIs('Number to call');
  await page.keyboard.type('1555');
  await floor.customer('6001', { from: '15550111', variables: { callVariable1: 'Gold' } });
  await page.locator('.incoming-call').waitFor();
  await page.keyboard.type('01');
  expect(await page.getByLabel('Number to call').inputValue()).toBe('155501');
  await focusIs('Number to call');
  await step('it rings', 'Your state is now Reserved', 'Incoming call from 15550111');
  expect(await readerFaults(page), 'it rings over the dial pad').toEqual([]);
  await page.keyboard.press('Escape');
  await focusIs('New call');
  await desk.answer();
  await focusIs('Call with 15550111');
  await step('answered', 'Your state is now Talking');
  await page.locator('.variables').getByText('Gold').waitFor();
  await desk.press('Hold');
  await desk.callIs('HELD');
  await focusIs('Retrieve');
  await step('held', 'Your state is now Hold');
  await page.keyboard.press('Enter');
  await desk.callIs('ACTIVE');
  await focusIs('Hold');
  await step('retrieved', 'Your state is now Talking');

  // A colleague is looked for in the phone books, and asked.
  await desk.press('Consult');
  await focusIs('Number to call');
  await desk.tabTo('Search the contacts');
  await page.keyboard.type('acme');
  await page
    .locator('.contacts')
    .getByText(/^Contacts: [1-9]/)
    .waitFor();
  await page.keyboard.press('ArrowDown');
  await focusIs(/^Acme/);
  await step('a contact is found');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await focusIs('Number to call');
  expect(await page.getByLabel('Number to call').inputValue()).toBe('15550100');
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type('2006');
  await page.keyboard.press('Enter');
  const consult = await colleague!.rings();
  await desk.callIs('HELD');
  await step('a colleague is called', 'Call with 15550111: On hold');
  await colleague!.dialog(consult.child('id')!.text, 'ANSWER', 'consulted');
  await page.getByRole('button', { name: 'Complete transfer Call with' }).waitFor();
  await step('the colleague answers', 'Call with 2006: Active');
  await isComplete('two calls');
  await desk.press('Conference');
  await page.locator('.call-card').nth(1).waitFor({ state: 'detached' });
  await step('a conference', 'Call with 15550111, 2006');

  // Keys are sent, the call ends, and has a reason.
  await desk.press('Keypad');
  await focusIs('Keys to send');
  await page.keyboard.type('1#');
  await step('keys are sent');
  expect(await readerFaults(page), 'the keypad').toEqual([]);
  await page.keyboard.press('Escape');
  await page.locator('.call-card button[aria-disabled="false"]', { hasText: 'End call' }).waitFor();
  await desk.press('End call');
  await desk.callIs('WRAP_UP');
  await step(
    'the call ends',
    'The call with 15550111, 2006 has ended.',
    'Your state is now Wrap-up, then Ready',
  );
  await desk.press('Wrap-up reason');
  await focusIs('Search the reasons');
  await step('reasons');
  expect(await readerFaults(page), 'reasons').toEqual([]);
  await page.keyboard.press('Escape');
  await focusIs('Wrap-up reason');
  await page.keyboard.press('Enter');
  await focusIs('Search the reasons');
  await page.keyboard.type('sale');
  await page.keyboard.press('Enter');
  await page.locator('.call-card .tag', { hasText: 'Sale made' }).waitFor();
  await focusIs('Wrap-up reason');
  await step('a reason is given', 'Wrap-up reason: Sale made');

  // A break, with the reason that is chosen from the keyboard; then a customer is called.
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menuitemradio', { name: 'Lunch' }).waitFor();
  await step('reasons for a break');
  expect(await readerFaults(page), 'reasons for a break').toEqual([]);
  await page.keyboard.press('Escape');
  await focusIs('Wrap-up reason');
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menuitemradio', { name: 'Lunch' }).waitFor();
  await page.keyboard.type('Not Ready – L');
  await page.keyboard.press('Enter');
  await desk.stateIs(/Lunch$/);
  await step('a break', 'Your state is now Not Ready – Lunch');
  await page.keyboard.press('Control+Alt+O');
  await focusIs('Number to call');
  await page.keyboard.type('15550100');
  await page.keyboard.press('Enter');
  await desk.callIs('ACTIVE');
  await step('a customer is called', 'Your state is now Talking', 'Call with 15550100: Active');
  await page.keyboard.press('Control+Alt+Q');
  await focusIs('Number to call');
  await page.keyboard.type('15550199');
  await page.keyboard.press('Enter');
  await page.locator('.call-card').waitFor({ state: 'detached' });
  await step(
    'the customer is handed over',
    'Your state is now Not Ready – Lunch',
    'The call with 15550100 has been handed over to 15550199.',
  );

  // A message to the team; then the histories.
  const message =
    '<TeamMessage><teams><team>5000</team></teams><duration>600</duration><content>Fire drill</content></TeamMessage>';
  expect((await colleague!.rest('POST', '/TeamMessage', message)).status).toBe(200);
  await page.getByRole('button', { name: /^Show messages/ }).waitFor();
  await step('a message comes', 'Message from Minnie Mouse: Fire drill');
  await desk.tabTo('Show messages to your team: 1 1Fire drill');
  await opensAndCloses('Messages to your team', () => page.keyboard.press('Enter'));
  await focusIs('Show messages to your team: 1 1Fire drill');
  await page.keyboard.press('Control+Alt+2');
  const calls = page.getByRole('grid', { name: 'Recent calls' });
  await calls.getByText('15550111').first().waitFor();
  await desk.tabTo('Type');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await focusIs('Call 15550100');
  await step('the histories');
  await isComplete('the histories');

  // What is around the work.
  await desk.tabTo('Show icons only');
  await page.keyboard.press('Enter');
  await focusIs('Show the names of the pages');
  await step('narrow navigation');
  await page.keyboard.press('Enter');
  await focusIs('Show icons only');
  await opensAndCloses('Search for a page or a part of it', () => page.keyboard.press('Control+Alt+I'));
  await focusIs('Show icons only');
  await desk.tabTo('Mickey Mouse');
  await opensAndCloses('Your account', () => page.keyboard.press('Enter'));
  await focusIs('Mickey Mouse');
  await opensAndCloses('Settings', async () => {
    await page.keyboard.press('Enter');
    await desk.press('Settings');
  });
  await focusIs('Mickey Mouse');
  await page.keyboard.press('Enter');
  await desk.press('Settings');
  await desk.tabTo('Colours');
  await page.keyboard.press('End');
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset.theme)).toBe('contrast');
  await isComplete('settings');
  await page.keyboard.press('Escape');
  await opensAndCloses('Keyboard shortcuts', () => page.keyboard.press('Control+Alt+F'));
  await focusIs('Mickey Mouse');
  await page.keyboard.press('Control+Alt+F');
  await desk.tabTo('Ready: Ctrl + Alt + R. Change');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Alt+V');
  await step('keys that are taken', 'These keys stand for “Hold”.');
  await page.keyboard.press('Control+Alt+T');
  await focusIs('Ready: Ctrl + Alt + T. Change');
  await step('keys that are free');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+T');
  await step('other keys for Ready', 'Your state is now Ready');

  // A part of the page is moved and made smaller, and put back.
  await desk.tabTo('Move or resize Recent calls');
  await page.keyboard.press('ArrowRight');
  await step('a part is moved', expect.stringMatching(/^Place /) as unknown as string);
  await page.keyboard.press('Shift+ArrowLeft');
  await step('a part is narrower', expect.stringMatching(/^Place /) as unknown as string);
  await desk.tabTo('Mickey Mouse');
  await page.keyboard.press('Enter');
  await desk.press('Reset the layout of all pages');
  await focusIs('Mickey Mouse');
  await step('the layout is put back');

  // Signing out is not possible in Ready, and says so once; later it asks for the reason.
  await page.keyboard.press('Control+Alt+L');
  await step('no sign-out', 'Sign out: not possible now. Set yourself to Not Ready before you sign out.');
  await page.keyboard.press('Enter');
  await desk.press('Send error report');
  await focusIs('Error report sent');
  await step('a report', 'Error report sent');
  // In quick succession: the shortcut comes before the focus is back from what was closed.
  const goOnClosing = await holdFrames(page);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('[role=dialog]').count()).toBe(0);
  expect(await desk.focused()).toBe('');
  await page.keyboard.press('Control+Alt+N');
  await goOnClosing();
  await page.getByRole('menuitemradio', { name: 'Lunch' }).waitFor();
  await page.keyboard.press('Enter');
  await step('the last state', 'Your state is now Not Ready – Lunch');
  await page.keyboard.press('Control+Alt+L');
  await page.getByRole('menuitem', { name: 'End of Shift' }).waitFor();
  await step('reasons of the sign-out');
  await page.keyboard.press('Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await focusIs('Sign out');
  await page.keyboard.press('Escape');
  await focusIs('Mickey Mouse');
  // In quick succession: the second key comes before the focus is back from the menu.
  await page.keyboard.press('Control+Alt+L');
  await page.getByRole('menuitem', { name: 'End of Shift' }).waitFor();
  const goOn = await holdFrames(page);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('[role=menu]').count()).toBe(0);
  expect(await desk.focused()).toBe('');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('[role=dialog]').count()).toBe(0);
  await goOn();
  await focusIs('Mickey Mouse');
  await page.keyboard.press('Control+Alt+L');
  await page.getByRole('menuitem', { name: 'End of Shift' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('You are signed out.').waitFor();
  await step('signed out');
});

const inGrid = () => desk.page.evaluate(() => document.activeElement?.closest('[role=grid]') !== null);

/** Goes down an open menu to an entry, if need be through that of the states, and takes it. */
async function take(entry: string): Promise<void> {
  const { page } = desk;
  await page.getByRole('menu').first().locator(':focus').waitFor();
  const down = async (name: string) => {
    for (let presses = 0; presses < 20; presses++) {
      const now = await desk.focused();
      if (now.startsWith(name)) return true;
      await page.keyboard.press('ArrowDown');
    }
    return false;
  };
  if (!(await down(entry)) && (await down('Change state'))) {
    await page.keyboard.press('ArrowRight');
    await page.getByRole('menu').nth(1).locator(':focus').waitFor();
    expect(await down(entry), `${entry} in the menu`).toBe(true);
  }
  await page.keyboard.press('Enter');
}

test('a supervisor: a team, an agent whose state changes, who is listened to, helped and signed out, a message, queues', async () => {
  const { page } = desk;
  const [agent] = await floor.signedIn('3001', '3002');
  await begin('2051', '10003');
  await step('signed in');
  await page.getByRole('combobox', { name: 'Team' }).waitFor();
  await page.keyboard.press('Control+Shift+F');
  await focusIs('Team');
  await step('a team is to be chosen');
  await page.keyboard.type('Sand');
  const team = page.getByRole('grid', { name: 'Team performance' });
  const row = team.getByRole('row').filter({ hasText: 'Dev One' });
  await row.waitFor();
  await isComplete('the team');

  // Sorted by state; then to the row of the agent, and its menu.
  await desk.tabTo('Agent name');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await team
    .getByRole('columnheader', { name: 'State', exact: true })
    .and(page.locator('[aria-sort=ascending]'))
    .waitFor();
  await step('sorted by state');
  await desk.tabTo('State');
  await page.keyboard.press('Shift+Tab');
  for (let tabs = 0; tabs < 10 && (await desk.focused()) !== 'Search'; tabs++)
    await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('dev one');
  await expect.poll(() => team.getByRole('row').count()).toBe(2);
  await desk.tabTo('State');
  await page.keyboard.press('ArrowDown');
  await step('the row of the agent');
  await page.keyboard.press('Enter');
  await page.getByRole('menu', { name: 'Actions for Dev One' }).waitFor();
  await step('the menu of the agent');
  expect(await readerFaults(page), 'the menu of an agent').toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(inGrid).toBe(true);
  await page.keyboard.press('Enter');
  await take('Ready');
  await row.getByText('Ready', { exact: true }).waitFor();
  await step('the agent is Ready');
  expect(await inGrid()).toBe(true);

  // The agent talks: listened to, helped.
  await floor.customer('6003', { from: '15550777' });
  const call = await agent!.rings();
  await agent!.dialog(call.child('id')!.text, 'ANSWER', 'answered');
  await row.filter({ hasText: 'Talking' }).waitFor();
  await page.keyboard.press('Shift+F10');
  await take('Call details');
  await team.getByText('15550777').first().waitFor();
  await step('the calls of the agent');
  await page.keyboard.press('Shift+F10');
  await take('Monitor silently');
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await step('the agent is listened to', 'Your state is now Talking', 'Silent monitor of 3001: Active');
  await page.keyboard.press('Shift+F10');
  await page
    .getByRole('menuitem', { name: /^Barge in/ })
    .and(page.locator(':not([data-blocked])'))
    .waitFor();
  await take('Barge in');
  await page.locator('.call-title', { hasText: '15550777' }).waitFor();
  await step(
    'the supervisor is in the call',
    'Incoming call from 15550777, 3001',
    'Your state is now Not Ready',
    'Your state is now Talking',
  );
  await isComplete('the supervisor is in the call');
  await page.keyboard.press('Control+Alt+E');
  await page.locator('.call-card').waitFor({ state: 'detached' });
  await step(
    'the supervisor is out of the call',
    'Your state is now Not Ready',
    'The call with 15550777, 3001 has ended.',
  );

  // The history of the agent, and back to the same row.
  await page.keyboard.press('Shift+F10');
  await take('View history');
  await focusIs('History of Dev One');
  await step('the history of the agent');
  await isComplete('the history of the agent');
  await desk.tabTo('Back to the team');
  await page.keyboard.press('Enter');
  await focusIs('Actions for Dev One');
  await step('back to the team');

  // The agent is signed out: the row stays while the focus is there.
  await page.keyboard.press('Shift+F10');
  await take('Sign out');
  await row.getByText('Signed out').waitFor();
  await focusIs('Actions for Dev One');
  await step('the agent is signed out');

  // A message is written; the queues are sorted.
  await opensAndCloses('Team message', () => page.keyboard.press('Control+Alt+0'));
  await focusIs('Actions for Dev One');
  await page.keyboard.press('Control+Alt+0');
  await focusIs('Message');
  await page.keyboard.type('Fire drill');
  await desk.tabTo('Send');
  await page.keyboard.press('Enter');
  await step('a message is sent', 'The message was sent.');
  await page.keyboard.press('Escape');
  await focusIs('Actions for Dev One');
  await desk.tabTo('Queue name');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await page
    .getByRole('columnheader', { name: 'Calls' })
    .and(page.locator('[aria-sort=ascending]'))
    .waitFor();
  await step('the queues are sorted');
});
