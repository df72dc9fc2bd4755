/** The sweep over all sessions: idle ones are closed, the others get their line in the log. */
import type { Clock, Standstill, Timer } from '@poise/clock';
import type { BoshObserver } from './observer.ts';
import type { BoshSession } from './session.ts';

/**
 * A periodic sweep, not a timer per session, because the lines of all sessions share its moments:
 * whoever reads the logs computes with them. A session that went silent is therefore noticed between
 * one threshold and one threshold plus one period later.
 */
export class Reaper {
  readonly #clock: Clock;
  readonly #standstill: Standstill;
  readonly #periodMs: number;
  readonly #sessions: () => Iterable<BoshSession>;
  readonly #observer: Partial<BoshObserver>;
  #sweptAt: number;
  #timer: Timer | null;

  constructor(
    clock: Clock,
    standstill: Standstill,
    periodSeconds: number,
    sessions: () => Iterable<BoshSession>,
    observer: Partial<BoshObserver>,
  ) {
    this.#clock = clock;
    this.#standstill = standstill;
    this.#sweptAt = clock.monotonic();
    this.#periodMs = periodSeconds * 1000;
    this.#sessions = sessions;
    this.#observer = observer;
    this.#timer = this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): Timer {
    const dueMs = this.#clock.monotonic() + this.#periodMs;
    return this.#clock.schedule(this.#periodMs, () => {
      if (this.#timer === null) return;
      this.#standstill.ran(dueMs);
      // First, so that nothing a session does can keep the next sweep from coming.
      this.#timer = this.#arm();
      this.sweep();
    });
  }

  sweep(): void {
    const now = this.#clock.monotonic();
    // Whoever came back while the process stood still has not been heard yet: he has until the next sweep.
    const closes = this.#standstill.endedAt <= this.#sweptAt;
    this.#sweptAt = now;
    const observer = this.#observer;
    const telling = observer.lastActive !== undefined || observer.stats !== undefined;
    for (const session of this.#sessions()) {
      if (session.state === 'ending') {
        if (closes && session.idleMs(now) > session.inactivitySeconds * 1000) session.forget();
        continue;
      }
      const idleMs = session.idleMs(now);
      const { jid } = session.stream;
      if (telling && jid !== '') {
        observer.lastActive?.(session.id, Math.floor(idleMs), jid);
        observer.stats?.({
          jid,
          msgsSent: session.msgsSent,
          msgsQueue: session.queuedStanzas,
          msgsDrop: 0,
          bytesSent: session.bytesSent,
        });
      }
      const thresholdSeconds = session.inactivitySeconds;
      if (closes && idleMs > thresholdSeconds * 1000) {
        if (jid !== '') observer.idleClosed?.(session.id, jid, thresholdSeconds);
        session.drop('idle', undefined);
      }
    }
  }
}
