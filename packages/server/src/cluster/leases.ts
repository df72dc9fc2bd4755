/** What only one node does: leases in the bucket of that name, by compare-and-set. docs/cluster.md */
import type { Clock } from '@poise/clock';
import type { Leases } from './cluster.ts';
import type { Fabric } from './fabric.ts';
import { BUCKETS, type Entry, type Registry, UnreachableError } from './registry.ts';
import type { Seals } from './seals.ts';

const KIND = 'lease';
/** A lease of another that is still the same after this time should have ended by itself, ms. */
const STALE_MS = BUCKETS.leases + 5_000;
/** Leases that are remembered; the oldest are forgotten. */
const REMEMBERED_MAX = 10_000;

export interface LeasesOptions {
  readonly clock: Clock;
  readonly fabric: Fabric;
  readonly seals: Seals;
  /** Whether this process has its name: whoever is no node has no lease. */
  readonly hasName: () => boolean;
}

export class NodeLeases implements Leases {
  readonly #o: LeasesOptions;
  readonly #registry: Registry;
  /** Revisions of the leases of this process; the entry may have ended. */
  readonly #own = new Map<string, number>();
  /** Leases of others, with when they were first seen, monotonic ms. */
  readonly #seen = new Map<string, { readonly revision: number; readonly since: number }>();

  constructor(options: LeasesOptions) {
    this.#o = options;
    this.#registry = options.fabric.registry('leases');
  }

  async take(purpose: string): Promise<boolean> {
    if (!this.#o.hasName()) return false;
    try {
      let revision = this.#own.get(purpose) ?? 0;
      // Once with what is believed, once with what was found, and once more if two calls of this process meet.
      for (let attempt = 0; attempt < 3; attempt++) {
        const value = this.#o.seals.seal(placeOf(purpose), KIND, {});
        const written = await this.#registry.compareAndSet(purpose, value, revision);
        if (written !== undefined) {
          remember(this.#own, purpose, written);
          this.#seen.delete(purpose);
          return true;
        }
        const found = this.#found(purpose, await this.#registry.get(purpose));
        if (found === undefined) break;
        revision = found;
      }
      this.#own.delete(purpose);
      return false;
    } catch (error) {
      if (error instanceof UnreachableError) return false;
      throw error;
    }
  }

  async release(purpose: string): Promise<void> {
    const revision = this.#own.get(purpose);
    if (revision === undefined) return;
    this.#own.delete(purpose);
    try {
      await this.#registry.remove(purpose, revision);
    } catch {
      // It ends by itself.
    }
  }

  /** The revision that may be written over; undefined: it is another’s. */
  #found(purpose: string, entry: Entry | undefined): number | undefined {
    if (entry === undefined) return 0;
    const { seals, clock } = this.#o;
    const holder = seals.open(placeOf(purpose), entry.value);
    // Also of a process that was this node before: it has ended, or the name would not be ours.
    if (holder?.node === seals.self.name) return entry.revision;
    const seen = this.#seen.get(purpose);
    const now = clock.monotonic();
    if (seen?.revision === entry.revision) {
      if (now - seen.since <= STALE_MS) return undefined;
      seals.refusals.refuse('stale lease', placeOf(purpose), holder?.node);
      return entry.revision;
    }
    remember(this.#seen, purpose, { revision: entry.revision, since: now });
    return undefined;
  }
}

const placeOf = (purpose: string): string => `leases/${purpose}`;

function remember<T>(all: Map<string, T>, purpose: string, value: T): void {
  all.delete(purpose);
  all.set(purpose, value);
  if (all.size > REMEMBERED_MAX) all.delete(all.keys().next().value as string);
}
