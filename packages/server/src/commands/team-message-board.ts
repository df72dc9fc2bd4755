/** Team messages: created and removed by supervisors, stored, told to the teams, and ended when their time is up. */
import type { Clock, Timer } from '@poise/clock';
import type { Deployment } from '../domain/profile.ts';
import {
  expiresAt,
  type TeamMessage,
  TeamMessageBook,
  type TeamMessageRequest,
} from '../domain/team-messages.ts';
import type { Cause } from '../happenings.ts';

/** Where messages outlive a restart. */
export interface TeamMessageStore {
  all(): Promise<readonly TeamMessage[]>;
  create(message: TeamMessage): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

/** Who is told. */
export interface TeamMessageOutcomes {
  /** POST for a new message, DELETE for one that was deleted or has expired. */
  publish(message: TeamMessage, event: 'POST' | 'DELETE', requestId: string, cause: Cause): void;
}

export interface TeamMessageBoardDependencies {
  readonly deployment: Deployment;
  readonly clock: Clock;
  readonly store: TeamMessageStore;
  readonly outcomes: TeamMessageOutcomes;
  readonly newId: () => string;
  /** A stored message could not be removed; it will be tried again at the next start. */
  readonly onProblem: (text: string) => void;
  /** Tells the other nodes, which have the same store; absent: there are none. */
  readonly tellOthers?: (told: ToldMessage) => void;
}

/** What one node tells the others of a message. */
export interface ToldMessage {
  readonly id: string;
  readonly event: 'POST' | 'DELETE';
  readonly requestId: string;
  readonly cause: Cause;
}

/** Longest time a timer is set for, ms: clocks of computers jump. */
const LOOK_AGAIN_MS = 3_600_000;
/** Pause before a store that could not be read is read again, ms. */
const READ_AGAIN_MS = 5_000;
/** Words of other nodes that wait for the store. */
const WORDS_MAX = 1_000;

export class TeamMessageBoard {
  readonly book: TeamMessageBook;
  readonly #d: TeamMessageBoardDependencies;
  #timer: Timer | null = null;
  #closed = false;
  /** Messages that are being written: what the store has of them is not the whole truth. */
  readonly #underway = new Set<string>();
  /** Grows with each change of our own. */
  #changes = 0;
  /** When each ends, monotonic ms. */
  readonly #ends = new WeakMap<TeamMessage, number>();
  /** By id: what other nodes have told and has not been found in the store yet. */
  readonly #words = new Map<string, ToldMessage>();
  #comparing = false;
  #compareAgain = false;
  #again: Timer | null = null;

  constructor(dependencies: TeamMessageBoardDependencies) {
    this.#d = dependencies;
    this.book = new TeamMessageBook(dependencies.deployment);
  }

  /** Takes up what an earlier process left; messages that have expired meanwhile end without a word. */
  async load(): Promise<void> {
    const expired: string[] = [];
    for (const message of await this.#d.store.all()) {
      const leftMs = this.#leftOf(message);
      if (leftMs > 0) this.#add(message, leftMs);
      else expired.push(message.id);
    }
    // A full disk must not keep the server from starting: they are dropped again next time.
    if (expired.length > 0) await this.#d.store.remove(expired).catch((error) => this.#notRemoved(error));
    this.#plan();
  }

  /** Stores a message; null when there are too many, or were too many changes in this hour. {@link tell} follows. */
  async create(
    request: TeamMessageRequest,
    createdBy: TeamMessage['createdBy'],
  ): Promise<TeamMessage | null> {
    const { clock, store, newId } = this.#d;
    const now = clock.now();
    if (!this.book.hasRoom(clock.monotonic())) return null;
    const createdAt = Math.floor(now / 1000) * 1000;
    const message: TeamMessage = { id: newId(), createdBy, createdAt, ...request };
    // Counted and kept before the pause of the store, so that a flood cannot slip through it.
    this.book.operated(clock.monotonic());
    this.#add(message, this.#leftOf(message));
    try {
      await this.#writing(message.id, () => store.create(message));
    } catch (error) {
      this.book.remove(message.id);
      throw error;
    }
    this.#plan();
    return message;
  }

  /** Ends a message; false when there were too many changes in this hour. {@link tell} follows. */
  async remove(id: string): Promise<boolean> {
    const now = this.#d.clock.monotonic();
    if (!this.book.mayOperate(now)) return false;
    this.book.operated(now);
    await this.#writing(id, async () => {
      await this.#d.store.remove([id]);
      this.book.remove(id);
    });
    this.#plan();
    return true;
  }

  /** Publishes what was created or removed, once its request has been answered. */
  tell(message: TeamMessage, event: 'POST' | 'DELETE', requestId: string, cause: Cause): void {
    const { outcomes, tellOthers } = this.#d;
    outcomes.publish(message, event, requestId, cause);
    tellOthers?.({ id: message.id, event, requestId, cause });
  }

  /** Another node has told of a message: what has become of it is in the store. */
  heard(told: ToldMessage): void {
    if (this.#words.size < WORDS_MAX) this.#words.set(told.id, told);
    this.compare();
  }

  /** Looks what other nodes have made of the store, and tells what is new or gone: after their words, and after a time without. */
  compare(): void {
    this.#compareAgain = true;
    if (!this.#comparing) void this.#compare();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#again?.cancel();
  }

  async #compare(): Promise<void> {
    this.#comparing = true;
    this.#again?.cancel();
    try {
      while (this.#compareAgain && !this.#closed) {
        this.#compareAgain = false;
        const words = [...this.#words.keys()];
        const before = this.#changes;
        const stored = await this.#d.store.all();
        // What was read may be older than what we have written ourselves meanwhile.
        if (this.#changes !== before) this.#compareAgain = true;
        else {
          this.#takeOver(stored);
          for (const id of words) this.#words.delete(id);
        }
      }
    } catch (error) {
      this.#d.onProblem(`Team messages of other nodes could not be read: ${String(error)}`);
      this.#again = this.#d.clock.schedule(READ_AGAIN_MS, () => this.compare());
    } finally {
      this.#comparing = false;
    }
  }

  #takeOver(stored: readonly TeamMessage[]): void {
    if (this.#closed) return;
    const ids = new Set(stored.map(({ id }) => id));
    for (const message of stored) {
      const isNew = this.book.get(message.id) === undefined && !this.#underway.has(message.id);
      // One of which there is word is new, whatever the two clocks say.
      const isJustMade = this.#words.get(message.id)?.event === 'POST';
      const leftMs = isJustMade ? message.durationSeconds * 1_000 : this.#leftOf(message);
      if (!isNew || leftMs <= 0) continue;
      this.#add(message, leftMs);
      this.#publish(message, 'POST');
    }
    for (const message of [...this.book.all()]) {
      if (ids.has(message.id) || this.#underway.has(message.id)) continue;
      this.book.remove(message.id);
      this.#publish(message, 'DELETE');
    }
    this.#plan();
  }

  #publish(message: TeamMessage, event: 'POST' | 'DELETE'): void {
    const word = this.#words.get(message.id);
    const { requestId = '', cause = {} } = word?.event === event ? word : {};
    this.#d.outcomes.publish(message, event, requestId, cause);
  }

  async #writing(id: string, write: () => Promise<void>): Promise<void> {
    this.#underway.add(id);
    this.#changes += 1;
    try {
      await write();
    } finally {
      this.#underway.delete(id);
      this.#changes += 1;
    }
  }

  /** Of its time, by the wall clock, ms: once. From then on the monotonic clock counts, since the other one may be set. */
  #leftOf(message: TeamMessage): number {
    return Math.min(expiresAt(message) - this.#d.clock.now(), message.durationSeconds * 1_000);
  }

  #add(message: TeamMessage, leftMs: number): void {
    this.book.add(message);
    this.#ends.set(message, this.#d.clock.monotonic() + leftMs);
  }

  /** Monotonic ms. */
  #endOf(message: TeamMessage): number {
    return this.#ends.get(message) as number;
  }

  #plan(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#closed || this.book.size === 0) return;
    let next = Number.POSITIVE_INFINITY;
    for (const message of this.book.all()) next = Math.min(next, this.#endOf(message));
    const delayMs = Math.min(Math.max(0, next - this.#d.clock.monotonic()), LOOK_AGAIN_MS);
    this.#timer = this.#d.clock.schedule(delayMs, () => this.#expire());
  }

  #expire(): void {
    const { clock, store, outcomes } = this.#d;
    const now = clock.monotonic();
    const expired = [...this.book.all()].filter((message) => this.#endOf(message) <= now);
    for (const message of expired) {
      this.book.remove(message.id);
      outcomes.publish(message, 'DELETE', '', {});
    }
    if (expired.length > 0) {
      store.remove(expired.map(({ id }) => id)).catch((error) => this.#notRemoved(error));
    }
    this.#plan();
  }

  #notRemoved(error: unknown): void {
    this.#d.onProblem(`Expired team messages could not be removed: ${String(error)}`);
  }
}
