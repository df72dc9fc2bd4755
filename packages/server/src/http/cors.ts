/**
 * Cross-origin calls. Off by default; in demo mode pages on any loopback origin may call REST and
 * http-bind. `*` is never written, so credentials and the echoed origin cannot be combined wrongly.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackHost } from './addresses.ts';

export type CorsPolicy = 'off' | { readonly origins: ReadonlySet<string>; readonly loopback: boolean };
/** `gadgets`: what frames of gadgets load and ask, when their page has moved here from another node. */
export type CorsSurface = 'rest' | 'httpBind' | 'gadgets';

const METHODS: Readonly<Record<CorsSurface, string>> = {
  rest: 'GET, PUT, POST, DELETE, HEAD, OPTIONS',
  httpBind: 'POST, GET, OPTIONS',
  gadgets: 'GET, HEAD, POST, OPTIONS',
};
const REQUEST_HEADERS = 'Authorization, Content-Type, requestId, Range, X-Requested-With, Accept';
const EXPOSED: Readonly<Record<CorsSurface, string>> = {
  rest: 'requestId, Location',
  httpBind: '',
  // A document that is passed on must not lose what bounds it.
  gadgets: 'Content-Security-Policy, Referrer-Policy, X-Content-Type-Options',
};

/**
 * @param origins a set is taken as it is: what is added to it later may call, too
 * @param loopback whether every loopback origin may call, too
 * @param mayGrow whether origins may be added to a set that is empty now
 */
export function corsPolicy(origins: Iterable<string>, loopback: boolean, mayGrow = false): CorsPolicy {
  const named = origins instanceof Set ? (origins as ReadonlySet<string>) : new Set(origins);
  return named.size > 0 || loopback || mayGrow ? { origins: named, loopback } : 'off';
}

/** Whether pages of `origin` may call. */
export function originAllowed(policy: CorsPolicy, origin: string): boolean {
  if (policy === 'off') return false;
  if (policy.origins.has(origin.toLowerCase())) return true;
  if (!policy.loopback) return false;
  const match = /^https?:\/\/(\[[0-9a-f:.]+\]|[^/:@\s]+)(?::\d{1,5})?$/i.exec(origin);
  return match?.[1] !== undefined && isLoopbackHost(match[1]);
}

/**
 * Puts the CORS headers on an answer to come and answers preflights.
 * @returns true when the request was a preflight and is answered
 */
export function applyCors(
  policy: CorsPolicy,
  surface: CorsSurface,
  req: IncomingMessage,
  res: ServerResponse,
): boolean {
  const origin = req.headers.origin;
  if (policy === 'off' || origin === undefined) return false;
  // Also without permission: a cache must not hand one origin's answer to another.
  res.setHeader('Vary', 'Origin');
  if (!originAllowed(policy, origin)) return false;
  res.setHeader('Access-Control-Allow-Origin', origin);
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) {
    res.setHeader('Access-Control-Allow-Methods', METHODS[surface]);
    res.setHeader('Access-Control-Allow-Headers', REQUEST_HEADERS);
    res.setHeader('Access-Control-Max-Age', '86400');
    // Pages on loopback that call from a public address ask for this (Private Network Access).
    if (req.headers['access-control-request-private-network'] === 'true') {
      res.setHeader('Access-Control-Allow-Private-Network', 'true');
    }
    res.statusCode = 200;
    res.setHeader('Content-Length', '0');
    res.end();
    return true;
  }
  if (EXPOSED[surface] !== '') res.setHeader('Access-Control-Expose-Headers', EXPOSED[surface]);
  return false;
}
