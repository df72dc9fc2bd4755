/** A gadget that tells its agent when a supervisor listens, which the desktop itself does not. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER, OFTEN } from './browser.ts';
import { DesktopPage } from './desktop-page.ts';
import { launchPoise, type RunningPoise, rest, signInBody, startPoise } from './server.ts';

const GADGET = `<?xml version="1.0"?><Module><ModulePrefs title="Watched"><Require feature="pubsub-2"/><Require feature="setprefs"/>
</ModulePrefs><Content type="html"><![CDATA[<script src="/desktop/assets/js/jquery.min.js"></script>
<script src="/desktop/assets/js/finesse.js"></script><p id="told">nobody</p><script>
gadgets.HubSettings.onConnect = function () {
  finesse.clientservices.ClientServices.init(finesse.gadget.Config);
  var user = new finesse.restservices.User({ id: finesse.gadget.Config.id, onLoad: function () {
    user.getDialogs({
      onCollectionAdd: function (dialog) {
        if (dialog.getCallType() === 'SUPERVISOR_MONITOR') $('#told').text('watched by ' + dialog.getFromAddress());
      },
      onCollectionDelete: function (dialog) {
        if (dialog.getCallType() === 'SUPERVISOR_MONITOR') $('#told').text('nobody');
      },
      onLoad: function () { window.isReady = true; }
    });
  } });
};
</script>]]></Content></Module>`;

const LAYOUT = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
  <header><leftAlignedColumns>
    <headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn>
  </leftAlignedColumns><rightAlignedColumns>
    <headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn>
  </rightAlignedColumns></header>
  <layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
    <tab><id>home</id><label>Home</label><gadgets><gadget id="watched">/3rdpartygadget/files/watched.xml</gadget></gadgets></tab>
  </tabs></layout></finesseLayout>`;

let poise: RunningPoise;
let browser: Browser | undefined;
let desk: DesktopPage;

beforeAll(async () => {
  [poise, browser] = await Promise.all([
    startPoise({ args: ['--set', 'acd.ringTime=120s'] }),
    launchBrowser(),
  ]);
  const files = join(poise.data, '3rdpartygadget/files');
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, 'watched.xml'), GADGET);
  const escaped = LAYOUT.replaceAll('<', '&lt;');
  const body = `<TeamLayoutConfig><useDefault>false</useDefault><layoutxml>${escaped}</layoutxml></TeamLayoutConfig>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/LayoutConfig', body)).status).toBe(200);
  expect((await rest(poise, '2051', 'PUT', '/User/2051', signInBody('10020'))).status).toBe(202);
  if (!browser) return;
  desk = await DesktopPage.open(browser, poise);
  await desk.signIn('3001', '3001');
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
});

test('says who listens, until nobody does; the page shows no further call', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const { page } = desk;
  await expect.poll(() => page.frames().find((each) => each.url().includes('watched.xml'))).toBeDefined();
  const frame = page.frames().find((each) => each.url().includes('watched.xml'))!;
  await frame.waitForFunction('window.isReady', undefined, OFTEN);
  await desk.ready();
  const call = launchPoise(['sim', 'call', '--to', '6003', '--data', poise.data]);
  expect(await call.ended()).toBe(0);
  await desk.answer();
  const listen =
    '<Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>10020</fromAddress><toAddress>3001</toAddress></Dialog>';
  await expect
    .poll(async () => (await rest(poise, '2051', 'POST', '/User/2051/Dialogs', listen)).status)
    .toBe(202);
  await frame.getByText('watched by 10020').waitFor();
  expect(await page.locator('.call-card').count()).toBe(1);
  const listed = (await rest(poise, '2051', 'GET', '/User/2051/Dialogs')).text;
  const monitor = /<id>(\d+)<\/id>/.exec(listed)?.[1];
  const stop =
    '<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>10020</targetMediaAddress></Dialog>';
  expect((await rest(poise, '2051', 'PUT', `/Dialog/${monitor}`, stop)).status).toBe(202);
  await frame.getByText('nobody').waitFor();
  await desk.callIs('ACTIVE');
  expect(desk.problems).toEqual([]);
});
