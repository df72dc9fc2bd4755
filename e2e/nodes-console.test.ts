/** The console's page of the nodes, at three of them: an administrator at one of them empties another of its desktops. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { ConsolePage } from './console-page.ts';
import { type Nodes, nodesMissing, startNodes, type TestNode } from './nodes.ts';

const options = { postgres: false, args: ['--set', 'maintenance.notice=5s'] };
const missing = nodesMissing(options);
/** Whatever this takes on a busy machine. */
const WAIT_MS = 90_000;

let nodes: Nodes;
let browser: Browser | undefined;

beforeAll(async () => {
  if (missing === undefined) [nodes, browser] = await Promise.all([startNodes(options), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await nodes?.stop();
});

test.skipIf(missing !== undefined)(
  `the desktops of another node move away, and may come back, by keyboard ${missing ?? ''}`,
  async ({ skip }) => {
    if (!browser) return skip(NO_BROWSER);
    const [, b, c] = nodes.nodes as [TestNode, TestNode, TestNode];
    const desktop = await browser.newPage({ locale: 'en-GB' });
    await desktop.goto(b.origin);
    await desktop.getByLabel('Agent ID or login name').fill('2002');
    await desktop.getByLabel('Password').fill('2002');
    await desktop.getByLabel('Extension').fill('2006');
    await desktop.getByRole('button', { name: 'Sign in' }).click();
    await desktop.getByRole('heading', { name: 'Your state' }).waitFor();

    const admin = await ConsolePage.open(browser, { ports: nodes.ports });
    const { page } = admin;
    page.setDefaultTimeout(WAIT_MS);
    await admin.signIn('admin', 'admin');
    await admin.area('Nodes');
    const node = (name: string) => page.getByRole('region', { name, exact: true });
    const fact = (name: string, label: string) =>
      node(name).locator(`dt:text-is("${label}") + dd`).textContent();
    await node('node3').waitFor();
    expect(await fact('node1', 'Host')).toBe('127.0.0.1 (this console)');
    expect([await fact('node1', 'Role'), await fact('node2', 'Role')]).toEqual([
      'Primary node',
      'Secondary node',
    ]);
    expect([await fact('node1', 'Desktops'), await fact('node2', 'Desktops')]).toEqual(['0', '1']);
    expect(await fact('node2', 'Parts')).toBe('All are ready');
    expect(await fact('node2', 'Version')).toBe(await fact('node1', 'Version'));
    await admin.looksRight('nodes');

    // Who is asked, and thinks better of it, has changed nothing.
    await admin.press('Move desktops away: node2');
    await page.getByRole('alertdialog', { name: 'Move all desktops of node2 to other nodes?' }).waitFor();
    await admin.looksRight('nodes-ask');
    await page.keyboard.press('Escape');
    expect(await node('node2').textContent()).toContain('In service');

    await admin.press('Move desktops away: node2');
    await page.getByRole('alertdialog').waitFor();
    await admin.tabTo('Move desktops away');
    await page.keyboard.press('Enter');
    await node('node2').getByText('In maintenance').waitFor();
    await page.locator('.said', { hasText: 'node2:' }).waitFor();
    await admin.looksRight('nodes-moving');
    await node('node2').getByText('No desktop has to be waited for').waitFor();
    await page.locator('.said', { hasText: 'node2: No desktop has to be waited for' }).waitFor();
    expect(await fact('node2', 'Desktops')).toBe('0');
    await expect
      .poll(async () => [await fact('node1', 'Desktops'), await fact('node3', 'Desktops')].sort(), {
        timeout: WAIT_MS,
      })
      .toEqual(['0', '1']);
    expect(await desktop.locator('.identity-button').count()).toBe(1);
    expect(b.process.output()).toContain('Maintenance mode: begun by admin (node1).');

    await admin.press('End maintenance: node2');
    await page.getByRole('alertdialog', { name: 'End the maintenance of node2?' }).waitFor();
    await admin.tabTo('End maintenance');
    await page.keyboard.press('Enter');
    await node('node2').getByText('In service').waitFor();
    await page.locator('.said', { hasText: 'The maintenance of node2 has ended.' }).waitFor();

    // One that is frozen is known for a while, and does not answer.
    c.process.child.kill('SIGSTOP');
    await admin.press('Refresh');
    await node('node3').getByText('The node does not answer').waitFor();
    await admin.looksRight('nodes-silent');
    c.process.child.kill('SIGCONT');
    await c.process.end('SIGKILL');
    await expect
      .poll(
        async () => {
          await admin.press('Refresh');
          return page.getByRole('main').textContent();
        },
        { timeout: WAIT_MS, interval: 1_000 },
      )
      .toMatch(/127\.0\.0\.3\s*Gone/);
    expect(admin.problems).toEqual([]);
  },
  300_000,
);
