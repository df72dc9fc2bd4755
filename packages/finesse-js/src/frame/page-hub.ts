import type { GadgetsHub } from './gadgets.ts';

type Listener = (topic: string, data: unknown) => void;

/**
 * The hub of a page that stands alone: the same calls as `gadgets.Hub`, within the page. Payloads are copied as they are between
 * frames, so that a listener cannot change what others get.
 */
class PageHub implements GadgetsHub {
  readonly #listeners = new Map<string, { readonly topic: string; readonly onData: Listener }>();
  #count = 0;

  isConnected = (): boolean => true;

  publish(topic: string, data: unknown): void {
    const text = data === undefined ? undefined : JSON.stringify(data);
    for (const listener of [...this.#listeners.values()])
      if (listener.topic === topic) listener.onData(topic, text === undefined ? undefined : JSON.parse(text));
  }

  subscribe(topic: string, onData: Listener): string {
    const id = String(++this.#count);
    this.#listeners.set(id, { topic, onData });
    return id;
  }

  unsubscribe(subscriptionId: string): void {
    this.#listeners.delete(subscriptionId);
  }
}

export const pageHub: GadgetsHub = new PageHub();
