/** Where a node is, and which is the other one (notification-service.md 7.4). */
import type { SystemInfo } from './objects/system-info.ts';

export interface NodeAddress {
  readonly host: string;
  /** Origin of REST. */
  readonly baseUrl: string;
  readonly notificationUrl: string;
}

export function addressOf(baseUrl: string, notificationUrl: string): NodeAddress {
  return { host: new URL(baseUrl).hostname, baseUrl, notificationUrl };
}

/**
 * The other node by what the current one says of itself, at the same ports; null when there is none. Primary is who
 * names its own XMPP domain as primary node, letter by letter: desktops of the original compare so.
 */
export function otherNode(current: NodeAddress, info: SystemInfo): NodeAddress | null {
  const { primaryNode, secondaryNode, xmppDomain } = info;
  if (secondaryNode === '') return null;
  const host = xmppDomain === primaryNode ? secondaryNode : primaryNode;
  return nodeOn(current, host);
}

/** The node on another host, at the same ports; null when that is this one, or no host. */
export function nodeOn(current: NodeAddress, host: string): NodeAddress | null {
  if (host === '' || host.toLowerCase() === current.host) return null;
  const baseUrl = onHost(current.baseUrl, host);
  const notificationUrl = onHost(current.notificationUrl, host);
  if (baseUrl === null || notificationUrl === null) return null;
  return addressOf(new URL(baseUrl).origin, notificationUrl);
}

/** The same address on another host; null when that is no plain host, as with a port or a path in it. */
function onHost(address: string, host: string): string | null {
  const url = new URL(address);
  const wanted = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  url.hostname = wanted;
  return url.hostname === wanted.toLowerCase() ? url.href : null;
}

/** Whether a node can take a client over: in service, and where it tells of its CTI server, heard by it. */
export function qualifies({ status, lastCTIHeartbeatStatus }: SystemInfo): boolean {
  return status === 'IN_SERVICE' && (lastCTIHeartbeatStatus === '' || lastCTIHeartbeatStatus === 'success');
}

/** Those to move to in this order; who is not named will not do now, but may later. */
const ORDER: readonly unknown[] = ['IN_SERVICE', 'UNKNOWN', 'OUT_OF_SERVICE', 'MAINTENANCE', 'GONE'];

/** Hosts in an answer of `GET /poise/api/nodes`, the best to move to first. */
export function hostsIn(answer: unknown): readonly string[] {
  const { nodes } = (answer ?? {}) as { nodes?: unknown };
  if (!Array.isArray(nodes)) return [];
  return nodes
    .flatMap((node: unknown) => {
      const { host, state } = (node ?? {}) as { host?: unknown; state?: unknown };
      return typeof host === 'string'
        ? [{ host, rank: (ORDER.indexOf(state) + ORDER.length) % ORDER.length }]
        : [];
    })
    .sort((one, other) => one.rank - other.rank)
    .map(({ host }) => host);
}
