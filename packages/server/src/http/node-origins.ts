import { isLoopbackHost } from './addresses.ts';

export interface NodePair {
  /** As SystemInfo prints them; an empty secondary: there is one node. */
  readonly primary: string;
  readonly secondary: string;
  /** Ports of the desktop page; null: closed. */
  readonly http: number | null;
  readonly https: number | null;
  /** Whether the clear port serves others than this machine. */
  readonly clearAllowed: boolean;
}

/**
 * The origins at which the nodes of a pair serve the desktop page, same ports on both. A page that loses its node
 * goes on with the other one without being loaded anew, so each node must let the other's page call.
 */
export function nodeOrigins({ primary, secondary, http, https, clearAllowed }: NodePair): string[] {
  if (secondary === '') return [];
  const origins: string[] = [];
  for (const host of [primary, secondary]) {
    const name = host.includes(':') ? `[${host}]` : host;
    if (https !== null) origins.push(new URL(`https://${name}:${https}`).origin);
    if (http !== null && (clearAllowed || isLoopbackHost(host)))
      origins.push(new URL(`http://${name}:${http}`).origin);
  }
  return origins;
}
