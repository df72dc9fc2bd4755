/** The nodes of the centre as clients are told of them: two in SystemInfo, all of them for those who ask us. */
import type { Members } from '../cluster/index.ts';
import { type Pair, pairOf } from '../cluster/node-pair.ts';
import { nodeOrigins } from '../http/index.ts';
import type { NodeState, ToldNode } from '../peers/nodes-plugin.ts';
import type { Settings } from '../settings/settings.ts';

/** How this node is. */
export interface OwnState {
  readonly inService: boolean;
  readonly inMaintenance: boolean;
}

export interface Nodes {
  /** The two that SystemInfo names. */
  pair(): Pair;
  /** Every node that is known, this one first. */
  list(own: OwnState): ToldNode[];
  /** Origins of all pages; grows when a node of another host comes. */
  readonly origins: ReadonlySet<string>;
  /** Whose pages may call: those of all nodes, and those of the settings. Grows, too. */
  readonly callers: ReadonlySet<string>;
  /** @returns ends it */
  onPair(listener: () => void): () => void;
}

/** How many others could take desktops over now; null: nobody knows. */
export function takersAmong(members: Pick<Members, 'isCurrent' | 'living'> | undefined): number | null {
  if (members?.isCurrent !== true) return null;
  return members.living().filter(({ inService, inMaintenance }) => inService && !inMaintenance).length;
}

/** @param members undefined: other nodes are known from the settings alone */
export function nodesOf(settings: Settings, members: Members | undefined): Nodes {
  const { node, domain, ports, http } = settings;
  const configured = { primary: node.primary, secondary: node.secondary };
  const named = [node.primary, node.secondary, ...node.others];
  const pair = (): Pair =>
    members === undefined ? configured : pairOf({ domain, configured, others: members.living() });
  const origins = new Set<string>();
  const callers = new Set(http.corsOrigins);
  const listeners = new Set<() => void>();
  const learn = (): void => {
    const hosts = [...named, ...(members?.living().map(({ host }) => host) ?? [])];
    const { http: clear, https } = ports;
    const all = nodeOrigins({
      hosts,
      http: clear,
      https,
      clearAllowed: http.allowInsecure,
    });
    for (const origin of all) {
      origins.add(origin);
      callers.add(origin);
    }
  };
  learn();
  let told = JSON.stringify(pair());
  members?.onChange(() => {
    learn();
    const now = JSON.stringify(pair());
    if (now === told) return;
    told = now;
    for (const listener of [...listeners]) listener();
  });
  return {
    pair,
    origins,
    callers,
    list({ inService, inMaintenance }) {
      const own: ToldNode = { name: node.name, host: domain, state: stateOf(inService, inMaintenance) };
      const others = (members?.living() ?? []).map((member): ToldNode => {
        const { name, host } = member;
        return { name, host, state: stateOf(member.inService, member.inMaintenance) };
      });
      const known = new Set([own, ...others].map(({ host }) => host.toLowerCase()));
      const silent = named
        .filter((host, at) => host !== '' && named.indexOf(host) === at && !known.has(host.toLowerCase()))
        // Who is not there is gone, as far as that can be known at all.
        .map(
          (host): ToldNode => ({ name: '', host, state: members?.isCurrent === true ? 'GONE' : 'UNKNOWN' }),
        );
      return [own, ...others, ...silent];
    },
    onPair(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const stateOf = (inService: boolean, inMaintenance: boolean): NodeState =>
  inMaintenance ? 'MAINTENANCE' : inService ? 'IN_SERVICE' : 'OUT_OF_SERVICE';
