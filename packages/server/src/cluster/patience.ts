/** How long the engine is waited for: what this process or its machine is late with is not held against the engine. */
import type { Clock, Timer } from '@poise/clock';

/**
 * Time is counted in pieces of so many ms, and a piece that came late counts no more: timers of a process that stood still run before
 * its sockets are read, where the answer may wait.
 */
const PIECE_MS = 200;

/** Another sign that whoever is waited for is alive. */
export interface Signs {
  /** Changes with each sign. */
  readonly seen: () => number;
  /** With signs it is waited so long in all, ms; the time given is that without any. */
  readonly atMostMs: number;
}

/**
 * Rejects when `work` has not settled after `ms` in which this process ran; what becomes of it then is nobody’s business.
 * @param signs that begin the time anew
 */
export function within<T>(clock: Clock, ms: number, work: Promise<T>, signs?: Signs): Promise<T> {
  return new Promise((resolve, reject) => {
    let timer: Timer;
    let [silentMs, waitedMs, seen] = [0, 0, signs?.seen()];
    const wait = (): void => {
      const piece = Math.min(PIECE_MS, ms - silentMs);
      timer = clock.schedule(piece, () => {
        waitedMs += piece;
        const before = seen;
        seen = signs?.seen();
        silentMs = seen === before ? silentMs + piece : 0;
        if (silentMs < ms && waitedMs < (signs?.atMostMs ?? Number.POSITIVE_INFINITY)) wait();
        else reject(new Error(`no answer within ${(silentMs < ms ? waitedMs : ms) / 1000} s`));
      });
    };
    wait();
    work.then(resolve, reject).finally(() => timer.cancel());
  });
}
