/**
 * What strangers, colleagues and administrators typed, at its worst: markup, directions of writing, ten thousand characters, emoji.
 * In the real page it is text everywhere and runs nothing, nothing gives way for it, and the words beside it stay in order.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { Floor } from './connections/floor.ts';
import {
  AGENT,
  COLLEAGUES,
  HOSTILE_ECC,
  HOSTILE_VARIABLE,
  hostile,
  hostileDirectory,
  QUEUE,
  REASON_ID,
  SUPERVISOR,
} from './hostile-data.ts';
import { type RunningPoise, rest, signInBody, startPoise } from './server.ts';

let data: string;
let poise: RunningPoise;
let floor: Floor;
let browser: Browser | undefined;
const EXTENSIONS: Readonly<Record<string, string>> = { 4002: '10012', 4003: '10013', 4004: '10014' };

beforeAll(async () => {
  data = await hostileDirectory();
  [poise, browser] = await Promise.all([
    startPoise({ data, args: ['--set', 'acd.ringTime=120s'] }),
    launchBrowser(),
  ]);
  floor = await Floor.open(poise);
  for (const id of COLLEAGUES)
    expect((await rest(poise, id, 'PUT', `/User/${id}`, signInBody(EXTENSIONS[id] ?? ''))).status).toBe(202);
});
afterAll(async () => {
  floor?.close();
  await browser?.close();
  await poise?.stop();
  if (data) rmSync(data, { recursive: true, force: true });
});

/** In the page, before its scripts: what ran, what was refused, and how long an event took to be seen. */
function watch(): void {
  const seen = { refused: [] as string[], paints: [] as number[] };
  Object.assign(window, { seen });
  document.addEventListener('securitypolicyviolation', (event) => {
    seen.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  let heardAt: number | null = null;
  const received = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage') as PropertyDescriptor;
  Object.defineProperty(WebSocket.prototype, 'onmessage', {
    ...received,
    set(this: WebSocket, listener: (event: MessageEvent) => void) {
      received.set?.call(this, (event: MessageEvent) => {
        if (String(event.data).includes('Update')) heardAt = performance.now();
        listener.call(this, event);
      });
    },
  });
  new MutationObserver((changes) => {
    // Timers tick by themselves.
    const isOfEvent = changes.some(({ target }) => {
      const element = target instanceof Element ? target : target.parentElement;
      return (
        element?.closest('.state-now .name, .calls-panel, .incoming-calls, [role="row"]') &&
        !element.closest('.timer, [role="timer"]')
      );
    });
    if (heardAt === null || !isOfEvent) return;
    const from = heardAt;
    heardAt = null;
    // The frame callback comes before the frame is painted, a task after it follows that.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => seen.paints.push(performance.now() - from);
      port2.postMessage(null);
    });
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

class HostilePage {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly problems: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('dialog', (dialog) => this.problems.push(`a dialog: ${dialog.message()}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) this.problems.push(message.text());
    });
  }

  static async signedIn(of: Browser, id: string, extension: string): Promise<HostilePage> {
    const context = await of.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    const opened = new HostilePage(context, await context.newPage());
    const { page } = opened;
    await page.addInitScript(watch);
    await page.goto(`http://localhost:${poise.ports.http}/`);
    await page.getByLabel('Agent ID or login name').fill(id);
    await page.getByLabel('Password').fill(id);
    await page.getByLabel('Extension', { exact: true }).fill(extension);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Calls', exact: true }).waitFor();
    return opened;
  }

  /** At two widths nothing ran, nothing became an element, nothing bursts out, and the words beside it are in order. */
  async isHarmless(where: string, label: string | null = null): Promise<void> {
    const { page } = this;
    for (const [width, height] of [
      [1920, 1080],
      [1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      const shots = process.env.SCREENSHOTS;
      if (shots) {
        mkdirSync(shots, { recursive: true });
        await page.screenshot({ path: join(shots, `hostile-${where}-${width}.png`) });
      }
      // What hangs on the edge of the window finds its place again a moment later.
      let faults = await page.evaluate(faultsOf, label);
      for (let tries = 0; faults.length > 0 && tries < 100; tries++) {
        await page.waitForTimeout(100);
        faults = await page.evaluate(faultsOf, label);
      }
      this.problems.push(...faults.map((fault) => `${where} at ${width}: ${fault}`));
    }
  }

  /** How long the events since the last time took to be seen: the middle one and the slowest. */
  async paints(): Promise<string> {
    const paints: number[] = [];
    const taken = () =>
      this.page.evaluate(() => {
        const { seen } = window as unknown as { seen: { paints: number[] } };
        return seen.paints.splice(0);
      });
    await expect
      .poll(async () => {
        paints.push(...(await taken()));
        return paints.length;
      })
      .toBeGreaterThan(0);
    paints.sort((a, b) => a - b);
    const [middle = 0, slowest = 0] = [paints[Math.floor(paints.length / 2)], paints.at(-1)];
    return `hostile texts, event to pixels: ${Math.round(middle)} ms, slowest of ${paints.length}: ${Math.round(slowest)} ms`;
  }

  async close(): Promise<void> {
    await this.#context.close();
    expect(this.problems).toEqual([]);
  }
}

/** In the page. @param label what must be seen of a hostile text; null: of none */
function faultsOf(label: string | null): string[] {
  const faults: string[] = [];
  const root = document.documentElement;
  const { seen } = window as unknown as { seen: { refused: string[] } };
  if ('__hit' in window) faults.push('a script ran');
  faults.push(...seen.refused);
  if (document.querySelector('img[src="x"], body script:not([src]), a[href^="javascript:"]'))
    faults.push('markup became an element');
  if (root.scrollWidth > root.clientWidth)
    faults.push(`the page is ${root.scrollWidth} wide, the window ${root.clientWidth}`);
  if (label !== null && !document.body.textContent?.includes(`${label} <img src=x onerror=`))
    faults.push(`${label} is not shown as text`);

  const nameOf = (element: Element) =>
    `${element.tagName.toLowerCase()}${[...element.classList].map((name) => `.${name}`).join('')}`;
  const isSeen = (element: Element) =>
    element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) &&
    element.closest('.visually-hidden, [aria-hidden="true"]') === null;

  // What can be operated is within the window, and no monster.
  for (const element of document.querySelectorAll(
    'button, [role="menuitem"], [role="menuitemradio"], [role="option"], [role="tab"], a[href], input, select, textarea, h1, h2, h3',
  )) {
    if (!isSeen(element)) continue;
    const { left, right, height, width } = element.getBoundingClientRect();
    if (width === 0) continue;
    if (left < -1 || right > innerWidth + 1) faults.push(`${nameOf(element)} from ${left} to ${right}`);
    if (height > 130) faults.push(`${nameOf(element)} is ${Math.round(height)} high`);
  }
  // What is in a box is not seen outside of it; the lines of a table reach a little into the margin of theirs.
  const bleed = 8;
  for (const element of document.querySelectorAll('#root *:not(select), [role="dialog"] *:not(select)')) {
    const { overflowX, position } = getComputedStyle(element);
    if (overflowX !== 'visible' || position === 'fixed' || !isSeen(element)) continue;
    const { clientWidth, scrollWidth } = element;
    if (
      clientWidth > 0 &&
      scrollWidth > clientWidth + bleed &&
      getComputedStyle(element).display !== 'inline'
    )
      faults.push(`${nameOf(element)} is ${clientWidth} wide, what is in it ${scrollWidth}`);
  }
  // Rows of a table are all as high.
  for (const grid of document.querySelectorAll('[role="grid"]')) {
    if (!isSeen(grid)) continue;
    const heights = new Set(
      [...grid.querySelectorAll('[role="row"]')]
        .filter((row) => row.querySelector('[role="gridcell"]'))
        .map((row) => Math.round(row.getBoundingClientRect().height)),
    );
    if (heights.size > 1) faults.push(`rows are ${[...heights].join(', ')} high`);
  }
  // Plain words run from left to right: nothing turned them round.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const node = texts.currentNode as Text;
    const element = node.parentElement;
    if (node.data.length > 600 && element?.closest('script, style') === null)
      faults.push(`${node.data.length} characters in ${nameOf(element)}`);
    if (!element || !/^[\x20-\x7e]+$/.test(node.data) || !isSeen(element)) continue;
    const at = node.data.search(/[A-Za-z0-9]{2}/);
    if (at < 0) continue;
    const boxOf = (offset: number) => {
      range.setStart(node, offset);
      range.setEnd(node, offset + 1);
      return range.getBoundingClientRect();
    };
    const first = boxOf(at);
    const second = boxOf(at + 1);
    if (first.width > 0 && first.top === second.top && second.left < first.left)
      faults.push(`"${node.data.slice(0, 40)}" in ${nameOf(element)} is turned round`);
  }
  return [...new Set(faults)].slice(0, 12);
}

const put = async (id: string, body: string) =>
  expect(await rest(poise, id, 'PUT', `/User/${id}`, body)).toMatchObject({ status: 202 });

test('an agent: names, states, reasons, contacts, calls, wrap-up, notices, histories, messages', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const hostilePage = await HostilePage.signedIn(browser, AGENT, '10011');
  const { page } = hostilePage;
  const isHarmless = (where: string, label?: string) => hostilePage.isHarmless(where, label);
  await page.locator('.message-banner').getByText('Message <img').first().waitFor();
  await page.getByText('Queue85881').first().waitFor();
  await isHarmless('agent', 'Message');

  await page.locator('.identity-button').click();
  await page.getByRole('button', { name: 'Settings' }).waitFor();
  await isHarmless('identity', 'First4001');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('menuitem').filter({ hasText: 'ReasonLOGOUT' }).waitFor();
  await isHarmless('sign-out', 'ReasonLOGOUT');
  await page.keyboard.press('Escape');
  await page.getByRole('menuitem').first().waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('option').filter({ hasText: 'Tab' }).first().waitFor();
  await isHarmless('search', 'Tab');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Change state' }).click();
  const reason = page.getByRole('menuitemradio').filter({ hasText: 'ReasonNOT_READY' });
  await reason.waitFor();
  await isHarmless('reasons', 'ReasonNOT_READY');
  await reason.click();
  await page.locator('.state-now .name', { hasText: 'ReasonNOT_READY' }).waitFor();
  await isHarmless('state', 'ReasonNOT_READY');
  await expect.poll(() => page.title()).toContain('<img src=x');

  await page.getByRole('button', { name: 'New call' }).click();
  await page.getByRole('row').filter({ hasText: 'AaFirst' }).first().waitFor();
  await isHarmless('contacts', 'AaFirst');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+Alt+R');
  await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
  const customer = await floor.customer(QUEUE, {
    from: '15550777',
    variables: {
      callVariable1: HOSTILE_VARIABLE,
      callVariable2: HOSTILE_VARIABLE,
      callVariable3: HOSTILE_VARIABLE,
      'user.microapp.isVRU': HOSTILE_ECC,
    },
  });
  const incoming = page.locator('.incoming-call');
  await incoming.waitFor();
  await isHarmless('incoming', 'Label of callVariable1');
  await incoming.getByRole('button', { name: /^Answer/ }).click();
  await page.locator('.call-card[data-state="ACTIVE"]').waitFor();
  await isHarmless('call', 'Label of callVariable2');
  const end = page.locator('.call-card').getByRole('button', { name: 'End call' });
  expect((await end.boundingBox())?.y).toBeLessThan(800);
  await page.locator('.call-card').getByRole('button', { name: 'Consult' }).click();
  await page.getByRole('row').filter({ hasText: 'AaFirst' }).first().waitFor();
  await isHarmless('consult', 'AaFirst');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Wrap-up reason' }).click();
  await page.getByRole('option').filter({ hasText: 'Wrapup' }).first().waitFor();
  await isHarmless('wrap-up-reasons', 'Wrapup');
  await page.getByRole('option').filter({ hasText: 'Wrapup' }).first().click();
  await page.getByRole('button', { name: 'Apply' }).click();
  await isHarmless('wrap-up-reason', 'Label of callVariable2');
  await floor.hangUp(customer);
  await page.locator('.state-now .name', { hasText: /Wrap/ }).waitFor();
  await isHarmless('wrap-up', 'Label of callVariable2');
  await page.getByRole('link', { name: 'My history' }).click();
  await page.getByRole('grid', { name: 'Recent states' }).getByText('ReasonNOT_READY').first().waitFor();
  await isHarmless('history', 'ReasonNOT_READY');

  await page.locator('.message-banner').click();
  await isHarmless('messages', 'Message');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Notifications/ }).click();
  await isHarmless('notices');
  await page.keyboard.press('Escape');
  console.log(await hostilePage.paints());
  await hostilePage.close();
}, 300_000);

test('a supervisor: the team, its menu, calls and history, teams and messages', async ({ skip }) => {
  if (!browser) return skip(NO_BROWSER);
  const hostilePage = await HostilePage.signedIn(browser, SUPERVISOR, '10015');
  const { page } = hostilePage;
  const isHarmless = (where: string, label?: string) => hostilePage.isHarmless(where, label);
  const grid = page.getByRole('grid', { name: 'Team performance' });
  await grid.getByText('First4002').first().waitFor();
  await isHarmless('team', 'First4002');
  // What is cut to its place is told whole at the pointer, as far as a person reads.
  const name = grid.locator('.cut', { hasText: 'First4002' }).first();
  await name.hover();
  await expect.poll(() => name.getAttribute('title')).toMatch(/^First4002 <img src=x/);
  // And to who goes there by keys, until he goes on or presses Escape.
  const bubble = page.locator('.whole-text');
  await page.getByRole('button', { name: /^Actions for .?First4001/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  await bubble
    .getByText(/First400\d <img src=x/)
    .first()
    .waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => bubble.count()).toBe(0);
  const row = grid.getByRole('row').filter({ hasText: 'First4002' });
  for (const [body, shown] of [
    ['<state>READY</state>', /^Ready$/],
    [`<state>NOT_READY</state><reasonCodeId>${REASON_ID}</reasonCodeId>`, /ReasonNOT_READY/],
  ] as const) {
    await put('4002', `<User>${body}</User>`);
    await row.getByText(shown).first().waitFor();
  }
  console.log(await hostilePage.paints());
  await grid.getByRole('button', { name: /^Actions for .?First4002/ }).click();
  await page.getByRole('menu').waitFor();
  await isHarmless('agent-menu', 'First4002');
  await page.getByRole('menuitem', { name: 'View history' }).click();
  await page.getByRole('grid', { name: 'Recent states' }).getByText('ReasonNOT_READY').first().waitFor();
  await isHarmless('agent-history', 'First4002');
  await page.getByRole('button', { name: 'Team message' }).click();
  await page.getByRole('dialog').waitFor();
  await page.getByLabel('Message', { exact: true }).fill(hostile('Written', 255));
  await isHarmless('message-desk', 'Team5000');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByText('Written <img').first().waitFor();
  await isHarmless('message-sent', 'Written');
  await hostilePage.close();
}, 240_000);
