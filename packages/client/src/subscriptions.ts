import type { ApiError } from './api-error.ts';

type Request = (action: 'subscribe' | 'unsubscribe', node: string) => Promise<void>;

interface Wish {
  /** Who wants it: parts of one application need not know of each other. */
  readonly owners: Set<string>;
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The explicit subscriptions that the application wants. They belong to a full JID and are made again after
 * each loss; those of the own user, its dialogs and SystemInfo are automatic and not among them.
 */
export class Subscriptions {
  readonly #request: Request;
  readonly #wishes = new Map<string, Wish>();

  constructor(request: Request) {
    this.#request = request;
  }

  /** Settled when the server has answered: now if connected, else after the next connection. */
  add(node: string, isConnected: boolean, owner: string = ''): Promise<void> {
    const known = this.#wishes.get(node);
    known?.owners.add(owner);
    if (known !== undefined) return known.promise;
    let resolve!: () => void;
    let reject!: (error: unknown) => void;
    const promise = new Promise<void>((resolveIt, rejectIt) => {
      resolve = resolveIt;
      reject = rejectIt;
    });
    // Whoever does not wait for the promise must not be ended by its rejection.
    promise.catch(() => {});
    this.#wishes.set(node, { owners: new Set([owner]), promise, resolve, reject });
    if (isConnected) void this.#make(node);
    return promise;
  }

  async remove(node: string, isConnected: boolean, owner: string = ''): Promise<void> {
    const wish = this.#wishes.get(node);
    if (wish === undefined) return;
    wish.owners.delete(owner);
    if (wish.owners.size > 0) return;
    this.#wishes.delete(node);
    wish.resolve();
    if (isConnected) await this.#request('unsubscribe', node);
  }

  /**
   * Makes all of them, after a connection. Never rejects: each wish has its own promise.
   * @returns false when one of them is neither made nor refused
   */
  async renew(): Promise<boolean> {
    const made = await Promise.all([...this.#wishes.keys()].map((node) => this.#make(node)));
    return made.every(Boolean);
  }

  clear(error: ApiError): void {
    for (const { reject } of this.#wishes.values()) reject(error);
    this.#wishes.clear();
  }

  /** @returns false when the wish stays: it is made with the next connection */
  async #make(node: string): Promise<boolean> {
    const wish = this.#wishes.get(node);
    if (wish === undefined) return true;
    try {
      await this.#request('subscribe', node);
      wish.resolve();
      return true;
    } catch (error) {
      // No connection, no answer, or a service that is not up yet. Any other refusal is final.
      const { status } = error as ApiError;
      if (status === 0 || status === 408 || status === 503) return false;
      this.#wishes.delete(node);
      wish.reject(error);
      return true;
    }
  }
}
