/**
 * Three nodes are upgraded one after the other while agents work: nobody is signed out, no page is loaded anew, no request fails, every
 * change has its event.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from './browser.ts';
import { type Nodes, nodesMissing, startNodes } from './nodes.ts';
import { rollingUpgrade } from './rolling.ts';

const missing = nodesMissing();
let nodes: Nodes | undefined;
let browser: Browser | undefined;

beforeAll(async () => {
  if (missing !== undefined) return;
  const settings = ['maintenance.notice=1s', 'presence.grace=5s'];
  const args = settings.flatMap((setting) => ['--set', setting]);
  [nodes, browser] = await Promise.all([startNodes({ args }), launchBrowser()]);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await nodes?.stop();
});

async function signIn(page: Page, origin: string, id: string): Promise<void> {
  await page.goto(origin);
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(id);
  await page.getByLabel('Extension').fill(id);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  await page.evaluate(() => Object.assign(window, { marker: 'the same page' }));
}

test('0 errors, 0 sign-outs, 0 reloads, no lost event', async ({ skip }) => {
  if (missing !== undefined || nodes === undefined) return skip(missing);
  const pages: Page[] = [];
  // Without a browser the clients of the SDK still are tested.
  for (const [index, id] of ['3001', '3002'].entries()) {
    const page = await browser?.newPage({ locale: 'en-GB' });
    if (page === undefined) break;
    page.setDefaultTimeout(90_000);
    pages.push(page);
    await signIn(page, nodes.nodes[index]!.origin, id);
  }
  const agents = ['3003', '3004', '3005', '3006', '3007', '3008'];
  const figures = await rollingUpgrade(nodes, { agents, everyMs: 1_000, spreadMs: 3_000, afterMs: 15_000 });
  expect(figures).toMatchObject({ errors: [], signOuts: 0, losses: 0, wrong: [] });
  expect(figures.changes).toBeGreaterThan(100);
  // Each node's desktops have left it once.
  expect(figures.moves.length).toBeGreaterThanOrEqual(agents.length);
  for (const page of pages) {
    expect(await page.evaluate(() => (window as { marker?: string }).marker)).toBe('the same page');
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
    await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  }
  for (const { origin } of nodes.nodes) {
    const answer = await fetch(`${origin}/poise/api/signOuts`, {
      headers: { authorization: `Basic ${btoa('admin:admin')}` },
    });
    expect(await answer.json()).toEqual({ signOuts: [] });
  }
}, 480_000);
