/** The main paths of agents and supervisors in Firefox: what differs between browsers is seen here, not what the page does. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Floor } from './connections/floor.ts';
import { FirefoxDesk, launchFirefox, NO_FIREFOX } from './firefox.ts';
import { launchPoise, type RunningPoise, startPoise } from './server.ts';

let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
let desk: FirefoxDesk;

beforeAll(async () => {
  const launched = launchFirefox();
  if (!launched) return;
  [poise, browser] = await Promise.all([startPoise(), launched]);
  floor = await Floor.open(poise);
}, 240_000);
afterAll(async () => {
  floor?.close();
  await browser?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_FIREFOX);
  desk = await FirefoxDesk.open(browser, poise);
});
afterEach(async () => {
  await desk?.close();
  expect(desk?.problems ?? []).toEqual([]);
});

test('an agent works: by keyboard from the sign-in on, through a call, a refresh within it, and the sign-out', async () => {
  const { page } = desk;
  const [colleague] = await floor.signedIn(['2050', '2006']);
  await desk.signIn('2001', '2005');
  await desk.keys('Control', 'Alt', 'r');
  await desk.stateIs(/^Ready$/);

  await floor.customer('6001', { from: '15550123', variables: { callVariable1: 'Gold' } });
  await desk.shows('.incoming-call', /Gold/);
  await desk.keys('Control', 'Alt', 'p');
  await expect.poll(() => desk.focused()).toMatch(/^Answer /);
  await page.keyboard.press('Enter');
  await desk.callIs('ACTIVE');
  await desk.click('button', 'Hold');
  await desk.callIs('HELD');

  // The page is loaded anew in the call: no password is asked for, and the call is there.
  await page.reload();
  await desk.callIs('HELD');
  await desk.click('button', 'Retrieve');
  await desk.callIs('ACTIVE');

  await desk.click('button', 'Consult');
  await desk.has('Number to call');
  await page.keyboard.type('2006');
  await page.keyboard.press('Enter');
  const consult = await colleague!.rings();
  await colleague!.dialog(consult.child('id')!.text, 'ANSWER', 'consulted');
  await desk.click('button', 'Complete transfer');
  await desk.callIs('WRAP_UP');
  await desk.click('button', 'Wrap-up reason');
  await desk.has('Search the reasons');
  await page.keyboard.type('sale');
  await page.keyboard.press('Enter');
  await desk.shows('.call-card .tag', /Sale made/);

  await desk.click('button', 'Change state');
  await desk.click('[role=menuitemradio]', 'Not Ready – Lunch');
  await desk.stateIs(/Lunch/);
  await desk.keys('Control', 'Alt', 'l');
  await page.waitForSelector('[role=menu]:focus-within');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await desk.shows('[role=status], .notice', /You are signed out/);
}, 240_000);

test('a supervisor sees the team as it changes, and listens to an agent', async () => {
  const { page } = desk;
  const [agent] = await floor.signedIn('3001');
  await desk.signIn('2051', '10002');
  await desk.click('select', 'Team');
  await page.keyboard.type('Sandbox');
  await page.keyboard.press('Enter');
  await desk.shows('[role=grid] [role=row]', /Dev One.*Not Ready/);
  await agent!.setState('READY', 'ready');
  await desk.shows('[role=grid] [role=row]', /Dev One(?!.*Not Ready).*Ready/);
  await floor.customer('6003', { from: '15550124' });
  const call = await agent!.rings();
  await agent!.dialog(call.child('id')!.text, 'ANSWER', 'answered');
  await desk.shows('[role=grid] [role=row]', /Dev One.*Talking/);
  await desk.click('button', 'Actions for Dev One');
  await desk.click('[role=menuitem]', 'Monitor silently');
  await desk.callIs('ACTIVE');
  await desk.click('button', 'End call');
  await page.waitForSelector('.call-card', { hidden: true });
}, 240_000);

test('an agent’s logs reach the server, sent by the agent and asked for; what is told gives the focus back', async () => {
  const { page } = desk;
  await desk.signIn('3002', '3002');
  const folder = join(poise.data, 'logs/desktop/logs/clientlogs');
  const sent = () => (existsSync(folder) ? readdirSync(folder) : []).map((name) => name.replace(/.*\./, ''));
  await desk.has('Your state');
  await page.keyboard.press('Tab');
  await desk.has('Change state');
  await desk.keys('Control', 'Shift', '2');
  await desk.shows('.pop-up', /Error report sent/);
  // At once: it goes by itself after some seconds.
  await desk.keys('Control', 'Alt', 'p');
  await desk.has('Dismiss: Error report sent');
  await page.keyboard.press('Escape');
  await desk.has('Change state');
  await expect.poll(sent).toEqual(['log']);

  const command = ['utils', 'finesse', 'desktop_auto_log_collection', 'create'];
  const schedule = ['--agents', '3002', '--duration', '30', '--interval', '30'];
  expect(await launchPoise([...command, ...schedule, '--data', poise.data]).ended()).toBe(0);
  await expect.poll(() => sent().sort(), { timeout: 30_000 }).toEqual(['log', 'zip']);
}, 240_000);

test('a call from the phone book by keyboard, and its place in the history', async () => {
  const { page } = desk;
  await desk.signIn('2002', '2008');
  await desk.keys('Control', 'Alt', 'o');
  await desk.has('Number to call');
  // Before they are there, the search is the last stop, not the one before the last.
  await desk.shows('.contacts .hint', /Contacts: [1-9]/);
  await desk.keys('Shift', 'Tab');
  await desk.keys('Shift', 'Tab');
  await desk.has('Search the contacts');
  await page.keyboard.type('help');
  await desk.shows('.contacts .hint', /Contacts: 1$/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await desk.callIs('ACTIVE');
  await desk.keys('Control', 'Alt', 'k');
  await desk.has('Keys to send');
  await page.keyboard.type('12#');
  await expect
    .poll(() => page.evaluate(() => (document.activeElement as HTMLInputElement).value))
    .toBe('12#');
  await page.keyboard.press('Escape');
  // As long as the keys are being sent, nothing else can be done with the call.
  const canEnd = () =>
    [...document.querySelectorAll('.call-card button')].some(
      (e) =>
        e.textContent === 'End call' && e.matches(':not([disabled], [aria-disabled=true], [data-disabled])'),
    );
  await page.waitForFunction(canEnd, { polling: 50 });
  await desk.keys('Control', 'Alt', 'e');
  await page.waitForSelector('.call-card', { hidden: true });
  await desk.keys('Control', 'Alt', '2');
  await desk.shows('[role=grid] [role=row]', /Help Desk.*10001/);
}, 240_000);
