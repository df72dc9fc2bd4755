import type { GadgetsHub } from './gadgets.ts';
import { hubIfAny } from './stand-alone.ts';
import type { TopicRequest } from './topics.ts';

export type TopicListener = (payload: unknown) => void;

/** Gadgets that begin before their hub is connected wait for it; what more than this waits is an error of the gadget. */
const WAITING_MAX = 200;
const LOOK_AGAIN_MS = 50;

let invokeCount = 0;

/** An id that no other request of the page has. */
export function nextInvokeId(): string {
  invokeCount += 1;
  return `${Date.now()}${Math.floor(Math.random() * 1e6)}${invokeCount}`;
}

interface Listeners {
  readonly all: Set<TopicListener>;
  /** Of the one subscription of this frame; empty while the hub is not connected. */
  subscription: string;
}

/**
 * The hub as this library uses it: one subscription of the frame per topic, however many objects listen; a listener that
 * throws stops no other.
 */
class FrameHub {
  readonly #topics = new Map<string, Listeners>();
  #waiting: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Told of listeners that threw. */
  onFault: (message: string, error: unknown) => void = () => undefined;

  /** @returns the function that ends it */
  listen(topic: string, listener: TopicListener): () => void {
    let entry = this.#topics.get(topic);
    if (!entry) {
      entry = { all: new Set(), subscription: '' };
      this.#topics.set(topic, entry);
      this.#connect(topic, entry);
    }
    entry.all.add(listener);
    return () => {
      entry.all.delete(listener);
      if (entry.all.size > 0 || this.#topics.get(topic) !== entry) return;
      this.#topics.delete(topic);
      this.#leave(entry);
    };
  }

  publish(topic: string, payload: unknown): void {
    this.#whenConnected((hub) => hub.publish(topic, payload));
  }

  /** Publishes a request. @returns its invokeID */
  request(topic: string, type: string, data: unknown, invokeID = nextInvokeId()): string {
    const request: TopicRequest = { type, data, invokeID };
    this.publish(topic, request);
    return invokeID;
  }

  /** Publishes a request and hands over its one answer. @returns the invokeID */
  ask(
    requests: string,
    responses: string,
    type: string,
    data: unknown,
    answered: (payload: unknown) => void,
  ): string {
    const invokeID = nextInvokeId();
    const leave = this.listen(`${responses}.${invokeID}`, (payload) => {
      leave();
      answered(payload);
    });
    return this.request(requests, type, data, invokeID);
  }

  /** Gives up every subscription of this frame. */
  leaveAll(): void {
    const entries = [...this.#topics.values()];
    this.#topics.clear();
    for (const entry of entries) this.#leave(entry);
  }

  #connect(topic: string, entry: Listeners): void {
    this.#whenConnected((hub) => {
      if (this.#topics.get(topic) !== entry) return;
      entry.subscription = hub.subscribe(topic, (_topic, payload) => {
        for (const listener of [...entry.all]) {
          try {
            listener(payload);
          } catch (error) {
            this.onFault(`a listener of ${topic} failed`, error);
          }
        }
      });
    });
  }

  #leave(entry: Listeners): void {
    if (entry.subscription === '') return;
    try {
      hubIfAny()?.unsubscribe(entry.subscription);
    } catch (error) {
      this.onFault('a subscription could not be given up', error);
    }
  }

  #whenConnected(act: (hub: GadgetsHub) => void): void {
    const hub = hubIfAny();
    if (hub && this.#waiting.length === 0 && hub.isConnected?.() !== false) {
      act(hub);
      return;
    }
    if (this.#waiting.length >= WAITING_MAX) throw new Error('finesse.js: the hub is not connected');
    this.#waiting.push(() => act(hubIfAny() as GadgetsHub));
    this.#timer ??= setTimeout(this.#look, LOOK_AGAIN_MS);
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    const hub = hubIfAny();
    if (!hub || hub.isConnected?.() === false) {
      this.#timer = setTimeout(this.#look, LOOK_AGAIN_MS);
      return;
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const act of waiting) {
      try {
        act();
      } catch (error) {
        this.onFault('the hub refused', error);
      }
    }
  };
}

export const hub = new FrameHub();
