/** The desktop page with three nodes, in a real browser: two die at the same moment, and it goes on with the third, without being loaded anew. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type Nodes, nodesMissing, startNodes, type TestNode } from './nodes.ts';

const missing = nodesMissing();
/** Whatever this takes on a busy machine. */
const WAIT_MS = 120_000;
let nodes: Nodes;
let browser: Browser | undefined;

beforeAll(async () => {
  if (missing === undefined) [nodes, browser] = await Promise.all([startNodes(), launchBrowser()]);
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await nodes?.stop();
});

test.skipIf(missing !== undefined)(
  `the node that SystemInfo names is dead, too: the page finds the third one ${missing ?? ''}`,
  async ({ skip }) => {
    if (!browser) return skip(NO_BROWSER);
    const [a, b, c] = nodes.nodes as [TestNode, TestNode, TestNode];
    // As with a certificate that was accepted by hand: nothing of the page is kept for it.
    const page = await browser.newPage({ locale: 'en-GB', serviceWorkers: 'block' });
    page.setDefaultTimeout(WAIT_MS);
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/Content.Security.Policy|CORS/i.test(message.text())) refused.push(message.text());
    });
    const isTold = page.waitForResponse((response) =>
      response.url().startsWith(`${a.origin}/poise/api/nodes`),
    );
    await page.goto(a.origin);
    await page.getByLabel('Agent ID or login name').fill('2002');
    await page.getByLabel('Password').fill('2002');
    await page.getByLabel('Extension').fill('2006');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Your state' }).waitFor();
    // Lost when the page is loaded anew.
    await page.evaluate(() => Object.assign(window, { marker: 'the same page' }));
    await isTold;
    // Each part of the page, also those that are shown later, with what they are made of.
    await page.waitForFunction(
      () => {
        const told = document.querySelector<HTMLMetaElement>('meta[name="poise:later-parts"]')?.content ?? '';
        const parts = told.split(' ').filter(Boolean);
        const loaded = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname);
        return parts.length > 0 && parts.every((part) => loaded.includes(part));
      },
      undefined,
      { polling: 100 },
    );
    await Promise.all([a, b].map(({ process }) => process.end('SIGKILL')));
    const from = performance.now();
    const isThere = page.waitForResponse((response) =>
      response.url().startsWith(`${c.origin}/finesse/api/User/2002`),
    );
    await isThere;
    console.log(
      `two of three nodes killed: the page is with the third one after ${Math.round(performance.now() - from)} ms`,
    );
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
    await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
    const headers = { authorization: `Basic ${btoa('2002:2002')}` };
    const user = await (await fetch(`${c.origin}/finesse/api/User/2002`, { headers })).text();
    expect(user).toContain('<state>READY</state>');
    expect(await page.evaluate(() => (window as unknown as { marker?: string }).marker)).toBe(
      'the same page',
    );
    expect(refused).toEqual([]);
    // What it has not shown before it loads from the node that is dead, unless it has it already.
    await page.getByText('My history', { exact: true }).first().click();
    await page.getByText('Start time').or(page.getByText('could not be shown')).first().waitFor();
    expect(await page.getByText('could not be shown').count()).toBe(0);
  },
  400_000,
);
