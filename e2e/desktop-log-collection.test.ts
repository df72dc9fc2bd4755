/** Scheduled collection of client logs, from the command line to the file, with the real page (desktop.md D113). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { launchPoise, type RunningPoise, startPoise } from './server.ts';

let poise: RunningPoise;
let browser: Browser | undefined;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});

async function signedIn(id: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await (browser as Browser).newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`http://localhost:${poise.ports.http}/desktop/container/`);
  await fill(page, id);
  return { context, page };
}

async function fill(page: Page, id: string): Promise<void> {
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(id);
  await page.getByLabel('Extension').fill(id);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** `poise utils finesse desktop_auto_log_collection …`, and what it prints. */
async function collection(...args: string[]): Promise<{ status: unknown; output: string }> {
  const command = ['utils', 'finesse', 'desktop_auto_log_collection'];
  const one = launchPoise([...command, ...args, '--data', poise.data]);
  return { status: await one.ended(), output: one.output() };
}

const folder = () => join(poise.data, 'logs/desktop/logs/clientlogs');
const files = () => (existsSync(folder()) ? readdirSync(folder()) : []);

/** Signature of the last record of a zip. */
const END_OF_ZIP = Buffer.from([0x50, 0x4b, 0x05, 0x06]);

function unzipped(name: string): string {
  const bytes = readFileSync(join(folder(), name));
  const start = 30 + bytes.readUInt16LE(26);
  return inflateRawSync(bytes.subarray(start, start + bytes.readUInt32LE(18))).toString();
}

test('an agent’s page sends its log when the schedule says so, and nobody at a page sees it', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const [one, other] = [await signedIn('3005'), await signedIn('3006')];
  const problems: string[] = [];
  one.page.on('pageerror', (error) => problems.push(String(error)));
  for (const { page } of [one, other])
    await page.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
  // Two tabs of one agent: the one that gave way is of another's no more than this page is of 3006.
  const second = await one.context.newPage();
  second.setDefaultTimeout(30_000);
  await second.goto(`http://localhost:${poise.ports.http}/desktop/container/`);
  // The first thing that a page at work writes down, a moment after the sign-in.
  const compared = second.waitForEvent('console', (line) => line.text().includes('Drift'));
  await fill(second, '3005');
  await second.getByRole('button', { name: 'Go on in this tab' }).click();
  await second.getByRole('heading', { name: 'Your state' }).waitFor({ state: 'attached' });
  await compared;

  expect(
    await collection('create', '--agents', '3005,3007', '--duration', '900', '--interval', '240'),
  ).toEqual({
    status: 0,
    output:
      '\nSuccessfully scheduled client log collection for the specified agent(s).\n\nEnsure the same is enabled in all the Finesse nodes in the cluster..\n',
  });
  await expect.poll(() => files().length, { timeout: 30_000 }).toBe(1);
  const [name] = files() as [string];
  expect(name).toMatch(/^clientlog\.3005\.\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.zip$/);
  // The file is there before all of it is written.
  await expect
    .poll(() => readFileSync(join(folder(), name)).includes(END_OF_ZIP), { timeout: 30_000 })
    .toBe(true);
  const log = unzipped(name);
  expect(log).toContain('Drift');
  expect(log).not.toContain('3006');
  await second.locator('.identity-button').click();
  // As if nothing had been sent: this says so for 10 s after a report.
  await second.getByRole('button', { name: 'Send error report' }).waitFor();
  expect(await second.locator('.pop-up').count()).toBe(0);

  // Asked once more: this log tells more than the one before.
  await collection('create', '--agents', '3005', '--duration', '900', '--interval', '240');
  await expect.poll(() => files().length, { timeout: 30_000 }).toBe(2);
  const { output } = await collection('list');
  expect(output).toMatch(
    /^These are the live log collection schedules:\n\nSchedule ID:1 Created At: \w{3} \w{3} \d{1,2} \d\d:\d\d:\d\d \S+ \d{4}\nDuration: 900 seconds\nFrequency: 240 seconds\nAgent Ids: 3005,3007\n\nSchedule ID:2 /,
  );
  expect(await collection('delete', '--id', 'all')).toMatchObject({ status: 0 });
  expect((await collection('list')).output).toBe('There are no live log collection schedules.\n');
  expect(files()).toHaveLength(2);
  const audited = join(poise.data, 'logs/desktop/logs/audit-log');
  const lines = () =>
    readdirSync(audited)
      .map((file) => readFileSync(join(audited, file), 'utf8'))
      .join('');
  await expect
    .poll(lines)
    .toMatch(
      /\[user=\]\[method=create\]\[url=poise utils finesse .* create\]: .*"agentIds":\["3005","3007"\]/,
    );
  await expect.poll(lines).toMatch(/\[method=delete\].*"ids":\[1/);
  expect(problems).toEqual([]);
}, 240_000);

test('without the data directory of the server nobody has its token', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const command = ['utils', 'finesse', 'desktop_auto_log_collection', 'list'];
  const stranger = launchPoise([...command, '--data', `${poise.data}-other`]);
  expect(await stranger.ended()).toBe(1);
  expect(stranger.output()).toContain('No Poise is running with the data directory');
});
