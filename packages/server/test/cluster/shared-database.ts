/** The database that nodes share, as far as they tell each other by it who lives: PostgreSQL without its time and its disk. */
import type { Clock } from '@poise/clock';
import type { SignOfLife, SignTable } from '../../src/presence/signs-of-life.ts';
import type { KeptPresence } from '../../src/presence/watch.ts';

/** Who writes, and whether he can. */
export interface Writer {
  readonly name: string;
  readonly kept: ReadonlyMap<string, KeptPresence>;
  readonly isWithoutDatabase: boolean;
}

export class SharedDatabase {
  readonly #clock: Clock;
  readonly #signs = new Map<string, Omit<SignOfLife, 'ageMs'>>();
  readonly #kept = new Map<string, ReadonlyMap<string, KeptPresence>>();
  /** Nobody reaches it. */
  isDown = false;
  /** Its clock less that of the world, ms. */
  offsetMs = 0;
  /** Statements that were asked. */
  reads = 0;
  writes = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get nodes(): readonly string[] {
    return [...this.#signs.keys()];
  }

  /** @returns whether it is written */
  keep({ name, kept, isWithoutDatabase }: Writer): boolean {
    if (this.isDown || isWithoutDatabase) return false;
    this.#kept.set(name, new Map(kept));
    return true;
  }

  of(node: Writer): SignTable {
    const reach = () => {
      if (this.isDown || node.isWithoutDatabase) throw new Error('The database cannot be reached.');
    };
    return {
      write: async (instance, host) => {
        reach();
        this.writes++;
        this.#signs.set(node.name, { node: node.name, instance, host, atMs: this.#now() });
      },
      all: async () => {
        reach();
        this.reads++;
        return [...this.#signs.values()].map((sign) => ({ ...sign, ageMs: this.#now() - sign.atMs }));
      },
      keptBy: async (nodes, loginIds) => {
        reach();
        this.reads++;
        return nodes.flatMap((name) =>
          loginIds.flatMap((loginId) => {
            const kept = this.#kept.get(name)?.get(loginId);
            return kept === undefined ? [] : [{ node: name, loginId, awaySince: kept.awaySince }];
          }),
        );
      },
      remove: async (instance) => {
        reach();
        if (this.#signs.get(node.name)?.instance === instance) this.#signs.delete(node.name);
      },
    };
  }

  #now(): number {
    return this.#clock.now() + this.offsetMs;
  }
}
