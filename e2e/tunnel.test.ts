/** The event tunnel: pages of another origin speak its protocol by hand, as libraries of old releases do. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type RunningPoise, startPoise } from './server.ts';

// Pages on a busy machine: each step has half a minute.
vi.setConfig({ testTimeout: 240_000 });

/** What a page of the 9.x to 12.x era does: a hidden frame, messages with a bar, nothing of ours. */
const PAGE = `<!doctype html><title>CRM</title><body><script>
  var heard = [], tunnelOrigin, frame;
  window.addEventListener('message', function (event) {
    if (event.origin === tunnelOrigin) heard.push(event.data);
  }, false);
  function open(origin) {
    tunnelOrigin = origin;
    frame = document.createElement('iframe');
    frame.style.display = 'none';
    frame.id = frame.name = 'tunnel-frame';
    frame.src = origin + '/tunnel/';
    document.body.appendChild(frame);
  }
  function say(type, text) { window.frames['tunnel-frame'].postMessage(type + '|' + text, tunnelOrigin); }
</script>`;

let poise: RunningPoise;
let browser: Browser;
let site: Server;
// Sites of other names are on this machine, too: browsers keep pages of the Internet away from it altogether.
const chromium = launchBrowser([], ['--host-resolver-rules=MAP *.example 127.0.0.1']);

beforeAll(async () => {
  if (!chromium) return;
  site = createServer((_request, response) => response.end(PAGE, 'utf8'));
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  const allowed = `http://crm.example:${(site.address() as AddressInfo).port}`;
  [poise, browser] = await Promise.all([
    startPoise({ args: ['--set', `http.corsOrigins=${allowed}`] }),
    chromium,
  ]);
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  await poise?.stop();
});

/** @param host the name by which the page knows its own site */
async function crm(host = '127.0.0.1'): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await page.goto(`http://${host}:${(site.address() as AddressInfo).port}/`);
  return page;
}

const heard = (page: Page) =>
  page.evaluate<string[]>('heard.filter(function (m) { return m.indexOf("13|") !== 0; })');
const hears = (page: Page, text: string) =>
  page.waitForFunction(
    (wanted) => (window as unknown as { heard: string[] }).heard.some((m) => m.startsWith(wanted)),
    text,
  );
const say = (page: Page, type: number, text: string) =>
  page.evaluate(`say(${type}, ${JSON.stringify(text)})`);

async function openTunnel(page: Page, origin: string): Promise<void> {
  await page.evaluate(`open(${JSON.stringify(origin)})`);
  await hears(page, '4|loaded');
}

/** As MasterTunnel of 10.5 answers `loaded`. */
async function credentials(page: Page, id: string, password = id): Promise<void> {
  await say(page, 1, id);
  await say(page, 5, 'localhost');
  await say(page, 2, password);
  await say(page, 6, 'pubsub.localhost');
}

const signIn = (id: string) =>
  fetch(`http://127.0.0.1:${poise.ports.http}/finesse/api/User/${id}`, {
    method: 'PUT',
    headers: { Authorization: `Basic ${btoa(`${id}:${id}`)}`, 'Content-Type': 'application/xml' },
    body: `<User><state>LOGIN</state><extension>${id}</extension></User>`,
  });

describe.skipIf(!chromium)(chromium ? 'a page outside the desktop' : NO_BROWSER, () => {
  test.each([
    ['bosh', 'http', '3003', 'bosh'],
    ['boshTls', 'https', '3004', 'bosh'],
    ['http', 'http', '3005', 'websocket'],
  ] as const)('gets the events of its user through the port %s', async (port, scheme, id, transport) => {
    const page = await crm();
    await openTunnel(page, `${scheme}://localhost:${poise.ports[port]}`);
    if (transport === 'websocket') await say(page, 12, transport);
    await credentials(page, id);
    await hears(page, '4|connected');
    // What comes next.
    await hears(page, '9|');
    expect(await heard(page)).toEqual([
      '4|loaded',
      '3|desktop',
      '4|connecting',
      '3|desktop',
      '4|connected',
      '9|<presence><from>finesse@localhost/webservices</from><type/></presence>',
    ]);
    expect((await signIn(id)).status).toBe(202);
    await hears(page, `0|/finesse/api/User/${id}<Update>`);
    await say(page, 11, '');
    await hears(page, '4|disconnected');
  });

  test('subscribes to nodes, and hears why not', async () => {
    const page = await crm();
    await openTunnel(page, `http://localhost:${poise.ports.bosh}`);
    await credentials(page, '3006');
    await hears(page, '4|connected');
    await say(page, 7, '/finesse/api/Queue/85883');
    await say(page, 7, '/finesse/api/User/2001');
    await hears(page, '7|/finesse/api/Queue/85883');
    await hears(page, '7|/finesse/api/User/2001|<ApiErrors>');
    await say(page, 14, '');
    await hears(page, '14|[');
    const list = (await heard(page)).find((text) => text.startsWith('14|'))?.slice(3) ?? '';
    expect(JSON.parse(list)).toContainEqual({
      node: '/finesse/api/Queue/85883',
      jid: '3006@localhost/desktop',
      status: 'subscribed',
    });
    await say(page, 8, '/finesse/api/Queue/85883');
    await hears(page, '8|/finesse/api/Queue/85883');
  });

  test('hears that the password is wrong, and may give another', async () => {
    const page = await crm();
    await openTunnel(page, `http://localhost:${poise.ports.bosh}`);
    await credentials(page, '3007', 'wrong');
    await hears(page, '4|unauthorized');
    await say(
      page,
      10,
      '<connInfo><id>3007</id><password>3007</password><xmppDomain>localhost</xmppDomain></connInfo>',
    );
    await hears(page, '4|connected');
  });

  test('is replaced by another one of the same user', async () => {
    const [first, second] = [await crm(), await crm()];
    for (const page of [first, second]) {
      await openTunnel(page, `http://localhost:${poise.ports.bosh}`);
      await credentials(page, '3008');
      await hears(page, '4|connected');
    }
    await hears(first, '4|conflict');
    await first.evaluate('document.getElementById("tunnel-frame").remove()');
    expect((await signIn('3008')).status).toBe(202);
    await hears(second, '0|/finesse/api/User/3008<Update>');
  });

  test('of a foreign origin gets a tunnel where the settings name it, and none elsewhere', async () => {
    const [crmPage, evil] = [await crm('crm.example'), await crm('evil.example')];
    await openTunnel(crmPage, `http://localhost:${poise.ports.bosh}`);
    await credentials(crmPage, '3009');
    await hears(crmPage, '4|connected');
    await evil.evaluate(`open('http://localhost:${poise.ports.bosh}')`);
    // What the browser shows in the place of a page that may not stand there.
    await expect
      .poll(() => evil.frames()[1]?.url(), { timeout: 30_000 })
      .toBe('chrome-error://chromewebdata/');
    expect(await heard(evil)).toEqual([]);
  });
});
