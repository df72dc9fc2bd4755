/** The sweep over all sessions: idle ones are closed, the others get their line in the log. */
import type { Clock, Timer } from '@poise/clock';
import type { BoshObserver } from './observer.ts';
import type { BoshSession } from './session.ts';

/**
 * A periodic sweep, not a timer per session, because the lines of all sessions share its moments:
 * whoever reads the logs computes with them. A session that went silent is therefore noticed between
 * one threshold and one threshold plus one period later.
 */
export class Reaper {
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #sessions: () => Iterable<BoshSession>;
  readonly #observer: Partial<BoshObserver>;
  #timer: Timer | null;

  constructor(
    clock: Clock,
    periodSeconds: number,
    sessions: () => Iterable<BoshSession>,
    observer: Partial<BoshObserver>,
  ) {
    this.#clock = clock;
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
    return this.#clock.schedule(this.#periodMs, () => {
      if (this.#timer === null) return;
      // First, so that nothing a session does can keep the next sweep from coming.
      this.#timer = this.#arm();
      this.sweep();
    });
  }

  sweep(): void {
    const now = this.#clock.monotonic();
    const observer = this.#observer;
    const telling = observer.lastActive !== undefined || observer.stats !== undefined;
    for (const session of this.#sessions()) {
      if (session.state === 'ending') {
        if (session.idleMs(now) > session.inactivitySeconds * 1000) session.forget();
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
      if (idleMs > thresholdSeconds * 1000) {
        if (jid !== '') observer.idleClosed?.(session.id, jid, thresholdSeconds);
        session.drop('idle', undefined);
      }
    }
  }
}
