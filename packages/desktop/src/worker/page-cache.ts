/**
 * What the service worker keeps of the desktop page, and when it answers with it: the page's own files and nothing else, so that a page
 * can be loaded anew while its node is down. No answer of an API is ever kept.
 */

/** Names of its caches begin so; the worker that ends itself throws all of them away. */
export const CACHE_PREFIX = 'poise.page.';
/** A node that has not answered for so long is taken for lost: one without power does not even refuse. */
export const PAGE_WAIT_MS = 8_000;

export interface PageFiles {
  /** Grows out of the names and contents of the files: another build has another one. */
  readonly version: string;
  /** Paths of pages and icons, whose content changes under the same name. */
  readonly pages: readonly string[];
  /** Paths of files with a hash in their names. */
  readonly assets: readonly string[];
}

export interface CacheSurroundings {
  readonly caches: Pick<CacheStorage, 'open' | 'keys' | 'delete' | 'match'>;
  readonly fetch: (request: Request | string, init?: RequestInit) => Promise<Response>;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
  readonly origin: string;
}

/** What proxies say in the place of a node that is not there. */
const isGone = ({ status }: Response) => status === 502 || status === 503 || status === 504;

const isWhole = (response: Response) => response.status === 200 && !response.redirected;

export class PageCache {
  readonly #files: PageFiles;
  readonly #around: CacheSurroundings;
  readonly #pages: ReadonlySet<string>;
  readonly #assets: ReadonlySet<string>;

  constructor(files: PageFiles, around: CacheSurroundings) {
    this.#files = files;
    this.#around = around;
    this.#pages = new Set(files.pages);
    this.#assets = new Set(files.assets);
  }

  get #name(): string {
    return `${CACHE_PREFIX}${this.#files.version}`;
  }

  /** Fetches all files. Rejects when one cannot be had: half a page is none. */
  async fill(): Promise<void> {
    const cache = await this.#around.caches.open(this.#name);
    try {
      // What has a hash in its name is taken from the browser's own cache, where the page has it from.
      const requests = [
        ...this.#files.pages.map((path) => [path, 'no-cache'] as const),
        ...this.#files.assets.map((path) => [path, 'default'] as const),
      ];
      for (const [path, mode] of requests) {
        const response = await this.#around.fetch(path, { cache: mode, credentials: 'omit' });
        if (!isWhole(response)) throw new Error(`${path} was answered ${response.status}`);
        await cache.put(path, response);
      }
    } catch (error) {
      await this.#around.caches.delete(this.#name);
      throw error;
    }
  }

  /** Throws away what is older than the build before this one: pages of that one may be open, and load parts of it. */
  async tidy(): Promise<void> {
    const older = (await this.#around.caches.keys()).filter(
      (name) => name.startsWith(CACHE_PREFIX) && name !== this.#name,
    );
    await Promise.all(older.slice(0, -1).map((name) => this.#around.caches.delete(name)));
  }

  /**
   * @param early the answer that the browser has asked for already, if it has
   * @returns null: the request is none of the page's, and goes its way
   */
  answer(
    request: Pick<Request, 'method' | 'url'> & { headers: Pick<Headers, 'has'> },
    early: Promise<Response | undefined> = Promise.resolve(undefined),
  ): Promise<Response> | null {
    if (request.method !== 'GET' || request.headers.has('range')) return null;
    const { origin, pathname } = new URL(request.url);
    if (origin !== this.#around.origin) return null;
    if (this.#pages.has(pathname)) return this.#page(request as Request, pathname, early);
    if (this.#assets.has(pathname)) return this.#asset(request as Request, pathname);
    return null;
  }

  /** The node's, wherever there is a node: nobody shall see an old page. */
  async #page(request: Request, pathname: string, early: Promise<Response | undefined>): Promise<Response> {
    const asked = early.then((response) => response ?? this.#around.fetch(request));
    const told = asked.then(
      (response) => (isGone(response) ? null : response),
      () => null,
    );
    const response = await Promise.race([told, this.#around.wait(PAGE_WAIT_MS).then(() => null)]);
    if (response !== null) {
      await this.#refresh(pathname, response);
      return response;
    }
    const cache = await this.#around.caches.open(this.#name);
    return (await cache.match(pathname)) ?? asked;
  }

  /** The same page may come with other headers: the hosts that it may call are settings. Another page waits for its own worker. */
  async #refresh(pathname: string, response: Response): Promise<void> {
    if (!isWhole(response) || !response.headers.has('content-security-policy')) return;
    const cache = await this.#around.caches.open(this.#name);
    const kept = await cache.match(pathname);
    if (kept === undefined) return;
    const policy = (of: Response) => of.headers.get('content-security-policy');
    const isSamePage = kept.headers.get('etag') === response.headers.get('etag');
    if (isSamePage && policy(kept) !== policy(response)) await cache.put(pathname, response.clone());
  }

  async #asset(request: Request, pathname: string): Promise<Response> {
    return (await this.#around.caches.match(pathname)) ?? this.#around.fetch(request);
  }
}
