/**
 * Gadgets in the manner of public samples, from 9.x to 15.0, written for this test: each is put into the layout of agent 3001 as it is, and
 * has to do what it is for. What they use together is what the tests of single parts do not show.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { launchPoise, type RunningPoise, rest, startPoise } from './server.ts';

const spec = (title: string, content: string, more = '', prefs = '') =>
  `<?xml version="1.0" encoding="UTF-8"?><Module><ModulePrefs title="${title}"><Require feature="settitle"/><Require feature="dynamic-height"/>
  <Require feature="pubsub-2"/><Require feature="setprefs"/>${more}</ModulePrefs>${prefs}<Content type="html"><![CDATA[${content}]]></Content></Module>`;
const LIBRARIES = `<script src="/desktop/assets/js/jquery.min.js"></script><script src="/desktop/assets/js/finesse.js"></script>`;

/** What each writes into `#out` is what the test reads. */
const FILES: Readonly<Record<string, string>> = {
  // Bootstrap 3 with its links to places, forms, messages, preferences, files beside the gadget.
  'Tabs/Tabs.xml': spec(
    '__MSG_title__',
    `<!DOCTYPE html><html><head><link rel="stylesheet" href="/desktop/thirdparty/bootstrap/3.2.0/css/bootstrap.css"></link>${LIBRARIES}
    <script src="/desktop/thirdparty/bootstrap/3.2.0/js/bootstrap.min.js"></script><script src="/desktop/js/utilities/MessageDisplay.js"></script>
    <script src="Tabs.js"></script></head><body><div id="banner" style="display:none"><span id="banner-msg"></span></div>
    <ul class="nav nav-tabs"><li class="active"><a href="#one" data-toggle="tab">__MSG_tab.one__</a></li><li><a href="#two" data-toggle="tab">Two</a></li></ul>
    <div class="tab-content"><div class="tab-pane active" id="one">First __UP_colour__</div><div class="tab-pane" id="two">Second</div></div>
    <form action="" onsubmit="return sent()"><input name="q" value="x"/><input type="submit" value="Send"/></form>
    <a href="javascript:say('script')">Script</a> <a id="hash" href="#">Nowhere</a><p id="out"></p>
    <script>gadgets.HubSettings.onConnect = function () { finesse.modules.Tabs.init(); };</script></body></html>`,
    '<Locale messages="Messages.xml"/>',
    '<UserPref name="colour" default_value="red"/><UserPref name="limit" default_value="5"/>',
  ),
  'Tabs/Messages.xml': `<messagebundle><msg name="title">Tabs of mine</msg><msg name="tab.one">One &amp; only</msg><msg name="it's">Quoted</msg></messagebundle>`,
  'Tabs/Data.xml': '<?xml version="1.0"?><person><name>Jane</name></person>',
  'Tabs/list.txt': 'one\ntwo\nthree',
  'Tabs/Tabs.js': `var finesse = finesse || {}; finesse.modules = finesse.modules || {};
    prefs = new gadgets.Prefs();
    function say(text) { $('#out').append(text + '; '); }
    function sent() { say('sent'); return false; }
    finesse.modules.Tabs = (function ($) { return { init: function () {
      finesse.utilities.MessageDisplay.showBannerError(prefs.getMsg("it's") + ' ' + prefs.getString('colour') + ' ' + prefs.getInt('limit'));
      finesse.clientservices.ClientServices.init(finesse.gadget.Config);
      $.ajax({ url: 'Data.xml', dataType: 'xml' }).done(function (xml) { say($(xml).find('name').text()); });
      var file = new XMLHttpRequest();
      file.open('GET', '/3rdpartygadget/files/Tabs/list.txt', false);
      file.send(null);
      say(file.responseText.split('\\n').length + ' lines');
      gadgets.window.adjustHeight('240');
    } }; }(jQuery));`,
  // Requests of a gadget's own to the API, by every name of this server, beside those of the library.
  'Ask/Ask.xml': spec(
    'Ask',
    `${LIBRARIES}<input id="value" value="this &amp; that"/><button onclick="go()">Go</button><p id="out"></p><script>
    var user, dialogs, dialog;
    function say(text) { $('#out').append(text + '; '); }
    function request(what, url, params) {
      var names = gadgets.io.RequestParameters, all = {};
      all[names.METHOD] = params.method || gadgets.io.MethodType.GET;
      all[names.CONTENT_TYPE] = gadgets.io.ContentType.TEXT;
      all[names.HEADERS] = { Authorization: finesse.utilities.Utilities.getAuthHeaderString(finesse.gadget.Config), 'Content-Type': 'application/xml' };
      if (params.content) { all[names.REFRESH_INTERVAL] = '0'; all[names.POST_DATA] = params.content; }
      gadgets.io.makeRequest(encodeURI(url), function (rsp) { say(what + ' ' + rsp.rc); }, all);
    }
    function go() {
      var config = finesse.gadget.Config, variable = { name: 'callVariable2', value: $('#value').val() };
      var body = { Dialog: { mediaProperties: { callvariables: { CallVariable: [variable] } }, requestedAction: 'UPDATE_CALL_DATA' } };
      request('put', config.scheme + '://' + config.host + ':' + config.hostPort + '/finesse/api/Dialog/' + dialog.getId(),
        { method: 'PUT', content: finesse.utilities.Utilities.json2xml(body) });
      var content = {};
      content[dialog.getRestType()] = { mediaProperties: { callvariables: [{ CallVariable: { name: 'callVariable4', value: 'in a list' } }] },
        requestedAction: finesse.restservices.Dialog.Actions.UPDATE_CALL_DATA };
      dialog.restRequest(dialog.getRestUrl(), { content: content, method: 'PUT' });
    }
    gadgets.HubSettings.onConnect = function () {
      finesse.clientservices.ClientServices.init(finesse.gadget.Config, false);
      user = new finesse.restservices.User({ id: finesse.gadget.Config.id, onLoad: function () {
        dialogs = user.getDialogs({ onCollectionAdd: function (added) { dialog = added; say('call'); } });
      } });
      new finesse.restservices.SystemInfo('', { onLoad: function (info) { say(info.getStatus() + ' ' + info._data.deploymentType); } });
      request('usual port', 'http://' + finesse.gadget.Config.host + ':8082/finesse/api/SystemInfo', {});
      request('path', '/3rdpartygadget/files/Tabs/Data.xml', {});
      $.ajax({ url: '/finesse/api/User/' + finesse.gadget.Config.id, dataType: 'xml', headers: { Authorization: 'Basic ' + finesse.gadget.Config.authorization } })
        .done(function (xml) { say('direct ' + $(xml).find('loginId').text()); });
    };</script>`,
  ),
  // The years of jQuery 1.5: names of then, writing while it loads, globals.
  'Old/Old.xml': `<?xml version="1.0" encoding="ISO-8859-1"?><Module><ModulePrefs title="Old"><Require feature="dynamic-height"/><Require feature="pubsub-2"/>
    <Require feature="setprefs"/><Optional feature="content-rewrite"><Param name="exclude-url">*</Param></Optional></ModulePrefs><Content type="html"><![CDATA[
    <script src="/desktop/thirdparty/jquery/js/jquery-1.5.min.js"></script><script src="/desktop/thirdparty/jquery/js/jquery-ui-1.8.9.custom.min.js"></script>
    <button class="b">Live</button><input id="date"/><p id="out"></p><script>
    document.write('<i id="written">written</i>');
    function say(text) { $('#out').append(text + '; '); }
    $(window).load(function () { say('loaded'); });
    $('.b').live('click', function () { say('live'); _IG_AdjustIFrameHeight(); });
    $(function () { say('ready ' + $('#date').attr('value', 'x').val() + ' ' + $('.b').size()); $('#date').datepicker(); });
    gadgets.util.registerOnLoadHandler(function () { say('on load'); });
    gadgets.HubSettings.onConnect = function () {
      prefs = new gadgets.Prefs(); say(prefs.getString('id') + ' ' + prefs.getString('teamName'));
      // What is settled was there on the next line, and a page that is ready at once.
      var found = 'nothing', isReady = false;
      $.Deferred().resolve('a result').then(function (of) { found = of; });
      $(document).ready(function () { isReady = true; });
      say('at once: ' + found + ' ' + isReady);
      $.ajax({ url: '/3rdpartygadget/files/Tabs/list.txt' })
        .then(function (text, status) { return Promise.resolve(text.length + ' ' + status); })
        .then(function (of) { say('in turn: ' + of); throw new Error('refused'); })
        .then(null, function (error) { return error.message; })
        .then(function (of) { say('in the end: ' + of); });
    };
    </script>]]></Content></Module>`,
  // What build tools of today make: a page of its own, module scripts, JSON, parts that come later.
  'Mod/Mod.xml':
    '<?xml version="1.0"?><Module><ModulePrefs title="Mod"><Require feature="pubsub-2"/><Require feature="setprefs"/></ModulePrefs><Content type="html" href="index.html"/></Module>',
  'Mod/index.html': `<!doctype html><html lang="en"><head><meta charset="UTF-8">${LIBRARIES}<script type="module" crossorigin src="./assets/index.js"></script>
    <link rel="stylesheet" crossorigin href="./assets/index.css"></head><body><p id="out"></p></body></html>`,
  'Mod/assets/index.css': '#out { color: rgb(200, 0, 0); }',
  'Mod/assets/hello.js': 'export const hello = (name) => "Hello " + name;',
  'Mod/assets/late.js': 'export default new URL("./x.svg", import.meta.url).pathname;',
  'Mod/assets/index.js': `import { hello } from './hello.js';
    const out = document.getElementById('out');
    gadgets.HubSettings.onConnect = () => {
      finesse.clientservices.ClientServices.init(finesse.gadget.Config);
      new finesse.restservices.User({ id: finesse.gadget.Config.id, onLoad: async (user) => {
        out.append(hello(user.getFullName()) + '; ' + getComputedStyle(out).color + '; ');
        out.append((await import('./late.js')).default);
      } });
    };`,
  // One that gives its place to another.
  'Reload/Reload.xml': spec(
    'Reload',
    `${LIBRARIES}<p id="out"></p><button onclick="go()">Reload</button><script>
    var container;
    function go() {
      var config = finesse.gadget.Config;
      container.reloadMyGadgetFromUrl(config.scheme + '://' + config.host + ':' + config.hostPort + '/3rdpartygadget/files/Reload/Other.xml');
    }
    gadgets.HubSettings.onConnect = function () {
      finesse.clientservices.ClientServices.init(finesse.gadget.Config);
      container = finesse.containerservices.ContainerServices.init();
      container.addHandler('tabVisible', function () { $('#out').text('visible'); gadgets.window.adjustHeight(); });
      container.makeActiveTabReq();
    };</script>`,
  ),
  'Reload/Other.xml': spec(
    'Other',
    '<p id="out">another one</p><script>gadgets.window.adjustHeight();</script>',
  ),
};
const NAMES = ['Tabs', 'Ask', 'Old', 'Mod', 'Reload'] as const;

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <header><leftAlignedColumns>
    <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
  </leftAlignedColumns><rightAlignedColumns>
    <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
  </rightAlignedColumns></header>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets>
    ${NAMES.map((name) => `<gadget id="${name}">/3rdpartygadget/files/${name}/${name}.xml</gadget>`).join('')}
    </gadgets></tab></tabs></layout></finesseLayout>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let desk: DesktopPage;

beforeAll(async () => {
  [poise, browser] = await Promise.all([
    startPoise({ args: ['--set', 'acd.ringTime=120s'] }),
    launchBrowser(),
  ]);
  for (const [path, text] of Object.entries(FILES)) {
    const file = join(poise.data, '3rdpartygadget/files', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${LAYOUT.replaceAll('<', '&lt;')}</layoutxml></TeamLayoutConfig>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/LayoutConfig', body)).status).toBe(200);
  if (!browser) return;
  desk = await DesktopPage.open(browser, poise);
  await desk.page.setViewportSize({ width: 1280, height: 1600 });
  await desk.signIn('3001', '3001');
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});
beforeEach(({ skip }) => {
  if (!browser) skip(NO_BROWSER);
});

const frameOf = (name: string): FrameLocator => desk.page.frameLocator(`#${name} iframe`);
/** Waits until the gadget has said all of this. */
async function says(name: string, ...texts: readonly string[]): Promise<void> {
  for (const text of texts) await frameOf(name).locator('#out').filter({ hasText: text }).waitFor();
}

test('Bootstrap, messages, preferences, forms and files beside the gadget', async () => {
  const frame = frameOf('Tabs');
  await says('Tabs', 'Jane', '3 lines');
  await frame.getByText('Quoted red 5').waitFor();
  await desk.page.locator('#Tabs').getByRole('heading', { name: 'Tabs of mine' }).waitFor();
  await frame.getByText('First red').waitFor();
  await frame.getByText('One & only').waitFor();
  await frame.getByText('Two', { exact: true }).click();
  await frame.getByText('Second').waitFor();
  await frame.getByRole('button', { name: 'Send' }).click();
  await frame.getByText('Script', { exact: true }).click();
  await frame.locator('#hash').click();
  // All in the same document: what was said is still there.
  await says('Tabs', 'Jane', 'sent', 'script');
  await expect.poll(async () => (await desk.page.locator('#Tabs iframe').boundingBox())?.height).toBe(240);
});

test('requests to the API by every name that this server has, and data of a call in every form', async () => {
  await says('Ask', 'IN_SERVICE UCCE', 'usual port 200', 'path 200', 'direct 3001');
  // By the pointer: the days of a calendar of a gadget are many places to go through by Tab.
  await desk.page.getByRole('button', { name: 'Change state' }).click();
  await desk.page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
  await desk.stateIs(/^Ready$/);
  const called = launchPoise(['sim', 'call', '--to', '6003', '--data', poise.data]);
  expect(await called.ended()).toBe(0);
  await desk.page
    .locator('.incoming-call')
    .getByRole('button', { name: /^Answer/ })
    .click();
  await desk.callIs('ACTIVE');
  await says('Ask', 'call');
  await frameOf('Ask').getByRole('button', { name: 'Go' }).click();
  await says('Ask', 'put 202');
  const card = desk.page.locator('.call-card');
  for (const text of ['this & that', 'in a list'])
    await card.getByText(text, { exact: true }).first().waitFor();
  await desk.page.getByRole('button', { name: 'End call' }).click();
});

test('names of jQuery’s first years, and what is written while the page loads', async () => {
  const frame = frameOf('Old');
  await says('Old', 'on load', 'ready x 1', 'loaded', '3001 Sandbox');
  await says('Old', 'at once: a result true', 'in turn: 13 success', 'in the end: refused');
  // What a gadget prepares when its page is ready is there when its hub is.
  expect(await frame.locator('#out').textContent()).toMatch(/ready x 1.*3001 Sandbox/);
  await frame.getByText('written', { exact: true }).waitFor();
  await frame.getByRole('button', { name: 'Live' }).click();
  await says('Old', 'live');
  await frame.locator('#date').click();
  await frame.locator('.ui-datepicker').waitFor();
});

test('a page of module scripts', async () => {
  await says('Mod', 'Hello Dev One', 'rgb(200, 0, 0)', '/3rdpartygadget/files/Mod/assets/x.svg');
});

test('another gadget in the place of one', async () => {
  await says('Reload', 'visible');
  await frameOf('Reload').getByRole('button', { name: 'Reload' }).click();
  await says('Reload', 'another one');
  await desk.page.locator('#Reload').getByRole('heading', { name: 'Other' }).waitFor();
  expect(desk.problems).toEqual([]);
});
