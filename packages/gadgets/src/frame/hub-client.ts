/** `gadgets.Hub` inside a frame: the client of the managed hub, with the interface of OpenAjax's IframeHubClient (gadgets.md 4). */
import { HubError } from '../hub/error.ts';
import { fromJson, toJson } from '../hub/json.ts';
import { isPattern, isTopic } from '../hub/topic.ts';
import type { Link } from './link.ts';

export type OnData = (topic: string, data: unknown, subscriberData: unknown) => void;
/** @param item id of the subscription, or the client */
export type OnComplete = (item: unknown, success: boolean, errorCode?: string) => void;

interface Subscription {
  readonly onData: OnData;
  readonly scope: unknown;
  readonly data: unknown;
  readonly onComplete: OnComplete | null;
}

export interface HubClientSettings {
  readonly link: Link;
  /** A handler of the gadget threw, or the hub refused. */
  readonly log: (text: string, error?: unknown) => void;
  readonly parameters: unknown;
  readonly scope: unknown;
  /** Delivers an event when its turn has come; by default at once. */
  readonly inTurn?: ((payload: string | undefined, deliver: () => void) => void) | undefined;
}

export interface HubClient {
  connect(onComplete?: OnComplete, scope?: unknown): void;
  disconnect(onComplete?: OnComplete, scope?: unknown): void;
  isConnected(): boolean;
  publish(topic: string, data?: unknown): void;
  subscribe(
    topic: string,
    onData: OnData | string,
    scope?: unknown,
    onComplete?: OnComplete | string | null,
    subscriberData?: unknown,
  ): string;
  unsubscribe(subscription: string, onComplete?: OnComplete | string | null, scope?: unknown): void;
  getClientID(): string;
  getPartnerOrigin(): string | null;
  getScope(): unknown;
  getParameters(): unknown;
  getSubscriberData(subscription: string): unknown;
  getSubscriberScope(subscription: string): unknown;
}

/** @param origin of the page that holds the frame */
export function hubClient(
  { link, log, parameters, scope, inTurn = (_payload, deliver) => deliver() }: HubClientSettings,
  origin: string,
): HubClient {
  const subscriptions = new Map<string, Subscription>();
  let state: 'idle' | 'connecting' | 'connected' = 'idle';
  let id = '';
  let count = 0;
  let completeConnect: (() => void)[] = [];

  const safely = (what: string, run: () => void) => {
    try {
      run();
    } catch (error) {
      log(what, error);
    }
  };
  const connected = () => {
    if (state !== 'connected') throw new HubError('Disconnected');
  };
  const subscriptionOf = (subscription: string): Subscription => {
    const known = subscriptions.get(subscription);
    if (!known) throw new HubError('NoSubscription');
    return known;
  };

  link.listen((message) => {
    switch (message.type) {
      case 'connected': {
        if (state !== 'connecting') return;
        state = 'connected';
        id = message.client;
        const waiting = completeConnect;
        completeConnect = [];
        for (const complete of waiting) safely('the handler of the connection threw', complete);
        break;
      }
      case 'subscribed': {
        const { id: subscription, error } = message;
        const known = subscriptions.get(subscription);
        if (error !== undefined) subscriptions.delete(subscription);
        if (error !== undefined && !known?.onComplete) log(`the hub refused a subscription: ${error}`);
        safely('the handler of a subscription threw', () =>
          known?.onComplete?.(subscription, error === undefined, error),
        );
        break;
      }
      case 'refused':
        log(`the hub refused a message on ${message.topic}: ${message.error}`);
        break;
      case 'event': {
        const { ids, topic, payload } = message;
        inTurn(payload, () => {
          for (const subscription of ids) {
            const known = subscriptions.get(subscription);
            // Given up meanwhile.
            if (!known) continue;
            safely(`a subscriber of ${topic} threw`, () =>
              known.onData.call(known.scope, topic, fromJson(payload), known.data),
            );
          }
        });
        break;
      }
    }
  });

  return {
    connect(onComplete, of) {
      if (state !== 'idle') throw new HubError('Duplicate');
      if (!link.hasContainer) throw new HubError('NoContainer');
      state = 'connecting';
      if (onComplete) completeConnect.push(() => onComplete.call(of ?? scope, this, true));
      link.send({ type: 'connect' });
    },
    disconnect(onComplete, of) {
      connected();
      state = 'idle';
      subscriptions.clear();
      link.send({ type: 'disconnect' });
      if (onComplete)
        queueMicrotask(() =>
          safely('the handler of the end threw', () => onComplete.call(of ?? scope, this, true)),
        );
    },
    isConnected: () => state === 'connected',
    publish(topic, data) {
      if (!isTopic(topic)) throw new HubError('BadParameters');
      connected();
      const payload = toJson(data);
      link.send({ type: 'publish', topic, ...(payload !== undefined && { payload }) });
    },
    subscribe(topic, onData, of, onComplete, subscriberData) {
      const handler = functionOf(onData, of);
      if (!isPattern(topic) || !handler) throw new HubError('BadParameters');
      connected();
      const subscription = `${id}.${++count}`;
      subscriptions.set(subscription, {
        onData: handler as OnData,
        scope: of ?? scope,
        data: subscriberData,
        onComplete: bound(onComplete, of ?? scope),
      });
      link.send({ type: 'subscribe', id: subscription, topic });
      return subscription;
    },
    unsubscribe(subscription, onComplete, of) {
      connected();
      if (typeof subscription !== 'string' || subscription === '') throw new HubError('BadParameters');
      subscriptionOf(subscription);
      subscriptions.delete(subscription);
      link.send({ type: 'unsubscribe', id: subscription });
      const complete = bound(onComplete, of ?? scope);
      if (complete)
        queueMicrotask(() => safely('the handler of an end threw', () => complete(subscription, true)));
    },
    getClientID: () => id,
    getPartnerOrigin: () => (state === 'connected' ? origin : null),
    getScope: () => scope,
    getParameters: () => parameters,
    getSubscriberData: (subscription) => subscriptionOf(subscription).data,
    getSubscriberScope: (subscription) => subscriptionOf(subscription).scope,
  };
}

type Handler = (...args: unknown[]) => void;

/** OpenAjax takes a function, or the name of one of the scope's. */
function functionOf(handler: unknown, scope: unknown): Handler | null {
  if (typeof handler === 'function') return handler as Handler;
  const named =
    typeof handler === 'string' && typeof scope === 'object' && scope !== null
      ? (scope as Record<string, unknown>)[handler]
      : null;
  return typeof named === 'function' ? (named as Handler) : null;
}

function bound(handler: unknown, scope: unknown): OnComplete | null {
  return (functionOf(handler, scope)?.bind(scope) as OnComplete | undefined) ?? null;
}
