#!/usr/bin/env node
// The agent's page in Chromium: how fast it is there, how fast an event is seen, and whether its memory stays flat.
//
//   node bench/desktop.mjs [--repeats 5] [--changes 300] [--shift 8000] [--minutes 10]
//
// Measured: from the request for the page to a sign-in form that can be used; from the click on Sign in to a desktop that can be used;
// script for the agent's page, gzip; from the moment at which the WebSocket hands an event to the page until the frame that shows it was
// painted, over `--changes` changes of state; and the heap of the page after garbage collection, four times over `--shift` events (those
// of an eight-hour shift) within `--minutes`. Prints one JSON line for each.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright-core';
import { FIRST_AGENT, PASSWORD, quantiles, root, startServer } from './bench-server.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    repeats: text('5'),
    changes: text('300'),
    shift: text('8000'),
    minutes: text('10'),
    offset: text('20500'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/desktop.mjs [--repeats N] [--changes N] [--shift N] [--minutes M] [--offset N]',
  );
  process.exit(0);
}
const print = (measure, figures) => console.log(JSON.stringify({ measure, ...figures }));

// What the page loads before anything is asked for; chunks that are loaded later are told apart.
const assets = join(root, 'packages/desktop/dist/assets');
const html = readFileSync(join(root, 'packages/desktop/dist/index.html'), 'utf8');
const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'));
const kB = (names) =>
  Math.round(names.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0) / 100) /
  10;
print('script, gzip', {
  at_once_kb: kB(scripts.filter((name) => html.includes(name))),
  all_kb: kB(scripts),
});

const server = await startServer(4, Number(opt.offset));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--js-flags=--expose-gc'],
});
const id = String(FIRST_AGENT);
const origin = `http://localhost:${server.port(8082)}`;

/** In the page, before its scripts: when each event was handed over, and when the change that it made was painted. */
function instrument() {
  window.__seen = [];
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
  new MutationObserver((changes) => {
    if (heardAt === null) return;
    const shown = changes.some(({ target }) =>
      (target.nodeType === Node.TEXT_NODE ? target.parentElement : target)?.closest?.('.state-now'),
    );
    if (!shown) return;
    const from = heardAt;
    heardAt = null;
    // The frame callback comes before the frame is painted, a task after it follows that.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.__seen.push(performance.now() - from);
      port2.postMessage(null);
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

async function open() {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(instrument);
  const asked = performance.now();
  await page.goto(`${origin}/desktop/container/`);
  await page.getByLabel('Agent ID or login name').waitFor();
  const loadMs = performance.now() - asked;
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Extension').fill(id);
  const clicked = performance.now();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Change state' }).waitFor();
  return { context, page, loadMs, signInMs: performance.now() - clicked };
}

const times = { load: [], signIn: [] };
for (let n = 0; n < Number(opt.repeats); n++) {
  const { context, loadMs, signInMs } = await open();
  times.load.push(loadMs);
  times.signIn.push(signInMs);
  await context.close();
}
print('sign-in page usable', { ...quantiles(times.load) });
print('from sign-in to a usable desktop', { ...quantiles(times.signIn) });

const { page, context } = await open();
const authorization = `Basic ${Buffer.from(`${id}:${PASSWORD}`).toString('base64')}`;
let state = 'NOT_READY';
/** One change, and its event in the page. */
async function change() {
  state = state === 'READY' ? 'NOT_READY' : 'READY';
  const { status } = await fetch(`${origin}/finesse/api/User/${id}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/xml' },
    body: `<User><state>${state}</state></User>`,
  });
  if (status !== 202) throw new Error(`the change was answered ${status}`);
}
for (let n = 0; n < Number(opt.changes); n++) {
  await change();
  await new Promise((done) => setTimeout(done, 40));
}
const seen = await page.evaluate(() => window.__seen.splice(0));
print('event to pixels', { events: seen.length, ...quantiles(seen) });

const cdp = await context.newCDPSession(page);
const heapMb = async () => {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return Math.round(usedSize / 10_000) / 100;
};
const shift = Number(opt.shift);
const pauseMs = (Number(opt.minutes) * 60_000) / shift;
const heaps = [await heapMb()];
for (let part = 0; part < 4; part++) {
  for (let n = 0; n < shift / 4; n++) {
    const due = performance.now() + pauseMs;
    await change();
    await new Promise((done) => setTimeout(done, Math.max(0, due - performance.now())));
  }
  heaps.push(await heapMb());
}
print('heap over a shift, MB', {
  events: shift,
  heaps,
  grown: `${Math.round((heaps.at(-1) / heaps[1] - 1) * 100)} %`,
});
await browser.close();
process.exit(0);
