/**
 * Questions that the CTI server left unanswered, in a recovery or later: they are asked again until an answer or an event tells, a
 * few at a time, soon at first and seldom when there is little hope. Until then what was known stands (ged188.md 12).
 */
import type { Clock, Timer } from '@poise/clock';

/** About the state of an agent, or about the calls at a phone. */
export type Question = { readonly agentId: string } | { readonly extension: string };

export interface UnansweredQuestionsDependencies {
  readonly clock: Clock;
  /** Asks once more, whether or not an earlier question is still open. */
  readonly ask: (question: Question) => void;
}

export interface AskingAgain {
  /** Pause before a question is asked again, ms: the first times, … */
  readonly soonMs: number;
  readonly soonAttempts: number;
  /** … and from then on. */
  readonly seldomMs: number;
  /** Questions asked at once, and the pause after them, ms. */
  readonly batch: number;
  readonly batchMs: number;
}

/** A server that answers again is heard within 5 s, for two minutes; 50 questions a second at most. */
export const ASKING_AGAIN: AskingAgain = {
  soonMs: 5_000,
  soonAttempts: 24,
  seldomMs: 60_000,
  batch: 10,
  batchMs: 200,
};

interface Waiting {
  readonly question: Question;
  readonly attempts: number;
  /** Monotonic ms. */
  readonly dueAt: number;
}

export class UnansweredQuestions {
  readonly #d: UnansweredQuestionsDependencies;
  readonly #pace: AskingAgain;
  /** By key, each in the order in which they are due, because all of one kind wait equally long. */
  readonly #soon = new Map<string, Waiting>();
  readonly #seldom = new Map<string, Waiting>();
  #timer: Timer | null = null;

  constructor(dependencies: UnansweredQuestionsDependencies, pace = ASKING_AGAIN) {
    this.#d = dependencies;
    this.#pace = pace;
  }

  get size(): number {
    return this.#soon.size + this.#seldom.size;
  }

  add(question: Question): void {
    const key = keyOf(question);
    if (this.#soon.has(key) || this.#seldom.has(key)) return;
    this.#wait(key, question, 0);
    this.#plan();
  }

  /** It has been told, by an answer or an event. */
  told(question: Question): void {
    if (this.size === 0) return;
    const key = keyOf(question);
    this.#soon.delete(key);
    this.#seldom.delete(key);
  }

  /** The session is over: the next recovery asks for everything. */
  clear(): void {
    this.#soon.clear();
    this.#seldom.clear();
    this.#timer?.cancel();
    this.#timer = null;
  }

  #wait(key: string, question: Question, attempts: number): void {
    const { soonAttempts, soonMs, seldomMs } = this.#pace;
    const isSoon = attempts < soonAttempts;
    const dueAt = this.#d.clock.monotonic() + (isSoon ? soonMs : seldomMs);
    (isSoon ? this.#soon : this.#seldom).set(key, { question, attempts, dueAt });
  }

  #plan(leastMs = 0): void {
    if (this.#timer !== null) return;
    const first = [this.#soon, this.#seldom].flatMap((queue) => queue.values().next().value ?? []);
    if (first.length === 0) return;
    const dueInMs = Math.min(...first.map(({ dueAt }) => dueAt)) - this.#d.clock.monotonic();
    this.#timer = this.#d.clock.schedule(Math.max(dueInMs, leastMs), () => {
      this.#timer = null;
      this.#askDue();
      this.#plan(this.#pace.batchMs);
    });
  }

  #askDue(): void {
    const now = this.#d.clock.monotonic();
    const due: [string, Waiting][] = [];
    for (const queue of [this.#soon, this.#seldom])
      for (const entry of queue) {
        if (entry[1].dueAt > now || due.length === this.#pace.batch) break;
        due.push(entry);
      }
    for (const [key, { question, attempts }] of due) {
      this.told(question);
      // The answer may come at once.
      this.#wait(key, question, attempts + 1);
      this.#d.ask(question);
    }
  }
}

const keyOf = (question: Question): string =>
  'agentId' in question ? `agent ${question.agentId}` : `phone ${question.extension}`;
