import type { Update } from './update.ts';

/** Answers that are remembered: those of some minutes. */
const REMEMBERED = 256;
const OWN = /^\/finesse\/api\/User\//;

/**
 * Answers on the user's own nodes. A node that was cut off from the others could not tell them how a request ended; they answer it by
 * themselves then, in case that its client comes (docs/cluster.md, *Requests*): one that comes and has been answered already hears
 * nothing new from a refusal. An object is as it is now, and always news.
 */
export class HeardAnswers {
  readonly #heard = new Set<string>();

  /** Notes an Update. @returns whether it refuses a request that has had its answer on this node of the publish-subscribe service */
  refusesAgain({ node, requestId, data }: Update): boolean {
    if (requestId === '' || !OWN.test(node)) return false;
    const key = `${node} ${requestId}`;
    if (this.#heard.has(key)) return data.type === 'apiErrors';
    this.#heard.add(key);
    if (this.#heard.size > REMEMBERED) this.#heard.delete(this.#heard.values().next().value as string);
    return false;
  }
}
