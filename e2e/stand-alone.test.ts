/** finesse.js in a page of another origin, without gadgets and without a container: its own connection, its own requests. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { type RunningPoise, startPoise } from './server.ts';

// Pages on a busy machine: each step has half a minute.
vi.setConfig({ testTimeout: 240_000 });

let poise: RunningPoise;
let browser: Browser;
let site: Server;
const problems: string[] = [];
const chromium = launchBrowser();

/** What a wallboard or a CRM writes. */
const page = (script: string) => `<!doctype html><title>CRM</title>
<script src="http://localhost:${poise.ports.http}/desktop/assets/js/finesse.js"></script>
<body><p id="state"></p><p id="user"></p><p id="calls"></p><p id="error"></p><p id="queue"></p>
<script>
  var show = function (id, text) { document.getElementById(id).textContent = text; };
  ${script}
</script>`;

const CONFIG = (id: string, more = '') => `{
  username: '${id}', password: '${id}', domain: 'localhost', host: 'localhost', scheme: 'http', hostPort: '${poise.ports.http}',
  onConnect: function () { show('state', 'connected'); connected(); },
  onDisconnect: function () { show('state', 'disconnected'); }${more}
}`;

beforeAll(async () => {
  if (!chromium) return;
  [poise, browser] = await Promise.all([startPoise(), chromium]);
  site = createServer((request, response) => {
    const id = new URL(request.url ?? '/', 'http://site').searchParams.get('id') ?? '';
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(
      page(`
      var services = finesse.clientservices.ClientServices, user, dialogs;
      function connected() {
        user = new finesse.restservices.User({
          id: '${id}',
          onLoad: function () {
            show('user', user.getState());
            dialogs = user.getDialogs({
              onCollectionAdd: function (dialog) { show('calls', dialog.getId() + ' ' + dialog.getFromAddress()); },
              onCollectionDelete: function () { show('calls', 'none'); }
            });
          },
          onChange: function () { show('user', user.getState()); },
          onError: function (rsp) { show('error', String(rsp.status)); }
        });
        new finesse.restservices.Queue({
          id: '85883', onLoad: function (queue) { show('queue', queue.getName()); },
          onChange: function (queue) { show('queue', queue.getName() + ' ' + queue.getStatistics().agentsLoggedOn); }
        });
      }
      services.init(${CONFIG(id)});`),
    );
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
});

afterAll(async () => {
  await browser?.close();
  site?.close();
  await poise?.stop();
});

async function crm(id: string): Promise<Page> {
  const opened = await browser.newPage();
  opened.setDefaultTimeout(30_000);
  opened.on('pageerror', (error) => problems.push(String(error)));
  await opened.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/?id=${id}`);
  return opened;
}

const shows = (of: Page, id: string, text: string | RegExp) =>
  of.locator(`#${id}`).filter({ hasText: text }).waitFor();

describe.skipIf(!chromium)(chromium ? 'finesse.js in a page that stands alone' : NO_BROWSER, () => {
  test('connects, reads, asks for states, makes a call and hears of everything', async () => {
    const opened = await crm('3011');
    await shows(opened, 'state', 'connected');
    await shows(opened, 'user', 'LOGOUT');
    await shows(opened, 'queue', 'Sandbox');
    expect(
      await opened.evaluate(
        '[services.isMaster(), services.getNotificationConnectionState(), services.getResourceID()]',
      ),
    ).toEqual([true, 'Connected', 'desktop']);
    await opened.evaluate('void user.login("3011")');
    await shows(opened, 'user', 'NOT_READY');
    await opened.evaluate('void user.setState("READY")');
    await shows(opened, 'user', /^READY$/);
    await opened.evaluate('void user.setState("NOT_READY")');
    await shows(opened, 'user', 'NOT_READY');
    await opened.evaluate('void user.makeCall("15551234")');
    await shows(opened, 'calls', '3011');
    // By an explicit subscription: figures come when they change.
    await shows(opened, 'queue', /Sandbox \d/);
    expect(problems).toEqual([]);
  });

  test('says what the server refuses, as gadgets hear it', async () => {
    const opened = await crm('3012');
    await shows(opened, 'user', 'LOGOUT');
    const answer = await opened.evaluate(
      `new Promise(function (done) {
        user.setState('READY', null, { error: function (rsp) { done([rsp.status, rsp.object.ApiErrors.ApiError.ErrorType]); } });
      })`,
    );
    expect(answer).toEqual([400, expect.any(String)]);
  });

  test('hears that another session of the user has taken over', async () => {
    const first = await crm('3013');
    await shows(first, 'state', 'connected');
    const second = await crm('3013');
    await shows(second, 'state', 'connected');
    await shows(first, 'state', 'disconnected');
  });
});
