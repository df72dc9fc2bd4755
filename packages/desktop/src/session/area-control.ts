/** What the areas of the page share: who asks the server, and when an answer still counts. */
import { ApiError, type ClientClock, type ClientTimer } from '@poise/client';
import type { Frame } from './area.ts';
import type { Store } from './store.ts';

/** How long after a failure what is shown is asked for again, ms. */
export const AREA_RETRY_MS = 10_000;

export interface AreaOptions {
  readonly store: Store;
  readonly clock: ClientClock;
  readonly frame: Frame;
}

/** Whether it may go better by itself: no answer, or a server that is not well. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 408 || error.status >= 500;
}

/**
 * One reading at a time that can be begun anew: of two, only the later one counts. What events tell of meanwhile is
 * noted in `overtaken`, and counts more than what is read.
 */
export class Reading {
  #number = 0;
  #timer: ClientTimer | undefined;
  #overtaken: Set<string> | null = null;

  /** An event told of this id. */
  heard(id: string): void {
    this.#overtaken?.add(id);
  }

  /** Ends what is under way, and what was to be tried again. */
  stop(): void {
    this.#number++;
    this.#timer?.cancel();
    this.#overtaken = null;
  }

  /**
   * @param read what is asked
   * @param take the answer, if nothing was begun since
   * @param refused what failed. @returns whether it is tried again
   */
  async run<T>(
    clock: ClientClock,
    read: () => Promise<T>,
    take: (answer: T, overtaken: ReadonlySet<string>) => void,
    refused: (error: unknown) => boolean,
  ): Promise<void> {
    this.stop();
    const number = this.#number;
    const overtaken = new Set<string>();
    this.#overtaken = overtaken;
    try {
      const answer = await read();
      if (number !== this.#number) return;
      this.#overtaken = null;
      take(answer, overtaken);
    } catch (error) {
      if (number !== this.#number) return;
      this.#overtaken = null;
      if (refused(error))
        this.#timer = clock.schedule(AREA_RETRY_MS, () => void this.run(clock, read, take, refused));
    }
  }
}
