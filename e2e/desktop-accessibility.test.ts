/**
 * What a screen reader says of the desktop page, in the language of the page, and how each screen bears other colours and 200 % zoom.
 * A working day by keyboard: desktop-working-day.test.ts.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { CuttableLine } from './connections/cuttable-line.ts';
import { Floor } from './connections/floor.ts';
import { screenFaults } from './looks.ts';
import { listen, readerFaults, saidSince } from './reader.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

vi.setConfig({ testTimeout: 300_000 });

let poise: RunningPoise;
let line: CuttableLine;
let floor: Floor;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;
const problems: string[] = [];
const faults: string[] = [];

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  [line, floor] = await Promise.all([CuttableLine.to(poise.ports.http), Floor.open(poise)]);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  line?.close();
  await poise?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  problems.length = 0;
  faults.length = 0;
  context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
  });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  await listen(page);
});
afterEach(async () => {
  line?.join();
  if (process.env.SCREENSHOTS) console.log(faults.join('\n'));
  await context?.close();
  expect(problems).toEqual([]);
});

async function signIn(id: string, extension: string, locale = 'en'): Promise<void> {
  await page.goto(`http://localhost:${line.port}/desktop/container/?locale=${locale}`);
  await page.locator('input').first().waitFor();
  for (const text of [id, id, extension]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.locator('.calls-panel').waitFor();
}

const stateIs = (text: RegExp) => page.locator('.state-now .name', { hasText: text }).waitFor();
const ring = () => page.locator('.incoming-call').waitFor();

/** These words, each once, and no others since it was asked last; that something is waited for depends on the machine. */
async function said(...words: readonly string[]): Promise<void> {
  const wanted = [...words].sort();
  let heard: string[] = [];
  await expect
    .poll(
      async () => {
        const more = (await saidSince(page))
          .map(({ text }) => text)
          .filter((text) => !/^(Warten auf|Waiting for|Anmeldung|Signing in)/.test(text));
        heard = [...heard, ...more].sort();
        return heard;
      },
      { timeout: 30_000 },
    )
    .toEqual(wanted);
}

test('what happens is said once, in the language of the page, and while a dialog is open', async () => {
  const [supervisor] = await floor.signedIn(['2050', '2006']);
  await signIn('2001', '2005', 'de');
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Bereit$/);
  await said('Ihr Status ist jetzt Bereit');
  expect(await readerFaults(page)).toEqual([]);

  // Somebody else sets the state: its pop-up is not said again.
  await supervisor!.rest('PUT', '/User/2001', '<User><state>NOT_READY</state></User>');
  await page.locator('.pop-up').waitFor();
  await said('Ihr Status ist jetzt Nicht bereit – Supervisor Initiated, nicht von Ihnen gewählt');

  // What happens behind a dialog is heard all the same: what is behind it is not there for the reader.
  await page.keyboard.press('Control+Alt+F');
  await page.getByRole('dialog').waitFor();
  expect(await readerFaults(page)).toEqual([]);
  await rest(poise, '2001', 'PUT', '/User/2001', '<User><state>READY</state></User>');
  await said('Ihr Status ist jetzt Bereit');
  const customer = await floor.customer('6001', { from: '15550111' });
  await ring();
  await said('Ihr Status ist jetzt Reserviert', 'Eingehender Anruf von 15550111');
  await floor.hangUp(customer);
  await said('Ihr Status ist jetzt Bereit', 'Der Anruf von 15550111 klingelt hier nicht mehr.');
  const message = (text: string) =>
    `<TeamMessage><teams><team>5000</team></teams><duration>600</duration><content>${text}</content></TeamMessage>`;
  await supervisor!.rest('POST', '/TeamMessage', message('Erste'));
  await said('Nachricht von Minnie Mouse: Erste');
  await supervisor!.rest('POST', '/TeamMessage', message('Zweite'));
  await said('Nachricht von Minnie Mouse: Zweite');
  line.cut();
  await said(
    'Verbindung zu localhost verloren. Bitte warten Sie, bis ein erreichbarer Server gefunden ist …',
  );
  line.join();
  await said('Wieder verbunden mit localhost. Alles Gezeigte ist aktuell.');
  await page.keyboard.press('Escape');

  // The newest message goes: the one before it, which is shown again, is not said again. Nor is the time that passes.
  const list = (await supervisor!.rest('GET', '/Team/5000/TeamMessages')).text;
  const [newest] = /<TeamMessage>(?:(?!<TeamMessage>).)*Zweite.*?<\/TeamMessage>/s.exec(list) ?? [''];
  const id = /TeamMessage\/([\w-]+)/.exec(newest)?.[1];
  await supervisor!.rest('DELETE', `/TeamMessage/${id}`);
  await page.locator('.message-button', { hasText: 'Erste' }).waitFor();
  const clock = () => page.locator('.state-now time').textContent();
  for (let seconds = 0; seconds < 2; seconds++) {
    const before = await clock();
    await expect.poll(clock).not.toBe(before);
  }
  await said();

  // A request that fails.
  await page.route('**/finesse/api/User/2001', (route) =>
    route.request().method() === 'PUT' ? route.fulfill({ status: 500 }) : route.fallback(),
  );
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menuitemradio', { name: 'Lunch' }).waitFor();
  await page.keyboard.press('Enter');
  await said(
    'Durch einen Fehler im Server war das nicht möglich. Versuchen Sie es gleich noch einmal. Diesen Hinweis schließen',
  );
});

/** Keeps what is wrong with what is shown now. */
async function check(name: string, colours: 'known' | 'new' | 'all' = 'new'): Promise<void> {
  const names = (await readerFaults(page)).map((fault) => `${name}: ${fault}`);
  faults.push(...(await screenFaults(page, name, colours)), ...names);
}

test('every screen of an agent bears other colours and 200 % zoom, and its parts have names that tell them apart', async () => {
  await page.goto(`http://localhost:${line.port}/desktop/container/`);
  await page.locator('input').first().waitFor();
  await check('sign-in', 'known');
  const [colleague] = await floor.signedIn(['2050', '2006']);
  await signIn('2002', '2007');
  await check('desktop', 'all');
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
  await floor.customer('2007', {
    from: '4930123456',
    variables: { callVariable1: 'Gold customer with a long name', callVariable3: 'x'.repeat(40) },
  });
  await ring();
  await check('ringing', 'known');
  await page.keyboard.press('Control+Alt+A');
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await check('call', 'known');
  await page.keyboard.press('Control+Alt+C');
  await page.locator('.dialer .contact').first().waitFor();
  faults.push(...(await screenFaults(page, 'consult dialer', 'new')));
  await page.locator('.dialer input').first().focus();
  await page.keyboard.type('2006');
  await page.keyboard.press('Enter');
  const consult = await colleague!.rings();
  await colleague!.dialog(consult.child('id')!.text, 'ANSWER', 'c');
  await page.getByRole('button', { name: 'Complete transfer' }).waitFor();
  await check('two calls', 'all');
  await page.keyboard.press('Control+Alt+H');
  await page.locator('.call-card').nth(1).waitFor({ state: 'detached' });
  await page.keyboard.press('Control+Alt+K');
  await page.locator('.dtmf').waitFor();
  await check('keypad', 'known');
  await page.keyboard.press('Escape');
  await page.locator('.call-card button[aria-disabled="false"]', { hasText: 'End call' }).waitFor();
  await page.keyboard.press('Control+Alt+E');
  await page.locator('.call-card[data-state="WRAP_UP"]').first().waitFor();
  await check('wrap-up', 'all');
  await page.keyboard.press('Control+Alt+W');
  await page.locator('.wrap-up').waitFor();
  await check('reasons');
  await page.keyboard.type('sale');
  await page.keyboard.press('Enter');
  await page.locator('.call-card .tag', { hasText: 'Sale made' }).waitFor();
  await page.keyboard.press('Control+Alt+N');
  await page.getByRole('menu').waitFor();
  await check('states');
  await page.keyboard.press('Escape');
  for (const [key, name] of [
    ['Control+Alt+O', 'dial pad'],
    ['Control+Alt+F', 'shortcuts'],
    ['Control+Alt+I', 'search'],
  ] as const) {
    await page.keyboard.press(key);
    await page.getByRole('dialog').first().waitFor();
    await check(name, name === 'shortcuts' ? 'known' : 'new');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').first().waitFor({ state: 'detached' });
  }
  await page.locator('.identity-button').click();
  await check('identity');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('dialog', { name: 'Settings' }).waitFor();
  await check('settings', 'all');
  await page.keyboard.press('Escape');
  await page.locator('.bell').click();
  await page.locator('.notice-list').waitFor();
  await check('notifications', 'known');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+2');
  await page.getByRole('grid').first().waitFor();
  await check('histories');
  await page.keyboard.press('Control+Alt+L');
  await page.locator('.pop-up').waitFor();
  await check('pop-up');
  expect(faults).toEqual([]);
});

test('and every screen of a supervisor', async () => {
  const [agent] = await floor.signedIn('3001', '3002');
  await rest(poise, '3001', 'PUT', '/User/3001', '<User><state>READY</state></User>');
  await signIn('2051', '10003');
  await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
  const row = page.getByRole('row').filter({ hasText: 'Dev One' });
  await floor.customer('6003', { from: '15550777', variables: { callVariable1: 'Gold' } });
  const call = await agent!.rings();
  await agent!.dialog(call.child('id')!.text, 'ANSWER', 'answered');
  await row.filter({ hasText: 'Talking' }).waitFor();
  await page.getByRole('button', { name: 'Call details of Dev One' }).click();
  await page.getByText('Call status').waitFor();
  await check('team', 'all');
  await page.getByRole('button', { name: 'Actions for Dev One' }).click();
  await page.getByRole('menu').waitFor();
  await check('agent menu');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Alt+0');
  await page.getByRole('button', { name: 'Send', exact: true }).waitFor();
  await check('team message');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for Dev One' }).click();
  await page.getByRole('menuitem', { name: 'View history' }).click();
  await page.getByRole('heading', { name: 'History of Dev One' }).waitFor();
  await check('history of an agent', 'known');
  const top = () => page.locator('main').evaluate((e) => e.getBoundingClientRect().top);
  const before = await top();
  line.cut();
  await page.locator('.banner').waitFor();
  expect(await top(), 'the banner moves nothing').toBe(before);
  await check('lost connection', 'all');
  expect(faults).toEqual([]);
});
