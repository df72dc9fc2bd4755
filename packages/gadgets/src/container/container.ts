/**
 * The container: what the page around gadgets does for them (gadgets.md 7). It owns the hub, knows the gadgets, answers their requests
 * and tells them what happens. It draws nothing, and what it needs of the page is `ContainerHost`.
 */
import type { HubClock } from '../hub/clock.ts';
import { HubError } from '../hub/error.ts';
import type { Flood } from '../hub/flood-gate.ts';
import { fromJson, toJson } from '../hub/json.ts';
import { type HubPort, ManagedHub } from '../hub/managed-hub.ts';
import { unwrap, type WireMessage, wrap } from '../hub/wire.ts';
import { Gadget, type GadgetEntry } from './gadget.ts';
import { type NodeService, NodeSubscriptions } from './node-subscriptions.ts';
import { TOPIC, topicOf } from './topics.ts';
import { objectOf, type XmlNode } from './xml-object.ts';

export interface ContainerHost {
  readonly clock: HubClock;
  readonly nodes: NodeService;
  /** Id of the tab that is shown. */
  activeTab(): string;
  /** @returns false: there is no such tab */
  activateTab(id: string): boolean;
  /** The gadget wants to fill its tab, or to have its own size again. */
  showView(gadget: Gadget, view: 'default' | 'canvas'): void;
  /** Height in px that a gadget has when it fills its tab. */
  availableHeight(): number;
  /** Keeps a preference of a gadget for the next time. */
  keepPreference(gadget: Gadget, name: string, value: string): void;
  /** A request of an isolated gadget through the proxy of the server. */
  proxy(method: 'GET' | 'POST', body: string): Promise<{ readonly status: number; readonly text: string }>;
  /** A line for the client log. @param isFormatted a gadget wrote it, time and all */
  log(line: string, isFormatted?: boolean): void;
  /** A gadget publishes so much that it is held back. */
  flooded(gadget: Gadget | null, flood: Flood): void;
  /** Sees everything on the hub, for developers. */
  seen?(publisher: string, topic: string, payload: string | undefined): void;
  /** Hears what a gadget does besides, for developers. */
  noted?(gadget: Gadget, note: GadgetNote): void;
}

/** What a gadget did, besides what it published. */
export type GadgetNote =
  | { readonly kind: 'subscribed'; readonly topic: string }
  /** A node of the notification service. @param error why not; null: it is subscribed to */
  | { readonly kind: 'node'; readonly node: string; readonly error: string | null }
  | { readonly kind: 'preference'; readonly name: string }
  | {
      readonly kind: 'request';
      readonly method: string;
      readonly url: string;
      readonly status: number;
      readonly ms: number;
    }
  | { readonly kind: 'height'; readonly px: number }
  | { readonly kind: 'error'; readonly text: string }
  | { readonly kind: 'connected' };

/** The frame of a gadget that is on the page now. */
interface Frame {
  readonly gadget: Gadget;
  readonly post: Post;
  port: HubPort | null;
  /** Its document has an origin of its own: the server said so, or the gadget's features. */
  isIsolated: boolean;
}

/** @param target origin that may read it */
type Post = (message: object, target: string) => void;

/** What a gadget of an origin of its own hears, and may say: what a page tells everybody, and what gadgets say to each other. */
const ISOLATED_SAYS = new RegExp(
  `^(?!(${[
    'finesse\\.api',
    'finesse\\.info\\.(connection|responses|presence)',
    'finesse\\.containerservices\\.(activeTab|reloadGadget|\\w+Event|popover\\.events)',
    'finesse\\.digital\\.channel\\.(responses|menuClicks)',
    'finesse\\.shortcutkey\\.(responses|events)',
    'finext\\.notification\\.popover\\.clicks',
  ].join('|')})(\\.|$))`,
);

/**
 * What others say to the page alone, or write into its log: none of it is for a gadget of an origin of its own, whatever pattern it
 * subscribes to. Answers it hears by their own names, which only who has asked knows.
 */
const NOT_FOR_ISOLATED = /^finesse\.clientLogging\.|\.requests$/;
const ANSWERS = /\.responses\./;

/** How often the page's own id is used for its client. */
const PAGE = 'container';
const TICK_MS = 1_000;
/** Longest line of a gadget in the client log. */
const LINE_MAX = 2_000;

type Payload = Readonly<Record<string, unknown>>;
type PageListener = (data: unknown, topic: string, publisher: string) => void;

export class GadgetContainer {
  readonly #host: ContainerHost;
  readonly #own: string;
  readonly #hub: ManagedHub;
  readonly #page: HubPort;
  readonly #pageListeners = new Map<string, PageListener>();
  #subscriptions = 0;
  readonly #nodes: NodeSubscriptions;
  readonly #gadgets = new Map<string, Gadget>();
  /** By the window of the frame. */
  readonly #frames = new Map<unknown, Frame>();
  #connection: { readonly status: string; readonly resourceID: string } = {
    status: 'disconnected',
    resourceID: '',
  };
  readonly #leftListeners: ((gadget: Gadget) => void)[] = [];
  #tick: { cancel(): void } | null = null;

  /** @param own origin of the page */
  constructor(host: ContainerHost, own: string) {
    this.#host = host;
    this.#own = own;
    this.#hub = new ManagedHub({
      clock: host.clock,
      onFlood: (client, flood) => host.flooded(this.byClient(client), flood),
      onError: (error) => host.log(`A listener of the hub threw: ${String(error)}`),
      ...(host.seen && { onPublish: (...args) => host.seen?.(...args) }),
    });
    this.#page = this.#hub.connect({
      id: PAGE,
      isThrottled: false,
      deliver: ({ subscriptions, topic, payload, publisher }) => {
        for (const id of subscriptions) this.#pageListeners.get(id)?.(fromJson(payload), topic, publisher);
      },
    });
    this.#nodes = new NodeSubscriptions(host.nodes);
    this.subscribe(TOPIC.requests, (data, _topic, client) => this.#infoRequest(data, client));
    this.subscribe(TOPIC.containerRequests, (data, _topic, client) => this.#containerRequest(data, client));
    this.subscribe(`${TOPIC.clientLogging}.**`, (data) => {
      if (typeof data === 'string') host.log(data.slice(0, LINE_MAX), true);
    });
    this.#tickLater();
  }

  /** Nothing is told to anybody any more. */
  close(): void {
    this.#tick?.cancel();
    this.#tick = null;
    for (const source of [...this.#frames.keys()]) this.detach(source);
  }

  // The page's own use of the hub.

  /** @returns the function that ends it */
  subscribe(pattern: string, listener: PageListener): () => void {
    const id = String(++this.#subscriptions);
    this.#pageListeners.set(id, listener);
    this.#page.subscribe(id, pattern);
    return () => {
      if (!this.#pageListeners.delete(id)) return;
      this.#page.unsubscribe(id);
    };
  }

  publish(topic: string, data?: unknown): void {
    // Nothing is written that nobody reads.
    if (this.#hub.hasSubscriber(topic)) this.#page.publish(topic, toJson(data));
  }

  // Gadgets and their frames.

  /** The gadget of an entry of the layout; the same one each time it is asked for. */
  gadget(entry: GadgetEntry, isHidden: boolean = false): Gadget {
    const known = this.#gadgets.get(entry.id);
    if (known) return known;
    const gadget = new Gadget(entry, this.#gadgets.size, isHidden);
    this.#gadgets.set(entry.id, gadget);
    return gadget;
  }

  /** Nobody is signed in any more: whoever is next has gadgets of his own. */
  forget(): void {
    for (const source of [...this.#frames.keys()]) this.detach(source);
    this.#gadgets.clear();
  }

  /** @param mid as the gadget knows it: a number, or its text */
  byMid(mid: unknown): Gadget | null {
    return [...this.#gadgets.values()].find((gadget) => String(gadget.mid) === String(mid)) ?? null;
  }

  get gadgets(): readonly Gadget[] {
    return [...this.#gadgets.values()];
  }

  /** @param client of the hub, as listeners are told it; null: the page, or nobody */
  byClient(client: string): Gadget | null {
    return [...this.#gadgets.values()].find(({ clientId }) => clientId === client) ?? null;
  }

  /** Hears of gadgets whose document is gone: what they have asked for goes with it. */
  onLeft(listener: (gadget: Gadget) => void): void {
    this.#leftListeners.push(listener);
  }

  /** Whether anybody would hear it. */
  isHeard(topic: string): boolean {
    return this.#hub.hasSubscriber(topic);
  }

  /**
   * The frame of a gadget is on the page.
   * @param source its window, as `event.source` will be
   */
  attach(gadget: Gadget, source: unknown, post: Post): void {
    this.#frames.set(source, { gadget, post, port: null, isIsolated: false });
  }

  detach(source: unknown): void {
    const frame = this.#frames.get(source);
    if (!frame) return;
    this.#frames.delete(source);
    this.#disconnect(frame);
  }

  /**
   * A message event of the page.
   * @param origin of the sender; gadgets have that of the page, isolated ones have none (`null`)
   * @returns whether it was one of a gadget
   */
  received(source: unknown, origin: string, data: unknown): boolean {
    const frame = this.#frames.get(source);
    if (!frame || (origin !== this.#own && origin !== 'null')) return false;
    const refused = refusedOf(data);
    if (refused !== null && origin === this.#own) frame.gadget.change({ refused });
    const message = unwrap(data);
    if (message === null) return false;
    const isIsolated = origin === 'null';
    // Each document begins with these; afterwards it stays what it was.
    if (message.type === 'connect') frame.isIsolated = isIsolated;
    else if (frame.port !== null && frame.isIsolated !== isIsolated) return false;
    else frame.isIsolated = isIsolated;
    this.#message(frame, message);
    return true;
  }

  #message(frame: Frame, message: WireMessage): void {
    const { gadget } = frame;
    switch (message.type) {
      case 'connect':
        this.#connect(frame);
        break;
      case 'disconnect':
        this.#disconnect(frame);
        break;
      case 'subscribe': {
        const { id, topic } = message;
        const error = refusal(() => port(frame).subscribe(id, topic));
        if (error === undefined) this.#host.noted?.(gadget, { kind: 'subscribed', topic });
        this.#send(frame, { type: 'subscribed', id, ...(error !== undefined && { error }) });
        break;
      }
      case 'unsubscribe':
        refusal(() => port(frame).unsubscribe(message.id));
        break;
      case 'publish': {
        const { topic, payload } = message;
        const error = refusal(() => void port(frame).publish(topic, payload));
        if (error !== undefined) this.#send(frame, { type: 'refused', topic, error });
        break;
      }
      case 'call':
        this.#call(frame, message);
        break;
      case 'loaded':
        gadget.begun(message.title);
        break;
      case 'asked': {
        const { method, url, status, ms } = message;
        this.#host.noted?.(gadget, { kind: 'request', method, url: url.slice(0, LINE_MAX), status, ms });
        break;
      }
      case 'failed': {
        const { text, source, line } = message;
        this.#host.noted?.(gadget, { kind: 'error', text });
        gadget.failed(source === '' ? text : `${text} (${source}:${line})`);
        this.#host.log(`Gadget ${gadget.mid} (${gadget.entry.id}): error: ${text.slice(0, LINE_MAX)}`);
        break;
      }
    }
  }

  #send(frame: Frame, message: WireMessage): void {
    // A document without an origin cannot be named; it is the one in this frame all the same.
    frame.post(wrap(message), frame.isIsolated ? '*' : this.#own);
  }

  #connect(frame: Frame): void {
    // Another document in the same frame.
    this.#disconnect(frame);
    const { gadget } = frame;
    frame.port = this.#hub.connect({
      id: gadget.clientId,
      deliver: ({ subscriptions, topic, payload, publisher, isByName }) => {
        if (frame.isIsolated && publisher !== gadget.clientId) {
          if (NOT_FOR_ISOLATED.test(topic) || (ANSWERS.test(topic) && !isByName)) return;
        }
        this.#send(frame, {
          type: 'event',
          ids: subscriptions,
          topic,
          ...(payload !== undefined && { payload }),
        });
      },
      ...(frame.isIsolated && {
        allows: (action, topic) => action === 'subscribe' || ISOLATED_SAYS.test(topic),
      }),
    });
    gadget.change({ isAlive: true });
    this.#host.noted?.(gadget, { kind: 'connected' });
    this.#send(frame, { type: 'connected', client: gadget.clientId });
  }

  #disconnect(frame: Frame): void {
    if (frame.port === null) return;
    frame.port.disconnect();
    frame.port = null;
    this.#nodes.left(frame.gadget.clientId);
    for (const listener of this.#leftListeners) listener(frame.gadget);
  }

  // Calls (gadgets.md 4, rpc).

  #call(frame: Frame, { service, args, call }: Extract<WireMessage, { type: 'call' }>): void {
    const { gadget } = frame;
    const list = fromJson(args);
    const given = Array.isArray(list) ? list : [];
    const answer = (value: unknown) => {
      const json = toJson(value);
      if (call !== undefined)
        this.#send(frame, { type: 'result', call, ...(json !== undefined && { value: json }) });
    };
    switch (service) {
      case 'resize_iframe':
        gadget.resize(given[0]);
        this.#host.noted?.(gadget, { kind: 'height', px: gadget.snapshot().height ?? 0 });
        break;
      case 'set_title':
        gadget.setTitle(given[0]);
        break;
      case 'set_pref':
        // The first one is a token, which the wire makes needless.
        for (let at = 1; at + 1 < given.length; at += 2) {
          const name = String(given[at]);
          // finesse.js tells it to itself in this way; it is nobody else's.
          if (/auth|password/i.test(name)) continue;
          this.#host.keepPreference(gadget, name, String(given[at + 1]));
          this.#host.noted?.(gadget, { kind: 'preference', name: name.slice(0, LINE_MAX) });
        }
        break;
      case 'requestNavigateTo':
        this.#host.showView(gadget, given[0] === 'canvas' ? 'canvas' : 'default');
        break;
      case 'poise.request':
        void this.#proxy(frame, given, answer);
        return;
    }
    answer(undefined);
  }

  async #proxy(frame: Frame, given: readonly unknown[], answer: (value: unknown) => void): Promise<void> {
    const [method, url, body] = given;
    const isGet = method === 'GET';
    if (!frame.isIsolated || typeof url !== 'string') return answer({ status: 403, text: '' });
    const query = isGet ? url.slice(url.indexOf('?') + 1) : String(body ?? '');
    try {
      answer(await this.#host.proxy(isGet ? 'GET' : 'POST', query));
    } catch {
      answer({ status: 0, text: '' });
    }
  }

  // What the page tells.

  /** An event of the notification service (gadgets.md 7.1). @param root of the XML */
  notified(node: string, xml: string, root: XmlNode): void {
    const topic = topicOf(node);
    if (this.#hub.hasSubscriber(topic))
      this.#page.publish(topic, toJson({ content: encodeURI(node) + xml, object: objectOf(root) }));
  }

  /** Gadgets.md 7.3. */
  connectionChanged(status: string, resourceID: string): void {
    this.#connection = { status, resourceID };
    this.publish(TOPIC.connection, this.#connection);
  }

  /**
   * Gadgets.md 7.4, with the two elements that the original's tunnel writes (notification-service.md 3.4).
   * @param from JID of the service user
   */
  presenceChanged(from: string, isAvailable: boolean): void {
    const type = isAvailable ? null : 'unavailable';
    const escaped = from.replace(/[&<>]/g, (char) => `&#${char.charCodeAt(0)};`);
    this.publish(TOPIC.presence, {
      content: `<presence><from>${escaped}</from>${type === null ? '<type/>' : `<type>${type}</type>`}</presence>`,
      object: { presence: { from, type } },
    });
  }

  activeTabChanged(): void {
    this.publish(TOPIC.activeTab, this.#host.activeTab());
  }

  /** The gadget has another size. */
  viewChanged(gadget: Gadget, view: 'default' | 'canvas'): void {
    gadget.change({ view });
    this.publish(TOPIC.viewChanged, this.#view(gadget));
  }

  availableHeightChanged(): void {
    if (this.gadgets.some((gadget) => gadget.snapshot().view === 'canvas'))
      this.publish(TOPIC.availableHeight, { maxAvailableHeight: this.#host.availableHeight() });
  }

  /** @param url another address from now on */
  reload(gadget: Gadget, url?: string): void {
    this.publish(TOPIC.reloadGadget, { gadgetId: String(gadget.mid) });
    gadget.reload(url);
  }

  #view(gadget: Gadget): Payload {
    return {
      gadgetId: String(gadget.mid),
      tabId: gadget.entry.tabId ?? '',
      maxAvailableHeight: this.#host.availableHeight(),
      view: gadget.snapshot().view,
    };
  }

  // What gadgets ask (gadgets.md 7.2 and 7.5).

  #infoRequest(request: unknown, client: string): void {
    const { type, data, invokeID } = (request ?? {}) as Payload;
    const { node, subid } = (data ?? {}) as Payload;
    const id = typeof invokeID === 'number' ? String(invokeID) : invokeID;
    if (typeof id !== 'string' || !/^[^.*\s]{1,200}$/.test(id)) return;
    const respond = (answer: unknown) => this.publish(`${TOPIC.responses}.${id}`, answer);
    switch (type) {
      case 'ConnectionInfoReq':
        this.publish(TOPIC.connection, { ...this.#connection, invokeID: id });
        break;
      case 'SubscribeNodeReq':
        void this.#nodes.subscribe(client, id, String(node)).then((answer) => {
          const gadget = this.byClient(client);
          const error = answer?.error.errorMessage ?? null;
          if (gadget) this.#host.noted?.(gadget, { kind: 'node', node: String(node), error });
          respond(answer);
        });
        break;
      case 'UnsubscribeNodeReq':
        void this.#nodes.unsubscribe(client, String(subid), String(node)).then(respond);
        break;
      case 'ConnectionReq':
        respond({ error: { errorType: 'F403', errorMessage: 'Gadgets have the connection of the page.' } });
        break;
    }
  }

  #containerRequest(request: unknown, client: string): void {
    const { type, data } = (request ?? {}) as Payload;
    const given = (data ?? {}) as Payload;
    const named = this.byMid(given.gadgetId);
    // Whoever could load another file into a frame of the page's origin would no longer be isolated.
    const isIsolated = this.#isIsolated(client);
    const gadget = isIsolated && named?.clientId !== client ? null : named;
    switch (type) {
      case 'ActiveTabReq':
        this.activeTabChanged();
        break;
      case 'SetActiveTabReq':
        if (typeof given.id === 'string') this.#host.activateTab(given.id);
        break;
      case 'ReloadGadgetReq':
        if (gadget) {
          const url = typeof given.url === 'string' ? given.url : undefined;
          const isKept =
            url === undefined || !isIsolated || isSameFile(url, gadget.snapshot().url, this.#own);
          this.reload(gadget, isKept ? url : undefined);
        }
        break;
      case 'GadgetViewReq':
        if (gadget) this.publish(TOPIC.viewChanged, this.#view(gadget));
        break;
      case 'CollapseGadgetReq':
        gadget?.change({ isCollapsed: true });
        break;
      case 'ExpandGadgetReq':
        gadget?.change({ isCollapsed: false });
        break;
      case 'HideGadgetReq':
        gadget?.change({ isHidden: true });
        break;
      case 'ShowGadgetReq':
        gadget?.change({ isHidden: false });
        break;
      case 'ShowGadgetNotificationReq':
        gadget?.change({ wantsAttention: true });
        break;
      case 'HideGadgetNotificationReq':
        gadget?.change({ wantsAttention: false });
        break;
    }
  }

  /** Whether the gadget with this client of the hub has an origin of its own. */
  #isIsolated(client: string): boolean {
    return [...this.#frames.values()].some(
      ({ gadget, isIsolated }) => isIsolated && gadget.clientId === client,
    );
  }

  #tickLater(): void {
    this.#tick = this.#host.clock.schedule(TICK_MS, () => {
      this.publish(TOPIC.timerTick, { dateQueued: this.#host.clock.now(), tickFrequency: TICK_MS });
      this.#tickLater();
    });
  }
}

/** The server could not give the gadget, and its page says why. */
function refusedOf(data: unknown): { readonly status: number; readonly sentence: string } | null {
  const { type, status, sentence } = (data ?? {}) as Payload;
  return type === 'poise.gadget.error' && typeof status === 'number' && typeof sentence === 'string'
    ? { status, sentence: sentence.slice(0, LINE_MAX) }
    : null;
}

/** The same gadget, whatever its query. @param own origin that paths belong to */
function isSameFile(url: string, current: string, own: string): boolean {
  if (!URL.canParse(url, own) || !URL.canParse(current, own)) return false;
  const [one, other] = [new URL(url, own), new URL(current, own)];
  return one.origin === other.origin && one.pathname === other.pathname;
}

function port(frame: Frame): HubPort {
  if (frame.port === null) throw new HubError('Disconnected');
  return frame.port;
}

/** Why the hub refuses; undefined: it does not. */
function refusal(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof HubError) return error.code;
    throw error;
  }
}
