/**
 * The connection of the desktop page in a real browser, over both transports: leaving is noticed at once, coming back
 * from the browser's cache, a cut line, a frozen page and another network heal without a word to the agent.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from './browser.ts';
import { CuttableLine } from './connections/cuttable-line.ts';
import { NoUpgradeProxy } from './connections/no-upgrade-proxy.ts';
import {
  dataDirectory,
  freeOffset,
  launchPoise,
  portsAt,
  type RunningPoise,
  rest,
  startPoise,
} from './server.ts';

let poise: RunningPoise;
let line: CuttableLine;
let browser: Browser | undefined;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  poise = await startPoise();
  [line, browser] = await Promise.all([
    CuttableLine.to(poise.ports.http),
    launchBrowser(['back-forward-cache']),
  ]);
});
afterAll(async () => {
  await browser?.close();
  line?.close();
  await poise?.stop();
});

/** What the webservices log says of an agent's presence since a moment, with its times. */
function presences(agent: string, since: number): { at: number; type: string }[] {
  const folder = join(poise.data, 'logs/desktop/logs/webservices');
  const [name = ''] = readdirSync(folder).filter((file) => file.startsWith('Desktop-webservices'));
  return readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .filter((text) => text.includes('PRESENCE_NOTIFICATION_RECIEVED') && text.includes(`${agent}@`))
    .map((text) => ({
      at: Date.parse(/\w{3} \d{2} \d{4} [\d:.]+ [+-]\d{4}/.exec(text)?.[0] ?? ''),
      type: /PRESENCE_TYPE=(\w+)/.exec(text)?.[1] ?? '',
    }))
    .filter(({ at }) => at >= since);
}

describe.each(['websocket', 'bosh'] as const)('over %s', (transport) => {
  beforeEach(async ({ skip }) => {
    if (!browser) return skip(NO_BROWSER);
    context = await browser.newContext({ locale: 'en-GB' });
    await open();
  });
  afterEach(async () => {
    line.join();
    line.cutIdle(0);
    await context?.close();
  });

  async function open(): Promise<void> {
    page = await context.newPage();
    // The page takes BOSH where there is no WebSocket.
    if (transport === 'bosh')
      await page.addInitScript(() => {
        Object.defineProperty(window, 'WebSocket', { value: undefined });
      });
    // Everything the page says is kept beside it, banners that came and went included.
    await page.addInitScript(() => {
      const told: string[] = [];
      Object.assign(window, { told });
      new MutationObserver(() => {
        const banner = document.querySelector('.banner')?.textContent;
        if (banner && told.at(-1) !== banner) told.push(banner);
      }).observe(document, { subtree: true, childList: true, characterData: true });
    });
  }

  async function signIn(id: string): Promise<void> {
    await page.goto(`http://localhost:${line.port}/`);
    await page.getByLabel('Agent ID or login name').fill(id);
    await page.getByLabel('Password').fill(id);
    await page.getByLabel('Extension').fill(id);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Change state' }).waitFor();
    await page.evaluate(() => Object.assign(window, { marker: 'the same page' }));
  }

  /**
   * What is mended at the first attempt is no alarm, if it takes two seconds at most: here longer, for the machine may be used by
   * others, too. To be called before the sign-in.
   */
  const alarmsLate = () =>
    page.addInitScript(() => {
      const set = window.setTimeout.bind(window) as (run: TimerHandler, ms?: number) => number;
      Object.assign(window, {
        setTimeout: (run: TimerHandler, ms?: number) => set(run, ms === 2_000 ? 30_000 : ms),
      });
    });

  const agent = () => (transport === 'bosh' ? '3006' : '3005');
  const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  const marker = () => page.evaluate(() => (window as unknown as { marker?: string }).marker);
  /** The browser has the page for when the server is down, and nothing but the page. */
  const kept = async () => {
    const names = await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      const found: string[] = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
      return found;
    });
    expect(names).toContain('/desktop/container/');
    expect(names.filter((name) => !name.startsWith('/desktop/container/'))).toEqual([]);
  };
  const setState = (state: string) =>
    rest(poise, agent(), 'PUT', `/User/${agent()}`, `<User><state>${state}</state></User>`);
  const shows = (state: string) =>
    page.locator('.state-now .name', { hasText: new RegExp(`^${state}$`) }).waitFor();

  test.each<[string, () => Promise<unknown>]>([
    ['a tab that is closed', () => page.close()],
    // As by its user. An end of the whole browser context would end its network first, with the goodbye that is on its way.
    ['a window that is closed', () => page.close({ runBeforeUnload: true })],
    [
      'a page that is left for another',
      () => page.goto(`http://localhost:${line.port}/finesse/api/SystemInfo`),
    ],
    ['a page that is loaded anew', () => page.reload()],
  ])('%s is noticed at once', async (title, leave) => {
    await signIn(agent());
    const since = Date.now();
    await leave();
    await expect.poll(() => presences(agent(), since).map(({ type }) => type)).toContain('unavailable');
    const noticedMs = (presences(agent(), since)[0]?.at ?? Number.NaN) - since;
    console.log(`${transport}: ${title} was noticed after ${noticedMs} ms`);
  });

  test('a page that comes back from the cache of the browser is as it was, and hears of what happened', async () => {
    await alarmsLate();
    await signIn(agent());
    await page.goto(`http://127.0.0.1:${poise.ports.http}/`);
    await setState('READY');
    // By the page itself: the library waits for a loading that never happens.
    await page.evaluate(() => void setTimeout(() => history.back()));
    await shows('Ready');
    expect(await marker()).toBe('the same page');
    await setState('NOT_READY');
    await shows('Not Ready');
    expect(await told()).toEqual([]);
  });

  test('a line that is cut and joined is no matter for the agent', async () => {
    await alarmsLate();
    await signIn(agent());
    line.cut();
    line.join();
    await setState('READY');
    await shows('Ready');
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menuitemradio', { name: 'Not Ready' }).first().click();
    await shows('Not Ready.*');
    expect(await told()).toEqual([]);
  });

  test('a proxy that cuts what is idle is no matter for the agent', { timeout: 120_000 }, async () => {
    await alarmsLate();
    await signIn(agent());
    const before = line.idleCuts;
    line.cutIdle(2_000);
    // Two losses one after the other: what was held, and what took its place.
    await expect.poll(() => line.idleCuts - before, { timeout: 30_000 }).toBeGreaterThanOrEqual(6);
    await setState('READY');
    await shows('Ready');
    await setState('NOT_READY');
    await shows('Not Ready');
    expect(await told()).toEqual([]);
  });

  test('a line that stays cut is told, and its return, too', async () => {
    await signIn(agent());
    line.cut();
    if (transport === 'bosh') {
      // A held request is tried again for some time; who works meanwhile hears of it at once by what is asked for.
      await page.evaluate(() => dispatchEvent(new Event('online')));
    }
    await page.getByText('Lost connection to localhost.').waitFor();
    await setState('READY');
    line.join();
    await page.getByText('Connected again to localhost.').waitFor();
    await shows('Ready');
    expect(await marker()).toBe('the same page');
    await setState('NOT_READY');
  });

  test('connections that died without a word are noticed, and the page shows the truth soon', {
    timeout: 120_000,
  }, async () => {
    await signIn(agent());
    for (const state of ['READY', 'NOT_READY'] as const) {
      line.swallow();
      const since = Date.now();
      await setState(state);
      await shows(state === 'READY' ? 'Ready' : 'Not Ready');
      const passedMs = Date.now() - since;
      console.log(`${transport}: ${state} was shown after ${passedMs} ms`);
      expect(await marker()).toBe('the same page');
    }
  });

  test('a page that is loaded anew while its server cannot be reached waits for it, and goes on without a password', async () => {
    await signIn(agent());
    await kept();
    await setState('READY');
    await shows('Ready');
    line.cut();
    await page.reload();
    await page.getByText('Lost connection to localhost.').waitFor();
    await page.getByText('Your page goes on by itself').waitFor();
    const heading = page.getByRole('heading', { name: 'Waiting for a server', exact: true });
    await expect.poll(() => heading.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.title()).toBe('Waiting for a server – Poise');
    expect(await page.getByRole('heading', { name: 'Sign in' }).count()).toBe(0);
    // Once more, for people are impatient.
    await page.reload();
    await page.getByText('Lost connection to localhost.').waitFor();
    expect(await page.getByLabel('Password').count()).toBe(0);
    line.join();
    await page.getByText('Connected again to localhost.').waitFor();
    await page.getByRole('button', { name: 'Change state' }).waitFor();
    await setState('READY');
    await shows('Ready');
    await setState('NOT_READY');
    await shows('Not Ready');
  });

  test('a page that was frozen goes on', async () => {
    await alarmsLate();
    await signIn(agent());
    const cdp = await context.newCDPSession(page);
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await setState('READY');
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await shows('Ready');
    await setState('NOT_READY');
    await shows('Not Ready');
    expect(await told()).toEqual([]);
  });

  test('a network that went away and came back is tried at once', async () => {
    await signIn(agent());
    await context.setOffline(true);
    line.cut();
    await page.getByText('Lost connection to localhost.').waitFor();
    line.join();
    await setState('READY');
    await context.setOffline(false);
    await shows('Ready');
    await setState('NOT_READY');
  });
});

test('an open page whose node was started anew goes on, and its agent is signed in as he was, Not Ready', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const context = await browser.newContext({ locale: 'en-GB' });
  const data = dataDirectory();
  const [first, line] = await startBehindLine(data);
  let second: RunningPoise | undefined;
  try {
    const page = await context.newPage();
    await page.goto(`http://localhost:${line.port}/`);
    await page.getByLabel('Agent ID or login name').fill('3005');
    await page.getByLabel('Password').fill('3005');
    await page.getByLabel('Extension').fill('3005');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Change state' }).waitFor();
    await page.evaluate(() => Object.assign(window, { marker: 'the same page' }));
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
    await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
    // By SIGKILL: nobody was told that it goes.
    const over = new Promise((done) => first.child.once('exit', done));
    first.child.kill('SIGKILL');
    await over;
    await page.getByText('Lost connection to localhost.').waitFor();
    second = await startPoise({ data });
    line.leadTo(second.ports.http);
    await page.getByText('Connected again to localhost.').waitFor({ timeout: 60_000 });
    await page.locator('.state-now .name', { hasText: /^Not Ready/ }).waitFor();
    expect(await page.evaluate(() => (window as unknown as { marker?: string }).marker)).toBe(
      'the same page',
    );
    const { text } = await rest(second, '3005', 'GET', '/User/3005');
    expect(text).toContain('<state>NOT_READY</state>');
    expect(text).toContain('<extension>3005</extension>');
  } finally {
    await context.close();
    line.close();
    await first.stop();
    await second?.stop();
    rmSync(data, { recursive: true, force: true });
  }
}, 240_000);

test('a contact centre that is started anew beside a server that goes on throws nobody out', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const context = await browser.newContext({ locale: 'en-GB' });
  const data = dataDirectory();
  const offset = await freeOffset();
  const ports = portsAt(offset);
  const common = ['--demo', '--data', data, '--set', `ports.offset=${offset}`];
  const cti = launchPoise(['cti', ...common]);
  let again: ReturnType<typeof launchPoise> | undefined;
  let server: ReturnType<typeof launchPoise> | undefined;
  try {
    await cti.says(/^poise: IN_SERVICE/m);
    server = launchPoise([
      ...['start', '--only', 'webservices,notification,desktop', ...common],
      ...['--set', 'cti.embedded=false', '--set', `cti.a=127.0.0.1:${ports.ctiA}`],
    ]);
    await server.says(/^poise: IN_SERVICE/m);
    const signedIn = async (id: string, extension: string) => {
      const page = await context.newPage();
      await page.goto(`http://localhost:${ports.http}/`);
      await page.getByLabel('Agent ID or login name').fill(id);
      await page.getByLabel('Password').fill(id);
      await page.getByLabel('Extension').fill(extension);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('button', { name: 'Change state' }).waitFor();
      await page.evaluate(() => Object.assign(window, { marker: 'the same page' }));
      return page;
    };
    const agent = await signedIn('2001', '2005');
    const supervisor = await signedIn('2050', '2006');
    await agent.getByRole('button', { name: 'Change state' }).click();
    await agent.getByRole('menuitemradio', { name: 'Ready', exact: true }).click();
    await agent.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
    await cti.end('SIGKILL');
    for (const page of [agent, supervisor]) await page.getByText('localhost is out of service.').waitFor();
    again = launchPoise(['cti', ...common]);
    // Of both at once: that all is well is told for some seconds only.
    await Promise.all(
      [agent, supervisor].map((page) =>
        page.getByText('Connected again to localhost.').waitFor({ timeout: 60_000 }),
      ),
    );
    for (const [page, state] of [
      [agent, /^Ready$/],
      [supervisor, /^Not Ready/],
    ] as const) {
      await page.locator('.state-now .name', { hasText: state }).waitFor();
      const marker = () => page.evaluate(() => (window as unknown as { marker?: string }).marker);
      expect(await marker()).toBe('the same page');
    }
    // The team is that of now, too.
    await supervisor.getByRole('gridcell', { name: 'Mickey Mouse', exact: true }).waitFor();
    const { text } = await rest({ ports }, '2001', 'GET', '/User/2001');
    expect(text).toContain('<state>READY</state>');
    expect(text).toContain('<extension>2005</extension>');
  } finally {
    await context.close();
    for (const launched of [server, again, cti])
      if (launched?.child.exitCode === null && launched.child.signalCode === null)
        await launched.end('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  }
}, 240_000);

test('a server that wants no service worker rids browsers of the one they have, with a visit', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const context = await browser.newContext({ locale: 'en-GB' });
  const data = dataDirectory();
  // One address in the browser, whatever server stands behind it.
  const [with_, line] = await startBehindLine(data);
  let without: RunningPoise | undefined;
  try {
    const page = await context.newPage();
    const address = `http://localhost:${line.port}/`;
    await page.goto(address);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await with_.stop();
    without = await startPoise({ data, args: ['--set', 'desktop.serviceWorker=false'] });
    line.leadTo(without.ports.http);
    await page.goto(address);
    const left = () =>
      page.evaluate(async () => [
        (await navigator.serviceWorker.getRegistrations()).length,
        (await caches.keys()).length,
      ]);
    await expect.poll(left, { timeout: 30_000 }).toEqual([0, 0]);
    await page.getByLabel('Agent ID or login name').waitFor();
  } finally {
    await context.close();
    line.close();
    await with_.stop();
    await without?.stop();
    rmSync(data, { recursive: true, force: true });
  }
}, 300_000);

async function startBehindLine(data: string): Promise<[RunningPoise, CuttableLine]> {
  const server = await startPoise({ data });
  return [server, await CuttableLine.to(server.ports.http)];
}

test('over https, a node that the browser cannot reach is told with the way to its certificate, and its return, too', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const settings = {
    host: '127.0.0.1',
    domain: '127.0.0.1',
    'node.primary': '127.0.0.1',
    'node.secondary': '127.0.0.3',
  };
  const args = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  const server = await startPoise({ args });
  const context = await browser.newContext({ locale: 'en-GB', ignoreHTTPSErrors: true });
  try {
    const page = await context.newPage();
    // A certificate that is not accepted looks like this to the page.
    let isAccepted = false;
    await page.route(/^https:\/\/127\.0\.0\.3:/, (route) =>
      isAccepted ? route.fulfill({ body: '' }) : route.abort('failed'),
    );
    await page.goto(`https://127.0.0.1:${server.ports.https}/`);
    await page.getByLabel('Agent ID or login name').fill('3009');
    await page.getByLabel('Password').fill('3009');
    await page.getByLabel('Extension').fill('3009');
    await page.getByRole('button', { name: 'Sign in' }).click();
    const popUp = page.locator('.pop-up', { hasText: '127.0.0.3, the other server, cannot be reached' });
    const link = popUp.getByRole('link', { name: 'Open it' });
    expect(await link.getAttribute('href')).toBe(
      `https://127.0.0.3:${server.ports.https}/desktop/certificate`,
    );
    isAccepted = true;
    // As when the tab comes to the front.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.locator('.pop-up', { hasText: '127.0.0.3, the other server, can be reached now.' }).waitFor();
  } finally {
    await context.close();
    await server.stop();
  }
}, 300_000);

test('behind a proxy that refuses WebSockets the page signs in over BOSH, and hears of what happens', async ({
  skip,
}) => {
  if (!browser) return skip(NO_BROWSER);
  const proxy = await NoUpgradeProxy.to(poise.ports.http);
  const context = await browser.newContext({ locale: 'en-GB' });
  try {
    const page = await context.newPage();
    const signIn = async (password: string) => {
      await page.getByLabel('Agent ID or login name').fill('3007');
      await page.getByLabel('Password').fill(password);
      await page.getByLabel('Extension').fill('3007');
      await page.getByRole('button', { name: 'Sign in' }).click();
    };
    await page.goto(`http://localhost:${proxy.port}/`);
    await signIn('wrong');
    await page.getByText('The ID or the password is not right.').waitFor();
    await signIn('3007');
    await page.getByRole('button', { name: 'Change state' }).waitFor();
    await rest(poise, '3007', 'PUT', '/User/3007', '<User><state>READY</state></User>');
    await page.locator('.state-now .name', { hasText: /^Ready$/ }).waitFor();
    // The second sign-in knew what the first one had found.
    expect(proxy.refused).toBe(1);
  } finally {
    await context.close();
    proxy.close();
  }
});
