/**
 * The watchdog's judgement: whether the page is silent, and which gadget has its turn. Pure: it runs outside the page's thread, which a
 * gadget that loops holds for ever.
 */

/** How often the page is asked for a sign of life, ms. */
export const PING_MS = 1_000;
/** So long without one, and the page stands still, ms. */
export const STALL_MS = 5_000;
/** Later than this the watchdog was asleep itself: the computer was, or the browser stopped the tab. */
const OVERSLEPT_MS = 3_000;

/** What the page says, as numbers: a mark is said thousands of times. */
export const MARK = {
  /** … + number of the gadget. */
  begin: 1_000_000,
  loading: 2_000_000,
  loaded: 3_000_000,
  end: 0,
  alive: 1,
} as const;

export interface Stall {
  /** Number of the gadget; null: none had its turn. */
  readonly mid: number | null;
  /** For how long the page has been silent, ms. */
  readonly ms: number;
}

export type Verdict =
  | { readonly type: 'stalled'; readonly stall: Stall }
  /** It answers again. */
  | { readonly type: 'recovered'; readonly stall: Stall };

export class Watchdog {
  /** Gadgets whose scripts are on the stack, the innermost last. */
  #running: number[] = [];
  /** Whose documents are being loaded, the latest last. */
  #loading: number[] = [];
  #aliveAt: number;
  #lookedAt: number;
  #stall: Stall | null = null;

  constructor(now: number) {
    this.#aliveAt = now;
    this.#lookedAt = now;
  }

  /** @param mark one of MARK @returns what has changed with it */
  hear(mark: number, now: number): Verdict | null {
    if (mark === MARK.end) {
      this.#running.pop();
      return null;
    }
    const mid = mark % MARK.begin;
    if (mark >= MARK.loaded) this.#loading = this.#loading.filter((each) => each !== mid);
    else if (mark >= MARK.loading) this.#loading = [...this.#loading.filter((each) => each !== mid), mid];
    else if (mark >= MARK.begin) this.#running.push(mid);
    if (mark !== MARK.alive) return null;
    // The page's own turn: nothing of a gadget is on the stack.
    this.#running = [];
    const silent = now - this.#aliveAt;
    this.#aliveAt = now;
    const stall = this.#stall;
    this.#stall = null;
    return stall && { type: 'recovered', stall: { ...stall, ms: silent } };
  }

  /** To be asked every PING_MS. */
  look(now: number): Verdict | null {
    const overslept = now - this.#lookedAt > OVERSLEPT_MS;
    this.#lookedAt = now;
    if (overslept) this.#aliveAt = now;
    const ms = now - this.#aliveAt;
    if (this.#stall !== null || ms < STALL_MS) return null;
    this.#stall = { mid: this.#running.at(-1) ?? this.#loading.at(-1) ?? null, ms };
    return { type: 'stalled', stall: this.#stall };
  }
}
