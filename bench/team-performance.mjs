#!/usr/bin/env node
// Team Performance in Chromium with a large team: how fast an event stands in its row, and how long the page is blocked.
//
//   node bench/team-performance.mjs [--agents 2000] [--rate 200] [--seconds 30]
//
// The server, its notification service and the page are real. The members are not: the answer to GET Team is put in place on its way
// to the page, and a publisher sends what the server would say of them. One event in five is about a row that is seen. Two rounds: by
// name, with the pointer on the table, and by time in state, with nobody there, so that the order is made anew every 10 s.
// Measured in the page: from the moment at which the WebSocket hands an event over until its row says so in the document; and the share
// of the time in which a task blocked the page for more than 50 ms. Prints one JSON line for each round.
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { BenchAgent } from './bench-agent.mjs';
import { quantiles, round, startServer } from './bench-server.mjs';

const text = (fallback) => ({ type: 'string', default: fallback });
const { values: opt } = parseArgs({
  options: {
    agents: text('2000'),
    rate: text('200'),
    seconds: text('30'),
    offset: text('20600'),
    help: { type: 'boolean', default: false },
  },
});
if (opt.help) {
  console.log(
    'usage: node bench/team-performance.mjs [--agents N] [--rate EVENTS_PER_SECOND] [--seconds N] [--offset N]',
  );
  process.exit(0);
}
const agents = Number(opt.agents);
const rate = Number(opt.rate);
const seconds = Number(opt.seconds);

/** The supervisor of the demonstration centre, and one of the teams. */
const SUPERVISOR = { id: '2051', extension: '10002' };
const TEAM = 5002;
const NODE = `/finesse/api/Team/${TEAM}/Users`;
/** Rows that are seen at the beginning of the table. */
const SEEN = 10;
const STATES = ['READY', 'NOT_READY', 'TALKING', 'HOLD', 'WORK'];

const states = Array.from({ length: agents }, () => 'READY');
const loginIdOf = (index) => String(9_000_001 + index);
function member(index, root) {
  const id = loginIdOf(index);
  return (
    `<${root}><dialogs>/finesse/api/User/${id}/Dialogs</dialogs><extension>${id}</extension><firstName>Agent</firstName>` +
    `<lastName>${String(index + 1).padStart(5, '0')}</lastName><loginId>${id}</loginId><pendingState></pendingState>` +
    `<state>${states[index]}</state><stateChangeTime>${new Date().toISOString()}</stateChangeTime>` +
    `<uri>/finesse/api/User/${id}</uri></${root}>`
  );
}
const team = () =>
  `<Team><id>${TEAM}</id><name>Sandbox</name><uri>/finesse/api/Team/${TEAM}</uri><users>` +
  `${states.map((_, index) => member(index, 'User')).join('')}</users></Team>`;

const server = await startServer(4, Number(opt.offset));
const publisher = new BenchAgent(server, 'publisher');
await publisher.open(false);

let sequence = 0;
function publish(index) {
  const known = STATES.indexOf(states[index]);
  states[index] = STATES[(known + 1 + Math.floor(Math.random() * (STATES.length - 1))) % STATES.length];
  const source = `/finesse/api/User/${loginIdOf(index)}`;
  const update = `<Update><data>${member(index, 'user')}</data><event>PUT</event><requestId></requestId><source>${source}</source></Update>`;
  const escaped = update.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return (
    `<iq type='set' id='p${++sequence}' to='pubsub.localhost'><pubsub xmlns='http://jabber.org/protocol/pubsub'>` +
    `<publish node='${NODE}'><item><notification xmlns='http://jabber.org/protocol/pubsub'>${escaped}</notification></item>` +
    `</publish></pubsub></iq>`
  );
}

/** In the page, before its scripts: when an event of a row was handed over, and when the row changed; and long tasks. */
function instrument() {
  window.__figures = { seen: [], heard: 0, longMs: 0, longest: 0 };
  const heardAt = new Map();
  const noted = (listener) =>
    function (event) {
      const data = typeof event.data === 'string' ? event.data : '';
      for (const [, id] of data.matchAll(/&lt;loginId&gt;(\d+)&lt;/g)) {
        window.__figures.heard++;
        if (document.querySelector(`[data-row="${id}"]`)) heardAt.set(id, performance.now());
      }
      return listener.call(this, event);
    };
  const { addEventListener } = WebSocket.prototype;
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
    for (const { target } of changes) {
      const element = target.nodeType === Node.TEXT_NODE ? target.parentElement : target;
      const id = element?.closest?.('[data-row]')?.dataset.row;
      const from = heardAt.get(id);
      if (from === undefined) continue;
      heardAt.delete(id);
      window.__figures.seen.push(performance.now() - from);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      window.__figures.longMs += duration;
      window.__figures.longest = Math.max(window.__figures.longest, duration);
    }
  }).observe({ type: 'longtask' });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
});
const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1920, height: 1080 } });
const page = await context.newPage();
await page.addInitScript(instrument);
await page.route(`**/finesse/api/Team/${TEAM}?*`, (route) =>
  route.fulfill({ contentType: 'application/xml', body: team() }),
);
await page.goto(`http://localhost:${server.port(8082)}/desktop/container/`);
await page.getByLabel('Agent ID or login name').fill(SUPERVISOR.id);
await page.getByLabel('Password').fill(SUPERVISOR.id);
await page.getByLabel('Extension').fill(SUPERVISOR.extension);
const clicked = performance.now();
await page.getByRole('button', { name: 'Sign in' }).click();
await page.getByRole('button', { name: 'Change state' }).waitFor();
const signInMs = performance.now() - clicked;
await page.getByRole('combobox', { name: 'Team' }).selectOption('Sandbox');
const grid = page.getByRole('grid', { name: 'Team performance' });
await grid.getByText('Agent 00001').waitFor();
console.log(
  JSON.stringify({ measure: 'supervisor: from sign-in to a usable desktop', agents, ms: round(signInMs) }),
);

async function measure(name) {
  await page.evaluate(() => {
    window.__figures = { seen: [], heard: 0, longMs: 0, longest: 0 };
  });
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * rate);
    let stanzas = '';
    for (; sent < due; sent++)
      stanzas += publish(
        sent % 5 === 0 ? Math.floor(Math.random() * SEEN) : Math.floor(Math.random() * agents),
      );
    if (stanzas !== '' && !publisher.socket.write(stanzas)) await once(publisher.socket, 'drain');
    await new Promise((done) => setTimeout(done, 10));
  }
  const elapsedMs = performance.now() - began;
  await new Promise((done) => setTimeout(done, 500));
  const { seen, heard, longMs, longest } = await page.evaluate(() => window.__figures);
  console.log(
    JSON.stringify({
      measure: `${name}: event to DOM`,
      agents,
      sent,
      heard,
      per_second: round(heard / (elapsedMs / 1000)),
      seen: seen.length,
      ...quantiles(seen),
      long_tasks_percent: round((longMs / elapsedMs) * 100),
      longest_task_ms: round(longest),
    }),
  );
}

await grid.hover();
await measure('by name, pointer on the table');
await grid.getByRole('button', { name: 'Time in state' }).click();
await page.mouse.move(5, 5);
await page.getByRole('searchbox', { name: 'Search' }).focus();
await measure('by time in state, order made anew');

await browser.close();
process.exit(0);
