import { connection } from '../clientservices/connection.ts';
import { subscribeNode, unsubscribeNode } from '../clientservices/node-subscription.ts';
import { hub } from '../frame/hub.ts';
import { report } from '../frame/report.ts';
import { topicOf } from '../frame/topics.ts';
import { text } from '../utilities/text.ts';
import { guarded, parseBody, type RestResponse, validateHandler } from './handlers.ts';
import { settle } from './pending.ts';
import { type RestRequestOptions, restRequest } from './rest-request.ts';

/** The body of an object as the API sends it; a single child is not in an array. */
// biome-ignore lint/suspicious/noExplicitAny: gadgets reach into it as their release of the API documents
export type RestData = Record<string, any>;

/** What happens to an object: `load` once, then `change`; `add` and `delete` by events; `error` when it cannot be read. */
export type RestNotifier =
  | 'load'
  | 'change'
  | 'add'
  | 'delete'
  | 'error'
  | 'collectionAdd'
  | 'collectionDelete';

// biome-ignore lint/suspicious/noExplicitAny: each class hands over itself, an error the response
export type RestHandler = (subject: any) => void;

/** Options of every REST object. Handlers must be functions or undefined. */
export interface RestOptions {
  /** A string; collections need none. */
  id?: string | undefined;
  /** The object has been read for the first time. */
  onLoad?: RestHandler | undefined;
  onChange?: RestHandler | undefined;
  onAdd?: RestHandler | undefined;
  onDelete?: RestHandler | undefined;
  /** The object could not be read; called with the response. */
  onError?: ((response: RestResponse) => void) | undefined;
  parentObj?: RestBase | undefined;
  /** false: no events. Default true. */
  autoSubscribe?: boolean | undefined;
  doNotSubscribe?: boolean | undefined;
  /** The object is not read when it is made. */
  doNotRefresh?: boolean | undefined;
  /** The body, where it is known already. */
  data?: RestData | undefined;
}

/** Handlers as getters of other objects take them. */
export type RestHandlers = Pick<RestOptions, 'onLoad' | 'onChange' | 'onAdd' | 'onDelete' | 'onError'> & {
  onCollectionAdd?: RestHandler | undefined;
  onCollectionDelete?: RestHandler | undefined;
};

/** An event of the notification service. */
export interface RestUpdate {
  readonly data?: RestData | null;
  readonly event?: string;
  readonly requestId?: string | null;
  readonly source?: string;
}

const OPTION_OF: readonly (readonly [keyof RestHandlers, RestNotifier])[] = [
  ['onLoad', 'load'],
  ['onChange', 'change'],
  ['onAdd', 'add'],
  ['onDelete', 'delete'],
  ['onError', 'error'],
  ['onCollectionAdd', 'collectionAdd'],
  ['onCollectionDelete', 'collectionDelete'],
];

/** Tries after a failover, 10 s apart (finesse-js.md 1). */
const RECOVERY_TRIES = 10;
const TRY_AGAIN_MS = 10_000;

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

function optionsOf(
  given: RestOptions | string,
  handlers?: RestHandlers,
  parentObj?: RestBase,
): RestOptions & RestHandlers {
  if (typeof given === 'object' && given !== null) return given;
  return { ...handlers, id: given ?? undefined, parentObj };
}

/** The update inside a payload of `finesse.api.…`: parsed already, or as XML after the name of the node. */
function updateOf(payload: unknown): RestUpdate | undefined {
  const { object, content } = (payload ?? {}) as { object?: { Update?: RestUpdate }; content?: string };
  if (object?.Update) return object.Update;
  const from = content?.search(/[<{]/) ?? -1;
  if (from === -1 || content === undefined) return undefined;
  return (parseBody(content.slice(from)) as { Update?: RestUpdate }).Update;
}

/**
 * The base of all REST objects: it is read when it is made, hears the events of its node, and tells its handlers. Handlers get the
 * object itself, `error` handlers the response.
 */
export abstract class RestBase {
  /** Also read by gadgets. */
  _id: string;
  /** The body as parsed; also read by gadgets. */
  _data: RestData;
  protected _loaded: boolean;
  readonly _parent: RestBase | undefined;
  private readonly _handlers: Map<RestNotifier, { handler: RestHandler; scope: unknown }[]>;
  private _leave: (() => void)[];
  private _trying: ReturnType<typeof setTimeout> | undefined;

  /** `new X(options)`; the older form `new X(id, callbacks, parentObj)` is understood too. */
  constructor(options: RestOptions | string, callbacks?: RestHandlers, parentObj?: RestBase) {
    const given = optionsOf(options, callbacks, parentObj);
    if (this.needsId() && (given.id === undefined || given.id === null || given.id === ''))
      throw new Error(`${this.getRestType()}: options.id is missing`);
    this._id = given.id === undefined || given.id === null ? '' : String(given.id);
    this._data = {};
    this._loaded = false;
    this._parent = given.parentObj;
    this._handlers = new Map();
    this._leave = [];
    for (const [option, notifier] of OPTION_OF) {
      validateHandler(given[option]);
      if (given[option]) this.addHandler(notifier, given[option]);
    }
    this.prepare();
    if (given.autoSubscribe !== false && !given.doNotSubscribe) this.subscribe();
    if (given.data !== undefined && given.data !== null) this.take(given.data);
    else if (!given.doNotRefresh && !this.isReadOnDemand()) this.refresh();
  }

  /** The name in addresses: `User`, `Dialogs` … */
  abstract getRestType(): string;

  /** The name of the root element of a body. */
  protected rootName(): string {
    return this.getRestType();
  }

  protected needsId(): boolean {
    return true;
  }

  /** Whether it is only read when refresh() is called. */
  protected isReadOnDemand(): boolean {
    return false;
  }

  /** Whether its node has to be asked for, since the desktop does not hear it anyway. */
  protected needsNodeSubscription(): boolean {
    return false;
  }

  /** What subclasses set up before the first data. */
  protected prepare(): void {}

  /** The node whose events concern this object. */
  protected getNode(): string {
    return this.getRestUrl();
  }

  /** Where it is read. */
  protected getReadUrl(): string {
    return this.getRestUrl();
  }

  /** The body inside an answer or the data of an event; undefined where it is not there. */
  protected bodyOf(object: RestData | null | undefined): RestData | null | undefined {
    const root = this.rootName();
    return this.hasProperty(object, lowerFirst(root)) && object?.[lowerFirst(root)] !== undefined
      ? object?.[lowerFirst(root)]
      : object?.[root];
  }

  getId(): string {
    return this._id;
  }

  /** The body as parsed; empty before it is loaded. */
  getData(): RestData {
    return this._data;
  }

  /** The address of the object: `/finesse/api/User/1001`. */
  getRestUrl(): string {
    const base = this._parent ? this._parent.getRestUrl() : '/finesse/api';
    return `${base}/${this.getRestType()}${this._id === '' ? '' : `/${this._id}`}`;
  }

  /** A member of an object, or null where it has none. */
  getProperty(object: RestData | null | undefined, property: string): unknown {
    return this.hasProperty(object, property) ? (object as RestData)[property] : null;
  }

  hasProperty(object: RestData | null | undefined, property: string): boolean {
    return typeof object === 'object' && object !== null && Object.hasOwn(object, property);
  }

  /** @returns the object. @throws Error as long as it has not been read */
  isLoaded(): this {
    if (!this._loaded) throw new Error('Cannot use object that is not loaded');
    return this;
  }

  /**
   * Adds a handler; one that is there already stays one. `load` on an object that is loaded calls it at once.
   * @throws Error when it is neither a function nor undefined
   */
  addHandler(notifier: RestNotifier, handler: RestHandler | undefined, scope: unknown = globalThis): void {
    validateHandler(handler);
    if (!handler) return;
    const all = this._handlers.get(notifier) ?? [];
    if (!all.some((each) => each.handler === handler))
      this._handlers.set(notifier, [...all, { handler, scope }]);
    if (notifier === 'load' && this._loaded) guarded('load', () => handler.call(scope, this));
  }

  /** Removes a handler, or all of them. */
  removeHandler(notifier: RestNotifier, handler?: RestHandler): void {
    const all = handler ? (this._handlers.get(notifier) ?? []) : [];
    this._handlers.set(
      notifier,
      all.filter((each) => each.handler !== handler),
    );
  }

  /** Reads the object again; `retries` more tries, 10 s apart, when it fails. Then `load` or `change` is told, or `error`. */
  refresh(retries = 0): this {
    clearTimeout(this._trying);
    restRequest(this.getReadUrl(), {
      method: 'GET',
      success: (response) => {
        const body = this.bodyOf(response.object);
        if (body === undefined) this.failed({ ...response, error: this.unexpected() }, 0);
        else this.take(body);
      },
      error: (response) => this.failed(response, retries),
    });
    return this;
  }

  /** A request to the API; see RestRequestOptions. */
  restRequest(url: string, options?: RestRequestOptions): void {
    restRequest(url, options);
  }

  /** Hears events from now on. */
  subscribe(): void {
    if (this._leave.length > 0) return;
    const node = this.getNode();
    this._leave = [
      hub.listen(topicOf(node), (payload) => this.hear(payload)),
      connection.onRecovered(() => this.readAgain()),
    ];
    if (!this.needsNodeSubscription()) return;
    const subscription = subscribeNode(node, (_subid, error) => {
      if (error) report(`no events of ${node}`, JSON.stringify(error));
    });
    this._leave.push(() => unsubscribeNode(node, subscription));
  }

  /** Hears no events any more. */
  unsubscribe(): void {
    clearTimeout(this._trying);
    for (const leave of this._leave) leave();
    this._leave = [];
  }

  /** An event of the node: errors end the request that they belong to, all else is taken as the object's new body. */
  protected hear(payload: unknown): void {
    const update = updateOf(payload);
    if (!update) return;
    settle(update.requestId, update.data?.apiErrors, (payload as { content?: string }).content ?? '');
    if (connection.failing || update.data?.apiErrors) return;
    this.applyUpdate(update);
  }

  /** What an event does to this object. */
  applyUpdate({ event, data }: RestUpdate): void {
    const body = this.bodyOf(data);
    if (event === 'DELETE') {
      if (body) this._data = body;
      this.tell('delete', this);
    } else if (body && (event === 'PUT' || event === 'POST')) {
      const first = !this._loaded;
      this._data = body;
      this._loaded = true;
      // An event that comes before what was read: a gadget that waits for a change hears of it, too.
      if (first) this.tell('load', this);
      if (!first || event === 'PUT') this.tell(event === 'POST' ? 'add' : 'change', this);
    }
  }

  /** A body that was read. */
  protected take(body: RestData | null): void {
    const first = !this._loaded;
    this._data = body ?? {};
    this._loaded = true;
    this.tell(first ? 'load' : 'change', this);
  }

  protected tell(notifier: RestNotifier, subject: unknown): void {
    for (const { handler, scope } of this._handlers.get(notifier) ?? [])
      guarded(notifier, () => handler.call(scope, subject));
  }

  /** After a failover. */
  protected readAgain(): void {
    this.refresh(RECOVERY_TRIES);
  }

  private unexpected() {
    return { errorType: 'parseError', errorMessage: `The answer has no ${this.rootName()}.` };
  }

  private failed(response: RestResponse, retries: number): void {
    if (retries > 0) this._trying = setTimeout(() => this.refresh(retries - 1), TRY_AGAIN_MS);
    else this.tell('error', response);
  }

  /** The text of a member; "" where it is missing or empty. */
  protected textOf(name: string): string {
    this.isLoaded();
    return text.convertNullToEmptyString(this._data[name]);
  }

  /** A member as it was parsed. */
  protected member(name: string): unknown {
    this.isLoaded();
    return this._data[name];
  }
}
