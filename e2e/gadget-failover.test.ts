/** Gadgets of a page whose node dies: they go on with the page at the other node, in the same frames, as if nothing had been. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { listen, type Said } from './reader.ts';
import { rest } from './server.ts';
import { type Pair, startPair } from './two-nodes.ts';

const gadget = (title: string, html: string, more = '') =>
  `<?xml version="1.0"?><Module><ModulePrefs title="${title}"><Require feature="pubsub-2"/>${more}</ModulePrefs>
  <Content type="html"><![CDATA[${html}]]></Content></Module>`;

/** Asks in every way that gadgets have: the proxy, the browser's own two, a file. */
const ASKER = gadget(
  'Asker',
  `<p id="here">Asker</p><iframe id="inner" title="Within" src="within.html"></iframe><script>
  var heard = [], statuses = [];
  gadgets.HubSettings.onConnect = function () {
    gadgets.Hub.subscribe('finesse.info.connection', function (topic, data) { statuses.push(data.status); });
    gadgets.Hub.subscribe('finesse.api.User.3001', function (topic, data) { heard.push(data); });
  };
  function proxied(url) {
    return new Promise(function (done) {
      var params = {};
      params[gadgets.io.RequestParameters.HEADERS] = { Authorization: 'Basic ' + btoa('3001:3001') };
      params[gadgets.io.RequestParameters.REFRESH_INTERVAL] = 0;
      gadgets.io.makeRequest(url, function (rsp) { done(rsp.rc + ' ' + /<loginId>(\\w+)/.exec(rsp.text)[1]); }, params);
    });
  }
  function put(body) {
    return fetch('/finesse/api/User/3001', { method: 'PUT', body: body,
      headers: { Authorization: 'Basic ' + btoa('3001:3001'), 'Content-Type': 'application/xml', requestId: 'of-the-gadget' } })
      .then(function (answer) { return answer.status; });
  }
  function file() {
    return fetch('note.txt').then(function (answer) { return answer.text(); });
  }
  function fileWaitedFor() {
    var request = new XMLHttpRequest();
    request.open('GET', 'note.txt', false);
    request.send();
    return request.responseText;
  }
  /** What a frame of this frame reads, one that is added now, and a worker. */
  function within() {
    var added = document.createElement('iframe');
    added.src = 'within.html?added';
    document.body.appendChild(added);
    return Promise.all([
      document.getElementById('inner').contentWindow.file(),
      new Promise(function (done) { added.onload = done; }).then(function () { return added.contentWindow.file(); }),
      new Promise(function (done, fail) {
        var worker = new Worker(new URL('worker.js', document.baseURI).href);
        worker.onmessage = function (event) { done(event.data); };
        worker.onerror = function () { fail(new Error('no worker')); };
      })
    ]);
  }
  </script>`,
);
const ISOLATED = gadget(
  'Isolated',
  `<p>Isolated</p><script>window.origins = [self.origin];</script>`,
  '<Optional feature="locked-domain"/>',
);

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets>
      <gadget id="asker">/3rdpartygadget/files/asker.xml?one=1</gadget>
      <gadget id="apart">/3rdpartygadget/files/apart.xml</gadget>
    </gadgets></tab></tabs></layout></finesseLayout>`;

/** Whatever this takes on a busy machine. */
const WAIT_MS = 90_000;

let pair: Pair;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  const settings = ['node.secret=of-both-nodes'];
  const args = settings.flatMap((setting) => ['--set', setting]);
  [pair, browser] = await Promise.all([startPair(args), launchBrowser()]);
  for (const { data, origin } of [pair.a, pair.b]) {
    const files = join(data, '3rdpartygadget/files');
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, 'asker.xml'), ASKER);
    writeFileSync(join(files, 'apart.xml'), ISOLATED);
    // Which node it came from.
    writeFileSync(join(files, 'note.txt'), `of ${origin}`);
    const read = "fetch('note.txt').then(function (answer) { return answer.text(); })";
    writeFileSync(join(files, 'within.html'), `<script>function file() { return ${read}; }</script>`);
    writeFileSync(join(files, 'worker.js'), `${read}.then(postMessage)`);
    const escaped = LAYOUT.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const answer = await fetch(`${origin}/finesse/api/Team/5002/LayoutConfig`, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/xml' },
      body: `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`,
    });
    expect(answer.status).toBe(200);
  }
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await pair?.stop();
});
beforeEach(async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
});
afterEach(() => context?.close());

interface Asker {
  readonly heard: unknown[];
  readonly statuses: string[];
  proxied(url: string): Promise<string>;
  put(body: string): Promise<number>;
  file(): Promise<string>;
  fileWaitedFor(): string;
  within(): Promise<string[]>;
  mark?: string;
}
declare const window: Asker & { readonly origin: string; readonly said: readonly Said[] };

/** @param loads how often it was loaded again */
async function frameOf(name: string, loads = 0): Promise<Frame> {
  const again = loads > 0 ? `[src*="reload=${loads}"]` : '';
  const query = `iframe[src*="${encodeURIComponent(`/3rdpartygadget/files/${name}.xml`)}"]${again}`;
  await page.locator(query).waitFor({ state: 'attached' });
  const frame = (await (await page.locator(query).elementHandle())?.contentFrame()) as Frame;
  await frame.waitForLoadState('load');
  return frame;
}

async function signIn(): Promise<void> {
  await page.goto(pair.a.origin);
  await page.getByLabel('Agent ID or login name').fill('3001');
  await page.getByLabel('Password').fill('3001');
  await page.getByLabel('Extension').fill('3001');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.locator('.identity-button').waitFor();
  // Lost when the page or the frame is loaded anew.
  await page.evaluate(() => Object.assign(window, { mark: 'the same page' }));
  const frame = await frameOf('asker');
  await frame.evaluate(() => Object.assign(window, { mark: 'the same frame' }));
}

test('requests through the proxy and of its own, files and a reload go to the node that the page works with', async () => {
  await signIn();
  const asker = await frameOf('asker');
  const url = `http://localhost:${pair.ports.http}/finesse/api/User/3001`;
  expect(await asker.evaluate(() => window.file())).toBe(`of ${pair.a.origin}`);
  expect(await asker.evaluate((of) => window.proxied(of), url)).toBe('200 3001');
  await page.evaluate(async () => {
    const workers = navigator.serviceWorker;
    for (;;) {
      const registrations = await Promise.all(
        ['/gadgets/', '/3rdpartygadget/'].map((scope) => workers.getRegistration(scope)),
      );
      if (registrations.every((registration) => registration?.active)) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  });

  await pair.a.process.end('SIGKILL');
  await page.getByText('Connected again to 127.0.0.2.').waitFor();
  await asker.waitForFunction(() => window.statuses.at(-1) === 'recovered');
  expect(await page.evaluate(() => window.mark)).toBe('the same page');
  expect(await asker.evaluate(() => window.mark)).toBe('the same frame');
  expect(await asker.evaluate((of) => window.proxied(of), url)).toBe('200 3001');
  expect(await asker.evaluate(() => window.file())).toBe(`of ${pair.b.origin}`);
  expect(await asker.evaluate(() => window.fileWaitedFor())).toBe(`of ${pair.b.origin}`);
  expect(await asker.evaluate(() => window.within())).toEqual(Array(3).fill(`of ${pair.b.origin}`));
  await asker.evaluate(() => (window.heard.length = 0));
  expect(await asker.evaluate(() => window.put('<User><state>READY</state></User>'))).toBe(202);
  await asker.waitForFunction(() => JSON.stringify(window.heard).includes('of-the-gadget'));

  // Loaded anew, it comes from the other node, under its old address; and one that is isolated stays so.
  await page.getByRole('button', { name: 'Load Asker again' }).click();
  const second = await frameOf('asker', 1);
  await second.waitForFunction(() => typeof window.file === 'function');
  expect(await second.evaluate(() => location.origin)).toBe(pair.a.origin);
  expect(await second.evaluate(() => window.file())).toBe(`of ${pair.b.origin}`);
  expect(await second.evaluate((of) => window.proxied(of), url)).toBe('200 3001');
  await page.getByRole('button', { name: 'Load Isolated again' }).click();
  const apart = await frameOf('apart', 1);
  await apart.waitForFunction(() => document.body?.textContent?.includes('Isolated'));
  expect(await apart.evaluate(() => window.origin)).toBe('null');
}, 400_000);

test('a browser that keeps no worker: the page is opened anew at the other node, in the call, without a password, and says so', async () => {
  pair = { ...pair, a: await pair.again(pair.a) };
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
  await listen(page);
  const questions: string[] = [];
  page.on('dialog', (dialog) => {
    questions.push(dialog.type());
    void dialog.accept();
  });
  await signIn();
  expect(await page.evaluate(() => 'serviceWorker' in navigator)).toBe(false);
  const call = `<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>3001</fromAddress><toAddress>15551234</toAddress></Dialog>`;
  expect(
    (await rest({ ...pair, host: pair.b.host }, '3001', 'POST', '/User/3001/Dialogs', call)).status,
  ).toBe(202);
  await page.locator('.state-now .name', { hasText: /^Talking$/ }).waitFor();

  await pair.a.process.end('SIGKILL');
  await page.getByText('The desktop was opened anew at 127.0.0.2').first().waitFor();
  await page.waitForFunction(() =>
    window.said.some(({ text }) => text.includes('The desktop was opened anew at 127.0.0.2')),
  );
  expect(await page.evaluate(() => location.href)).toBe(`${pair.b.origin}/desktop/container/`);
  await page.locator('.state-now .name', { hasText: /^Talking$/ }).waitFor();
  expect(questions).toEqual([]);
  const asker = await frameOf('asker');
  await asker.waitForFunction(() => typeof window.file === 'function');
  expect(await asker.evaluate(() => window.file())).toBe(`of ${pair.b.origin}`);
  const { text } = await rest({ ...pair, host: pair.b.host }, '3001', 'GET', '/User/3001');
  expect(text).toContain('<state>TALKING</state>');
  expect(await page.getByText('cannot follow it to').count()).toBe(0);
}, 400_000);
