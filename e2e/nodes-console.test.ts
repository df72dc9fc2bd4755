/** The console's page of the nodes, at three of them: an administrator at one of them empties another of its desktops. */
import type { Browser, Page } from 'playwright-core';
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

type Facts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the page shows of each node now, by its name: label and value, and how it `is`. */
function facts(page: Page): Promise<Facts> {
  return page.locator('.node').evaluateAll((sections) =>
    Object.fromEntries(
      sections.map((section) => {
        const text = (element: Element | null) => element?.textContent ?? '';
        const lines = [...section.querySelectorAll('dt')].map((dt) => [
          text(dt),
          text(dt.nextElementSibling),
        ]);
        const is = text(section.querySelector('.node-state'));
        return [text(section.querySelector('h2')), { ...Object.fromEntries(lines), is }];
      }),
    ),
  );
}

/** Reads anew until the page shows that, as who looks for it does. */
async function shows(admin: ConsolePage, what: () => Promise<object>, expected: object): Promise<void> {
  const look = async () => {
    await admin.press('Refresh');
    return what();
  };
  await expect.poll(look, { timeout: WAIT_MS, interval: 1_000 }).toMatchObject(expected);
}

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
    // A node that has just started is heard in a moment, and a busy one may not have answered in time.
    await shows(admin, () => facts(page), {
      node1: {
        Host: '127.0.0.1 (this console)',
        Role: 'Primary node',
        Desktops: '0',
        Parts: 'All are ready',
      },
      node2: { Role: 'Secondary node', Desktops: '1', Parts: 'All are ready', is: 'In service' },
      node3: { Desktops: '0', Parts: 'All are ready' },
    });
    expect(await fact('node2', 'Version')).toBe(await fact('node1', 'Version'));
    await admin.looksRight('nodes');

    // Who is asked, and thinks better of it, has changed nothing.
    await admin.press('Move desktops away: node2');
    await page.getByRole('alertdialog', { name: 'Move all desktops of node2 to other nodes?' }).waitFor();
    await admin.looksRight('nodes-ask');
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(await node('node2').textContent()).toContain('In service');

    await admin.press('Move desktops away: node2');
    await page.getByRole('alertdialog').waitFor();
    await admin.tabTo('Move desktops away');
    await page.keyboard.press('Enter');
    await node('node2').getByText('In maintenance').waitFor();
    await page.locator('.said', { hasText: 'node2:' }).waitFor();
    await admin.looksRight('nodes-moving');
    // One of the others may be silent: then each answer takes longer than from one question to the next.
    await page.route('**/console/nodes', async (route) => {
      await new Promise((done) => setTimeout(done, 3_000));
      await route.continue().catch(() => {});
    });
    await node('node2').getByText('No desktop has to be waited for').waitFor();
    await page.locator('.said', { hasText: 'node2: No desktop has to be waited for' }).waitFor();
    await page.unrouteAll({ behavior: 'wait' });
    expect(await fact('node2', 'Desktops')).toBe('0');
    const others = async () => {
      const { node1, node3 } = await facts(page);
      return [node1?.Desktops, node3?.Desktops].sort();
    };
    await shows(admin, others, ['0', '1']);
    await desktop.locator('.identity-button').waitFor();
    await b.process.says(/Maintenance mode: begun by admin \(node1\)\./);

    await admin.press('End maintenance: node2');
    await page.getByRole('alertdialog', { name: 'End the maintenance of node2?' }).waitFor();
    await admin.tabTo('End maintenance');
    await page.keyboard.press('Enter');
    await node('node2').getByText('In service').waitFor();
    await page.locator('.said', { hasText: 'The maintenance of node2 has ended.' }).waitFor();

    // One that is frozen is known for a while, and does not answer.
    await admin.tabTo('Refresh');
    c.process.child.kill('SIGSTOP');
    await page.keyboard.press('Enter');
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
