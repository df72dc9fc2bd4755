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
/** Programs whose questions are told apart; who has not asked for longest is forgotten for another one. */
export const READERS_MAX = 16;

export interface LeavingOptions {
  readonly clock: Clock;
  /** Its desktops move elsewhere, because it will be stopped. */
  readonly inMaintenance: () => boolean;
}

/** A program that asks for the figures. */
interface Reader {
  /** Monotonic ms of its last question. */
  readonly at: number;
  /** Between its last two questions, ms; null: there were none. */
  readonly intervalMs: number | null;
  /** What its last answer said. */
  readonly isTold: boolean;
}

export class Leaving {
  readonly #o: LeavingOptions;
  #isAnnounced = false;
  /** By what tells them apart, who asked last at the end: one that looks in between is no part of the rhythm of another one. */
  readonly #readers = new Map<string, Reader>();
  #timer: Timer | undefined;
  /** `until`: at most, monotonic ms. */
  #waiting: { readonly promise: Promise<void>; readonly end: () => void; readonly until: number } | null =
    null;

  constructor(options: LeavingOptions) {
    this.#o = options;
  }

  /** It will be stopped: it is in maintenance mode, or has been told to end. */
  get now(): boolean {
    return this.#isAnnounced || this.#o.inMaintenance();
  }

  /**
   * The figures are away.
   * @param said what they said of {@link now}
   * @param reader what the program that has them calls itself
   */
  read(said: boolean, reader = ''): void {
    const at = this.#o.clock.monotonic();
    const last = this.#readers.get(reader);
    this.#readers.delete(reader);
    this.#readers.set(reader, { at, intervalMs: last === undefined ? null : at - last.at, isTold: said });
    if (this.#readers.size > READERS_MAX) this.#readers.delete(this.#readers.keys().next().value as string);
    this.#look();
  }

  /**
   * From now on it leaves. Done when monitoring knows, or when nobody can be expected to ask in time: only who has asked twice, and not
   * long ago, is waited for. The server works on meanwhile. Idempotent.
   */
  announce(): Promise<void> {
    if (this.#waiting !== null) return this.#waiting.promise;
    this.#isAnnounced = true;
    let end = (): void => {};
    const promise = new Promise<void>((done) => {
      end = done;
    });
    this.#waiting = { promise, end, until: this.#o.clock.monotonic() + WAIT_MAX_MS };
    this.#look();
    return promise;
  }

  /** It is not stopped after all. */
  withdraw(): void {
    this.#isAnnounced = false;
    this.#timer?.cancel();
    this.#waiting?.end();
    this.#waiting = null;
  }

  /** Whoever waits does so until each program has read it, or should have asked again. */
  #look(): void {
    if (this.#waiting === null) return;
    const { clock } = this.#o;
    const { until, end } = this.#waiting;
    const dueAt = Math.max(...[...this.#readers.values()].map(dueAtOf), Number.NEGATIVE_INFINITY);
    const waitMs = Math.min(until, dueAt) - clock.monotonic();
    this.#timer?.cancel();
    if (waitMs > 0) this.#timer = clock.schedule(waitMs, end);
    else end();
  }
}

/** When its next question has to be here, monotonic ms; none is expected of who knows already, asks too seldom, or has no rhythm. */
const dueAtOf = ({ at, intervalMs, isTold }: Reader): number =>
  isTold || intervalMs === null || intervalMs > INTERVAL_MAX_MS
    ? Number.NEGATIVE_INFINITY
    : at + intervalMs + LATE_MS;
