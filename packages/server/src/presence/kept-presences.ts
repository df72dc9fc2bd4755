/**
 * Who is or was here, kept over a restart and a kill: in memory the changes, in the store the rest. Written
 * behind, so that a sign-in never waits for the disk; at most 50 ms are lost.
 */
import type { Clock, Timer } from '@poise/clock';
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
const AGAIN_AFTER_MS = 30_000;
/** Users of one transaction: a burst of sign-ins does not keep the event loop. */
const BATCH = 500;

export class KeptPresences {
  readonly #options: KeptPresencesOptions;
  /** At most one entry for each user. Null: forgotten. */
  readonly #changed = new Map<string, KeptPresence | null>();
  #timer: Timer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: KeptPresencesOptions) {
    this.#options = options;
  }

  all(): Promise<readonly KeptPresence[]> {
    return this.#options.store.all();
  }

  keep(loginId: string, kept: KeptPresence | null): void {
    if (this.#options.isPassing?.(loginId) === true) return;
    this.#changed.set(loginId, kept);
    this.#writeLater(WRITE_AFTER_MS);
  }

  /** Writes what is still to be written; for the end. */
  async flush(): Promise<void> {
    this.#timer?.cancel();
    this.#timer = undefined;
    await this.#write();
  }

  #writeLater(ms: number): void {
    this.#timer ??= this.#options.clock.schedule(ms, () => {
      this.#timer = undefined;
      void this.#write();
    });
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#changed.size > 0) {
      const batch: [string, KeptPresence | null][] = [];
      for (const entry of this.#changed) if (batch.push(entry) === BATCH) break;
      for (const [loginId] of batch) this.#changed.delete(loginId);
      try {
        await this.#options.store.write(
          batch.flatMap(([, kept]) => (kept === null ? [] : [kept])),
          batch.flatMap(([loginId, kept]) => (kept === null ? [loginId] : [])),
        );
      } catch (error) {
        for (const [loginId, kept] of batch)
          if (!this.#changed.has(loginId)) this.#changed.set(loginId, kept);
        this.#options.onProblem(error);
        this.#writeLater(AGAIN_AFTER_MS);
        return;
      }
    }
  }
}
