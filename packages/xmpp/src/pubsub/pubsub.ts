/**
 * Publish-subscribe without a stanza in it. Nodes exist implicitly: the access callbacks say which.
 * A subscription belongs to a user and is either bare (all his sessions) or names one resource.
 */
import type { NodeDecision, XmppAccess } from '../access.ts';
import { retained } from '../retained.ts';

/** Why a bare subscription exists without a request. */
export type SubscriptionOrigin = 'explicit' | 'automatic' | 'presence';

export interface Subscription {
  /** Canonical node name. */
  readonly node: string;
  readonly user: string;
  /** Null: bare JID. */
  readonly resource: string | null;
  readonly origin: SubscriptionOrigin;
}

/** The last thing published on a node. */
export interface Item {
  readonly id: string;
  /** XML of the item's content. */
  readonly xml: string;
}

export type SubscribeResult =
  | { readonly ok: true; readonly subscription: Subscription }
  | { readonly ok: false; readonly reason: 'item-not-found' | 'forbidden' | 'too-many-subscriptions' };

export type UnsubscribeResult =
  | { readonly ok: true; readonly automatic: boolean }
  | { readonly ok: false; readonly reason: 'item-not-found' | 'not-subscribed' | 'invalid-subid' };

/** Shared by all nodes without subscriptions; never changed. */
const NONE: Entry[] = [];

class Node {
  readonly name: string;
  subscriptions: Entry[] = NONE;
  item: Item | undefined = undefined;
  created = false;
  /** Whether the last item is kept for those who ask. */
  keepsItem = true;
  constructor(name: string) {
    this.name = retained(name);
  }
}

class Entry implements Subscription {
  readonly of: Node;
  readonly user: string;
  readonly resource: string | null;
  origin: SubscriptionOrigin;
  /** Made when first asked for: most automatic subscriptions are never looked at. */
  subid = '';
  /** Place in the node's list, so that leaving is O(1) also among thousands. */
  slot: number;
  constructor(of: Node, user: string, resource: string | null, origin: SubscriptionOrigin) {
    this.of = of;
    this.user = user;
    this.resource = resource === null ? null : retained(resource);
    this.origin = origin;
    this.slot = of.subscriptions.length;
  }
  get node(): string {
    return this.of.name;
  }
}

/** An explicit subscription of a bare JID. */
export interface KeptSubscription {
  readonly node: string;
  readonly subid: string;
}

/** Keeps explicit bare-JID subscriptions beyond the life of this process. Calls do not wait and do not throw. */
export interface KeptSubscriptions {
  of(user: string): Iterable<KeptSubscription>;
  add(user: string, node: string, subid: string): void;
  remove(user: string, node: string): void;
  /** The user was deleted. */
  removeUser(user: string): void;
}

export interface PubsubOptions {
  /** Absent: explicit bare-JID subscriptions end with the process. */
  readonly kept?: KeptSubscriptions | undefined;
  readonly access: XmppAccess;
  readonly newSubid: () => string;
  readonly subscriptionsPerUserMax: number;
}

const NOTHING_KEPT: readonly KeptSubscription[] = [];
const NO_SUBSCRIPTIONS: readonly Subscription[] = [];

export class Pubsub {
  readonly #options: PubsubOptions;
  readonly #nodes = new Map<string, Node>();
  readonly #users = new Map<string, Entry[]>();

  constructor(options: PubsubOptions) {
    this.#options = options;
  }

  /** Whether the user may read the node; a node that a service made exists for everybody. */
  access(user: string, node: string): NodeDecision {
    const decision = this.#options.access.nodeAccess(user, node);
    return decision === 'not-found' && this.#nodes.get(node)?.created === true ? 'allow' : decision;
  }

  /** Makes a node that no object stands behind. Making it again changes nothing. */
  create(node: string, options: { readonly keepsItem: boolean }): void {
    const known = this.#node(node);
    known.created = true;
    known.keepsItem = options.keepsItem;
  }

  /** Nodes that services made, for lists. */
  *createdNodes(): Iterable<string> {
    for (const node of this.#nodes.values()) if (node.created) yield node.name;
  }

  /**
   * Brings the automatic subscriptions of a user up to date, restores the explicit ones that were kept, and
   * drops those that he may no longer have. Called when he binds and when his rights change.
   */
  refresh(user: string): void {
    for (const { node, subid } of this.#options.kept?.of(user) ?? NOTHING_KEPT) {
      if (this.#find(user, null, node) === undefined)
        this.#add(user, null, node, 'explicit').subid = retained(subid);
    }
    const wanted = this.#options.access.automaticNodes(user);
    const entries = this.#users.get(user);
    if (entries !== undefined) {
      for (const entry of [...entries]) {
        const gone =
          entry.origin === 'automatic'
            ? !wanted.includes(entry.node)
            : entry.origin === 'explicit' && this.access(user, entry.node) !== 'allow';
        if (gone) this.#remove(entry);
      }
    }
    for (const node of wanted) this.#ensure(user, node, 'automatic');
  }

  /** What is kept of a user was changed elsewhere: explicit subscriptions of his bare JID become what is kept. */
  followKept(user: string): void {
    const kept = new Set([...(this.#options.kept?.of(user) ?? NOTHING_KEPT)].map(({ node }) => node));
    for (const entry of [...(this.#users.get(user) ?? [])])
      if (entry.resource === null && entry.origin === 'explicit' && !kept.has(entry.node))
        this.#remove(entry);
    this.refresh(user);
  }

  /** Adds a presence-bound bare subscription. */
  addPresenceBound(user: string, node: string): void {
    this.#ensure(user, node, 'presence');
  }

  /** Ends the presence-bound subscriptions of a user. @returns their nodes */
  dropPresenceBound(user: string): string[] {
    const dropped: string[] = [];
    for (const entry of [...(this.#users.get(user) ?? [])]) {
      if (entry.origin !== 'presence') continue;
      this.#remove(entry);
      dropped.push(entry.node);
    }
    return dropped;
  }

  /** Subscribes; asking again returns the subscription that exists. `node` is canonical. */
  subscribe(user: string, resource: string | null, node: string): SubscribeResult {
    const decision = this.access(user, node);
    if (decision === 'not-found') return { ok: false, reason: 'item-not-found' };
    if (decision === 'forbidden') return { ok: false, reason: 'forbidden' };
    const existing = this.#find(user, resource, node);
    if (existing !== undefined) return { ok: true, subscription: existing };
    if ((this.#users.get(user)?.length ?? 0) >= this.#options.subscriptionsPerUserMax)
      return { ok: false, reason: 'too-many-subscriptions' };
    const subscription = this.#add(user, resource, node, 'explicit');
    if (resource === null) this.#options.kept?.add(user, subscription.node, this.subid(subscription));
    return { ok: true, subscription };
  }

  /**
   * Ends a subscription. An automatic one stays (the caller keeps it from the asking session):
   * `automatic` says so.
   */
  unsubscribe(user: string, resource: string | null, node: string, subid?: string): UnsubscribeResult {
    const entry = this.#find(user, resource, node);
    if (entry === undefined) {
      const reason = this.access(user, node) === 'not-found' ? 'item-not-found' : 'not-subscribed';
      return { ok: false, reason };
    }
    if (subid !== undefined && subid !== '' && subid !== entry.subid)
      return { ok: false, reason: 'invalid-subid' };
    if (entry.origin === 'automatic') return { ok: true, automatic: true };
    this.#remove(entry);
    return { ok: true, automatic: false };
  }

  /** Subscriptions of a user, optionally on one node only. */
  subscriptionsOf(user: string, node?: string): readonly Subscription[] {
    const entries = this.#users.get(user);
    if (entries === undefined) return NO_SUBSCRIPTIONS;
    return node === undefined ? entries : entries.filter((entry) => entry.node === node);
  }

  /** 40 alphanumerics by default; stays the same as long as the subscription lives. */
  subid(subscription: Subscription): string {
    const entry = subscription as Entry;
    if (entry.subid === '') entry.subid = this.#options.newSubid();
    return entry.subid;
  }

  /** Whether the user has subscriptions that name this resource. */
  hasFullJid(user: string, resource: string): boolean {
    return this.#users.get(user)?.some((entry) => entry.resource === resource) === true;
  }

  /** Ends all subscriptions that name this resource. */
  dropFullJid(user: string, resource: string): void {
    for (const entry of [...(this.#users.get(user) ?? [])])
      if (entry.resource === resource) this.#remove(entry);
  }

  /** The user was deleted. */
  removeUser(user: string): void {
    this.#options.kept?.removeUser(user);
    for (const entry of [...(this.#users.get(user) ?? [])]) this.#remove(entry);
    this.#users.delete(user);
  }

  /** Keeps the item as the node's last one and returns who is to get it. */
  publish(node: string, item: Item): readonly Subscription[] {
    const known = this.#node(node);
    if (known.keepsItem) known.item = { id: retained(item.id), xml: retained(item.xml) };
    return known.subscriptions;
  }

  /** Whether anybody is subscribed. */
  hasSubscribers(node: string): boolean {
    return (this.#nodes.get(node)?.subscriptions.length ?? 0) > 0;
  }

  lastItem(node: string): Item | undefined {
    return this.#nodes.get(node)?.item;
  }

  /** Figures for health reports. */
  get size(): { nodes: number; users: number } {
    return { nodes: this.#nodes.size, users: this.#users.size };
  }

  #node(name: string): Node {
    let node = this.#nodes.get(name);
    if (node === undefined) {
      node = new Node(name);
      this.#nodes.set(node.name, node);
    }
    return node;
  }

  #find(user: string, resource: string | null, node: string): Entry | undefined {
    const entries = this.#users.get(user);
    if (entries === undefined) return undefined;
    for (const entry of entries) if (entry.resource === resource && entry.of.name === node) return entry;
    return undefined;
  }

  #ensure(user: string, node: string, origin: SubscriptionOrigin): void {
    const entry = this.#find(user, null, node);
    if (entry === undefined) this.#add(user, null, node, origin);
    else entry.origin = origin;
  }

  #add(user: string, resource: string | null, name: string, origin: SubscriptionOrigin): Entry {
    const node = this.#node(name);
    const entry = new Entry(node, user, resource, origin);
    // Most lists have one entry and stay so; a first push would reserve room for seventeen.
    if (node.subscriptions === NONE) node.subscriptions = [entry];
    else node.subscriptions.push(entry);
    const entries = this.#users.get(user);
    this.#users.set(
      entries === undefined ? entry.user : user,
      entries === undefined ? [entry] : [...entries, entry],
    );
    return entry;
  }

  #remove(entry: Entry): void {
    // Also those that were explicit once, and then became automatic or presence-bound.
    if (entry.resource === null) this.#options.kept?.remove(entry.user, entry.node);
    const { subscriptions } = entry.of;
    const last = subscriptions.pop() as Entry;
    if (subscriptions.length === 0) entry.of.subscriptions = NONE;
    if (last !== entry) {
      subscriptions[entry.slot] = last;
      last.slot = entry.slot;
    }
    if (entry.of.subscriptions === NONE && entry.of.item === undefined && !entry.of.created)
      this.#nodes.delete(entry.of.name);
    const entries = this.#users.get(entry.user)?.filter((other) => other !== entry);
    if (entries === undefined || entries.length === 0) this.#users.delete(entry.user);
    else this.#users.set(entry.user, entries);
  }
}
