import { ApiError, timeoutError } from './api-error.ts';
import type { User } from './objects/user.ts';
import type { ClientClock, ClientTimer } from './platform.ts';
import type { Update } from './update.ts';

/** What an action waits for. */
export interface Expectation {
  /** Whether an Update with the requestId is the one. */
  readonly accepts: (update: Update) => boolean;
  /** Whether the own user, fetched after an outage that may have swallowed the Update, shows the outcome. */
  readonly isShownBy?: (user: User) => boolean;
}

interface PendingAction extends Expectation {
  /** The server answered the request. */
  isAccepted: boolean;
  readonly resolve: (update: Update) => void;
  readonly reject: (error: ApiError) => void;
  readonly timer: ClientTimer;
}

/** Requests that were accepted (202) and wait for the Update with their requestId. */
export class PendingActions {
  readonly #clock: ClientClock;
  readonly #timeoutMs: number;
  readonly #pending = new Map<string, PendingAction>();

  constructor(clock: ClientClock, timeoutMs: number) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  get size(): number {
    return this.#pending.size;
  }

  /** Registered before the request is sent: the event may overtake the answer. */
  expect(requestId: string, expectation: Expectation): Promise<Update> {
    return new Promise((resolve, reject) => {
      const timer = this.#clock.schedule(this.#timeoutMs, () => {
        const isAccepted = this.#pending.get(requestId)?.isAccepted === true;
        const awaited = isAccepted ? 'event' : 'answer';
        this.fail(requestId, timeoutError(awaited, `no ${awaited} within ${this.#timeoutMs} ms`, requestId));
      });
      this.#pending.set(requestId, { ...expectation, isAccepted: false, resolve, reject, timer });
    });
  }

  /** The request was answered with a success; the event may have come before. */
  accepted(requestId: string): void {
    const action = this.#pending.get(requestId);
    if (action !== undefined) action.isAccepted = true;
  }

  /** Offers an Update; it settles the action whose requestId it carries. */
  settle(update: Update): void {
    if (update.requestId === '') return;
    const action = this.#pending.get(update.requestId);
    if (action === undefined) return;
    if (update.data.type === 'apiErrors') {
      this.fail(update.requestId, new ApiError(400, update.data.errors, update.requestId));
    } else if (action.accepts(update)) {
      this.#forget(update.requestId);
      action.resolve(update);
    }
  }

  /** After an outage: settles the actions whose outcome the user shows; the others go on waiting. */
  reviewAfterOutage(user: User): void {
    for (const [requestId, { isShownBy }] of [...this.#pending]) {
      if (isShownBy?.(user) !== true) continue;
      const source = user.uri;
      const update: Update = { node: source, event: 'PUT', requestId, source, data: { type: 'user', user } };
      this.#forget(requestId)?.resolve(update);
    }
  }

  fail(requestId: string, error: ApiError): void {
    const action = this.#forget(requestId);
    action?.reject(error);
  }

  failAll(error: (requestId: string) => ApiError): void {
    for (const requestId of [...this.#pending.keys()]) this.fail(requestId, error(requestId));
  }

  #forget(requestId: string): PendingAction | undefined {
    const action = this.#pending.get(requestId);
    action?.timer.cancel();
    this.#pending.delete(requestId);
    return action;
  }
}
