/**
 * Lanes of requests on their way: one per object that requests are about. The next request of a lane goes
 * out only after the previous one was confirmed or refused (rest-api.md 1.5).
 */
import type { Clock, Timer } from '@poise/clock';
import type { AsyncError } from '../domain/errors.ts';
import { type Effect, type Phase, REQUEST_LIFE, type Step } from './request-life.ts';

/** What a lane keeps of a request under way. */
export interface LaneRequest {
  phase: Phase;
  /** The 202 was written: the request may go. */
  released: boolean;
  settleTimer: Timer | undefined;
  /** Ends the waiting for the requests before it. */
  waitTimer: Timer | undefined;
}

/** The state of a request that was just accepted. */
export const newRequest = (): LaneRequest => ({
  phase: 'waiting',
  released: false,
  settleTimer: undefined,
  waitTimer: undefined,
});

/** The requests about one object in order of acceptance, at most one of them `sent` or `answered`. */
export interface Lane<R extends LaneRequest> {
  readonly key: string;
  readonly requests: readonly R[];
}

/** What is particular to a kind of requests. */
export interface LaneWork<R extends LaneRequest> {
  /** Sends the request or ends it: takes at least one step. */
  dispatch(lane: Lane<R>, request: R): void;
  /** Gives the answer that a step leads to; `effect` is not `none`. */
  answer(request: R, effect: Exclude<Effect, 'none'>, error: AsyncError | undefined): void;
  /** The request is over. */
  ended?(request: R): void;
  /** Whether it may wait for as long as it takes: nobody wants an answer by then. */
  isPatient?(request: R): boolean;
}

/**
 * A request that has waited so long for those before it is answered with the error of one that the CTI server does not answer, ms: as
 * long as the link waits for that. Who asked has given up by then, and would be surprised by what came of it later.
 */
export const WAIT_MS = 20_000;

interface MutableLane<R extends LaneRequest> extends Lane<R> {
  readonly requests: R[];
}

export class RequestLanes<R extends LaneRequest> {
  readonly #clock: Clock;
  readonly #work: LaneWork<R>;
  readonly #lanes = new Map<string, MutableLane<R>>();
  #pending = 0;

  constructor(clock: Clock, work: LaneWork<R>) {
    this.#clock = clock;
    this.#work = work;
  }

  get(key: string): Lane<R> | undefined {
    return this.#lanes.get(key);
  }

  /** Requests of a lane that wait, are in flight, or wait for their event. */
  length(key: string): number {
    return this.#lanes.get(key)?.requests.length ?? 0;
  }

  /** The same of all lanes. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Takes a place in the lane at once. The returned function lets the request go on its way; it is called
   * after the 202 has been written, so that no event can precede it.
   */
  reserve(key: string, request: R): () => void {
    const lane = this.#lanes.get(key) ?? { key, requests: [] };
    this.#lanes.set(key, lane);
    lane.requests.push(request);
    this.#pending += 1;
    return () => {
      if (request.released) return;
      request.released = true;
      this.advance(lane);
      if (request.phase === 'waiting') this.#limitWaiting(lane, request);
    };
  }

  #limitWaiting(lane: Lane<R>, request: R): void {
    if (this.#work.isPatient?.(request)) return;
    request.waitTimer = this.#clock.schedule(WAIT_MS, () => {
      this.step(lane, request, 'timeout');
      this.advance(lane);
    });
  }

  /** Sends what may be sent. */
  advance(lane: Lane<R>): void {
    for (;;) {
      const { requests } = lane;
      if (requests.some(({ phase }) => phase === 'sent' || phase === 'answered')) return;
      const next = requests.find(({ phase }) => phase === 'waiting');
      if (next === undefined || !next.released) return;
      next.waitTimer?.cancel();
      this.#work.dispatch(lane, next);
    }
  }

  /** Takes a step of REQUEST_LIFE and gives the answer that belongs to it. */
  step(lane: Lane<R>, request: R, step: Step, error?: AsyncError): void {
    const effect = this.take(lane, request, step);
    if (effect !== 'none') this.#work.answer(request, effect, error);
  }

  /** Takes a step and leaves its answer to the caller. */
  take(lane: Lane<R>, request: R, step: Step): Effect {
    const transition = REQUEST_LIFE[request.phase][step];
    if (transition === undefined) return 'none';
    const [phase, effect] = transition;
    request.phase = phase;
    if (phase === 'done') this.#remove(lane as MutableLane<R>, request);
    return effect;
  }

  /**
   * The CTI link is lost: what was confirmed but not yet seen will never come, and what waits cannot go.
   * Requests at the CTI server are answered by the link itself.
   */
  linkLost(): void {
    for (const lane of [...this.#lanes.values()]) {
      for (const request of [...lane.requests]) {
        if (request.phase === 'confirmed' || (request.phase === 'waiting' && request.released)) {
          this.step(lane, request, 'lost');
        }
      }
    }
  }

  /** Ends requests without a word: nobody is left to answer to. Proportional to the requests under way. */
  drop(which: (request: R) => boolean): void {
    for (const lane of [...this.#lanes.values()]) {
      for (const request of lane.requests.filter(which)) {
        request.phase = 'done';
        this.#remove(lane, request);
      }
      this.advance(lane);
    }
  }

  #remove(lane: MutableLane<R>, request: R): void {
    request.settleTimer?.cancel();
    request.waitTimer?.cancel();
    const index = lane.requests.indexOf(request);
    if (index < 0) return;
    lane.requests.splice(index, 1);
    this.#pending -= 1;
    if (lane.requests.length === 0 && this.#lanes.get(lane.key) === lane) this.#lanes.delete(lane.key);
    this.#work.ended?.(request);
  }
}
