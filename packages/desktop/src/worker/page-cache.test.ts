import { beforeEach, describe, expect, test } from 'vitest';
import { type CacheSurroundings, PAGE_WAIT_MS, PageCache, type PageFiles } from './page-cache.ts';

const ORIGIN = 'https://desk.example:8445';
const PAGE = '/desktop/container/';
const SCRIPT = '/desktop/container/assets/index-AbCd1234.js';
const FILES: PageFiles = { version: 'two', pages: [PAGE], assets: [SCRIPT] };

/** Caches as browsers have them, in the order in which they were made. */
class Caches {
  readonly all = new Map<string, Map<string, Response>>();
  async open(name: string) {
    const entries = this.all.get(name) ?? new Map<string, Response>();
    this.all.set(name, entries);
    return {
      put: async (path: string, response: Response) => void entries.set(path, response),
      match: async (path: string) => entries.get(path)?.clone(),
    } as unknown as Cache;
  }
  keys = async () => [...this.all.keys()];
  delete = async (name: string) => this.all.delete(name);
  match = async (path: RequestInfo | URL) => {
    for (const entries of this.all.values())
      if (entries.has(String(path))) return entries.get(String(path))?.clone();
    return undefined;
  };
}

let caches: Caches;
let asked: string[];
let node: (path: string) => Response | Promise<Response>;
/** Ends all waits. */
let late: () => void;
let waits: number[];
let cache: PageCache;
const whole = (text: string, headers: Record<string, string> = {}) => new Response(text, { headers });

beforeEach(() => {
  caches = new Caches();
  asked = [];
  waits = [];
  node = (path) => whole(`new ${path}`);
  const wait = new Promise<void>((done) => {
    late = done;
  });
  const around: CacheSurroundings = {
    caches,
    origin: ORIGIN,
    fetch: async (request) => {
      const path = typeof request === 'string' ? request : new URL(request.url).pathname;
      asked.push(path);
      return node(path);
    },
    wait: (ms) => {
      waits.push(ms);
      return wait;
    },
  };
  cache = new PageCache(FILES, around);
});

const request = (path: string, more: RequestInit = {}) => new Request(ORIGIN + path, more);
const textOf = async (answer: Promise<Response> | null) => (answer === null ? null : (await answer).text());
/** The worker has kept the page that the node has now; from then on the node is gone. */
async function keptAndLost(): Promise<void> {
  await cache.fill();
  asked.length = 0;
  node = () => Promise.reject(new TypeError('Failed to fetch'));
}

describe('what is answered', () => {
  test.each([
    '/desktop/container/assets/other-AbCd1234.js',
    '/desktop/api/desktopConfig',
    '/finesse/api/SystemInfo',
    '/http-bind/',
    '/ws/',
    '/gadgets/ifr?url=x',
    '/3rdpartygadget/files/a.js',
    '/desktop/sso/token',
    '/desktop/container/service-worker.js',
  ])('%s goes its way, and is not kept', async (path) => {
    await cache.fill();
    expect(cache.answer(request(path))).toBeNull();
    expect([...(caches.all.get('poise.page.two')?.keys() ?? [])].sort()).toEqual([PAGE, SCRIPT]);
  });

  test('neither do other methods, parts of files, nor other hosts', () => {
    expect(cache.answer(request(PAGE, { method: 'POST' }))).toBeNull();
    expect(cache.answer(request(SCRIPT, { headers: { range: 'bytes=0-9' } }))).toBeNull();
    expect(cache.answer(new Request(`https://other.example${PAGE}`))).toBeNull();
  });

  test('the page is the node’s while there is a node, whatever was kept', async () => {
    await cache.fill();
    node = () => whole('newer');
    expect(await textOf(cache.answer(request(`${PAGE}?locale=de`)))).toBe('newer');
    // What the node says is the answer, wrong or not.
    node = () => new Response('no', { status: 404 });
    expect(await textOf(cache.answer(request(PAGE)))).toBe('no');
  });

  test('what the browser has asked for already is not asked for again', async () => {
    await cache.fill();
    asked.length = 0;
    expect(await textOf(cache.answer(request(PAGE), Promise.resolve(whole('early'))))).toBe('early');
    expect(asked).toEqual([]);
  });

  test('the page that was kept comes when the node is gone, and its script without asking', async () => {
    await keptAndLost();
    expect(await textOf(cache.answer(request(`${PAGE}?lls`)))).toBe(`new ${PAGE}`);
    asked.length = 0;
    expect(await textOf(cache.answer(request(SCRIPT)))).toBe(`new ${SCRIPT}`);
    expect(asked).toEqual([]);
  });

  test.each([502, 503, 504])('it also comes when a proxy says %i', async (status) => {
    await cache.fill();
    node = () => new Response('Bad Gateway', { status });
    expect(await textOf(cache.answer(request(PAGE)))).toBe(`new ${PAGE}`);
  });

  test('it also comes when the node is silent', async () => {
    await cache.fill();
    node = () => new Promise<Response>(() => {});
    const answer = textOf(cache.answer(request(PAGE)));
    late();
    expect(await answer).toBe(`new ${PAGE}`);
    expect(waits).toEqual([PAGE_WAIT_MS]);
  });

  test('where nothing was kept the browser says what is wrong', async () => {
    node = () => Promise.reject(new TypeError('Failed to fetch'));
    await expect(cache.answer(request(PAGE))).rejects.toThrow('Failed to fetch');
  });
});

describe('what is kept', () => {
  test('all or nothing', async () => {
    node = (path) => (path === SCRIPT ? new Response('', { status: 404 }) : whole('page'));
    await expect(cache.fill()).rejects.toThrow(`${SCRIPT} was answered 404`);
    expect(caches.all.size).toBe(0);
  });

  test('the build before this one, whose pages may be open, and none that is older', async () => {
    for (const name of ['poise.page.zero', 'other', 'poise.page.one', 'poise.page.two'])
      await caches.open(name);
    await cache.tidy();
    expect(await caches.keys()).toEqual(['other', 'poise.page.one', 'poise.page.two']);
  });

  test('the newest policy of the same page: the hosts that it may call are settings', async () => {
    const page = (etag: string, policy: string) => (path: string) =>
      whole(`${etag} ${path}`, { etag, 'content-security-policy': policy });
    node = page('a', 'one');
    await cache.fill();
    node = page('a', 'two');
    await cache.answer(request(PAGE));
    node = page('b', 'three');
    await cache.answer(request(PAGE));
    node = () => Promise.reject(new TypeError('Failed to fetch'));
    const kept = await cache.answer(request(PAGE));
    expect(kept?.headers.get('content-security-policy')).toBe('two');
    expect(await kept?.text()).toBe(`a ${PAGE}`);
  });
});
