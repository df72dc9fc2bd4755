/**
 * What strangers and colleagues typed, at its worst: markup, directions of writing, ten thousand characters, emoji. In
 * the real page it is text everywhere, runs nothing, and nothing gives way for it. It comes over BOSH and REST through a
 * proxy that puts it in the place of harmless words.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { Floor } from './connections/floor.ts';
import { SpoilingProxy } from './connections/spoiling-proxy.ts';
import { type RunningPoise, rest, signInBody, startPoise } from './server.ts';

const MARKUP = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
const HOSTILE = `${MARKUP}\u202Eesrever\u2066\u{1F469}\u200D\u{1F469}\u200D\u{1F467} ${'x'.repeat(10_000)}`;
/** Words of the demonstration that everybody sees, and are long and evil behind the proxy. */
const WORDS = /HARMLESS|Dev(?= ?<?)|Sandbox|Support|Lunch|Sale made|Acme|Globex|No sale/g;
const escaped = (text: string) =>
  text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/&#34;/g, '&quot;');

let poise: RunningPoise;
let proxy: SpoilingProxy;
let floor: Floor;
let browser: Browser | undefined;

/** What stands in text of XML is escaped once, in an event, which is XML within XML, twice; JSON has escapes of its own. */
function spoil(text: string, path: string): string {
  if (path.startsWith('/poise/')) return text.replace(WORDS, JSON.stringify(`${HOSTILE}\uD800`).slice(1, -1));
  const once = escaped(HOSTILE);
  return text.replace(/>([^<>]*)</g, (all, inner: string) => {
    if (!WORDS.test(inner)) return all;
    WORDS.lastIndex = 0;
    const isEvent = inner.includes('&lt;');
    return `>${inner.replace(WORDS, () => (isEvent ? escaped(once) : once))}<`;
  });
}

beforeAll(async () => {
  poise = await startPoise();
  [proxy, browser, floor] = await Promise.all([
    SpoilingProxy.to(poise.ports.http, { rewrite: spoil, refusesUpgrades: true }),
    launchBrowser(),
    Floor.open(poise),
  ]);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  proxy?.close();
  await poise?.stop();
});

/** Nothing ran, nothing became an element, and nothing is wider than the window. */
async function isHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    ran: 'hacked' in window,
    elements: document.querySelectorAll('img[src="x"], #root script').length,
    tooWide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    shown: document.body.textContent?.includes('<img src=x onerror=') ?? false,
  }));
  expect([where, found]).toEqual([where, { ran: false, elements: 0, tooWide: 0, shown: true }]);
  const shots = process.env['SCREENSHOTS'];
  if (shots) await page.screenshot({ path: `${shots}/hostile-${where}.png` });
}

test('what people typed is text everywhere, and moves nothing', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
  });
  await rest(poise, '3001', 'PUT', '/User/3001', signInBody('3001'));
  await page.goto(`http://localhost:${proxy.port}/`);
  await page.getByLabel('Agent ID or login name').fill('2051');
  await page.getByLabel('Password').fill('2051');
  await page.getByLabel('Extension', { exact: true }).fill('10002');
  await page.keyboard.press('Enter');
  await page.getByRole('grid', { name: 'Team performance' }).waitFor();
  await page.getByRole('combobox', { name: 'Team' }).selectOption({ index: 1 });
  await page.getByRole('gridcell').filter({ hasText: 'onerror' }).first().waitFor();
  await isHarmless(page, 'team');
  const header = () => page.getByRole('button', { name: 'Change state' }).boundingBox();
  const before = await header();

  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitemradio').filter({ hasText: 'onerror' }).first().waitFor();
  await isHarmless(page, 'reasons');
  await page.getByRole('menuitemradio').filter({ hasText: 'onerror' }).first().click();
  await page.locator('.state-now .name', { hasText: 'onerror' }).waitFor();
  await isHarmless(page, 'state');
  expect((await header())?.y).toBe(before?.y);
  // What changes the state can still be seen and reached.
  const button = await header();
  expect((button?.x ?? 0) + (button?.width ?? 0)).toBeLessThanOrEqual(1280);

  await page.getByRole('button', { name: 'New call' }).click();
  await page.getByRole('row').filter({ hasText: 'onerror' }).first().waitFor();
  await isHarmless(page, 'contacts');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Team message' }).click();
  await page.getByLabel('Message', { exact: true }).fill('HARMLESS');
  await page.getByRole('button', { name: 'Send' }).click();
  await page
    .getByRole('dialog')
    .getByRole('checkbox', { name: /onerror/ })
    .first()
    .waitFor();
  await isHarmless(page, 'messages');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+Alt+R');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  await floor.customer('6001', {
    from: '15550777',
    variables: { callVariable1: 'HARMLESS', callVariable2: 'HARMLESS' },
  });
  await page.locator('.incoming-call').getByText('onerror').first().waitFor();
  await isHarmless(page, 'incoming');
  await page
    .locator('.incoming-call')
    .getByRole('button', { name: /^Answer/ })
    .click();
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await isHarmless(page, 'call');
  const end = page.locator('.call-card').getByRole('button', { name: 'End call' });
  expect((await end.boundingBox())?.y).toBeLessThan(800);
  await page.getByRole('link', { name: 'My history' }).click();
  await page.getByRole('grid', { name: 'Recent states' }).getByText('onerror').first().waitFor();
  await isHarmless(page, 'history');
  await end.click();
  expect(problems).toEqual([]);
  await context.close();
}, 60_000);
