/**
 * The managed hub of OpenAjax Hub 2.0 (gadgets.md 4): clients publish on topics and subscribe to topics or patterns. It knows no
 * frames: what it delivers, whoever connected the client carries on. Payloads are JSON texts, so that nothing is ever shared.
 */
import type { HubClock } from './clock.ts';
import { HubError } from './error.ts';
import { FLOOD_LIMITS, type Flood, FloodGate, type FloodLimits } from './flood-gate.ts';
import { hasWildcard, isPattern, isTopic, matches } from './topic.ts';

/** Subscriptions of one client. */
export const SUBSCRIPTIONS_MAX = 2_000;
/** Characters of one payload: a team of a thousand members has its place. */
export const PAYLOAD_LENGTH_MAX = 8_388_608;

/** One message, as it comes to one client. */
export interface HubEvent {
  /** Its subscriptions that asked for it. */
  readonly subscriptions: readonly string[];
  readonly topic: string;
  /** JSON; undefined: nothing was published along. */
  readonly payload: string | undefined;
  /** Id of the client that published. */
  readonly publisher: string;
  /** Whether one of these subscriptions names the topic, without a wildcard. */
  readonly isByName: boolean;
}

export interface HubClientOptions {
  readonly id: string;
  readonly deliver: (event: HubEvent) => void;
  /** Whether it may; default: everything is allowed. */
  readonly allows?: (action: 'publish' | 'subscribe', topic: string) => boolean;
  /** Whether floods are held back. Default: yes. */
  readonly isThrottled?: boolean;
}

/** What a connected client can do. Everything throws HubError, Disconnected after `disconnect`. */
export interface HubPort {
  readonly id: string;
  /** @param subscription id of the client's own choice: BadParameters, Duplicate, NotAllowed */
  subscribe(subscription: string, pattern: string): void;
  /** NoSubscription */
  unsubscribe(subscription: string): void;
  /** BadParameters, NotAllowed. @param payload JSON @returns false: held back for too long, and lost */
  publish(topic: string, payload: string | undefined): boolean;
  disconnect(): void;
}

export interface ManagedHubOptions {
  readonly clock: HubClock;
  readonly limits?: FloodLimits;
  /** A client publishes too much. */
  readonly onFlood?: (client: string, flood: Flood) => void;
  /** A listener of the page itself threw. */
  readonly onError?: (error: unknown) => void;
  /** Sees everything that is published, for a developer who looks. */
  readonly onPublish?: (publisher: string, topic: string, payload: string | undefined) => void;
}

interface Client {
  readonly options: HubClientOptions;
  readonly patterns: Map<string, string>;
}

interface Published {
  readonly publisher: string;
  readonly topic: string;
  readonly payload: string | undefined;
}

export class ManagedHub {
  readonly #options: ManagedHubOptions;
  readonly #clients = new Map<string, Client>();
  /** Topic → client → its subscriptions. */
  readonly #exact = new Map<string, Map<Client, string[]>>();
  /** Pattern → its tokens and, for each client, its subscriptions. */
  readonly #wild = new Map<string, { tokens: readonly string[]; clients: Map<Client, string[]> }>();
  /** What is published while a message is delivered comes after it, for everybody. */
  readonly #waiting: Published[] = [];
  #isDelivering = false;

  constructor(options: ManagedHubOptions) {
    this.#options = options;
  }

  /** Throws HubError Duplicate while a client of this id is connected, BadParameters without one. */
  connect(options: HubClientOptions): HubPort {
    if (options.id === '') throw new HubError('BadParameters');
    if (this.#clients.has(options.id)) throw new HubError('Duplicate');
    const client: Client = { options, patterns: new Map() };
    this.#clients.set(options.id, client);
    const { clock, limits = FLOOD_LIMITS, onFlood } = this.#options;
    const gate =
      options.isThrottled === false
        ? null
        : new FloodGate<Published>(
            clock,
            limits,
            (message) => this.#pass(message),
            (flood) => onFlood?.(options.id, flood),
          );
    const connected = () => {
      if (this.#clients.get(options.id) !== client) throw new HubError('Disconnected');
    };
    return {
      id: options.id,
      subscribe: (subscription, pattern) => {
        connected();
        this.#subscribe(client, subscription, pattern);
      },
      unsubscribe: (subscription) => {
        connected();
        if (!client.patterns.has(subscription)) throw new HubError('NoSubscription');
        this.#unsubscribe(client, subscription);
      },
      publish: (topic, payload) => {
        connected();
        if (!isTopic(topic) || (payload !== undefined && payload.length > PAYLOAD_LENGTH_MAX))
          throw new HubError('BadParameters');
        if (options.allows?.('publish', topic) === false) throw new HubError('NotAllowed');
        const message = { publisher: options.id, topic, payload };
        if (gate !== null) return gate.take(message);
        this.#pass(message);
        return true;
      },
      disconnect: () => {
        if (this.#clients.get(options.id) !== client) return;
        gate?.close();
        for (const subscription of [...client.patterns.keys()]) this.#unsubscribe(client, subscription);
        this.#clients.delete(options.id);
      },
    };
  }

  /** Whether anybody would get it. */
  hasSubscriber(topic: string): boolean {
    // Lists that become empty are taken away.
    if (this.#exact.has(topic)) return true;
    if (this.#wild.size === 0) return false;
    const tokens = topic.split('.');
    for (const wild of this.#wild.values()) if (matches(tokens, wild.tokens)) return true;
    return false;
  }

  #subscribe(client: Client, subscription: string, pattern: string): void {
    if (subscription === '' || !isPattern(pattern)) throw new HubError('BadParameters');
    if (client.patterns.has(subscription)) throw new HubError('Duplicate');
    if (client.patterns.size >= SUBSCRIPTIONS_MAX) throw new HubError('NotAllowed');
    if (client.options.allows?.('subscribe', pattern) === false) throw new HubError('NotAllowed');
    client.patterns.set(subscription, pattern);
    const clients = this.#clientsOf(pattern);
    const known = clients.get(client);
    if (known) known.push(subscription);
    else clients.set(client, [subscription]);
  }

  #clientsOf(pattern: string): Map<Client, string[]> {
    if (hasWildcard(pattern)) {
      const known = this.#wild.get(pattern) ?? { tokens: pattern.split('.'), clients: new Map() };
      this.#wild.set(pattern, known);
      return known.clients;
    }
    const known = this.#exact.get(pattern) ?? new Map<Client, string[]>();
    this.#exact.set(pattern, known);
    return known;
  }

  #unsubscribe(client: Client, subscription: string): void {
    const pattern = client.patterns.get(subscription) as string;
    client.patterns.delete(subscription);
    const clients = this.#clientsOf(pattern);
    const left = (clients.get(client) ?? []).filter((id) => id !== subscription);
    if (left.length > 0) clients.set(client, left);
    else clients.delete(client);
    if (clients.size > 0) return;
    this.#wild.delete(pattern);
    this.#exact.delete(pattern);
  }

  #receivers(topic: string): Map<Client, string[]> {
    const receivers = new Map<Client, string[]>();
    const add = (clients: ReadonlyMap<Client, readonly string[]>) => {
      for (const [client, ids] of clients) receivers.set(client, [...(receivers.get(client) ?? []), ...ids]);
    };
    const exact = this.#exact.get(topic);
    if (exact) add(exact);
    if (this.#wild.size > 0) {
      const tokens = topic.split('.');
      for (const wild of this.#wild.values()) if (matches(tokens, wild.tokens)) add(wild.clients);
    }
    return receivers;
  }

  #pass(message: Published): void {
    this.#waiting.push(message);
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    try {
      for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) this.#deliver(next);
    } finally {
      this.#isDelivering = false;
    }
  }

  #deliver({ publisher, topic, payload }: Published): void {
    this.#options.onPublish?.(publisher, topic, payload);
    for (const [client, subscriptions] of this.#receivers(topic)) {
      try {
        const isByName = this.#exact.get(topic)?.has(client) === true;
        client.options.deliver({ subscriptions, topic, payload, publisher, isByName });
      } catch (error) {
        this.#options.onError?.(error);
      }
    }
  }
}
