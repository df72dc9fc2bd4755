/**
 * The database that nodes share, as far as they tell each other by it who lives: statements take their time, and answers arrive when the
 * process runs. What a node keeps of its users is on the disk of its place.
 */
import type { SignOfLife, SignTable } from '../../packages/server/src/presence/signs-of-life.ts';
import type { Place } from './place.ts';
import type { SimProcess } from './process.ts';
import type { World } from './world.ts';

/** There and back, ms. */
const LATENCY_MS = 2;

export class SharedDatabase {
  readonly #world: Pick<World, 'clock' | 'places'>;
  readonly #signs = new Map<string, Omit<SignOfLife, 'ageMs'>>();
  /** Outages that last: for everybody, or of one place's way to it. */
  #outages = 0;
  readonly #outagesOf = new Map<Place, number>();

  constructor(world: Pick<World, 'clock' | 'places'>) {
    this.#world = world;
  }

  /** @param place undefined: it is gone for all */
  down(place?: Place): void {
    if (place === undefined) this.#outages++;
    else this.#outagesOf.set(place, (this.#outagesOf.get(place) ?? 0) + 1);
  }

  up(place?: Place): void {
    if (place === undefined) this.#outages--;
    else this.#outagesOf.set(place, (this.#outagesOf.get(place) ?? 0) - 1);
  }

  isReached(place: Place): boolean {
    return this.#outages === 0 && (this.#outagesOf.get(place) ?? 0) === 0;
  }

  of(place: Place, process: SimProcess): SignTable {
    const { clock, places } = this.#world;
    const asked = <T>(work: () => T): Promise<T> =>
      new Promise((resolve, reject) => {
        clock.schedule(LATENCY_MS, () => {
          if (!process.alive) return;
          const isReached = this.isReached(place);
          const answer = isReached ? work() : undefined;
          process.io(() => {
            if (isReached) resolve(answer as T);
            else reject(new Error('The database cannot be reached.'));
          });
        });
      });
    const node = place.host;
    return {
      write: (instance, host) =>
        asked(() => void this.#signs.set(node, { node, instance, host, atMs: clock.now() })),
      all: () =>
        asked(() => [...this.#signs.values()].map((sign) => ({ ...sign, ageMs: clock.now() - sign.atMs }))),
      keptBy: (nodes, loginIds) =>
        asked(() =>
          places
            .filter(({ host }) => nodes.includes(host))
            .flatMap(({ host, disk }) =>
              disk.keptOf(loginIds).map(({ loginId, awaySince }) => ({ node: host, loginId, awaySince })),
            ),
        ),
      remove: (instance) =>
        asked(() => {
          if (this.#signs.get(node)?.instance === instance) this.#signs.delete(node);
        }),
    };
  }
}
