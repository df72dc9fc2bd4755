/** Workflows in the real page: made by an administrator, run for simulated calls, in Chromium. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageFaults } from './axe.ts';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { launchPoise, type RunningPoise, rest, startPoise } from './server.ts';

/** A server of somebody else, which the windows show and which takes requests. */
let crm: Server;
let crmUrl: string;
interface Visit {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}
const visits: Visit[] = [];
let poise: RunningPoise;
let browser: Browser | undefined;
let page: Page;
/** Of the page: its log, and what went wrong. */
const log: string[] = [];
const problems: string[] = [];

beforeAll(async () => {
  crm = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    let body = '';
    for await (const chunk of request) body += chunk;
    if (method !== 'OPTIONS' && url !== '/favicon.ico') visits.push({ method, url, headers, body });
    response.writeHead(200, {
      'content-type': 'text/html',
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'content-type',
    });
    response.end('<!doctype html><title>CRM</title>');
  }).listen(0, '127.0.0.1');
  await once(crm, 'listening');
  crmUrl = `http://127.0.0.1:${(crm.address() as AddressInfo).port}`;
  [poise, browser] = await Promise.all([
    startPoise({ args: ['--set', `http.workflowOrigins=${crmUrl}`, '--set', 'acd.ringTime=120s'] }),
    launchBrowser(),
  ]);
  await makeWorkflows();
});
afterAll(async () => {
  await browser?.close();
  await poise?.stop();
  crm?.close();
});

async function make(object: string, body: string): Promise<string> {
  const { status, text, headers } = await rest(poise, 'admin', 'POST', `/${object}`, body);
  expect(status, text).toBe(200);
  return `<${object}><uri>${new URL(headers.get('location')!).pathname}</uri></${object}>`;
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const variable = (name: string) => `<ActionVariable><name>${name}</name><type>SYSTEM</type></ActionVariable>`;

function action(name: string, type: string, params: Record<string, string>): Promise<string> {
  const listed = Object.entries(params).map(
    ([param, value]) => `<Param><name>${param}</name><value>${escaped(value)}</value></Param>`,
  );
  return make(
    'WorkflowAction',
    `<WorkflowAction><name>${name}</name><type>${type}</type><params>${listed.join('')}</params><actionVariables>${['dialogId', 'extension', 'callVariable1'].map(variable).join('')}</actionVariables></WorkflowAction>`,
  );
}

const workflow = (name: string, trigger: string, actions: readonly string[]) =>
  make(
    'Workflow',
    `<Workflow><name>${name}</name><TriggerSet><type>SYSTEM</type><name>${trigger}</name></TriggerSet><workflowActions>${actions.join('')}</workflowActions></Workflow>`,
  );

async function makeWorkflows(): Promise<void> {
  const pop = await action('Customer', 'BROWSER_POP', {
    path: `${crmUrl}/customer?account=\${callVariable1}`,
    windowName: 'crm',
  });
  const history = await action('History', 'BROWSER_POP', { path: `${crmUrl}/history?of=\${callVariable1}` });
  const tell = await action('Tell', 'HTTP_REQUEST', {
    method: 'POST',
    location: 'OTHER',
    path: `${crmUrl}/arrived`,
    contentType: 'application/json',
    body: `\\{"account":"\${callVariable1}"\\}`,
  });
  const answer = await action('Answer', 'HTTP_REQUEST', {
    method: 'PUT',
    location: 'FINESSE',
    path: `/finesse/api/Dialog/\${dialogId}`,
    body: `<Dialog><requestedAction>ANSWER</requestedAction><targetMediaAddress>\${extension}</targetMediaAddress></Dialog>`,
  });
  const answered = await action('Answered', 'HTTP_REQUEST', {
    method: 'GET',
    location: 'OTHER',
    path: `${crmUrl}/answered`,
  });
  const made = [
    await workflow('Arrival', 'CALL_ARRIVES', [pop, history, tell, answer]),
    await workflow('Answer', 'CALL_ANSWERED', [answered]),
  ];
  const assigned = `<Workflows>${made.join('')}</Workflows>`;
  expect((await rest(poise, 'admin', 'PUT', '/Team/5002/Workflows', assigned)).status).toBe(200);
}

async function open(of: Browser): Promise<void> {
  log.length = 0;
  visits.length = 0;
  const context = await of.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    log.push(message.text());
    if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
  });
}

async function signIn(id: string): Promise<void> {
  await page.goto(`http://localhost:${poise.ports.http}/desktop/container/`);
  await page.getByLabel('Agent ID or login name').fill(id);
  await page.getByLabel('Extension').fill(id);
  await page.getByLabel('Password').fill(id);
  await page.keyboard.press('Enter');
  await page.locator('.state-now .name').waitFor();
}

const stateIs = (text: RegExp) => page.locator('.state-now .name', { hasText: text }).waitFor();
const told = (line: string) => expect.poll(() => log.join('\n'), { timeout: 30_000 }).toContain(line);
const seen = (url: string) =>
  expect.poll(() => visits.map((visit) => visit.url), { timeout: 30_000 }).toContain(url);

async function customerCalls(account: string, to = '6003'): Promise<void> {
  const call = launchPoise([
    'sim',
    'call',
    '--to',
    to,
    '--var',
    `callVariable1=${account}`,
    '--data',
    poise.data,
  ]);
  expect(await call.ended(), call.output()).toBe(0);
}

/** Ready, but not before the workflows are there: the engine says so. */
async function ready(): Promise<void> {
  await told('Workflows : 2 read');
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
}

async function hangUp(): Promise<void> {
  await page.getByRole('button', { name: 'End' }).first().click();
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor({ state: 'detached' });
}

test('a call opens the page of its customer, is answered by itself, and told of elsewhere', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  await open(browser);
  await signIn('3001');
  await ready();
  const opened = page.context().waitForEvent('page');
  const account = `a&b <c>"?😀`;
  await customerCalls(account);
  const window = await opened;
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  const customer = `/customer?account=${encodeURIComponent(account)}`;
  await seen(customer);
  await seen('/answered');
  // Nobody waits for the one before asking for the other.
  await seen('/arrived');
  const arrived = visits.find(({ url }) => url === '/arrived')!;
  expect([arrived.method, JSON.parse(arrived.body)]).toEqual(['POST', { account }]);
  // The other server gets neither who the agent is nor where the desktop stands.
  for (const name of ['authorization', 'cookie', 'referer']) expect(arrived.headers).not.toHaveProperty(name);

  // A page that is hostile cannot lead the desktop elsewhere through the window that opened it.
  await window.waitForLoadState();
  await window.evaluate(() => {
    for (const lead of [
      () => (opener.parent.location.href = '/evil'),
      () => (opener.top.location.href = '/evil'),
    ])
      try {
        lead();
      } catch {
        // As it should be.
      }
  });
  expect(new URL(page.url()).pathname).toBe('/desktop/container/');

  // What ran before the page was loaded anew runs again: the call is there still.
  visits.length = 0;
  log.length = 0;
  await page.reload();
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await seen(customer);
  await seen('/answered');
  await told('Workflows : Workflow Answer runs: CALL_ANSWERED');
  await seen('/arrived');

  // The same name is the same window, as long as the page that opened it is there; no name is a new one.
  const windows = (of: string) =>
    page
      .context()
      .pages()
      .filter((each) => each.url().includes(of)).length;
  // A window has its address when its page has begun to arrive.
  await expect
    .poll(() =>
      page
        .context()
        .pages()
        .map((each) => each.url()),
    )
    .not.toContain('about:blank');
  const customers = windows('/customer');
  await hangUp();
  visits.length = 0;
  await page.keyboard.press('Control+Alt+R');
  await stateIs(/^Ready$/);
  await customerCalls('second');
  await seen('/customer?account=second');
  await seen('/history?of=second');
  await expect.poll(() => windows('/history?of=second')).toBe(1);
  await expect.poll(() => windows('/customer?account=second')).toBe(1);
  expect(windows('/customer')).toBe(customers);
  await hangUp();
  await page.context().close();
  expect(problems).toEqual([]);
}, 300_000);

test('a window that the browser blocks is told of, and opens with a click', async ({ skip }) => {
  // The library lets all windows open, unless told otherwise.
  const strict = await launchBrowser(['popup-blocking']);
  if (!strict) return skip(NO_BROWSER);
  try {
    await open(strict);
    // A browser blocks what is opened long after the last touch. How long ago that was cannot be held here: what the library asks the page counts as one.
    await page.addInitScript(() => {
      const opens = window.open.bind(window);
      let isTouched = false;
      window.open = (...what) => (isTouched ? opens(...what) : null);
      Object.assign(window, {
        e2eTouched: () => {
          isTouched = true;
        },
      });
    });
    await signIn('3002');
    await told('Workflows : 2 read');
    await customerCalls('blocked', '3002');
    const sentence = 'The browser blocked a window: History.';
    await page.locator('.pop-up').getByText(sentence).waitFor();
    await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
    await told('action History failed: the browser did not let a window open');
    // The actions after it ran.
    await seen('/arrived');
    expect(visits.map(({ url }) => url).filter((url) => url.includes('blocked'))).toEqual([]);
    await page.getByRole('button', { name: /^Notifications, new: / }).click();
    const entry = page.locator('.notice-list li', { hasText: sentence });
    await entry.waitFor();
    expect(await pageFaults(page)).toEqual([]);
    // A frame of its own opens the windows.
    for (const frame of page.frames())
      await frame.evaluate(() => (window as unknown as { e2eTouched(): void }).e2eTouched());
    const opened = page.context().waitForEvent('page');
    await entry.getByRole('link', { name: 'Open it' }).click();
    await opened;
    await seen('/history?of=blocked');
    expect(problems).toEqual([]);
  } finally {
    await strict.close();
  }
}, 300_000);
