/** A developer at work on a gadget: `poise gadget serve`, an editor, and the desktop in Chromium. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { freeOffset, type LaunchedPoise, launchPoise, portsAt } from './server.ts';

const gadget = (title: string, html: string) =>
  `<?xml version="1.0"?><Module><ModulePrefs title="${title}"/><Content type="html"><![CDATA[${html}]]></Content></Module>`;

let dir: string;
let poise: LaunchedPoise;
let browser: Browser | undefined;
let desk: DesktopPage;
const save = (xml: string) => writeFileSync(join(dir, 'mine.xml'), xml);

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'poise-folder-'));
  save(gadget('First', '<p>one</p>'));
  const offset = await freeOffset();
  poise = launchPoise(['gadget', 'serve', dir, '--set', `ports.offset=${offset}`]);
  [browser] = await Promise.all([launchBrowser(), poise.says(/^poise: IN_SERVICE/m)]);
  if (!browser) return;
  desk = await DesktopPage.open(browser, { ports: portsAt(offset) });
  await desk.signIn('3001', '3001');
});
afterAll(async () => {
  await browser?.close();
  await poise?.end('SIGTERM');
  rmSync(dir, { recursive: true });
});
beforeEach(({ skip }) => {
  if (!browser) skip(NO_BROWSER);
});

test('what is saved is shown: content, title, and what breaks and is mended again', async () => {
  const { page } = desk;
  const box = (title: string) => page.getByRole('region', { name: title });
  const frame = page.frameLocator('iframe[src*="mine.xml"]');
  await frame.getByText('one', { exact: true }).waitFor();
  await box('First').waitFor();

  save(gadget('Second', '<p>two</p><script>oops()</script>'));
  await frame.getByText('two', { exact: true }).waitFor();
  await box('Second').waitFor();
  await expect.poll(() => box('First').count()).toBe(0);

  save('<Module><ModulePrefs title="Second"></Module>');
  const refused = page.locator('.gadget-refused');
  await refused.waitFor();
  expect(await refused.textContent()).toContain('ModulePrefs');

  save(gadget('Third', '<p>three</p>'));
  await refused.waitFor({ state: 'detached' });
  await frame.getByText('three', { exact: true }).waitFor();
  await box('Third').waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
});
