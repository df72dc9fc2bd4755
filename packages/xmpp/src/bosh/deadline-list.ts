import type { Clock, Standstill, Timer } from '@poise/clock';

/** Something that waits in a {@link DeadlineList}; the list owns these fields. */
export interface Waiting {
  deadlineMs: number;
  earlier: Waiting | null;
  later: Waiting | null;
  list: DeadlineList | null;
}

/** More do not expire early at once: others would have to wait for so many. */
const TOGETHER_MAX = 16;

/**
 * Deadlines that all lie the same delay ahead, hence in order of arrival: adding and removing cost
 * nothing but links, and one timer of the clock serves the whole list. A long poll is nearly always
 * answered before its deadline, so the usual case must not touch the clock's heap.
 */
export class DeadlineList {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #expired: (entry: Waiting) => void;
  readonly #earlyMs: number;
  readonly #standstill: Standstill | null;
  #first: Waiting | null = null;
  #last: Waiting | null = null;
  #timer: Timer | null = null;

  /**
   * @param expired called for an entry whose deadline has come; it has left the list by then
   * @param earlyMs a few of those whose deadlines come within this time may expire together with one
   * @param standstill where the entries wait for clients: a standstill of the process gives all the whole delay anew
   */
  constructor(
    clock: Clock,
    delayMs: number,
    expired: (entry: Waiting) => void,
    earlyMs = 0,
    standstill: Standstill | null = null,
  ) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#expired = expired;
    this.#earlyMs = earlyMs;
    this.#standstill = standstill;
  }

  /** The entry's deadline is one delay from now. */
  add(entry: Waiting): void {
    entry.deadlineMs = this.#clock.monotonic() + this.#delayMs;
    entry.list = this;
    entry.earlier = this.#last;
    entry.later = null;
    if (this.#last === null) this.#first = entry;
    else this.#last.later = entry;
    this.#last = entry;
    if (this.#timer === null) this.#arm(this.#delayMs);
  }

  /** No effect on an entry that is in no list. */
  static remove(entry: Waiting): void {
    if (entry.list !== null) entry.list.#unlink(entry);
  }

  /** Forgets all entries and the timer. */
  clear(): void {
    while (this.#first !== null) this.#unlink(this.#first);
    this.#timer?.cancel();
    this.#timer = null;
  }

  #unlink(entry: Waiting): void {
    if (entry.earlier === null) this.#first = entry.later;
    else entry.earlier.later = entry.later;
    if (entry.later === null) this.#last = entry.earlier;
    else entry.later.earlier = entry.earlier;
    entry.earlier = null;
    entry.later = null;
    entry.list = null;
    // The timer stays: it re-arms itself for whoever is first then. One spare call per delay is
    // cheaper than a cancel per request.
  }

  #arm(delayMs: number): void {
    const dueMs = this.#clock.monotonic() + delayMs;
    this.#timer = this.#clock.schedule(delayMs, () => this.#fire(dueMs));
  }

  #fire(dueMs: number): void {
    this.#timer = null;
    const now = this.#clock.monotonic();
    this.#standstill?.ran(dueMs);
    // Their order is kept: all that were here before the standstill get the same deadline.
    const earliestMs = (this.#standstill?.endedAt ?? Number.NEGATIVE_INFINITY) + this.#delayMs;
    let early = TOGETHER_MAX;
    // Only those that are here now: an entry added while this runs lies a delay ahead.
    for (let entry = this.#first; entry !== null; entry = this.#first) {
      if (entry.deadlineMs < earliestMs) entry.deadlineMs = earliestMs;
      if (entry.deadlineMs > now && (entry.deadlineMs > now + this.#earlyMs || early-- === 0)) break;
      this.#unlink(entry);
      this.#expired(entry);
    }
    if (this.#first !== null && this.#timer === null) this.#arm(Math.max(0, this.#first.deadlineMs - now));
  }
}
