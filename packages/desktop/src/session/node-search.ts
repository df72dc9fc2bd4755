/** Looks for a node for a page that was loaded anew while its own was down (desktop.md 12): it has nothing to reconnect yet. */
import { ApiError, type ClientClock, type ClientTimer, qualifies, type SystemInfo } from '@poise/client';

/** Between two rounds: growing, with jitter, so that a node that comes back is not met by all pages at once. */
const FIRST_MS = 1_000;
const LONGEST_MS = 8_000;
/** The other node is asked less often, and its desktops do not move at one moment. */
const OTHER_EVERY_MS = 20_000;

/** What a round has found out of a node that cannot be used: whether it can be reached. */
export interface SearchNews {
  readonly origin: string;
  readonly isReached: boolean;
}

export interface SearchOptions {
  readonly clock: ClientClock;
  readonly random: () => number;
  /** Asks a node how it is; rejects with ApiError. */
  readonly ask: (origin: string) => Promise<SystemInfo>;
  readonly own: string;
  /** Undefined: there is none, or none is known. */
  readonly other: string | undefined;
  readonly told: (news: SearchNews) => void;
  readonly found: (origin: string) => void;
}

/** The page's own node is preferred; before the page goes to the other one, its own is asked once more. */
export class NodeSearch {
  readonly #options: SearchOptions;
  #rounds = 0;
  #otherDueAt = 0;
  #timer: ClientTimer | undefined;
  #isOver = false;

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** Begins, or goes on after a node that was found has turned out to be of no use. */
  next(): void {
    if (this.#isOver) return;
    const { clock, random } = this.#options;
    const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#rounds++, 30));
    this.#timer?.cancel();
    this.#timer = clock.schedule(longest * (0.5 + random() / 2), () => void this.#round());
  }

  stop(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  async #round(): Promise<void> {
    const { clock, random, own, other } = this.#options;
    let node = (await this.#isUsable(own)) ? own : null;
    if (node === null && other !== undefined && clock.monotonic() >= this.#otherDueAt) {
      this.#otherDueAt = clock.monotonic() + OTHER_EVERY_MS * (0.75 + random() / 4);
      if (await this.#isUsable(other)) node = (await this.#isUsable(own)) ? own : other;
    }
    if (this.#isOver) return;
    if (node === null) this.next();
    else this.#options.found(node);
  }

  async #isUsable(origin: string): Promise<boolean> {
    if (this.#isOver) return false;
    let isReached = true;
    try {
      const info = await this.#options.ask(origin);
      const isOwn = origin === this.#options.own;
      if (isOwn ? info.status === 'IN_SERVICE' : qualifies(info)) return true;
    } catch (error) {
      isReached = error instanceof ApiError && error.status === 503;
    }
    if (!this.#isOver) this.#options.told({ origin, isReached });
    return false;
  }
}

/** Whether an error is one of the line or of a node that is not in service: another attempt may do better. */
export function isOfTheNode(error: unknown): boolean {
  // What cannot be read is an answer: waiting does not make another one of it.
  return (
    error instanceof ApiError &&
    [0, 408, 502, 503, 504].includes(error.status) &&
    error.errorType !== 'Bad Reply'
  );
}
