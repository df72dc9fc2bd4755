/**
 * Requests that were made at other nodes, as far as their words have come: what our own picture tells is correlated with them by the
 * rules of our own requests, and each is answered here exactly once, too ({@link REQUEST_LIFE}; docs/cluster.md). They wait for nobody
 * and nobody waits for them: no InvokeID, no place in a lane.
 */
import type { Clock, Timer } from '@poise/clock';
import type { AsyncError } from '../domain/errors.ts';
import { type Effect, type Phase, REQUEST_LIFE, type Step } from './request-life.ts';

/** What is kept of such a request. */
export interface ForeignRequest<D> {
  /** The process that made it and its number there. */
  readonly key: string;
  readonly data: D;
  /** When its first word came, monotonic ms. */
  readonly at: number;
  phase: Phase;
  timer: Timer | undefined;
  /** How long it may take to be answered, ms, as its first word says; 0: only its end was heard. */
  withinMs?: number;
}

/** How a request ended at the node at which it was made. */
export type ToldOutcome =
  /** Its event came there. `dialogId`: of the dialog that answered it; null: it was about none. */
  | { readonly type: 'changed'; readonly dialogId: string | null }
  /** Answered with the object as it was. */
  | { readonly type: 'unchanged'; readonly dialogId: string | null }
  /** The wish is kept for the end of the call. */
  | { readonly type: 'wished' }
  | { readonly type: 'error'; readonly error: AsyncError }
  /** Nobody waits for an answer. */
  | { readonly type: 'none' };

/** What is particular to a kind of requests. */
export interface ForeignWork<R> {
  /** Gives the answer that a step leads to, as to a request of our own. */
  answer(request: R, effect: Exclude<Effect, 'none'>, error: AsyncError | undefined): void;
  /** The other node has seen its outcome. @returns whether it has been seen here, too, before the word of the request came, and is answered with that */
  answersLate(request: R): boolean;
  /** Nothing more is heard of it. @returns whether it shows nevertheless, and is answered with that */
  answersShown(request: R): boolean;
}

/** How long after the other node has seen the outcome our own event may come before the object is published as it is, ms. */
export const EVENT_WAIT_MS = 1_000;
/** Requests that are remembered; further ones are not correlated. */
export const FOREIGN_MAX = 10_000;
/** The same of one agent, or dialog. */
export const FOREIGN_PER_LANE_MAX = 64;
/** Requests that are over and whose words may come once more. */
const OVER_MAX = 4_096;

export class ForeignRequests<R extends ForeignRequest<{ readonly requestId: string }>> {
  readonly #clock: Clock;
  readonly #work: ForeignWork<R>;
  readonly #lanes = new Map<string, R[]>();
  readonly #byKey = new Map<string, { readonly lane: string; readonly request: R }>();
  readonly #over = new Set<string>();
  #suspended = false;

  constructor(clock: Clock, work: ForeignWork<R>) {
    this.#clock = clock;
    this.#work = work;
  }

  /** Those that are remembered. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Whether nothing is heard at present that could answer them. */
  get isSuspended(): boolean {
    return this.#suspended;
  }

  /** Undefined: it is not remembered. */
  phaseOf(key: string): Phase | undefined {
    return this.#byKey.get(key)?.request.phase;
  }

  /** Of one agent or dialog, oldest first. */
  in(lane: string): readonly R[] {
    return this.#lanes.get(lane) ?? NONE;
  }

  /** The oldest one whose outcome may still be seen, and that fits. */
  oldest(lane: string, fits: (request: R) => boolean): R | undefined {
    return this.#lanes.get(lane)?.find((request) => isOpen(request) && fits(request));
  }

  /**
   * The word that a request goes to the CTI server.
   * @param withinMs after that it is answered as one that nobody has answered, and forgotten
   * @returns false: there are too many
   */
  asked(lane: string, request: R, withinMs: number): boolean {
    if (this.#byKey.has(request.key) || this.#over.has(request.key)) return true;
    if (!this.#file(lane, request)) return false;
    request.withinMs = withinMs;
    if (!this.#suspended) this.#awaitEnd(request, withinMs);
    return true;
  }

  /**
   * The word that a request is over, which may be the only one that came of it.
   * @param said the request as that word has it
   * @returns the request; null: it was over before; undefined: there are too many
   */
  ended(lane: string, said: R, outcome: ToldOutcome): R | null | undefined {
    if (this.#over.has(said.key)) return null;
    const known = this.#byKey.get(said.key);
    if (known === undefined && !this.#file(lane, said)) return undefined;
    const request = known?.request ?? said;
    request.timer?.cancel();
    if (outcome.type === 'error') this.step(request, 'refuse', outcome.error);
    else if (this.#suspended) this.take(request, request.phase === 'answered' ? 'settle' : 'confirm');
    else if (outcome.type !== 'changed' || request.phase === 'answered') this.step(request, 'settle');
    else if (this.#work.answersLate(request)) this.#forget(request);
    else {
      this.step(request, 'confirm');
      this.#after(request, EVENT_WAIT_MS, () => this.step(request, 'settle'));
    }
    return request;
  }

  /** Takes a step and gives the answer that belongs to it. */
  step(request: R, step: Step, error?: AsyncError): void {
    const effect = this.take(request, step);
    if (effect !== 'none') this.#work.answer(request, effect, error);
  }

  /** Takes a step and leaves its answer to the caller. */
  take(request: R, step: Step): Effect {
    const transition = REQUEST_LIFE[request.phase][step];
    if (transition === undefined) return 'none';
    const [phase, effect] = transition;
    if (phase === 'done') this.#forget(request);
    request.phase = phase;
    return effect;
  }

  /**
   * From now on nothing is heard that could answer them, and no object is known as it is: none is published. Errors are, and the words of other nodes are
   * kept for {@link resume}.
   */
  suspend(): void {
    this.#suspended = true;
    for (const { request } of [...this.#byKey.values()]) {
      request.timer?.cancel();
      if (request.phase === 'answered') this.#forget(request);
    }
  }

  /** What is there is known anew: what was done meanwhile is answered with the object as it is, and what nobody has told the end of is waited for once more. */
  resume(): void {
    if (!this.#suspended) return;
    this.#suspended = false;
    for (const { request } of [...this.#byKey.values()])
      if (request.phase === 'confirmed') {
        // Without a requestId it is answered by what everybody has just been told.
        if (this.#work.answersShown(request) || request.data.requestId === '') this.#forget(request);
        else this.step(request, 'settle');
      } else this.#awaitEnd(request, request.withinMs ?? 0);
  }

  /** Forgets requests without a word. */
  drop(which: (request: R) => boolean = () => true): void {
    for (const { request } of [...this.#byKey.values()]) if (which(request)) this.#forget(request);
  }

  /** After this time nobody will tell what has become of it. */
  #awaitEnd(request: R, withinMs: number): void {
    this.#after(request, withinMs, () => {
      if (request.phase === 'sent' && this.#work.answersShown(request)) this.#forget(request);
      else this.step(request, 'timeout');
    });
  }

  #file(lane: string, request: R): boolean {
    const others = this.#lanes.get(lane) ?? [];
    // An outage may be long, and whoever asked first waits no longer.
    if (this.#suspended)
      if (others.length >= FOREIGN_PER_LANE_MAX) this.#forget(others[0]!);
      else if (this.#byKey.size >= FOREIGN_MAX) this.#forget(firstOf(this.#byKey.values()).request);
    if (this.#byKey.size >= FOREIGN_MAX || others.length >= FOREIGN_PER_LANE_MAX) return false;
    others.push(request);
    this.#lanes.set(lane, others);
    this.#byKey.set(request.key, { lane, request });
    return true;
  }

  #after(request: R, ms: number, answer: () => void): void {
    request.timer = this.#clock.schedule(ms, () => {
      // Nobody can tell its answer from others.
      if (request.data.requestId === '') this.#forget(request);
      else answer();
    });
  }

  #forget(request: R): void {
    request.phase = 'done';
    request.timer?.cancel();
    const { key } = request;
    const { lane } = this.#byKey.get(key)!;
    this.#byKey.delete(key);
    const others = this.#lanes.get(lane)!;
    others.splice(others.indexOf(request), 1);
    if (others.length === 0) this.#lanes.delete(lane);
    this.#over.add(key);
    if (this.#over.size > OVER_MAX) this.#over.delete(this.#over.values().next().value as string);
  }
}

const NONE: readonly never[] = [];

const firstOf = <T>(all: Iterable<T>): T => all[Symbol.iterator]().next().value as T;

export const isOpen = ({ phase }: { readonly phase: Phase }): boolean =>
  phase === 'sent' || phase === 'confirmed';
