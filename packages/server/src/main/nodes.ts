/** The nodes of the centre as clients are told of them: two in SystemInfo, all of them for those who ask us. */
import type { Members } from '../cluster/index.ts';
import { type Pair, pairOf } from '../cluster/node-pair.ts';
import { nodeOrigins } from '../http/index.ts';
import type { NodeState, ToldNode } from '../peers/nodes-plugin.ts';
import type { SignsOfLife } from '../presence/index.ts';
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
  /** From now on those that live no more by the database are not named while this node is cut off from the others. */
  followSigns(signs: Signs): void;
  /** @returns ends it */
  onPair(listener: () => void): () => void;
}

/** What the database says of other nodes (presence/signs-of-life.ts). */
export type Signs = Pick<SignsOfLife, 'hasFallenSilent' | 'onSilent'>;

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
  let signs: Signs | undefined;
  const pair = (): Pair => {
    if (members === undefined) return configured;
    // Of the others nothing is heard then, and one that was there may be gone.
    const isCutOff = !members.isCurrent;
    const others = members
      .living()
      .filter(({ name }) => !(isCutOff && signs?.hasFallenSilent(name) === true));
    return pairOf({ domain, configured, others });
  };
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
  const look = (): void => {
    const now = JSON.stringify(pair());
    if (now === told) return;
    told = now;
    for (const listener of [...listeners]) listener();
  };
  members?.onChange(() => {
    learn();
    look();
  });
  return {
    pair,
    followSigns(those) {
      signs = those;
      those.onSilent(look);
    },
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
