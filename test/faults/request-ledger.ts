/** Every accepted request is answered by exactly one event with its requestId. */
import type { SimNode } from './node.ts';
import type { Opening } from './web-server.ts';

/** 20 s in its lane, 20 s at the CTI server, and 10 s for the event of a sign-in that was confirmed. */
export const ANSWER_WITHIN_MS = 50_500;

/** What the ledger asks of the world. */
interface Surroundings {
  /** Monotonic ms. */
  readonly now: number;
  line(text: string): void;
  readonly broken: (invariant: string, detail: string) => void;
}

interface Accepted {
  readonly what: string;
  readonly node: Pick<SimNode, 'process'>;
  /** Monotonic ms; later by the time for which its node stood still since: nothing was sent on meanwhile. */
  at: number;
}

export class RequestLedger {
  readonly #world: Surroundings;
  /** Waiting for their event, by requestId. */
  readonly #accepted = new Map<string, Accepted>();
  /** Events with a requestId: how many on each node. */
  readonly #events = new Map<string, number>();

  #checkedAt = 0;

  constructor(world: Surroundings) {
    this.#world = world;
  }

  answered(
    node: Pick<SimNode, 'process'>,
    { method, path, headers }: Extract<Opening, { type: 'request' }>,
    status: number,
  ): void {
    const requestId = headers.requestId ?? '';
    if (method === 'GET') return;
    this.#world.line(`node answers ${status} to ${method} ${path} ${requestId}`);
    if (status !== 202 || requestId === '' || this.#wasTold(requestId)) return;
    this.#accepted.set(requestId, { what: `${method} ${path}`, node, at: this.#world.now });
  }

  published(node: string, payload: string): void {
    // Figures of queues come every ten seconds and answer nobody.
    if (/\/Queue\/\d+$/.test(node)) return;
    const requestId = /<requestId>([^<]+)<\/requestId>/.exec(payload)?.[1];
    this.#world.line(`node publishes ${node} ${requestId ?? ''} ${summary(payload)}`);
    if (requestId === undefined) return;
    const key = `${requestId} ${node}`;
    const count = (this.#events.get(key) ?? 0) + 1;
    this.#events.set(key, count);
    if (count > 1)
      this.#world.broken(
        'every request answered once',
        `${requestId} was answered ${count} times on ${node}`,
      );
    this.#accepted.delete(requestId);
  }

  /** With the process its requests are gone; the clients settle them. */
  nodeDied(): void {
    this.#accepted.clear();
  }

  /** Looks for requests that are overdue. */
  check(): void {
    const { now } = this.#world;
    const since = now - this.#checkedAt;
    this.#checkedAt = now;
    for (const [requestId, accepted] of this.#accepted) {
      const { what, node, at } = accepted;
      if (!node.process.running) accepted.at = Math.min(now, at + since);
      else if (now - at > ANSWER_WITHIN_MS)
        this.#world.broken('every request answered once', `${what} ${requestId} has no event`);
    }
  }

  #wasTold(requestId: string): boolean {
    for (const key of this.#events.keys()) if (key.startsWith(requestId)) return true;
    return false;
  }
}

/** The event and the states in it. */
function summary(payload: string): string {
  const event = /<event>(\w+)<\/event>/.exec(payload)?.[1] ?? '';
  const states = [...payload.matchAll(/<(state|pendingState|status)>(\w+)</g)].map(([, , state]) => state);
  const error = /<errorType>([^<]+)</.exec(payload)?.[1] ?? '';
  return `${event} ${states.join(' ')} ${error}`;
}
