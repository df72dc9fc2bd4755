import { isLoopbackHost } from './addresses.ts';

export interface NodeHosts {
  /** Of all nodes; one may be there twice, and an empty one is none. */
  readonly hosts: readonly string[];
  /** Ports of the desktop page; null: closed. */
  readonly http: number | null;
  readonly https: number | null;
  /** Whether the clear port serves others than this machine. */
  readonly clearAllowed: boolean;
}

/**
 * The origins at which the nodes serve the desktop page, same ports on all. A page that loses its node goes on with another one without being
 * loaded anew, so each node must let the others' pages call.
 */
export function nodeOrigins({ hosts, http, https, clearAllowed }: NodeHosts): string[] {
  const known = [...new Set(hosts.map((host) => host.toLowerCase()))].filter((host) => host !== '');
  if (known.length < 2) return [];
  const origins: string[] = [];
  for (const host of known) {
    const name = host.includes(':') ? `[${host}]` : host;
    if (https !== null) origins.push(new URL(`https://${name}:${https}`).origin);
    if (http !== null && (clearAllowed || isLoopbackHost(host)))
      origins.push(new URL(`http://${name}:${http}`).origin);
  }
  return origins;
}
