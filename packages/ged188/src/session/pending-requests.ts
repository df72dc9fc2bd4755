import type { Clock, Timer } from '@poise/clock';
import { Ged188Error } from '../error.ts';
import type { CtiMessage } from '../message-table.ts';

/** A request that waits for its confirmation. */
export interface PendingRequest {
  readonly invokeId: number;
  readonly request: CtiMessage;
  /** Monotonic ms of the clock. */
  readonly sentAt: number;
}

/** The greatest InvokeID we use: logs of Java programs print larger ones as negative numbers. */
const INVOKE_ID_MAX = 0x7fffffff;

/** Requests by InvokeID, each with its time limit. Exactly one answer belongs to each of them. */
export class PendingRequests {
  readonly #clock: Clock;
  readonly #max: number;
  readonly #onTimeout: (request: PendingRequest) => void;
  readonly #pending = new Map<number, PendingRequest & { readonly timer: Timer }>();
  #last = 0;

  constructor(clock: Clock, max: number, onTimeout: (request: PendingRequest) => void) {
    this.#clock = clock;
    this.#max = max;
    this.#onTimeout = onTimeout;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** An InvokeID that no pending request has. */
  nextInvokeId(): number {
    do this.#last = this.#last >= INVOKE_ID_MAX ? 1 : this.#last + 1;
    while (this.#pending.has(this.#last));
    return this.#last;
  }

  /** @throws Ged188Error when too many requests wait already. */
  add(invokeId: number, request: CtiMessage, timeoutMs: number): void {
    if (this.#pending.size >= this.#max) {
      throw new Ged188Error('requests-outstanding', `${this.#max} requests wait for an answer`);
    }
    const timer = this.#clock.schedule(timeoutMs, () => {
      const late = this.take(invokeId);
      if (late !== undefined) this.#onTimeout(late);
    });
    this.#pending.set(invokeId, { invokeId, request, sentAt: this.#clock.monotonic(), timer });
  }

  /** The request that an answer belongs to, or undefined. */
  peek(invokeId: number): PendingRequest | undefined {
    return this.#pending.get(invokeId);
  }

  /** Takes a request out of the table. */
  take(invokeId: number): PendingRequest | undefined {
    const found = this.#pending.get(invokeId);
    if (found === undefined) return undefined;
    found.timer.cancel();
    this.#pending.delete(invokeId);
    const { timer: _, ...request } = found;
    return request;
  }

  /** Takes all of them, oldest first. */
  takeAll(): PendingRequest[] {
    return [...this.#pending.keys()].map((invokeId) => this.take(invokeId) as PendingRequest);
  }
}
