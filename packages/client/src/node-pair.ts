import { type NodeAddress, nodeOn, otherNode } from './node-address.ts';
import type { SystemInfo } from './objects/system-info.ts';

/** Which node a client works with, and which may take over. */
export class NodePair {
  readonly #failover: boolean;
  #current: NodeAddress;
  /** While moving: where the client came from. */
  #previous: NodeAddress | undefined;
  /** What the current node last said of itself. */
  #info: SystemInfo | undefined;
  /** Hosts of all nodes, as far as one has told, the best first. */
  #hosts: readonly string[] = [];
  /** Hosts that refused the user after a move. */
  readonly #refusedBy = new Set<string>();

  constructor(first: NodeAddress, failover: boolean) {
    this.#current = first;
    this.#failover = failover;
  }

  get current(): NodeAddress {
    return this.#current;
  }

  /** Where a move that has not led to a connection yet came from. */
  get previous(): NodeAddress | undefined {
    return this.#previous;
  }

  /** The node that may take over before all others; null when there is none. */
  get other(): NodeAddress | null {
    return this.others[0] ?? null;
  }

  /** Nodes that may take over, the one that SystemInfo names first. */
  get others(): readonly NodeAddress[] {
    if (!this.#failover || this.#info === undefined) return [];
    const named = [
      otherNode(this.#current, this.#info),
      ...this.#hosts.map((host) => nodeOn(this.#current, host)),
    ];
    const seen = new Set<string>();
    return named.filter((node): node is NodeAddress => {
      if (node === null || seen.has(node.host) || this.#refusedBy.has(node.host)) return false;
      seen.add(node.host);
      return true;
    });
  }

  /** The current node told of itself. */
  heard(info: SystemInfo): void {
    this.#info = info;
  }

  /** A node told which nodes there are. @param hosts the best first */
  knows(hosts: readonly string[]): void {
    this.#hosts = hosts;
  }

  move(other: NodeAddress): void {
    this.#previous = this.#current;
    this.#current = other;
  }

  /** The move has led to a connection, or its round is over: the next failure may lead to another. */
  settle(): void {
    this.#previous = undefined;
  }

  /** The node that was moved to refused the user: it is left, and not asked again until `forgive`. */
  refuse(): NodeAddress {
    this.#refusedBy.add(this.#current.host);
    this.#current = this.#previous ?? this.#current;
    this.#previous = undefined;
    this.#info = undefined;
    return this.#current;
  }

  forgive(): void {
    this.#refusedBy.clear();
  }
}
