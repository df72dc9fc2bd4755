#!/usr/bin/env node
// Twelve gadgets on one desktop in Chromium: how soon they can be used, and how soon one event has reached them all.
//
//   node bench/gadgets.mjs [--gadgets 12] [--repeats 5] [--changes 300]
//
// Each gadget loads jQuery and finesse.js from the server and has a User and its Dialogs, as most gadgets do. Measured: from the click
// on Sign in until both are loaded in every gadget; from the moment at which the WebSocket hands a change of the agent's state to the page
// until the last gadget's `onChange` was called, over `--changes` changes; and what that costs the page. Prints one JSON line for each.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { dataDirectory, FIRST_AGENT, PASSWORD, quantiles, round, startServer } from './bench-server.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    gadgets: text('12'),
    repeats: text('5'),
    changes: text('300'),
    offset: text('20600'),
    profile: text(''),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/gadgets.mjs [--gadgets N] [--repeats N] [--changes N] [--offset N] [--profile FILE]',
  );
  process.exit(0);
}
const print = (measure, figures) => console.log(JSON.stringify({ measure, ...figures }));
const count = Number(opt.gadgets);

const gadget = (n) => `<?xml version="1.0" encoding="UTF-8"?>
<Module><ModulePrefs title="Gadget ${n}"><Require feature="settitle"/><Require feature="dynamic-height"/><Require feature="setprefs"/>
<Require feature="pubsub-2"/></ModulePrefs><Content type="html"><![CDATA[<!DOCTYPE html>
<script src="/desktop/assets/js/jquery.min.js"></script>
<script src="/desktop/assets/js/finesse.js"></script>
<p>State: <span id="state"></span></p>
<script>
gadgets.HubSettings.onConnect = function () {
  finesse.clientservices.ClientServices.init(finesse.gadget.Config);
  finesse.cslogger.ClientLogger.init(gadgets.Hub, 'Gadget${n}', finesse.gadget.Config);
  var user = new finesse.restservices.User({
    id: finesse.gadget.Config.id,
    onLoad: function () {
      $('#state').text(user.getState());
      user.getDialogs({ onLoad: function () { gadgets.window.adjustHeight(); parent.__loaded(${n}); } });
    },
    onChange: function () { $('#state').text(user.getState()); parent.__changed(${n}); }
  });
};
</script>]]></Content></Module>`;

const layout = `<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><version>1262.01</version>
<header><leftAlignedColumns><headercolumn width="230px"><component id="agent-voice-state"><url>/desktop/scripts/js/agentvoicestate.component.js</url></component></headercolumn></leftAlignedColumns>
<rightAlignedColumns><headercolumn width="72px"><component id="identity-component"><url>/desktop/scripts/js/identity-component.js</url></component></headercolumn></rightAlignedColumns></header>
<layout><role>Agent</role><page><gadget id="call-control">/desktop/scripts/js/callcontrol.js</gadget></page><tabs><tab><id>home</id><label>Home</label><gadgets>
${Array.from({ length: count }, (_, n) => `<gadget id="g${n}">/3rdpartygadget/files/g${n}.xml</gadget>`).join('\n')}
</gadgets></tab></tabs></layout></finesseLayout>`;

const data = dataDirectory();
const files = join(data, '3rdpartygadget/files');
mkdirSync(files, { recursive: true });
for (let n = 0; n < count; n++) writeFileSync(join(files, `g${n}.xml`), gadget(n));

const server = await startServer(4, Number(opt.offset), {}, { data });
const origin = `http://localhost:${server.port(8082)}`;
const id = String(FIRST_AGENT);
const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
async function put(authorization, path, body) {
  const answer = await fetch(`${origin}/finesse/api${path}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/xml' },
    body,
  });
  if (!answer.ok) throw new Error(`PUT ${path} was answered ${answer.status}: ${await answer.text()}`);
}
const escaped = layout.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
await put(
  basic('admin', 'admin'),
  '/LayoutConfig/default',
  `<LayoutConfig><layoutxml>${escaped}</layoutxml></LayoutConfig>`,
);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});

/** In the page, before its scripts: when each event was handed over, and when each gadget had heard of it. */
function instrument(gadgets) {
  if (window.parent !== window) return;
  let heardAt = null;
  const { addEventListener } = WebSocket.prototype;
  const noted = (listener) =>
    function (event) {
      if (typeof event.data === 'string' && event.data.includes('Update')) heardAt = performance.now();
      return listener.call(this, event);
    };
  WebSocket.prototype.addEventListener = function (type, listener, ...more) {
    return addEventListener.call(this, type, type === 'message' ? noted(listener) : listener, ...more);
  };
  const onmessage = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    ...onmessage,
    set(listener) {
      onmessage.set.call(this, listener && noted(listener));
    },
  });
  const loaded = new Set();
  window.__loaded = (n) => {
    loaded.add(n);
    if (loaded.size === gadgets) window.__usableAt = performance.now();
  };
  window.__seen = [];
  const changed = new Set();
  window.__changed = (n) => {
    changed.add(n);
    if (changed.size < gadgets) return;
    changed.clear();
    if (heardAt !== null) window.__seen.push(performance.now() - heardAt);
    heardAt = null;
  };
  document.addEventListener(
    'click',
    () => {
      window.__clickedAt = performance.now();
    },
    true,
  );
}

async function open() {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(instrument, count);
  await page.goto(`${origin}/desktop/container/`);
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Extension').fill(id);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForFunction(() => window.__usableAt !== undefined, null, { polling: 50, timeout: 120_000 });
  const usableMs = await page.evaluate(() => window.__usableAt - window.__clickedAt);
  return { context, page, usableMs };
}

const usable = [];
// The first one fills no cache but its own: each context is a browser of somebody else.
for (let n = 0; n < Number(opt.repeats); n++) {
  const { context, usableMs } = await open();
  usable.push(usableMs);
  await context.close();
}
print(`from sign-in until ${count} gadgets are usable`, { target_ms: 2000, ...quantiles(usable) });

const { page, context } = await open();
const cdp = await context.newCDPSession(page);
await cdp.send('Performance.enable');
const scriptSeconds = async () => {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return { task: of('TaskDuration'), script: of('ScriptDuration'), layout: of('LayoutDuration') };
};
const before = await scriptSeconds();
if (opt.profile) {
  await cdp.send('Profiler.enable');
  await cdp.send('Profiler.start');
}
let state = 'NOT_READY';
const changes = Number(opt.changes);
for (let n = 0; n < changes; n++) {
  state = state === 'READY' ? 'NOT_READY' : 'READY';
  await put(basic(id, PASSWORD), `/User/${id}`, `<User><state>${state}</state></User>`);
  await new Promise((done) => setTimeout(done, 60));
}
if (opt.profile) {
  const { profile } = await cdp.send('Profiler.stop');
  writeFileSync(opt.profile, JSON.stringify(profile));
}
const after = await scriptSeconds();
const seen = await page.evaluate(() => window.__seen.splice(0));
print(`one event to all ${count} gadgets`, { target_p99_ms: 20, events: seen.length, ...quantiles(seen) });
const each = (name) => round(((after[name] - before[name]) * 1000) / changes);
print('work of the page for one event', {
  task_ms: each('task'),
  script_ms: each('script'),
  layout_ms: each('layout'),
});
await browser.close();
process.exit(0);
