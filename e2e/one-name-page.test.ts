/**
 * A desktop page behind one name: HAProxy as we deliver it leads it from node to node, when one is drained and when one is killed. The
 * page, its gadget and whoever is signed in notice nothing of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type Certificates, type Front, frontMissing, makeCertificates, startFront } from './front.ts';
import { type Nodes, nodesMissing, startNodes } from './nodes.ts';
import { launchPoise } from './server.ts';

const ASKER = `<?xml version="1.0"?><Module><ModulePrefs title="Asker"/><Content type="html"><![CDATA[<p>Asker</p><script>
  function put(state) {
    return fetch('/finesse/api/User/3001', { method: 'PUT', body: '<User><state>' + state + '</state></User>',
      headers: { Authorization: 'Basic ' + btoa('3001:3001'), 'Content-Type': 'application/xml' } })
      .then(function (answer) { return answer.status; });
  }
</script>]]></Content></Module>`;
const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets><gadget id="asker">/3rdpartygadget/files/asker.xml</gadget></gadgets></tab>
  </tabs></layout></finesseLayout>`;

/** Whatever this takes on a busy machine. */
const WAIT_MS = 90_000;
const missing = nodesMissing() ?? frontMissing('haproxy');
let certificates: Certificates | undefined;
let nodes: Nodes | undefined;
let front: Front | undefined;
let browser: Browser | undefined;

beforeAll(async () => {
  if (missing !== undefined) return;
  certificates = makeCertificates();
  const settings = [
    'node.primary=localhost',
    'node.secondary=',
    'domain=localhost',
    `https.certificate=${certificates.certificate}`,
    `https.key=${certificates.key}`,
    'maintenance.notice=1s',
  ];
  const args = settings.flatMap((setting) => ['--set', setting]);
  [nodes, browser] = await Promise.all([startNodes({ count: 2, args }), launchBrowser()]);
  const addresses = nodes.nodes.map(({ host }) => `${host}:${nodes?.ports.https}`);
  front = await startFront('haproxy', addresses, certificates);
  for (const { data } of nodes.nodes) {
    const files = join(data, '3rdpartygadget/files');
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, 'asker.xml'), ASKER);
  }
  const escaped = LAYOUT.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const answer = await fetch(`${nodes.nodes[0]?.origin}/finesse/api/Team/5002/LayoutConfig`, {
    method: 'PUT',
    headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/xml' },
    body: `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`,
  });
  expect(answer.status).toBe(200);
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await front?.stop();
  await nodes?.stop();
  certificates?.remove();
});

declare const window: { put(state: string): Promise<number>; mark?: string };

test('drained, drained, killed: the same page, the same frame, nobody is signed out', async ({ skip }) => {
  if (missing !== undefined || nodes === undefined || front === undefined) return skip(missing);
  if (!browser) return skip(NO_BROWSER);
  const page: Page = await browser.newPage({ locale: 'en-GB', ignoreHTTPSErrors: true });
  page.setDefaultTimeout(WAIT_MS);
  await page.goto(front.origin);
  await page.getByLabel('Agent ID or login name').fill('3001');
  await page.getByLabel('Password').fill('3001');
  await page.getByLabel('Extension').fill('3001');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Your state' }).waitFor();
  const element = page.locator('iframe[src*="asker.xml"]');
  await element.waitFor({ state: 'attached' });
  const asker = (await (await element.elementHandle())?.contentFrame()) as Frame;
  await asker.waitForFunction(() => typeof window.put === 'function');
  for (const place of [page, asker]) await place.evaluate(() => Object.assign(window, { mark: 'the same' }));
  let state = 'READY';
  /** The gadget asks, and the page shows what came of it. */
  const works = async () => {
    expect(await asker.evaluate((to) => window.put(to), state)).toBe(202);
    const shown = state === 'READY' ? /^Ready$/ : /^Not Ready/;
    await page.locator('.state-now .name', { hasText: shown }).waitFor();
    state = state === 'READY' ? 'NOT_READY' : 'READY';
    for (const place of [page, asker]) expect(await place.evaluate(() => window.mark)).toBe('the same');
  };
  await works();

  let moves = 0;
  for (const { number, data } of [...nodes.nodes]) {
    const drain = launchPoise(['drain', '--stop', '--data', data]);
    expect([await drain.ended(), drain.output()]).toEqual([0, expect.stringContaining('No desktop is left')]);
    if (drain.output().includes('Still here: 1')) moves++;
    await nodes.nodes[number]?.process.ended();
    await works();
    await front.holds(number, 'DOWN');
    await nodes.again(number);
    await front.holds(number, 'UP');
  }
  // It was at one of them first, and at the other one afterwards.
  expect(moves).toBeGreaterThanOrEqual(1);
  expect(await page.getByText('Lost connection').count()).toBe(0);

  const at = async () => {
    const counts = await Promise.all(
      nodes!.nodes.map(async ({ origin }) => {
        const answer = await fetch(`${origin}/finesse/api/ConnectedUsersInfo`, {
          headers: { authorization: `Basic ${btoa('admin:admin')}` },
        });
        return /<desktopUsers>[1-9]/.test(await answer.text());
      }),
    );
    return counts.indexOf(true);
  };
  const where = await at();
  expect(where).toBeGreaterThanOrEqual(0);
  await nodes.nodes[where]?.process.end('SIGKILL');
  // It is told only if it takes long. What the balancer has not noticed yet may fail once.
  await expect.poll(() => asker.evaluate((to) => window.put(to), state), { timeout: WAIT_MS }).toBe(202);
  await page.locator('.state-now .name', { hasText: state === 'READY' ? /^Ready$/ : /^Not Ready/ }).waitFor();
  state = state === 'READY' ? 'NOT_READY' : 'READY';
  await works();
}, 480_000);
