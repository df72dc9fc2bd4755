/**
 * Pages made elsewhere with Strophe, put into the third-party gadget directory or served from another
 * loopback origin: agent 3001 signs in from the page by REST and sees the Update over WebSocket or BOSH.
 */
import { copyFileSync, createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../browser.ts';
import { type RunningPoise, startPoise } from '../server.ts';

const STROPHE = resolve(import.meta.dirname, '../../node_modules/strophe.js/dist/strophe.umd.min.js');

/** What such pages do: connect, say they are available, PUT the state, wait for the notification. */
const PAGE = `<!doctype html><meta charset="utf-8"><title>Foreign page</title>
<script src="strophe.js"></script>
<pre id="log"></pre>
<script>
const q = new URLSearchParams(location.search);
const agent = q.get('agent'), api = q.get('api'), service = q.get('service');
const log = (t) => { document.getElementById('log').textContent += t + '\\n'; };
const { Strophe, $pres } = window.strophe ?? window;
const c = new Strophe.Connection(service);
c.addHandler((m) => {
  const n = m.getElementsByTagName('notification')[0];
  const update = new DOMParser().parseFromString(n.textContent, 'text/xml');
  log('update ' + update.getElementsByTagName('requestId')[0].textContent + ' ' + (update.getElementsByTagName('state')[0]?.textContent ?? ''));
  return true;
}, null, 'message');
c.addHandler((p) => {
  log('presence ' + p.getAttribute('from'));
  if (!p.getAttribute('from').startsWith('finesse@')) return true;
  fetch(api + '/finesse/api/User/' + agent, {
    method: 'PUT',
    headers: { Authorization: 'Basic ' + btoa(agent + ':' + agent), 'Content-Type': 'application/xml', requestId: 'page-' + agent },
    body: '<User><state>LOGIN</state><extension>' + agent + '</extension></User>',
  }).then((r) => log('put ' + r.status));
  return true;
}, null, 'presence');
c.connect(agent + '@localhost/' + agent, agent, (status) => {
  log('status ' + status);
  if (status === Strophe.Status.CONNECTED) c.send($pres());
});
</script>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let elsewhere: Server;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  const files = join(poise.data, '3rdpartygadget/files/sample');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'page.html'), PAGE);
  copyFileSync(STROPHE, join(files, 'strophe.js'));
  elsewhere = createServer((req, res) => {
    if (req.url?.startsWith('/strophe.js')) {
      res.setHeader('Content-Type', 'text/javascript');
      createReadStream(STROPHE).pipe(res);
    } else res.setHeader('Content-Type', 'text/html').end(PAGE);
  });
  await new Promise<void>((done) => elsewhere.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  elsewhere?.close();
  await browser?.close();
  await poise?.stop();
});

async function signIn(origin: string, agent: string, api: string, service: string): Promise<string> {
  const page = await (browser as Browser).newPage();
  try {
    await page.goto(`${origin}?${new URLSearchParams({ agent, api, service })}`);
    // The Update comes on a line of its own, before the answer or after it.
    for (const words of [`update page-${agent}`, 'put '])
      await page.waitForFunction((w) => document.getElementById('log')?.textContent?.includes(w), words);
    return (await page.textContent('#log')) ?? '';
  } finally {
    await page.close();
  }
}

test('beside the API, over WebSocket on the same origin', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const origin = `http://localhost:${poise.ports.http}`;
  const log = await signIn(
    `${origin}/3rdpartygadget/files/sample/page.html`,
    '3001',
    '',
    `ws://localhost:${poise.ports.http}/ws/`,
  );
  expect(log).toContain('put 202');
  expect(log).toContain('update page-3001 NOT_READY');
});

test('beside the API, over BOSH on the notification port, which is another origin', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const origin = `http://localhost:${poise.ports.http}`;
  const log = await signIn(
    `${origin}/3rdpartygadget/files/sample/page.html`,
    '3002',
    '',
    `http://localhost:${poise.ports.bosh}/http-bind/`,
  );
  expect(log).toContain('update page-3002 NOT_READY');
});

test('from another loopback origin: REST and BOSH answer the pre-flight of demonstration mode', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const { port } = elsewhere.address() as AddressInfo;
  const api = `http://127.0.0.1:${poise.ports.http}`;
  const log = await signIn(`http://127.0.0.1:${port}/`, '3003', api, `${api}/http-bind/`);
  expect(log).toContain('put 202');
  expect(log).toContain('update page-3003 NOT_READY');
});
