/** The requests of a frame's own, by the id that they bear, until they have their answers. */

/** In the payload of an event. */
const REQUEST_ID = /"requestId":"([^"\\]{1,200})"/;

/**
 * An event may be faster than the answer to the request that it belongs to. That a request has failed is told after it was accepted:
 * gadgets show what they were told last.
 */
export class OwnRequests {
  readonly #held = new Map<string, (() => void)[]>();

  /**
   * A request goes out.
   * @param headers of it, by their names
   * @returns to be called when the gadget has the answer
   */
  begin(headers: unknown): () => void {
    const all = Object.entries(typeof headers === 'object' && headers !== null ? headers : {});
    const id = all.find(([name]) => name.toLowerCase() === 'requestid')?.[1];
    if (typeof id !== 'string') return () => {};
    const held: (() => void)[] = [];
    this.#held.set(id, held);
    return () => {
      this.#held.delete(id);
      for (const deliver of held) deliver();
    };
  }

  /** @param payload JSON of an event that is to be delivered */
  inTurn(payload: string | undefined, deliver: () => void): void {
    const id = payload?.includes('"apiErrors"') ? REQUEST_ID.exec(payload)?.[1] : undefined;
    const held = id === undefined ? undefined : this.#held.get(id);
    if (held) held.push(deliver);
    else deliver();
  }
}
