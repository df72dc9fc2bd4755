/**
 * Reads of our own API that several gadgets make at the same time: a dozen of them that begin together ask for the same user, and one
 * answer serves all. Only a request that is still under way is joined, and none that was made before something changed: who asks after a
 * write or an event reads anew.
 */
import type { SharedDone, SharedReader } from '../frame/shared-read.ts';

/** How the page asks the proxy; see {@link ContainerHost.proxy}. */
export type ProxyPost = (body: string) => Promise<{ readonly status: number; readonly text: string }>;

/** A request that has had no answer for so long is joined by nobody, ms: its connection may be dead, and a new one may not be. */
export const JOINED_WITHIN_MS = 2_000;

interface Read {
  /** ms of the clock. */
  readonly since: number;
  readonly waiting: SharedDone[];
}

export class SharedReads implements SharedReader {
  readonly #post: ProxyPost;
  readonly #now: () => number;
  /** By what is asked for. */
  readonly #underWay = new Map<string, Read>();

  /** @param now of a clock, ms */
  constructor(post: ProxyPost, now: () => number) {
    this.#post = post;
    this.#now = now;
  }

  read(key: string, body: string, done: SharedDone): void {
    const since = this.#now();
    const known = this.#underWay.get(key);
    if (known && since - known.since < JOINED_WITHIN_MS) {
      known.waiting.push(done);
      return;
    }
    const waiting = [done];
    const read = { since, waiting };
    this.#underWay.set(key, read);
    const answered = (status: number, text: string) => {
      if (this.#underWay.get(key) === read) this.#underWay.delete(key);
      for (const [place, each] of waiting.entries()) tolerated(() => each(status, text, place > 0));
    };
    void this.#post(body).then(
      ({ status, text }) => answered(status, text),
      () => answered(0, ''),
    );
  }

  changed(): void {
    this.#underWay.clear();
  }
}

/** What a gadget's own code throws is told in its frame; a frame that is gone has nobody to be told. */
function tolerated(run: () => void): void {
  try {
    run();
  } catch {
    // The others get their answer all the same.
  }
}
