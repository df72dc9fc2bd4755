import { guarded, type RestResponse } from './handlers.ts';

/**
 * Requests whose outcome may come as an event: the server answers 202, and says apiErrors on a node when it could not do what
 * it was asked (finesse-js.md 1).
 */

/** Longer than the server waits for its CTI server (20 s); what has no outcome by then has none. */
const KEPT_MS = 60_000;
const KEPT_MAX = 500;

interface Pending {
  readonly since: number;
  readonly failed: (response: RestResponse) => void;
  /** The answer has not come; an outcome that is earlier waits for it. */
  answered: boolean;
  outcome: RestResponse | undefined;
}

const pending = new Map<string, Pending>();

function forgetOld(now: number): void {
  for (const [requestId, { since }] of pending) {
    if (pending.size <= KEPT_MAX && now - since < KEPT_MS) return;
    pending.delete(requestId);
  }
}

export function expect(requestId: string, failed: (response: RestResponse) => void): void {
  const since = Date.now();
  forgetOld(since);
  pending.set(requestId, { since, failed, answered: false, outcome: undefined });
}

/** The request was answered with 202: outcomes may be told from now on. */
export function accepted(requestId: string): void {
  const entry = pending.get(requestId);
  if (!entry) return;
  entry.answered = true;
  const { outcome } = entry;
  if (!outcome) return;
  pending.delete(requestId);
  guarded('error', () => entry.failed(outcome));
}

/** The request was refused, or done, at once. */
export function forget(requestId: string): void {
  pending.delete(requestId);
}

/** Errors of an event as a synchronous answer has them: names of elements with a capital. */
function synchronous(apiErrors: unknown): unknown {
  const capital = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(capital);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, content]) => [
        name.charAt(0).toUpperCase() + name.slice(1),
        capital(content),
      ]),
    );
  };
  return { ApiErrors: capital(apiErrors) };
}

/** An event with this requestId came; the handlers of its request hear of its errors. */
export function settle(requestId: unknown, apiErrors: unknown, content: string): void {
  if (typeof requestId !== 'string' || requestId === '') return;
  const entry = pending.get(requestId);
  if (!entry) return;
  if (apiErrors === undefined || apiErrors === null) {
    if (entry.answered) pending.delete(requestId);
    return;
  }
  const outcome: RestResponse = { status: 400, content, object: synchronous(apiErrors) };
  if (!entry.answered) {
    entry.outcome = outcome;
    return;
  }
  pending.delete(requestId);
  guarded('error', () => entry.failed(outcome));
}
