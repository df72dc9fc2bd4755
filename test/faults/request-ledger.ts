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

  /** Told of each request that a node has accepted. */
  onAccepted: (node: Accepted['node'], requestId: string, what: string) => void = () => {};
  /** Told of each event with a requestId, and the name of the process that publishes it. */
  onTold: (by: string, requestId: string) => void = () => {};
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
    const { name } = node.process;
    this.#world.line(`${name} answers ${status} to ${method} ${path} ${requestId}`);
    if (status !== 202 || requestId === '') return;
    this.onAccepted(node, requestId, `${method} ${path}`);
    if (this.#wasTold(requestId, name)) return;
    this.#accepted.set(requestId, { what: `${method} ${path}`, node, at: this.#world.now });
  }

  /** @param by name of the process */
  published(node: string, payload: string, by = 'node'): void {
    // Figures of queues come every ten seconds and answer nobody.
    if (/\/Queue\/\d+$/.test(node)) return;
    const requestId = /<requestId>([^<]+)<\/requestId>/.exec(payload)?.[1];
    this.#world.line(`${by} publishes ${node} ${requestId ?? ''} ${summary(payload)}`);
    if (requestId === undefined) return;
    this.onTold(by, requestId);
    const key = `${requestId} ${by} ${node}`;
    const count = (this.#events.get(key) ?? 0) + 1;
    this.#events.set(key, count);
    if (count > 1)
      this.#world.broken(
        'every request answered once',
        `${requestId} was answered ${count} times on ${node}${by === 'node' ? '' : ` by ${by}`}`,
      );
    if (this.#accepted.get(requestId)?.node.process.name === by) this.#accepted.delete(requestId);
  }

  /** With the process its requests are gone; the clients settle them. */
  nodeDied(node?: Accepted['node']): void {
    for (const [requestId, accepted] of this.#accepted)
      if (node === undefined || accepted.node === node) this.#accepted.delete(requestId);
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

  #wasTold(requestId: string, by: string): boolean {
    for (const key of this.#events.keys()) if (key.startsWith(`${requestId} ${by} `)) return true;
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
