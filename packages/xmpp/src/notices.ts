/** Log lines about what clients do wrong: each kind once in a while for each user, however often it happens. */
import type { Clock } from '@poise/clock';

/** More kinds and users than this are forgotten, the oldest first. */
const REMEMBERED_MAX = 1_000;

const QUOTED_MAX = 200;

/** What a client wrote, for a log line: no line breaks, not too long. */
export function quoted(text: string): string {
  return JSON.stringify(text.slice(0, QUOTED_MAX));
}

interface Notice {
  readonly toldMs: number;
  repeats: number;
}

export class Notices {
  readonly #clock: Clock;
  readonly #againMs: number;
  readonly #info: (line: string) => void;
  readonly #told = new Map<string, Notice>();

  /** @param againMs time in which a repetition is counted instead of told */
  constructor(clock: Clock, againMs: number, info: (line: string) => void) {
    this.#clock = clock;
    this.#againMs = againMs;
    this.#info = info;
  }

  /** @param subject who did it, usually a bare JID @param kind what repetitions have in common */
  tell(subject: string, kind: string, line: string): void {
    const key = `${kind} ${subject}`;
    const now = this.#clock.monotonic();
    const before = this.#told.get(key);
    if (before !== undefined && now - before.toldMs < this.#againMs) {
      before.repeats += 1;
      return;
    }
    this.#told.delete(key);
    this.#told.set(key, { toldMs: now, repeats: 0 });
    if (this.#told.size > REMEMBERED_MAX) {
      for (const oldest of this.#told.keys()) {
        this.#told.delete(oldest);
        break;
      }
    }
    const repeats = before?.repeats ?? 0;
    this.#info(repeats === 0 ? line : `${line} (and ${repeats} times before)`);
  }
}
