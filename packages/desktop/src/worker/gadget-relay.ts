/**
 * What the service worker of gadget frames does when the page has moved to another node: requests that the frames make to the origin they
 * came from go to the node that the page works with. The frames notice nothing: their addresses, and their origin, stay.
 */

/** Under this name the node is kept, for browsers end a worker that has nothing to do. */
export const RELAY_STORE = 'poise.relay';
const KEY = '/node';

/** From the page: the node that it works with. Null: the one that it came from. */
export interface NodeNews {
  readonly relayTo: string | null;
}

export const isNodeNews = (data: unknown): data is NodeNews =>
  typeof data === 'object' &&
  data !== null &&
  'relayTo' in data &&
  (data.relayTo === null || (typeof data.relayTo === 'string' && /^https?:\/\/[^/?#]+$/.test(data.relayTo)));

export interface RelaySurroundings {
  readonly caches: Pick<CacheStorage, 'open'>;
  readonly fetch: (request: Request | string, init?: RequestInit) => Promise<Response>;
  readonly origin: string;
}

type Asked = Pick<Request, 'url' | 'method' | 'headers' | 'mode' | 'signal'> & {
  arrayBuffer(): Promise<ArrayBuffer>;
};

/** Not for other nodes: tokens of windows of this browser. */
const NEVER = /^\/desktop\/sso\//;

export class GadgetRelay {
  readonly #around: RelaySurroundings;
  /** Undefined: this worker has begun anew, and has not looked yet. */
  #node: string | null | undefined;

  constructor(around: RelaySurroundings) {
    this.#around = around;
  }

  async told({ relayTo }: NodeNews): Promise<void> {
    this.#node = relayTo === this.#around.origin ? null : relayTo;
    const store = await this.#around.caches.open(RELAY_STORE);
    if (this.#node === null) await store.delete(KEY);
    else await store.put(KEY, new Response(this.#node));
  }

  /** @returns null: the request goes its way */
  answer(request: Asked): Promise<Response> | null {
    const { origin, pathname } = new URL(request.url);
    if (this.#node === null || origin !== this.#around.origin || NEVER.test(pathname)) return null;
    return this.#answer(request);
  }

  async #answer(request: Asked): Promise<Response> {
    const node = await this.#known();
    if (node === null) return this.#around.fetch(request as Request);
    try {
      return await this.#relayed(request, node);
    } catch (error) {
      // That one may be gone by now, and the first one back: whoever only reads may try.
      if (request.method !== 'GET') throw error;
      return this.#around.fetch(request as Request);
    }
  }

  async #relayed(request: Asked, node: string): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const answer = await this.#around.fetch(`${node}${pathname}${search}`, {
      method: request.method,
      // What browsers add to the request for a document would have to be allowed there one by one.
      ...(request.mode !== 'navigate' && { headers: request.headers }),
      signal: request.signal,
      mode: 'cors',
      // No cookies of that node: who asks says who he is.
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'follow',
      ...(hasBody && { body: await request.arrayBuffer() }),
    });
    // A document must not lose what bounds it: gadgets are isolated by their policy.
    if (request.mode === 'navigate' && !answer.headers.has('content-security-policy'))
      return Response.error();
    // As an answer of its own, so that it counts for the address that was asked for.
    const { status, statusText, headers } = answer;
    const isEmpty = status === 204 || status === 205 || status === 304;
    return new Response(isEmpty ? null : answer.body, {
      status,
      statusText,
      headers: withoutCoding(headers),
    });
  }

  async #known(): Promise<string | null> {
    if (this.#node !== undefined) return this.#node;
    const kept = await (await this.#around.caches.open(RELAY_STORE)).match(KEY);
    const node = kept === undefined ? null : await kept.text();
    // The page may have spoken meanwhile.
    this.#node ??= node;
    return this.#node;
  }
}

/** The body is decoded already. */
function withoutCoding(headers: Headers): Headers {
  const plain = new Headers(headers);
  plain.delete('content-encoding');
  plain.delete('content-length');
  return plain;
}
