/**
 * A page without a service worker that is opened anew at another node, signed in, in real browsers: the address with which that is done
 * signs in nobody whom another page, or a person, has brought there (docs/rest.md, A page that is opened anew).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Browser as Firefox, Page as FirefoxPage } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CLIENT, OidcProvider } from '../packages/server/test/oidc-provider.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { launchFirefox, NO_FIREFOX } from './firefox.ts';
import { type Pair, startPair } from './two-nodes.ts';

const WAIT_MS = 120_000;
const CONTAINER = '/desktop/container/';
/** Who leads others to his own sign-in. */
const ATTACKER = '3002';
/** At the provider of single sign-on. */
const SSO_USER = '3003';
const REFUSED = 'The address with which this page was opened signs nobody in.';

const GADGET = `<?xml version="1.0"?><Module><ModulePrefs title="Near"><Require feature="pubsub-2"/></ModulePrefs>
  <Content type="html"><![CDATA[<p>Near</p>]]></Content></Module>`;
const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets><gadget id="near">/3rdpartygadget/files/near.xml</gadget></gadgets></tab>
  </tabs></layout></finesseLayout>`;

let provider: OidcProvider;
let pair: Pair;
let chromium: Browser | undefined;
let firefox: Firefox | undefined;
let hostile: Server;
/** A page of another origin that has the links of {@link hostilePage}. */
let hostileUrl: string;
/** What its links lead to. */
let trap = '';

beforeAll(async () => {
  provider = await OidcProvider.start();
  const sets = [
    'node.secret=of-both-nodes',
    'desktop.serviceWorker=false',
    'sso.systemAuthMode=HYBRID',
    `sso.issuer=${provider.issuer}`,
    `sso.clientId=${CLIENT.id}`,
    `sso.clientSecret=${CLIENT.secret}`,
    `sso.users=${SSO_USER}`,
  ];
  hostile = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(hostilePage(trap));
  });
  await new Promise<void>((done) => hostile.listen(0, '127.0.0.1', done));
  hostileUrl = `http://localhost:${(hostile.address() as AddressInfo).port}/`;
  [pair, chromium, firefox] = await Promise.all([
    startPair(sets.flatMap((set) => ['--set', set])),
    launchBrowser(),
    launchFirefox(),
  ]);
  for (const { data, origin } of [pair.a, pair.b]) {
    const files = join(data, '3rdpartygadget/files');
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, 'near.xml'), GADGET);
    const escaped = LAYOUT.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const answer = await fetch(`${origin}/finesse/api/Team/5002/LayoutConfig`, {
      method: 'PUT',
      headers: { authorization: `Basic ${btoa('admin:admin')}`, 'content-type': 'application/xml' },
      body: `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`,
    });
    expect(answer.status).toBe(200);
  }
}, 300_000);
afterAll(async () => {
  await Promise.all([chromium?.close(), firefox?.close()]);
  hostile?.close();
  await Promise.all([pair?.stop(), provider?.close()]);
});

/** Every way in which a page leads a browser elsewhere. */
const hostilePage = (to: string): string => `<!doctype html><title>Hostile</title>
  <a id="plain" href="${to}">plain</a>
  <a id="noreferrer" rel="noreferrer" href="${to}">noreferrer</a>
  <a id="unsafe" referrerpolicy="unsafe-url" href="${to}">unsafe-url</a>
  <button id="assign" onclick="location.assign('${to}')">assign</button>
  <form action="${to}"><button id="form">form</button></form>`;

/** The address of a page at node b that goes on as the attacker, who says of himself what he likes. */
async function trapped(): Promise<string> {
  const plain = Buffer.from(
    JSON.stringify({ user: ATTACKER, password: ATTACKER, seat: { extension: ATTACKER } }),
  );
  const pad = Buffer.alloc(plain.length, 0x55);
  const cipher = Buffer.from(plain.map((byte, at) => byte ^ (pad[at] ?? 0)));
  const base64 = (bytes: Buffer) => bytes.toString('base64url');
  const answer = await new Promise<string>((done, failed) => {
    const asked = request(`${pair.b.origin}/poise/api/desktop/handover`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${ATTACKER}:${ATTACKER}`)}`,
        'content-type': 'application/json',
        origin: pair.a.origin,
      },
    });
    asked.on('error', failed);
    asked.on('response', (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => done(text));
    });
    asked.end(JSON.stringify({ text: base64(cipher) }));
  });
  const { ticket } = JSON.parse(answer) as { ticket: string };
  return `${pair.b.origin}${CONTAINER}#handover=${ticket}.${base64(pad)}`;
}

/** Of a page that waits for a person, whoever wrote its address. */
const asksWho = `document.body?.innerText.includes(${JSON.stringify(REFUSED)}) && location.hash === ''`;
const WAYS = ['plain', 'noreferrer', 'unsafe', 'assign', 'form'] as const;

describe('in Chromium', () => {
  let context: BrowserContext;
  let page: Page;
  beforeEach(async ({ skip }) => {
    if (!chromium) return skip(NO_BROWSER);
    context = await chromium.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    page.on('dialog', (dialog) => void dialog.accept());
  });
  afterEach(() => context?.close());
  const signedIn = () => page.locator('.identity-button');
  const signsNobodyIn = async () => {
    await page.getByText(REFUSED).waitFor();
    await page.getByLabel('Agent ID or login name').waitFor();
    // Of the page itself: whoever drives it hears of its address a moment later.
    expect(await page.evaluate(() => location.hash)).toBe('');
    expect(await signedIn().count()).toBe(0);
  };

  test.each(WAYS)(
    'a hostile page signs nobody in: %s',
    async (way) => {
      trap = await trapped();
      await page.goto(hostileUrl);
      await page.locator(`#${way}`).click();
      await page.waitForURL(`${pair.b.origin}${CONTAINER}**`);
      await signsNobodyIn();
    },
    240_000,
  );

  test('nor does an address that is typed, nor a reload of a page that another node has opened', async () => {
    await page.goto(await trapped());
    await signsNobodyIn();

    await page.goto(pair.b.origin + CONTAINER, { referer: `${pair.a.origin}/` });
    await page.getByLabel('Agent ID or login name').waitFor();
    const fragment = new URL(await trapped()).hash;
    await page.evaluate((hash) => location.assign(hash), fragment);
    await page.reload();
    await signsNobodyIn();
  }, 240_000);

  test('the same address, from the page of the other node: it is that which counts', async () => {
    await page.goto(await trapped(), { referer: `${pair.a.origin}/` });
    await signedIn().waitFor();
    expect(await page.evaluate(() => location.href)).toBe(`${pair.b.origin}${CONTAINER}`);
  }, 240_000);

  test('a user of single sign-on is opened anew, too, without the provider', async () => {
    await page.goto(pair.a.origin);
    // At a first visit the page asks for a password as well, until its node has told of the provider.
    await page.getByRole('button', { name: 'Continue', exact: true }).waitFor();
    await page.getByLabel('Agent ID or login name').fill(SSO_USER);
    await page.keyboard.press('Enter');
    await page.getByLabel('Account').fill(SSO_USER);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByLabel('Extension', { exact: true }).fill(SSO_USER);
    await page.keyboard.press('Enter');
    await signedIn().waitFor();
    await page.locator('iframe[src*="near.xml"]').waitFor({ state: 'attached' });
    const grants = provider.grants.length;
    await pair.a.process.end('SIGKILL');
    await page.getByText('The desktop was opened anew at 127.0.0.2').first().waitFor();
    expect(await page.evaluate(() => [location.origin, location.hash])).toEqual([pair.b.origin, '']);
    await signedIn().waitFor();
    expect(provider.grants.slice(grants)).toEqual([]);
    pair = { ...pair, a: await pair.again(pair.a) };
  }, 300_000);
});

describe('in Firefox', () => {
  let page: FirefoxPage;
  beforeEach(async ({ skip }) => {
    if (!firefox) return skip(NO_FIREFOX);
    page = await (await firefox.createBrowserContext()).newPage();
    page.setDefaultTimeout(WAIT_MS);
    page.on('dialog', (dialog) => void dialog.accept());
  }, 60_000);
  afterEach(() => page?.browserContext().close());
  const isSignedIn = () => page.evaluate(() => document.querySelector('.identity-button') !== null);

  test.each(WAYS)(
    'a hostile page signs nobody in: %s',
    async (way) => {
      trap = await trapped();
      await page.goto(hostileUrl);
      await page.click(`#${way}`);
      await page.waitForFunction(`location.origin === ${JSON.stringify(pair.b.origin)} && ${asksWho}`);
      expect(await isSignedIn()).toBe(false);
    },
    240_000,
  );

  test('nor does an address that is typed', async () => {
    await page.goto(await trapped());
    await page.waitForFunction(asksWho);
    expect(await isSignedIn()).toBe(false);
  }, 240_000);

  test('a node that dies: the page is opened anew at the other one without a click, and says so', async () => {
    await page.goto(`${pair.a.origin}/?locale=en`);
    // At a first visit the page asks for a password as well, until its node has told of the provider.
    await page.waitForFunction(
      `document.querySelector('input[name=username]') !== null && document.querySelector('input[type=password]') === null`,
    );
    await page.type('input[name=username]', '3001');
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[type=password]');
    await page.type('input[type=password]', '3001');
    await page.type('input[name=extension]', '3001');
    await page.keyboard.press('Enter');
    await page.waitForSelector('iframe[src*="near.xml"]');
    await pair.a.process.end('SIGKILL');
    await page.waitForFunction(
      `location.origin === ${JSON.stringify(pair.b.origin)} && location.hash === '' && document.body?.innerText.includes('The desktop was opened anew at 127.0.0.2')`,
    );
    expect(await isSignedIn()).toBe(true);
    pair = { ...pair, a: await pair.again(pair.a) };
  }, 300_000);
});
