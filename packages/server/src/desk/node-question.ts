/**
 * Asks all other nodes about what this one lacks, because no query of the CTI server tells it, and answers what they ask. The bus
 * delivers at most once, and nobody waits for an answer (docs/cluster.md).
 */
import type { Clock, Timer } from '@poise/clock';
import type { Notice } from '../cluster/index.ts';
import { list, type Members, members, text, textOf, WordError, whole } from '../commands/word-members.ts';
import type { RequestBus } from './request-exchange.ts';

/** What is still lacking is asked for once more after this time, ms. */
const AGAIN_MS = 3_000;
/** Later answers are none, ms. */
const ANSWER_MS = 10_000;
/** An age that somebody may tell, ms: a year. */
const AGE_MAX_MS = 366 * 24 * 3_600_000;

export interface NodeQuestionDependencies {
  readonly bus: RequestBus;
  readonly clock: Clock;
  /** Of a question: one that no other process gives. */
  readonly newId: () => string;
  /** Whether the picture is that of the CTI server. */
  readonly inService: () => boolean;
  /** What another node said cannot be read; nobody waits for it, but somebody may look for the reason. */
  readonly refused: (notice: Notice, reason: string) => void;
}

/** What is asked about. */
export interface Subject {
  /** Of the topics `<name>.question` and `<name>.answer`. */
  readonly name: string;
  /** Member of a question: the keys of those asked about. */
  readonly keys: string;
  /** Member of an answer: what is known of them. */
  readonly answers: string;
  /** Keys of one message: its answer must not be longer than a message may be. */
  readonly batch: number;
  /** Keys of those of whom something is lacking now. */
  lacking(): readonly string[];
  /** What is known here of one, as others read it; undefined: nothing. */
  known(key: string): Members | undefined;
  /** An answer of another node. @throws WordError it cannot be read */
  take(answer: Members): void;
}

export class NodeQuestion {
  readonly #d: NodeQuestionDependencies;
  readonly #subject: Subject;
  readonly #question: string;
  readonly #answer: string;
  readonly #open = new Set<string>();
  readonly #timers = new Set<Timer>();
  readonly #ends: (() => void)[];

  constructor(dependencies: NodeQuestionDependencies, subject: Subject) {
    this.#d = dependencies;
    this.#subject = subject;
    this.#question = `${subject.name}.question`;
    this.#answer = `${subject.name}.answer`;
    const { bus } = dependencies;
    this.#ends = [
      bus.hear(this.#question, (notice) => this.#ifReadable(notice, () => this.#asked(notice))),
      bus.hear(this.#answer, (notice) => this.#ifReadable(notice, () => this.#answered(notice))),
      bus.fabric.onReachable((isReachable) => {
        if (isReachable) this.#ask();
      }),
    ];
  }

  /**
   * The picture is complete.
   * @param only those to ask about; default: all of whom something is lacking
   */
  ask(only?: readonly string[]): void {
    this.#ask(only);
    this.#later(AGAIN_MS, () => this.#ask(only));
  }

  close(): void {
    for (const end of this.#ends) end();
    for (const timer of this.#timers) timer.cancel();
  }

  #ask(only?: readonly string[]): void {
    const { bus, newId, inService } = this.#d;
    const { keys, batch, lacking } = this.#subject;
    if (!inService()) return;
    const all = lacking().filter((key) => only?.includes(key) ?? true);
    for (let from = 0; from < all.length; from += batch) {
      const id = newId();
      this.#open.add(id);
      this.#later(ANSWER_MS, () => this.#open.delete(id));
      bus.tell(this.#question, this.#question, { id, [keys]: all.slice(from, from + batch) });
    }
  }

  #asked({ body }: Notice): void {
    const { bus, inService } = this.#d;
    const { keys, answers, batch, known } = this.#subject;
    if (!inService()) return;
    const question = members(body, 'body');
    const id = text(question, 'id');
    const told = list(question[keys], keys, batch).flatMap((key) => known(textOf(key, keys)) ?? []);
    if (told.length > 0) bus.tell(this.#answer, this.#answer, { id, [answers]: told });
  }

  #answered(notice: Notice): void {
    const { answers, batch, take } = this.#subject;
    const answer = members(notice.body, 'body');
    if (!this.#open.has(text(answer, 'id')) || !this.#d.inService()) return;
    // One that cannot be read says nothing of the others.
    for (const one of list(answer[answers], answers, batch))
      this.#ifReadable(notice, () => take(members(one, answers)));
  }

  #ifReadable(notice: Notice, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (!(error instanceof WordError)) throw error;
      this.#d.refused(notice, error.message);
    }
  }

  #later(ms: number, then: () => void): void {
    const timer = this.#d.clock.schedule(ms, () => {
      this.#timers.delete(timer);
      then();
    });
    this.#timers.add(timer);
  }
}

/** How long ago a time was, as others are told it: wall clocks differ. Null: not known. */
export const ageOf = (time: number | null, now: number): number | null =>
  time === null ? null : Math.max(0, Math.round(now - time));

/** The time that somebody has told by {@link ageOf}. @throws WordError it cannot be read, or is more than a year ago */
export const timeOf = (from: Members, member: string, now: number): number | null =>
  from[member] === null ? null : now - whole(from, member, AGE_MAX_MS);
