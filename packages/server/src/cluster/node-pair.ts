/**
 * Which two nodes SystemInfo names. Clients of the original know no more than these two, and tell which is the other one by comparing
 * `xmppDomain` with the primary host, letter by letter (notification-service.md 7.4): equal, the other one is the secondary host, else the
 * primary one. So each node names itself and one other: the pair is different at each, and the other one is one that lives.
 */
import type { Member } from './cluster.ts';

export interface Pair {
  readonly primary: string;
  /** Empty: there is no other node. */
  readonly secondary: string;
}

export interface PairFacts {
  /** What this node prints as its XMPP domain. */
  readonly domain: string;
  /** As the settings have it. */
  readonly configured: Pair;
  /** The others that live, as far as is known. */
  readonly others: readonly Pick<Member, 'name' | 'host' | 'inService' | 'inMaintenance'>[];
}

/**
 * The pair that this node names. Of the others that serve and are not about to be stopped the configured primary comes first, then the configured
 * secondary, then by name; where there is none, the one of the settings stays, for nothing better is known.
 */
export function pairOf({ domain, configured, others }: PairFacts): Pair {
  const isPrimary = domain === configured.primary;
  const rank = ({ host }: { readonly host: string }): number =>
    isSameHost(host, configured.primary) ? 0 : isSameHost(host, configured.secondary) ? 1 : 2;
  const [best] = others
    // Where one name stands for all nodes, clients have nowhere else to go.
    .filter(({ host, inService, inMaintenance }) => !isSameHost(host, domain) && inService && !inMaintenance)
    .sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));
  const usual = isPrimary ? configured.secondary : configured.primary;
  const other = best === undefined ? usual : spelled(best.host, configured);
  if (isPrimary) return { primary: domain, secondary: other };
  return { primary: other, secondary: spelled(domain, configured) };
}

const isSameHost = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Hosts keep the spelling of the settings, where they are in them. */
const spelled = (host: string, { primary, secondary }: Pair): string =>
  [primary, secondary].find((known) => isSameHost(known, host)) ?? host;
