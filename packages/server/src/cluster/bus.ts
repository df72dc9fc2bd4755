/**
 * The bus: notices from node to node. At most once, in the order in which one node sent them, lost when nobody listens. What has to
 * outlive its sender is in a {@link Registry}. docs/cluster.md
 */
export interface Bus {
  /**
   * Hands a message over without waiting; never throws. Heard by every other node that has subscribed, never by the sender itself.
   * Dropped, and counted, while the bus is out of reach: whoever depends on it watches {@link Fabric.isReachable}. Dropped, and told as a
   * problem, when it is longer than `VALUE_BYTES_MAX`.
   * @param topic words of `A-Z a-z 0-9 _ -`, joined by dots; {@link wordOf} makes a word of anything
   */
  publish(topic: string, message: Uint8Array): void;
  /**
   * @param topic as it is published, or with `>` as last word for everything below
   * @returns ends the subscription
   */
  subscribe(topic: string, listener: BusListener): () => void;
  /**
   * Goes to the engine and back. When `back` is called, the engine has taken all that this node had published, and this node has heard all
   * that the engine had for it when the call came there. So of two nodes: what one has published before its round trip, the other has
   * heard after a round trip that begins when that of the first has ended; between servers of an engine only as far as these have told each other.
   * @param back never called at once, and never at all when the engine is lost meanwhile: {@link Fabric.onReachable} tells that
   */
  roundTrip(back: () => void): void;
}

/** Must not throw; what it throws is told as a problem and costs nobody else his message. */
export type BusListener = (message: Uint8Array, topic: string) => void;

const PLAIN_WORD = /^[A-Za-z0-9_-]{1,64}$/;

/** One word of a topic or key for any text, two different texts never sharing one: plain words as they are, others encoded. */
export function wordOf(text: string): string {
  return PLAIN_WORD.test(text) && !text.startsWith('_x')
    ? text
    : `_x${Buffer.from(text, 'utf8').toString('base64url')}`;
}
