/** Gadgets of others on the desktop: rendered by the server, in frames, with the notification connection of the page. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Frame } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER, OFTEN } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { type RunningPoise, rest, startPoise } from './server.ts';

const gadget = (title: string, html: string, more = '') =>
  `<?xml version="1.0"?><Module><ModulePrefs title="${title}"><Require feature="pubsub-2"/><Require feature="setprefs"/>${more}
  </ModulePrefs><Content type="html"><![CDATA[${html}]]></Content></Module>`;

/** An old gadget: it speaks to hub and proxy itself, as the libraries that they bring do. */
const WATCHER = gadget(
  'Watcher',
  `<script>
    var prefs = new gadgets.Prefs(), heard = {}, answers = [];
    function listen(topic) {
      gadgets.Hub.subscribe(topic, function (of, data) { (heard[of] = heard[of] || []).push(data); });
    }
    gadgets.HubSettings.onConnect = function () {
      ['finesse.info.connection', 'finesse.containerservices.activeTab', 'finesse.containerservices.gadgetViewChangedEvent',
       'finesse.api.User.' + prefs.getString('id'), 'finesse.info.responses.*'].forEach(listen);
      gadgets.Hub.publish('finesse.info.requests', { type: 'ConnectionInfoReq', data: {}, invokeID: 'c' });
      gadgets.Hub.publish('finesse.containerservices.requests', { type: 'ActiveTabReq', data: {}, invokeID: 1 });
    };
    function ask(method, body) {
      var params = {};
      params[gadgets.io.RequestParameters.METHOD] = method;
      params[gadgets.io.RequestParameters.REFRESH_INTERVAL] = 0;
      params[gadgets.io.RequestParameters.POST_DATA] = body;
      params[gadgets.io.RequestParameters.HEADERS] =
        { Authorization: 'Basic ' + prefs.getString('authorization'), 'Content-Type': 'application/xml' };
      gadgets.io.makeRequest('http://' + prefs.getString('restHost') + ':' + prefs.getString('localhostPort') +
        '/finesse/api/User/' + prefs.getString('id'), function (rsp) { answers.push(rsp); }, params);
    }
  </script><div style="height:140px">Watcher</div><script>gadgets.window.adjustHeight();</script>`,
);

/** One without a place needs nothing to show: there is no element that would begin a body. */
const SCRIPTS =
  '<!DOCTYPE html><script>gadgets.HubSettings.onConnect = function () { window.mark = true; };</script>';

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <header><leftAlignedColumns>
    <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
    <headercolumn width="120px"><gadget id="ticker">/3rdpartygadget/files/plain.xml?n=5</gadget></headercolumn>
  </leftAlignedColumns><rightAlignedColumns>
    <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
  </rightAlignedColumns></header>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets>
      <gadget id="watcher" color="blue">/3rdpartygadget/files/w.xml?team=CL%20teamName&amp;gadgetHeight=300</gadget>
      <gadget id="multi">/desktop/scripts/js/tabbedGadgets.js</gadget>
      <gadget id="shown" managedBy="multi">/3rdpartygadget/files/plain.xml?n=1</gadget>
      <gadget id="later" managedBy="multi" hidden="true">/3rdpartygadget/files/plain.xml?n=2</gadget>
      <gadget id="headless" hidden="true">/3rdpartygadget/files/plain.xml?n=3</gadget>
      <gadget id="none">/3rdpartygadget/files/none.xml</gadget>
      <gadget id="scripts" hidden="true">/3rdpartygadget/files/scripts.xml</gadget>
    </gadgets></tab>
    <tab><id>other</id><label>Other</label><gadgets><gadget id="far">/3rdpartygadget/files/plain.xml?n=4</gadget></gadgets></tab>
  </tabs></layout></finesseLayout>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let desk: DesktopPage;

beforeAll(async () => {
  [poise, browser] = await Promise.all([startPoise(), launchBrowser()]);
  const files = join(poise.data, '3rdpartygadget/files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'w.xml'), WATCHER);
  writeFileSync(join(files, 'plain.xml'), gadget('Plain', '<p>Plain</p>'));
  writeFileSync(join(files, 'scripts.xml'), gadget('Scripts', SCRIPTS));
  const escaped = LAYOUT.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/LayoutConfig', body)).status).toBe(200);
  if (!browser) return;
  desk = await DesktopPage.open(browser, poise);
  await desk.signIn('3001', '3001');
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(({ skip }) => {
  if (!browser) skip(NO_BROWSER);
});

interface Watcher {
  readonly heard: Readonly<Record<string, readonly unknown[]>>;
  readonly answers: readonly { rc: number; text: string }[];
  ask(method: string, body: string): void;
  mark?: boolean;
  readonly gadgets: {
    Hub: { publish(topic: string, data: unknown): void };
    Prefs: new () => { getString(name: string): string; set(name: string, value: string): void };
    views: { requestNavigateTo(view: string): void };
    window: { adjustHeight(height: number): void };
  };
}
type Prefs = { getString(name: string): string };
declare const window: Watcher & { location: Location };

/** The frame whose gadget's address ends so. */
async function frameOf(end: string): Promise<Frame> {
  const { page } = desk;
  const query = `iframe[src$="${encodeURIComponent(end)}"]`;
  await page.locator(query).waitFor({ state: 'attached' });
  const frame = await (await page.locator(query).elementHandle())?.contentFrame();
  // What is empty as yet has been loaded, too.
  await frame?.waitForURL(/\/gadgets\/ifr\?/);
  await frame?.waitForLoadState('load');
  return frame as Frame;
}

const WATCHED = '/3rdpartygadget/files/w.xml?team=CL%20Sandbox&gadgetHeight=300';
const publish = (frame: Frame, topic: string, data: unknown) =>
  frame.evaluate(([of, what]) => window.gadgets.Hub.publish(of as string, what), [topic, data] as const);

test('a gadget is drawn where the layout has it, knows who is signed in, and where it is', async () => {
  const frame = await frameOf(WATCHED);
  await frame.waitForFunction(
    () => window.heard['finesse.containerservices.activeTab'] !== undefined,
    undefined,
    OFTEN,
  );
  expect(await frame.evaluate(() => window.heard['finesse.info.connection']?.at(-1))).toEqual({
    status: 'connected',
    resourceID: 'desktop',
    invokeID: 'c',
  });
  expect(await frame.evaluate(() => window.heard['finesse.containerservices.activeTab']?.at(-1))).toBe(
    'home',
  );
  const prefs = ['id', 'teamName', 'color', 'locale', 'authorization'];
  expect(
    await frame.evaluate((names) => names.map((name) => new window.gadgets.Prefs().getString(name)), prefs),
  ).toEqual(['3001', 'Sandbox', 'blue', 'en_US', btoa('3001:3001')]);
  // Never in an address, though: those stand in logs.
  expect(frame.url()).not.toContain('uthorization');
  // What older helpers look for in the page (gadgets.md H2, H3).
  const { page } = desk;
  const mid = frame.name().replace('finesse_gadget_', '');
  expect(await page.locator(`#finesse_gadget_${mid}_title`).textContent()).toBe('Watcher');
  expect(await page.locator('div.tab-panel.active').evaluateAll((all) => all.map(({ id }) => id))).toEqual([
    'panel_home',
  ]);
  expect(await page.locator(`div.tab-panel#panel_home #gadgets-gadget-content-${mid} iframe`).count()).toBe(
    1,
  );
  await page.waitForFunction(
    (of) => document.getElementById(`gadgets-gadget-content-${of}`)?.clientHeight === 140,
    mid,
  );
});

test('what it asks of the server goes through the proxy, and comes back as an event on the hub', async () => {
  const frame = await frameOf(WATCHED);
  await frame.evaluate(() => window.ask('PUT', '<User><state>READY</state></User>'));
  await frame.waitForFunction(() => window.answers.length === 1, undefined, OFTEN);
  expect(await frame.evaluate(() => window.answers[0]?.rc)).toBe(202);
  await desk.stateIs(/^Ready$/);
  await frame.waitForFunction(
    () => /"state":"READY"/.test(JSON.stringify(window.heard['finesse.api.User.3001']?.at(-1) ?? null)),
    undefined,
    OFTEN,
  );
  const event = await frame.evaluate(() => window.heard['finesse.api.User.3001']?.at(-1));
  expect(event).toMatchObject({
    content: expect.stringMatching(/^\/finesse\/api\/User\/3001<Update>/),
    object: { Update: { event: 'PUT', data: { user: { loginId: '3001', state: 'READY' } } } },
  });
  await frame.evaluate(() => window.ask('PUT', '<User><state>LUNCH</state></User>'));
  await frame.waitForFunction(() => window.answers.length === 2, undefined, OFTEN);
  expect(await frame.evaluate(() => window.answers[1])).toMatchObject({
    rc: 400,
    text: expect.stringContaining('<ApiErrors>'),
  });
});

test('gadgets that read the same at the same time share one request, and each gets the answer', async () => {
  const [one, other] = [await frameOf(WATCHED), await frameOf('/3rdpartygadget/files/plain.xml?n=4')];
  const { page } = desk;
  const sent: string[] = [];
  const note = (request: { url(): string; postData(): string | null }) => {
    if (request.url().includes('/gadgets/makeRequest')) sent.push(request.postData() ?? '');
  };
  page.on('request', note);
  // In one run of the page, so that the first cannot have its answer before the other one asks.
  const texts = await page.evaluate(
    (names) =>
      Promise.all(
        names.map(
          (name) =>
            new Promise((done) => {
              const frame = (document.getElementById(name) as HTMLIFrameElement).contentWindow as unknown as {
                gadgets: { io: { makeRequest(...args: unknown[]): void }; Prefs: new () => Prefs };
              };
              const prefs = new frame.gadgets.Prefs();
              const url = `http://localhost:${prefs.getString('localhostPort')}/finesse/api/User/3001?nocache=${name.replace(/\D/g, '')}`;
              const Authorization = `Basic ${prefs.getString('authorization')}`;
              frame.gadgets.io.makeRequest(
                url,
                ({ rc, text }: { rc: number; text: string }) => done([rc, text.includes('<loginId>3001<')]),
                { REFRESH_INTERVAL: 0, HEADERS: { Authorization } },
              );
            }),
        ),
      ),
    [one.name(), other.name()],
  );
  page.off('request', note);
  expect(texts).toEqual([
    [200, true],
    [200, true],
  ]);
  expect(sent.length).toBe(1);
});

test('it fills its tab and gets its size back, and nothing on the page is loaded anew', async () => {
  const frame = await frameOf(WATCHED);
  await frame.evaluate(() => {
    window.mark = true;
    window.gadgets.views.requestNavigateTo('canvas');
  });
  const view = (name: string) =>
    frame.waitForFunction(
      (wanted) =>
        (
          window.heard['finesse.containerservices.gadgetViewChangedEvent']?.at(-1) as
            | { view: string }
            | undefined
        )?.view === wanted,
      name,
      OFTEN,
    );
  await view('canvas');
  await desk.page.locator('#multi').waitFor({ state: 'hidden' });
  await frame.evaluate(() => window.gadgets.views.requestNavigateTo('default'));
  await view('default');
  await desk.page.locator('#multi').waitFor();
  expect(await frame.evaluate(() => window.mark)).toBe(true);
});

test('one in a Multi-Tab gadget fills the tab together with the tabs around it', async () => {
  const { page } = desk;
  const frame = await frameOf('plain.xml?n=1');
  const heightOf = async () => (await page.locator('#mpanel_shown .gadget-view').boundingBox())?.height ?? 0;
  await frame.evaluate(() => window.gadgets.window.adjustHeight(120));
  await expect.poll(heightOf).toBe(120);
  await frame.evaluate(() => window.gadgets.views.requestNavigateTo('canvas'));
  await page.locator('#watcher').waitFor({ state: 'hidden' });
  await page.getByRole('tab', { name: 'Plain' }).first().waitFor();
  await expect.poll(heightOf).toBeGreaterThan(400);
  await frame.evaluate(() => window.gadgets.views.requestNavigateTo('default'));
  await page.locator('#watcher').waitFor({ state: 'visible' });
  await expect.poll(heightOf).toBe(120);
});

test('one in the header stays in its row, however high it wants to be', async () => {
  const { page } = desk;
  const frame = await frameOf('plain.xml?n=5');
  const heightOf = async (of: string) => (await page.locator(of).boundingBox())?.height ?? 0;
  const before = await heightOf('header.top');
  await frame.evaluate(() => window.gadgets.window.adjustHeight(600));
  await page.waitForFunction(
    () => document.querySelector<HTMLElement>('#ticker .gadget-view')?.style.height === '600px',
  );
  expect(await heightOf('header.top')).toBe(before);
  expect(await heightOf('#ticker')).toBeLessThanOrEqual(before);
});

test('it is found by the name that it bears on the page', async () => {
  const { page } = desk;
  await page.keyboard.press('Control+Alt+I');
  await page.getByRole('combobox').fill('watch');
  await page.getByRole('option', { name: 'Home – Watcher' }).waitFor();
  await page.keyboard.press('Enter');
  await expect.poll(() => desk.focused()).toBe('Watcher');
});

test('hidden gadgets run, those of a Multi-Tab gadget have a tab when they ask for it, those of other tabs are there', async () => {
  const { page } = desk;
  for (const n of [1, 2, 3, 4, 5])
    await (await frameOf(`plain.xml?n=${n}`)).waitForFunction(() => 'gadgets' in window, undefined, OFTEN);
  await page.getByRole('tab', { name: 'Plain' }).waitFor();
  expect(await page.getByRole('tab').count()).toBe(1);
  const later = await frameOf('plain.xml?n=2');
  const gadgetId = later.name().replace('finesse_gadget_', '');
  await publish(later, 'finesse.containerservices.requests', { type: 'ShowGadgetReq', data: { gadgetId } });
  await page.getByRole('tab').nth(1).waitFor();
  expect(await page.locator('#headless').count()).toBe(0);
});

test('one of scripts alone is a whole page, too: its end finds a body', async () => {
  const frame = await frameOf('scripts.xml');
  await frame.waitForFunction(() => window.mark === true, undefined, OFTEN);
  expect(await frame.evaluate(() => document.body.dir)).toBe('ltr');
});

test('it has its name while its frame is still loading', async () => {
  const { page } = desk;
  let go: () => void = () => {};
  const held = new Promise<void>((done) => {
    go = done;
  });
  const isWatcher = (url: URL) => url.pathname === '/gadgets/ifr' && url.href.includes('w.xml');
  await page.route(isWatcher, async (route) => {
    await held;
    await route.continue();
  });
  // However long the server takes to say what a gadget is: the page would load the frame without, after four seconds.
  await page.addInitScript(() => {
    AbortSignal.timeout = () => new AbortController().signal;
  });
  try {
    // A page whose frames are there before all of it is loaded waits for them.
    await page.reload({ waitUntil: 'commit' });
    await page.locator('#watcher .gadget-cover').waitFor();
    await page.locator('#watcher').getByRole('heading', { name: 'Watcher' }).waitFor();
  } finally {
    go();
  }
  await page.locator('#watcher .gadget-cover').waitFor({ state: 'detached' });
  await page.unroute(isWatcher);
});

test('one that is not there says so in its place, and is asked for again', async () => {
  const { page } = desk;
  const box = page.locator('#none');
  await box.getByRole('button', { name: 'Try again' }).waitFor();
  // In the letters and colours of the desktop.
  const said = box.getByRole('alert');
  await said.waitFor();
  expect(await said.textContent()).toContain('none.xml');
  const look = (e: Element) => getComputedStyle(e).fontFamily + getComputedStyle(e).color;
  expect(await said.evaluate(look)).toBe(await page.locator('main').evaluate(look));
  const frame = await frameOf('none.xml');
  expect(await frame.locator('#gadget-error').textContent()).toContain('none.xml');
  writeFileSync(join(poise.data, '3rdpartygadget/files/none.xml'), gadget('Here now', '<p>Here</p>'));
  await box.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'Here now' }).waitFor();
});

test('a preference that it sets is there when it is loaded again; credentials never stand in an address', async () => {
  let frame = await frameOf(WATCHED);
  await frame.evaluate(() => {
    new window.gadgets.Prefs().set('size', '7');
    new window.gadgets.Prefs().set('authorization', 'c2VjcmV0');
  });
  const before = frame.url();
  await desk.page.getByRole('button', { name: 'Load Watcher again' }).click();
  await desk.page.locator(`iframe[src*="reload=1"][src$="${encodeURIComponent(WATCHED)}"]`).waitFor();
  frame = await frameOf(WATCHED);
  await frame.waitForFunction(() => new window.gadgets.Prefs().getString('size') === '7', undefined, OFTEN);
  expect(before + frame.url()).not.toMatch(/authorization|c2VjcmV0/);
});

test('one whose server was silent about it has no token, and asks anew when it is loaded again', async () => {
  const { page } = desk;
  const token = async () => new URL((await frameOf(WATCHED)).url()).searchParams.get('st');
  await page.route('**/gadgets/metadata', (route) => route.abort());
  await page.reload();
  expect(await token()).toBeNull();
  await page.unroute('**/gadgets/metadata');
  await page.getByRole('button', { name: 'Load Watcher again' }).click();
  await page.locator('#watcher iframe[src*="&reload=1&"][src*="&st="]').waitFor();
  const given = await token();
  // What is known is not asked for again.
  await page.route('**/gadgets/metadata', (route) => route.abort());
  await page.getByRole('button', { name: 'Load Watcher again' }).click();
  await page.locator('#watcher iframe[src*="&reload=2&"]').waitFor();
  expect(await token()).toBe(given);
  await page.unroute('**/gadgets/metadata');
});

test('shortcuts work also while the focus is in a gadget', async () => {
  const { page } = desk;
  await (await frameOf(WATCHED)).locator('div').first().click();
  await page.keyboard.press('Control+Alt+f');
  await page.locator('[role=dialog]:focus-within').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('the page is accessible with gadgets on it, and no script failed', async () => {
  await desk.looksRight('gadgets');
  expect(desk.problems).toEqual([]);
});
