/** Whether a page that calls or frames us is one of our own: browsers name its origin, and us by the Host header. */

/** A name or address as it may stand in a policy; anything else in a Host header is nobody's name. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9][a-z0-9.-]*)(?::\d{1,5})?$/i;

/** The name in a Host header, without its port; '' for what is none. */
export const hostName = (header: string | undefined): string =>
  HOST.exec(header ?? '')?.[1]?.toLowerCase() ?? '';

/** Where this server has its pages. */
export interface PagePort {
  readonly tls: boolean;
  /** 0: closed. */
  readonly port: number;
}

/** The origins of the pages of this server for a browser that knows it by this Host header. */
export function ownOrigins(header: string | undefined, ports: readonly PagePort[]): string[] {
  const name = hostName(header);
  if (name === '') return [];
  return ports
    .filter(({ port }) => port > 0)
    .map(({ tls, port }) => new URL(`${tls ? 'https' : 'http'}://${name}:${port}`).origin);
}

/**
 * Whether an origin is the server's own: the very host and port that the request went to, whichever scheme (a proxy may end TLS),
 * or one of its other ports.
 */
export function isOwnOrigin(origin: string, header: string | undefined, ports: readonly PagePort[]): boolean {
  const authority = /^https?:\/\/([^/?#]+)$/i.exec(origin)?.[1]?.toLowerCase();
  if (authority === undefined) return false;
  return authority === header?.toLowerCase() || ownOrigins(header, ports).includes(origin.toLowerCase());
}
