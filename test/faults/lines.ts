/** The lines of a computer: one to each node, which may fail one by one or all together. */
import { type Network, Wire } from './network.ts';

export class Lines {
  readonly name: string;
  readonly all: readonly Wire[];
  readonly #byHost: ReadonlyMap<string, Wire>;

  /** @param latencyMs one way; the same to all */
  constructor(network: Network, name: string, latencyMs: number, hosts: readonly string[]) {
    this.name = name;
    const isOne = hosts.length === 1;
    this.#byHost = new Map(
      hosts.map((host) => [host, new Wire(network, isOne ? name : `${name} to ${host}`, latencyMs)]),
    );
    this.all = [...this.#byHost.values()];
  }

  to(host: string): Wire {
    const wire = this.#byHost.get(host);
    if (wire === undefined) throw new Error(`There is no node ${host}.`);
    return wire;
  }

  /** Until when something may arrive that was kept in a black hole, monotonic ms. */
  get lateUntil(): number {
    return Math.max(...this.all.map(({ lateUntil }) => lateUntil));
  }
}
