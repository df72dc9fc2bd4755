/**
 * Who is or was here, kept over a restart and a kill: in memory the changes, in the store the rest. Written
 * behind, so that a sign-in never waits for the disk; at most 50 ms are lost.
 */
import type { Clock } from '@poise/clock';
import { WriteBehind } from '../store/write-behind.ts';
import type { KeptPresence } from './watch.ts';

/** Where they are kept; the store has it. */
export interface PresenceStore {
  all(): Promise<readonly KeptPresence[]>;
  /** In one transaction. */
  write(saved: readonly KeptPresence[], removed: readonly string[]): Promise<void>;
}

export interface KeptPresencesOptions {
  readonly store: PresenceStore;
  readonly clock: Clock;
  /** Users who do not outlive the process. */
  readonly isPassing?: (loginId: string) => boolean;
  readonly onProblem: (error: unknown) => void;
}

const WRITE_AFTER_MS = 50;
/** Users of one transaction. */
const BATCH = 500;

export class KeptPresences {
  readonly #options: KeptPresencesOptions;
  /** By login id. Null: forgotten. */
  readonly #behind: WriteBehind<string, KeptPresence | null>;

  constructor(options: KeptPresencesOptions) {
    const { store, clock, onProblem } = options;
    this.#options = options;
    this.#behind = new WriteBehind({
      clock,
      onProblem,
      afterMs: WRITE_AFTER_MS,
      batch: BATCH,
      write: (batch) =>
        store.write(
          batch.flatMap(([, kept]) => (kept === null ? [] : [kept])),
          batch.flatMap(([loginId, kept]) => (kept === null ? [loginId] : [])),
        ),
    });
  }

  all(): Promise<readonly KeptPresence[]> {
    return this.#options.store.all();
  }

  keep(loginId: string, kept: KeptPresence | null): void {
    if (this.#options.isPassing?.(loginId) === true) return;
    this.#behind.set(loginId, kept);
  }

  /** Writes what is still to be written. @returns whether the store has it: what could not be written waits */
  async flush(): Promise<boolean> {
    await this.#behind.flush();
    return !this.#behind.isFailing;
  }
}
