/**
 * The tabs of one browser in which the desktop is open tell each other who works where, so that a second one can ask before it
 * takes the notification connection away from the first (desktop.md D13).
 */
import type { ClientClock } from '@poise/client';

/** How long a tab may take to say that the agent works there. */
export const ANSWER_MS = 300;

/** `who` asks, of one agent or ('') of all; `here` and `gone` tell; `take` is told by the tab that goes on. */
const TYPES = ['who', 'here', 'gone', 'take'] as const;

interface Message {
  readonly type: (typeof TYPES)[number];
  readonly user: string;
  readonly from: string;
}

/** The part of a BroadcastChannel that is needed. */
export interface TabChannel {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

function readMessage(data: unknown): Message | null {
  const { type, user, from } = (data ?? {}) as Record<string, unknown>;
  const known = TYPES.find((each) => each === type);
  return known && typeof user === 'string' && typeof from === 'string' ? { type: known, user, from } : null;
}

/** More agents than anybody signs in on one computer. */
const KNOWN_MAX = 50;

export class Tabs {
  readonly #channel: TabChannel | null;
  readonly #clock: ClientClock;
  readonly #id: string;
  /** Names of the agent who works here: id and what was typed. */
  #names: ReadonlySet<string> = new Set();
  #takenOver: (() => void) | null = null;
  /** Who works in other tabs, as far as has been heard. */
  readonly #elsewhere = new Set<string>();
  readonly #answers = new Map<string, () => void>();

  /** @param channel null where the browser has none: every tab is alone then */
  constructor(channel: TabChannel | null, clock: ClientClock, id: string) {
    this.#channel = channel;
    this.#clock = clock;
    this.#id = id;
    channel?.addEventListener('message', ({ data }) => {
      const message = readMessage(data);
      if (message !== null && message.from !== this.#id) this.#heard(message);
    });
    // Known before anybody has typed a password, so that a sign-in need not wait for answers that do not come.
    this.#post('who', '');
  }

  /** Whether this agent works in another tab. What was heard of may be gone without a word: it is asked once more. */
  async isElsewhere(user: string): Promise<boolean> {
    if (!this.#elsewhere.has(user)) return false;
    return new Promise((done) => {
      const answered = (isThere: boolean) => {
        timer.cancel();
        this.#answers.delete(user);
        if (!isThere) this.#elsewhere.delete(user);
        done(isThere);
      };
      const timer = this.#clock.schedule(ANSWER_MS, () => answered(false));
      this.#answers.set(user, () => answered(true));
      this.#post('who', user);
    });
  }

  /** This tab works for the agent from now on; any other one stops. */
  claim(names: readonly string[], takenOver: () => void): void {
    this.release();
    this.#names = new Set(names);
    this.#takenOver = takenOver;
    for (const name of this.#names) {
      this.#post('take', name);
      this.#post('here', name);
    }
  }

  release(): void {
    for (const name of this.#names) this.#post('gone', name);
    this.#names = new Set();
    this.#takenOver = null;
  }

  #post(type: Message['type'], user: string): void {
    this.#channel?.postMessage({ type, user, from: this.#id });
  }

  #heard({ type, user }: Message): void {
    switch (type) {
      case 'who':
        for (const name of this.#names) if (user === '' || user === name) this.#post('here', name);
        break;
      case 'here':
        if (this.#elsewhere.size < KNOWN_MAX) this.#elsewhere.add(user);
        this.#answers.get(user)?.();
        break;
      case 'gone':
        this.#elsewhere.delete(user);
        break;
      case 'take':
        if (this.#names.has(user)) {
          const takenOver = this.#takenOver;
          this.release();
          takenOver?.();
        }
        break;
    }
  }
}
