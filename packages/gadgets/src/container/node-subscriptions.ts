/**
 * Nodes of the notification service that gadgets want to hear of (gadgets.md 7.2): one subscription of the page for all that want the
 * same, until the last of them has given it up or is gone.
 */

/** The one connection of the page. Rejects with `{status, message}`. */
export interface NodeService {
  subscribe(node: string): Promise<void>;
  unsubscribe(node: string): Promise<void>;
  isConnected(): boolean;
}

/** The answer to a request of a gadget; undefined: all is well. */
export type NodeAnswer =
  | { readonly error: { readonly errorType: string; readonly errorMessage: string } }
  | undefined;

/** Nodes of one page; more than any gadget needs. */
const NODES_MAX = 1_000;

export const NOT_CONNECTED: NodeAnswer = {
  error: { errorType: 'Not connected', errorMessage: 'Cannot subscribe without connection.' },
};

interface Wish {
  readonly owner: string;
  readonly node: string;
}

export class NodeSubscriptions {
  readonly #service: NodeService;
  /** By id of the request that made it. */
  readonly #wishes = new Map<string, Wish>();

  constructor(service: NodeService) {
    this.#service = service;
  }

  /** @param owner client of the hub @param id of the request */
  async subscribe(owner: string, id: string, node: string): Promise<NodeAnswer> {
    if (!/^\/finesse\/api\/[^\s<>]+$/.test(node) || node.length > 1_000)
      return { error: { errorType: 'Invalid node', errorMessage: 'This is no node of the server.' } };
    if (!this.#service.isConnected()) return NOT_CONNECTED;
    if (this.#wishes.size >= NODES_MAX)
      return { error: { errorType: 'Too many', errorMessage: 'There are too many subscriptions.' } };
    const key = `${owner} ${id}`;
    this.#wishes.set(key, { owner, node });
    try {
      await this.#service.subscribe(node);
      return undefined;
    } catch (error) {
      this.#wishes.delete(key);
      return answerOf(error);
    }
  }

  /** @param id of the request that subscribed */
  async unsubscribe(owner: string, id: string, node: string): Promise<NodeAnswer> {
    const key = `${owner} ${id}`;
    if (!this.#wishes.delete(key)) return undefined;
    return await this.#giveUp(node);
  }

  /** The client is gone: what it wanted is wanted no more. */
  left(owner: string): void {
    for (const [key, wish] of [...this.#wishes]) {
      if (wish.owner !== owner) continue;
      this.#wishes.delete(key);
      void this.#giveUp(wish.node);
    }
  }

  async #giveUp(node: string): Promise<NodeAnswer> {
    if ([...this.#wishes.values()].some((wish) => wish.node === node)) return undefined;
    try {
      await this.#service.unsubscribe(node);
      return undefined;
    } catch (error) {
      return answerOf(error);
    }
  }
}

function answerOf(error: unknown): NodeAnswer {
  const { status, message } = (error ?? {}) as { status?: unknown; message?: unknown };
  const errorMessage = typeof message === 'string' ? message : 'The request failed.';
  return {
    error: { errorType: status === 0 ? 'Disconnected' : String(status ?? 'Unknown'), errorMessage },
  };
}
