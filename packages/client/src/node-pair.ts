import { type NodeAddress, otherNode } from './node-address.ts';
import type { SystemInfo } from './objects/system-info.ts';

/** Which node a client works with, and which may take over. */
export class NodePair {
  readonly #failover: boolean;
  #current: NodeAddress;
  /** While moving: where the client came from. */
  #previous: NodeAddress | undefined;
  /** What the current node last said of itself. */
  #info: SystemInfo | undefined;
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

  /** The node that may take over; null when there is none. */
  get other(): NodeAddress | null {
    if (!this.#failover || this.#info === undefined) return null;
    const other = otherNode(this.#current, this.#info);
    return other !== null && this.#refusedBy.has(other.host) ? null : other;
  }

  /** The current node told of itself. */
  heard(info: SystemInfo): void {
    this.#info = info;
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
