/**
 * That this process will be stopped on purpose, and whether monitoring has read so. Prometheus cannot ask a process that has ended, so what it
 * read last has to say whether the end was wanted (`poise_leaving`, docs/metrics.md).
 */
import type { Clock, Timer } from '@poise/clock';

/** Whoever asked less often is not waited for, ms. */
export const INTERVAL_MAX_MS = 30_000;
/** A question may come later than the one before by this, ms. */
export const LATE_MS = 2_000;
/** Nobody is waited for longer, ms: the units of systemd allow 45 s for a stop. */
export const WAIT_MAX_MS = 20_000;

export interface LeavingOptions {
  readonly clock: Clock;
  /** Its desktops move elsewhere, because it will be stopped. */
  readonly inMaintenance: () => boolean;
}

export class Leaving {
  readonly #o: LeavingOptions;
  #isAnnounced = false;
  /** Monotonic ms of the last question; null: there was none. */
  #readAt: number | null = null;
  /** Between the last two questions, ms; null: there were none. */
  #intervalMs: number | null = null;
  /** What the last answer said. */
  #said = false;
  #waiting: { readonly promise: Promise<void>; readonly end: () => void } | null = null;

  constructor(options: LeavingOptions) {
    this.#o = options;
  }

  /** It will be stopped: it is in maintenance mode, or has been told to end. */
  get now(): boolean {
    return this.#isAnnounced || this.#o.inMaintenance();
  }

  /** The figures are away. @param said what they said of {@link now} */
  read(said: boolean): void {
    const at = this.#o.clock.monotonic();
    if (this.#readAt !== null) this.#intervalMs = at - this.#readAt;
    this.#readAt = at;
    this.#said = said;
    if (said) this.#waiting?.end();
  }

  /**
   * From now on it leaves. Done when monitoring knows, or when nobody can be expected to ask in time: only who has asked twice, and not
   * long ago, is waited for. The server works on meanwhile. Idempotent.
   */
  announce(): Promise<void> {
    if (this.#waiting !== null) return this.#waiting.promise;
    this.#isAnnounced = true;
    let timer: Timer | null = null;
    let end = (): void => {};
    const promise = new Promise<void>((done) => {
      end = () => {
        timer?.cancel();
        done();
      };
    });
    this.#waiting = { promise, end };
    const waitMs = this.#said ? 0 : this.#nextWithinMs();
    if (waitMs > 0) timer = this.#o.clock.schedule(waitMs, end);
    else end();
    return promise;
  }

  /** It is not stopped after all. */
  withdraw(): void {
    this.#isAnnounced = false;
    this.#waiting?.end();
    this.#waiting = null;
  }

  /** Ms until the next question has to be here; 0: none is expected. */
  #nextWithinMs(): number {
    if (this.#readAt === null || this.#intervalMs === null || this.#intervalMs > INTERVAL_MAX_MS) return 0;
    const dueAt = this.#readAt + this.#intervalMs + LATE_MS;
    return Math.min(WAIT_MAX_MS, Math.max(0, dueAt - this.#o.clock.monotonic()));
  }
}
