import type { Config } from '../../frame/config.ts';

type Where = Pick<Partial<Config>, 'host' | 'hostPort' | 'scheme'>;

/** Of the original, where neither the settings nor the page name a port. */
const USUAL_PORTS: Readonly<Record<string, string>> = { https: '8445', http: '8082' };

/**
 * The origin of the server for a page that stands alone. `host` may be a name, a name with a port, or a whole origin; scheme and port
 * are those of the page where it is from that host itself.
 * @param scheme instead of the settings'
 */
export function serverOrigin(config: Where, page: { protocol: string; host: string }, scheme = ''): string {
  const given = String(config.host ?? '');
  if (/^https?:\/\//i.test(given)) return new URL(given).origin;
  const protocol = (scheme || config.scheme || page.protocol).replace(/:.*$/, '');
  const usual = protocol === 'http' ? 'http' : 'https';
  if (/:\d+$/.test(given)) return new URL(`${usual}://${given}`).origin;
  if (config.hostPort) return new URL(`${usual}://${given}:${config.hostPort}`).origin;
  const own = new URL(`${page.protocol}//${page.host || 'localhost'}`);
  if (own.hostname === given.toLowerCase() && own.protocol === `${usual}:`) return own.origin;
  return new URL(`${usual}://${given}:${USUAL_PORTS[usual]}`).origin;
}
