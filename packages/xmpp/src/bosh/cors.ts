/** Cross-origin access (Fetch standard): pages on other origins read answers only if they are told they may. */

export interface CorsPolicy {
  /** The value of `Access-Control-Allow-Origin` for a request from this origin, or null to allow nothing. */
  origin(origin: string): string | null;
}

/** Nothing here depends on cookies, so any origin may ask: who has no session id gets nothing. */
export const ANY_ORIGIN: CorsPolicy = { origin: () => '*' };

/** Seconds for which a browser may remember a pre-flight. */
const MAX_AGE_SECONDS = '86400';

/** Appends name and value pairs for an answer to `origin`. Credentials are never allowed: cookies are ignored. */
export function addOriginHeaders(headers: string[], policy: CorsPolicy, origin: string): boolean {
  const allowed = policy.origin(origin);
  if (allowed === null) return false;
  headers.push('Access-Control-Allow-Origin', allowed);
  if (allowed !== '*') headers.push('Vary', 'Origin');
  return true;
}

/** Headers of the answer to OPTIONS. */
export function preflightHeaders(policy: CorsPolicy, origin: string | undefined): string[] {
  const headers: string[] = [];
  if (!addOriginHeaders(headers, policy, origin ?? 'null')) return headers;
  headers.push(
    'Access-Control-Allow-Methods',
    'POST, GET, OPTIONS',
    'Access-Control-Allow-Headers',
    'Content-Type, X-Requested-With',
    'Access-Control-Max-Age',
    MAX_AGE_SECONDS,
  );
  return headers;
}
