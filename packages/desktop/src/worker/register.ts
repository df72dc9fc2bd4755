/** Has the browser keep the page, once nothing more urgent is left to do. */

/** The first seconds belong to the agent; the rest is spread, for a shift begins at one moment. */
const AFTER_MS = 3_000;
const SPREAD_MS = 3_000;

interface Surroundings {
  /** Undefined: the page came over clear HTTP from another machine, or the browser has none. */
  readonly workers: Pick<ServiceWorkerContainer, 'register'> | undefined;
  /** Whether the server wants it. */
  readonly isWanted: () => Promise<boolean>;
  readonly schedule: (run: () => void, ms: number) => void;
  readonly random: () => number;
  readonly log: (line: string) => void;
}

/** @param base path of the page's folder, which is what the worker sees */
export function keepPage(base: string, { workers, isWanted, schedule, random, log }: Surroundings): void {
  if (workers === undefined) return;
  const register = async () => {
    try {
      if (await isWanted()) await workers.register(`${base}service-worker.js`, { scope: base });
    } catch (error) {
      // A certificate that the agent has accepted by hand is not enough for it: the page works without.
      log(`the page is not kept for when its node is down: ${String(error)}`);
    }
  };
  schedule(() => void register(), AFTER_MS + random() * SPREAD_MS);
}
