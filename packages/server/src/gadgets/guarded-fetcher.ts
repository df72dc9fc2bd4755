/**
 * Requests to other servers on behalf of gadgets: gadget files of other hosts, and `makeRequest`. A request goes out only when
 * the host is on the list, and only to an address that was looked up once, checked, and is then the one connected to: a name that
 * resolves to something else a moment later leads nowhere. Each redirect is checked like the first address.
 */
import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock } from '@poise/clock';
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import { type HeaderLines, headerValue, withoutCredentials } from './headers.ts';
import { type HostList, hostOf, portOf } from './host-list.ts';
import { type Answer, exchange } from './http-exchange.ts';
import { addressKind, type Networks } from './network.ts';
import { type OwnNames, readTarget } from './target.ts';

/** What one request to another server may take, and all of them together. */
export interface FetchLimits {
  /** Time for the name and the connection, ms. */
  readonly connectMs: number;
  /** Time for the whole exchange, redirects included, ms. */
  readonly totalMs: number;
  /** Bytes of an answer's body, after decompression too. */
  readonly bodyBytesMax: number;
  readonly redirectsMax: number;
  /** Requests to other servers at once. */
  readonly concurrentMax: number;
}

export interface GuardedFetcherOptions {
  readonly clock: Clock;
  readonly limits: FetchLimits;
  /** Hosts that the operator allows, and those of gadgets in layouts. */
  readonly allowed: (url: URL) => boolean;
  /** Addresses that are allowed though they are not public. */
  readonly privateNetworks: Networks;
  /** Hosts that may receive credentials which a gadget gives along. */
  readonly credentialHosts: HostList;
  readonly names: OwnNames;
  /** Addresses of this machine: public ones lead to ourselves, too. */
  readonly ownAddresses: () => ReadonlySet<string>;
  /** All ports that this server listens on, of whatever protocol: never reached by this way. */
  readonly ownPorts: () => ReadonlySet<number>;
  /** All addresses of a name. @throws Error when there is none */
  readonly resolve: (name: string) => Promise<readonly LookupAddress[]>;
  /** Certificates trusted beside the usual ones (tests). */
  readonly ca?: string;
}

export interface FetchRequest {
  readonly method: string;
  readonly headers: HeaderLines;
  readonly body?: Buffer;
  /** Client on whose behalf it is sent. */
  readonly forwardedFor?: string;
  readonly bodyBytesMax?: number;
}

/** Handed on to net.connect, which tries each of the addresses; the types of http do not know it. */
const TRY_ALL: object = { autoSelectFamily: true };
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export class GuardedFetcher {
  readonly #options: GuardedFetcherOptions;
  #underWay = 0;

  constructor(options: GuardedFetcherOptions) {
    this.#options = options;
  }

  /** Requests that are under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Follows redirects of GET and HEAD; those of other methods are answers, as in the original.
   * @throws GadgetError 403 where it may not go, 502, 504, 413 (see {@link exchange}), 503 when too many are under way
   */
  async fetch(url: URL, request: FetchRequest): Promise<Answer> {
    const { limits } = this.#options;
    if (this.#underWay >= limits.concurrentMax)
      throw new GadgetError(503, phrase('gadget.busy'), `${limits.concurrentMax} requests are under way`);
    this.#underWay++;
    try {
      return await this.#follow(url, request);
    } finally {
      this.#underWay--;
    }
  }

  async #follow(first: URL, request: FetchRequest): Promise<Answer> {
    const { clock, limits } = this.#options;
    const deadline = clock.monotonic() + limits.totalMs;
    let url = first;
    let headers = request.headers;
    for (let hop = 0; ; hop++) {
      const answer = await this.#send(url, { ...request, headers }, deadline - clock.monotonic());
      const location = headerValue(answer.headers, 'location');
      const follows = request.method === 'GET' || request.method === 'HEAD';
      if (!REDIRECTS.has(answer.status) || location === undefined || !follows) return answer;
      if (hop >= limits.redirectsMax)
        throw new GadgetError(502, phrase('gadget.hostFailed'), 'too many redirects');
      const next = this.#redirected(location, url);
      // Another origin is somebody else, even where both may have credentials.
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
  }

  /** A foreign server never sends us to ourselves. */
  #redirected(location: string, from: URL): URL {
    const target = readTarget(absolute(location, from), this.#options.names);
    if (target.kind === 'own') throw notAllowed(`redirect to this server: ${location.slice(0, 200)}`);
    return target.url;
  }

  async #send(url: URL, request: FetchRequest, remainingMs: number): Promise<Answer> {
    const { clock, limits, credentialHosts, allowed, ca } = this.#options;
    if (!allowed(url)) throw notAllowed(`${url.host} is not in gadgets.hosts`);
    const startedMs = clock.monotonic();
    const addresses = await this.#addresses(url, Math.min(limits.connectMs, remainingMs));
    const leftMs = remainingMs - (clock.monotonic() - startedMs);
    if (leftMs <= 0) throw new GadgetError(504, phrase('gadget.hostSlow'), 'no complete answer');
    const headers = credentialHosts.has(url) ? request.headers : withoutCredentials(request.headers);
    const name = hostOf(url);
    return exchange(
      clock,
      {
        protocol: url.protocol as 'http:' | 'https:',
        host: name,
        port: portOf(url),
        path: url.pathname + url.search,
        method: request.method,
        headers: headerArray(headers, url.host, request),
        // A connection of its own: what an agent keeps open was checked for somebody else.
        agent: false,
        lookup: pinned(addresses),
        ...(isIP(name) === 0 ? { servername: name } : {}),
        ...(ca === undefined ? {} : { ca }),
        rejectUnauthorized: true,
        ...TRY_ALL,
      },
      request.body,
      {
        connectMs: Math.min(limits.connectMs, leftMs),
        totalMs: leftMs,
        bodyBytesMax: request.bodyBytesMax ?? limits.bodyBytesMax,
      },
    );
  }

  /** All addresses of the host, each of them allowed. */
  async #addresses(url: URL, patienceMs: number): Promise<readonly LookupAddress[]> {
    const name = hostOf(url);
    const family = isIP(name);
    const found = family === 0 ? await this.#resolved(name, patienceMs) : [{ address: name, family }];
    if (found.length === 0) throw new GadgetError(502, phrase('gadget.hostFailed'), `${name} has no address`);
    for (const { address } of found) this.#check(address, url);
    return found;
  }

  #resolved(name: string, patienceMs: number): Promise<readonly LookupAddress[]> {
    return new Promise((resolve, reject) => {
      const timer = this.#options.clock.schedule(patienceMs, () =>
        reject(new GadgetError(504, phrase('gadget.hostSlow'), `the name ${name} is not resolved`)),
      );
      this.#options.resolve(name).then(
        (addresses) => {
          timer.cancel();
          resolve(addresses);
        },
        (error) => {
          timer.cancel();
          reject(
            new GadgetError(502, phrase('gadget.hostFailed'), `${name}: ${String(error).slice(0, 200)}`),
          );
        },
      );
    });
  }

  #check(address: string, url: URL): void {
    const { privateNetworks, ownAddresses, ownPorts } = this.#options;
    const kind = addressKind(address);
    const isOurs = kind === 'loopback' || ownAddresses().has(address);
    if (isOurs && ownPorts().has(portOf(url))) throw notAllowed(`${url.host} is this server`);
    if (kind === 'public' && !isOurs) return;
    if (!privateNetworks.has(address))
      throw notAllowed(
        `${url.host} has the address ${address} (${isOurs ? 'this machine' : kind}), see gadgets.privateNetworks`,
      );
  }
}

/** What a redirect means; what is not written plainly stays as it is, and is refused like any other such URL. */
function absolute(location: string, from: URL): string {
  if (/[\\\u0000-\u0020\u007f]/.test(location) || /^[a-z][a-z0-9+.-]*:/i.test(location)) return location;
  if (location.startsWith('//')) return from.protocol + location;
  return URL.canParse(location, from.href) ? new URL(location, from).href : location;
}

const notAllowed = (reason: string): GadgetError => new GadgetError(403, phrase('gadget.notAllowed'), reason);

/** Answers every look-up with the addresses that were checked. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_name, options, callback) => {
    const first = addresses[0] as LookupAddress;
    if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function headerArray(headers: HeaderLines, host: string, request: FetchRequest): string[] {
  const lines = ['Host', host, 'Accept-Encoding', 'identity', 'Connection', 'close'];
  if (headerValue(headers, 'user-agent') === undefined) lines.push('User-Agent', 'Poise');
  if (request.forwardedFor !== undefined) lines.push('X-Forwarded-For', request.forwardedFor);
  if (request.body !== undefined) lines.push('Content-Length', String(request.body.length));
  for (const [name, value] of headers) lines.push(name, value);
  return lines;
}
