/**
 * A request that one node has accepted is answered once at every node: whoever listens there hears one Update with its requestId. What
 * is published once too often {@link RequestLedger} finds; here is looked for what is missing.
 */
import type { SimNode } from './node.ts';
import type { World } from './world.ts';

/** After the node that was asked has told, so much later the others at the latest: they wait for their own event for 1 s. */
const TOLD_WITHIN_MS = 4_000;
/** From the end of the last fault: links and lines have to be well again. */
const WELL_AFTER_MS = 5_000;

interface Asked {
  readonly what: string;
  readonly by: SimNode;
  /** The others that were well when it was accepted, and have not told. */
  readonly silent: Set<SimNode>;
  /** When the node that was asked has told, monotonic ms. */
  toldAt: number | undefined;
}

export class Correlations {
  readonly #world: World;
  readonly #asked = new Map<string, Asked>();
  /** Names of processes that have told, by requestId. */
  readonly #told = new Map<string, Set<string>>();

  constructor(world: World) {
    this.#world = world;
    world.requests.onAccepted = (node, requestId, what) => this.#accepted(node, requestId, what);
    world.requests.onTold = (by, requestId) => this.#hasTold(by, requestId);
  }

  /** Looks for what is missing. */
  check(): void {
    const { now, broken, nodes } = this.#world;
    for (const [requestId, { what, by, silent, toldAt }] of this.#asked) {
      if (!this.#areWell || !nodes.includes(by)) {
        this.#asked.delete(requestId);
        continue;
      }
      if (toldAt === undefined || now - toldAt <= TOLD_WITHIN_MS) continue;
      this.#asked.delete(requestId);
      for (const { host } of silent)
        broken(
          'every request is answered at every node',
          `${what} ${requestId} of ${by.host} has no event at ${host}`,
        );
    }
  }

  get #areWell(): boolean {
    const { nodesCalm, nodesCalmSince, now } = this.#world;
    return nodesCalm && now - nodesCalmSince > WELL_AFTER_MS;
  }

  #accepted({ process }: { readonly process: object }, requestId: string, what: string): void {
    const { nodes } = this.#world;
    const by = nodes.find((node) => node.process === process);
    if (by === undefined || !this.#areWell || !nodes.every(isWell)) return;
    const told = this.#told.get(requestId) ?? new Set();
    const silent = new Set(nodes.filter((node) => node !== by && !told.has(node.process.name)));
    const toldAt = told.has(by.process.name) ? this.#world.now : undefined;
    this.#asked.set(requestId, { what, by, silent, toldAt });
  }

  #hasTold(name: string, requestId: string): void {
    this.#told.set(requestId, (this.#told.get(requestId) ?? new Set()).add(name));
    const asked = this.#asked.get(requestId);
    if (asked === undefined) return;
    if (asked.by.process.name === name) asked.toldAt = this.#world.now;
    for (const node of asked.silent) if (node.process.name === name) asked.silent.delete(node);
  }
}

/** It serves and sees the others. */
const isWell = ({ desk, part }: SimNode): boolean => desk.status.inService && part?.health().ready === true;
