/** finesse.js with the example gadgets: rendered by a real server, in real frames, against its REST API and its events. */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PoiseClient } from '@poise/client';
import type { Browser, Frame, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER, OFTEN } from './browser.ts';
import { dataDirectory, type RunningPoise, startPoise } from './server.ts';

const root = join(import.meta.dirname, '..');
const CONTAINER_DIST = join(root, 'packages/gadgets/dist');

/** A page that holds gadgets and nothing else: the connection to the notification service is the test's. */
const HOLDER = `<!doctype html><title>Holder</title><body><script type="module">
  import { gadgetFrameUrl, GadgetContainer } from '/desktop/holder/index.js';
  sessionStorage.setItem('userFinesseAuth', btoa('3001:3001'));
  const clock = { now: Date.now, schedule: (ms, run) => { const t = setTimeout(run, ms); return { cancel: () => clearTimeout(t) }; } };
  const container = new GadgetContainer({
    clock, nodes: { subscribe: async () => {}, unsubscribe: async () => {}, isConnected: () => true },
    activeTab: () => 'home', activateTab: () => true, showView() {}, availableHeight: () => 500, keepPreference() {},
    proxy: async () => ({ status: 500, text: '' }), log: (line) => lines.push(line), flooded() {},
  }, location.origin);
  window.lines = [];
  const node = (element) => ({ name: element.localName, text: element.textContent, elements: () => [...element.children].map(node) });
  window.notified = (of, xml) => container.notified(of, xml, node(new DOMParser().parseFromString(xml, 'text/xml').documentElement));
  window.container = container;
  addEventListener('message', (event) => container.received(event.source, event.origin, event.data));
  window.add = (id, url) => {
    const gadget = container.gadget({ id, url, tabId: 'home', alternateHosts: [], preferences: {} });
    const panel = Object.assign(document.createElement('div'), { className: 'tab-panel', id: 'panel_home' });
    const frame = Object.assign(document.createElement('iframe'), { name: gadget.clientId, id, width: 600, height: 300 });
    panel.append(frame);
    document.body.append(panel);
    container.attach(gadget, frame.contentWindow, (message, target) => frame.contentWindow.postMessage(message, target));
    const preferences = { id: '3001', host: 'localhost', restHost: 'localhost', localhostPort: location.port, hostPort: location.port,
      scheme: 'http', extension: '3001', locale: 'en_US', systemAuthMode: 'NON_SSO' };
    frame.src = gadgetFrameUrl({ mid: gadget.mid, gadgetUrl: url, locale: 'en_US', view: 'default', preferences, securityToken: '',
      isFresh: false, loads: 0 }, location.origin);
  };
  container.connectionChanged('connected', 'desktop');
</script>`;

/** As builders of Vue and React applications leave it: a module that loads another, which counts on the names of the first. */
const BUILT = {
  'built.xml': `<Module><ModulePrefs title="Built"><Require feature="pubsub-2"/><Require feature="setprefs"/>
    <Require feature="loadingindicator"><Param name="manual-dismiss">true</Param></Require></ModulePrefs>
    <Content type="html" href="built.html"/></Module>`,
  'built.html': `<!DOCTYPE html><html><head><script src="/desktop/assets/js/finesse.min.js"></script>
    <script type="module" crossorigin src="/3rdpartygadget/files/built-first.js"></script></head><body><div id="app"></div></body></html>`,
  'built-first.js': `var clientLogs, containerServices, id, prefs, utils;
    gadgets.HubSettings.onConnect = () => {
      clientLogs = finesse.cslogger.ClientLogger;
      clientLogs.init(gadgets.Hub, 'Built');
      finesse.clientservices.ClientServices.init(finesse.gadget.Config);
      containerServices = finesse.containerservices.ContainerServices.init();
      window.utils = 'its own';
      const next = document.createElement('script');
      next.type = 'module';
      next.src = '/3rdpartygadget/files/built-next.js';
      document.head.append(next);
    };`,
  'built-next.js': `clientLogs.log('drawn');
    gadgets.loadingindicator.dismiss();
    document.querySelector('#app').textContent =
      [id, prefs.getString('extension'), containerServices.getMyTabId(), utils].join(' ');`,
};

let poise: RunningPoise;
let browser: Browser;
let client: PoiseClient;
let page: Page;
const data = dataDirectory();
const problems: string[] = [];

/** What the test of the cache reaches into, in the frame of a gadget. */
type Told = (error: unknown, data: unknown) => void;
declare const window: {
  readonly finesse: {
    readonly utilities: { readonly DesktopCache: { fetchData(key: string, callback: Told): void } };
  };
  deliver?: () => void;
};

const chromium = launchBrowser();
const gadget = (id: string): FrameLocator => page.frameLocator(`iframe#${id}`);

async function holder(): Promise<Page> {
  const opened = await browser.newPage();
  opened.setDefaultTimeout(30_000);
  opened.on('pageerror', (error) => problems.push(String(error)));
  await opened.route('**/desktop/holder/**', (route) => {
    const name = new URL(route.request().url()).pathname.replace('/desktop/holder/', '');
    return name === ''
      ? route.fulfill({ contentType: 'text/html', body: HOLDER })
      : route.fulfill({
          contentType: 'text/javascript',
          body: readFileSync(join(CONTAINER_DIST, name), 'utf8'),
        });
  });
  await opened.goto(`http://localhost:${poise.ports.http}/desktop/holder/`);
  await opened.waitForFunction('window.container !== undefined');
  return opened;
}

beforeAll(async () => {
  if (!chromium) return;
  mkdirSync(join(data, '3rdpartygadget/files'), { recursive: true });
  cpSync(join(root, 'examples/gadgets'), join(data, '3rdpartygadget/files'), { recursive: true });
  for (const [name, text] of Object.entries(BUILT))
    writeFileSync(join(data, '3rdpartygadget/files', name), text);
  poise = await startPoise({ data });
  browser = await chromium;
  const baseUrl = `http://localhost:${poise.ports.http}`;
  client = new PoiseClient({
    baseUrl,
    user: '3001',
    password: '3001',
    transport: 'bosh',
    resource: 'desktop',
  });
  await client.connect();
  await client.signIn({ extension: '3001' });
  page = await holder();
  client.on('notification', ({ node, xml }) => {
    void page.evaluate(
      ([of, text]) => (window as unknown as { notified(a: string, b: string): void }).notified(of, text),
      [node, xml] as const,
    );
  });
});

afterAll(async () => {
  client?.close();
  await browser?.close();
  await poise?.stop();
  rmSync(data, { recursive: true, force: true });
});

const add = (id: string, url: string) =>
  page.evaluate(([a, b]) => (window as unknown as { add(a: string, b: string): void }).add(a, b), [
    id,
    url,
  ] as const);

/** What gadgets have logged. */
const linesOf = () => page.evaluate(() => (window as unknown as { lines: string[] }).lines);

describe.skipIf(!chromium)(chromium ? 'example gadgets' : NO_BROWSER, () => {
  test('show the agent, ask for states and show what came of it', async () => {
    await add('classic', '/3rdpartygadget/files/classic/ClassicGadget.xml?noteVariable=callVariable10');
    const classic = gadget('classic');
    await classic.locator('#who').filter({ hasText: '(3001)' }).waitFor();
    await classic.locator('#state').filter({ hasText: 'NOT_READY' }).waitFor();
    await classic.getByRole('button', { name: 'READY', exact: true }).click();
    await classic
      .locator('#state')
      .filter({ hasText: /^READY$/ })
      .waitFor();
    // This team has no reasons: there is one button for all of Not Ready.
    await classic.getByRole('button', { name: 'NOT_READY', exact: true }).click();
    await classic
      .locator('#state')
      .filter({ hasText: /^NOT_READY$/ })
      .waitFor();
  });

  test('say what the server refuses', async () => {
    const classic = gadget('classic');
    await classic.getByLabel('Number').fill('3001');
    await classic.getByRole('button', { name: 'Call' }).click();
    await classic.locator('#error').filter({ hasText: /./ }).waitFor();
  });

  test('follow a call from one gadget to another, and write to it', async () => {
    await add('modern', '/3rdpartygadget/files/modern/ModernGadget.xml');
    const [classic, modern] = [gadget('classic'), gadget('modern')];
    await modern.getByRole('heading', { name: 'No call' }).waitFor();
    // What the browser has kept of this call comes when the agent is writing already.
    const frame = (await (await page.locator('iframe#modern').elementHandle())?.contentFrame()) as Frame;
    await frame.evaluate(() => {
      const { DesktopCache: cache } = window.finesse.utilities;
      const read = cache.fetchData.bind(cache);
      cache.fetchData = (key, callback) =>
        read(key, (error, data) => {
          window.deliver = () => callback(error, data);
        });
    });
    await classic.getByLabel('Number').fill('15551234');
    await classic.getByRole('button', { name: 'Call' }).click();
    await classic.locator('#calls li').filter({ hasText: 'ACTIVE' }).waitFor();
    await modern.getByRole('heading', { name: 'ACTIVE' }).waitFor();
    await modern.getByLabel('Note').fill('Anna & <Co>');
    await frame.waitForFunction(() => window.deliver !== undefined, undefined, OFTEN);
    await frame.evaluate(() => window.deliver?.());
    expect(await modern.getByLabel('Note').inputValue()).toBe('Anna & <Co>');
    // What is written and not saved is kept in the browser, for the gadget that is loaded anew.
    await add('again', '/3rdpartygadget/files/modern/ModernGadget.xml');
    await expect
      .poll(() => gadget('again').getByLabel('Note').inputValue(), { timeout: 30_000 })
      .toBe('Anna & <Co>');
    await modern.getByRole('button', { name: 'Save' }).click();
    await modern.getByRole('status').filter({ hasText: 'Saved' }).waitFor();
    await classic.locator('#calls li').filter({ hasText: 'Anna & <Co>' }).waitFor();
    const [dialog] = await client.dialogs();
    await client.calls.drop(dialog?.id as string);
    await classic.getByText('No call.').waitFor();
    await modern.getByRole('heading', { name: 'No call' }).waitFor();
    expect(problems).toEqual([]);
  });

  test('log through the desktop', async () => {
    await expect
      .poll(async () => (await linesOf()).join('\n'))
      .toMatch(/: ClassicExample : a call came: \d+$/m);
  });

  test('of modules find the names that the first of them would have given them', async () => {
    await add('built', '/3rdpartygadget/files/built.xml');
    await gadget('built').getByText('3001 3001 home its own').waitFor();
    await expect.poll(async () => (await linesOf()).join('\n')).toMatch(/: Built : drawn$/m);
    expect(problems).toEqual([]);
  });

  test('are documented: the reference page is served', async () => {
    const answer = await fetch(`http://localhost:${poise.ports.http}/desktop/assets/js/doc/index.html`);
    expect(await answer.text()).toContain('finesse.restservices.User');
  });
});
