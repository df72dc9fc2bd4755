import type { ClientClock, ClientTimer } from './platform.ts';

/** A timer that fires later than this after its time tells of a computer that slept, or of a page that was held up. */
const LATE_MS = 3_000;

/**
 * A time limit for an answer. A computer that slept, or a page that was frozen, runs its timers before it reads what
 * came meanwhile, so a limit that is noticed late proves nothing: `late` is told, and the answer gets the same time
 * once more, not oftener. In a hidden tab, where timers run once a minute, two of them pass at most.
 */
export function scheduleLimit(
  clock: ClientClock,
  limitMs: number,
  expired: () => void,
  late: () => void = () => {},
): ClientTimer {
  const dueAt = clock.now() + limitMs;
  let timer = clock.schedule(limitMs, () => {
    if (clock.now() - dueAt <= LATE_MS) {
      expired();
      return;
    }
    timer = clock.schedule(limitMs, expired);
    late();
  });
  return { cancel: () => timer.cancel() };
}
