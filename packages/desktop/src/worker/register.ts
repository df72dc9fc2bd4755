/** Has the browser keep the page, or what the page may still need of its node, once nothing more urgent is left to do. */

/** The first seconds belong to the agent; the rest is spread, for a shift begins at one moment. */
const AFTER_MS = 3_000;
const SPREAD_MS = 3_000;
/** A node that went away meanwhile comes back: tried again after a minute, then after twice as long each time. */
const AGAIN_MS = 60_000;
const LONGEST_MS = 3_600_000;

interface Surroundings {
  /** Undefined: the page came over clear HTTP from another machine, or the browser has none. */
  readonly workers: Pick<ServiceWorkerContainer, 'register'> | undefined;
  /** Whether the server wants it. Rejects when it cannot be asked. */
  readonly isWanted: () => Promise<boolean>;
  readonly schedule: (run: () => void, ms: number) => void;
  readonly random: () => number;
  readonly log: (line: string) => void;
  /** Where the browser does not keep the page: has it load what the page is going to need. Called once at most. */
  readonly loadParts: () => void;
}

/** Ends when the worker has fetched the page, or has given it up: then the browser forgets it without a word. */
function installed({ active, installing }: ServiceWorkerRegistration): Promise<void> {
  if (active || !installing) return Promise.resolve();
  return new Promise((done, fail) =>
    installing.addEventListener('statechange', () => {
      if (installing.state === 'redundant') fail(new Error('not all files of the page could be fetched'));
      else if (installing.state !== 'installing') done();
    }),
  );
}

/** @param base path of the page's folder, which is what the worker sees */
export function keepPage(
  base: string,
  { workers, isWanted, schedule, random, log, loadParts }: Surroundings,
): void {
  let hasParts = false;
  const withoutWorker = () => {
    if (!hasParts) loadParts();
    hasParts = true;
  };
  const register = async (againMs: number) => {
    try {
      if (workers === undefined || !(await isWanted())) return withoutWorker();
      await installed(await workers.register(`${base}service-worker.js`, { scope: base }));
    } catch (error) {
      withoutWorker();
      // A certificate that the agent has accepted by hand is not enough for it: the page works without.
      log(`the page is not kept for when its node is down: ${String(error)}`);
      schedule(() => void register(Math.min(2 * againMs, LONGEST_MS)), againMs);
    }
  };
  schedule(() => void register(AGAIN_MS), AFTER_MS + random() * SPREAD_MS);
}
