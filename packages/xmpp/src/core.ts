/** What the parts of one server share. */
import { type Clock, Standstill, type Timer } from '@poise/clock';
import type { XmppAccess } from './access.ts';
import type { Authenticator } from './authenticator.ts';
import { foldCase, type Jid } from './jid.ts';
import { limitsWith, type XmppLimits } from './limits.ts';
import { Notices } from './notices.ts';
import { guardObserver, type XmppObserver } from './observer.ts';
import { Presence } from './presence.ts';
import { type EventForm, EventStanza, ItemIds, notificationXml } from './pubsub/event.ts';
import { type KeptSubscriptions, Pubsub } from './pubsub/pubsub.ts';
import { RandomIds } from './random.ts';
import { Router, type UserSessions } from './router.ts';
import type { ClientStream } from './stream/client-stream.ts';
import { StreamManagement } from './stream/management.ts';
import type { PlainInClear } from './transport.ts';

export interface CoreOptions {
  /** XMPP domain, printed everywhere in this spelling; never resolved or validated. */
  readonly domain: string;
  readonly clock: Clock;
  /** Calls back when others have had their turn to be read. Default: the next turn of the event loop; a simulation has turns of its clock alone. */
  readonly nextTurn?: ((goOn: () => void) => void) | undefined;
  /** That many random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  readonly authenticator: Authenticator;
  readonly access: XmppAccess;
  readonly eventForm: EventForm;
  /** Where a listener does not say otherwise. Default loopback. */
  readonly plainInClear?: PlainInClear;
  /** Printed in answers to jabber:iq:version. */
  readonly version: string;
  readonly limits?: Partial<XmppLimits>;
  /** Keeps explicit bare-JID subscriptions; absent: they end with the process. */
  readonly keptSubscriptions?: KeptSubscriptions | undefined;
  readonly observer?: Partial<XmppObserver>;
}

export interface PublishResult {
  readonly itemId: string;
  /** Sessions to which the event was handed. */
  readonly delivered: number;
}

export class Core {
  readonly domain: string;
  readonly pubsubJid: string;
  /** Local part of the user whose presence the clients watch. */
  readonly serviceUser = 'finesse';
  readonly serviceJid: string;
  readonly clock: Clock;
  readonly nextTurn: (goOn: () => void) => void;
  readonly authenticator: Authenticator;
  readonly access: XmppAccess;
  readonly plainInClear: PlainInClear;
  readonly version: string;
  readonly limits: XmppLimits;
  readonly observer: XmppObserver;
  readonly ids: RandomIds;
  readonly router: Router;
  readonly pubsub: Pubsub;
  readonly presence: Presence;
  readonly management: StreamManagement;
  /** When this process last stood still: clients could not be heard then. */
  readonly standstill: Standstill;
  /** Lines about what clients do wrong. */
  readonly notices: Notices;
  /** All connections, signed in or not. */
  readonly streams = new Set<ClientStream>();
  /** The server goes down: presences become unknown, not unavailable. */
  stopping = false;
  readonly #foldedDomain: string;
  readonly #form: EventForm;
  readonly #itemIds: ItemIds;
  readonly #observesUnroutable: boolean;
  readonly #observesAddressed: boolean;
  /** Full JIDs without a session whose subscriptions wait for their end. */
  readonly #expiring = new Map<string, Timer>();
  #published = 0;

  constructor(options: CoreOptions) {
    this.domain = options.domain;
    this.#foldedDomain = foldCase(options.domain);
    this.pubsubJid = `pubsub.${options.domain}`;
    this.serviceJid = `${this.serviceUser}@${options.domain}/webservices`;
    this.clock = options.clock;
    this.nextTurn = options.nextTurn ?? setImmediate;
    this.authenticator = options.authenticator;
    this.access = options.access;
    this.plainInClear = options.plainInClear ?? 'loopback';
    this.version = options.version;
    this.limits = limitsWith(options.limits);
    this.observer = guardObserver(options.observer);
    this.#observesUnroutable = options.observer?.unroutable !== undefined;
    this.#observesAddressed = options.observer?.addressedToUser !== undefined;
    this.ids = new RandomIds(options.random);
    this.#form = options.eventForm;
    this.#itemIds = new ItemIds(options.eventForm, this.ids);
    this.router = new Router(options.domain, this.limits, options.clock);
    this.pubsub = new Pubsub({
      access: options.access,
      kept: options.keptSubscriptions,
      newSubid: () => this.ids.alphanumeric(40),
      subscriptionsPerUserMax: this.limits.subscriptionsPerUserMax,
    });
    this.presence = new Presence(this);
    this.standstill = new Standstill(options.clock);
    this.management = new StreamManagement(this);
    this.notices = new Notices(options.clock, this.limits.noticeMs, this.observer.info);
  }

  /** Our domain, or the name by which this client called us: labs dial by any name. */
  isOwnDomain(foldedDomain: string, session: ClientStream): boolean {
    return foldedDomain === this.#foldedDomain || (session.alias !== '' && foldedDomain === session.alias);
  }

  isPubsubDomain(foldedDomain: string, session: ClientStream): boolean {
    return foldedDomain.startsWith('pubsub.') && this.isOwnDomain(foldedDomain.slice(7), session);
  }

  /** Whether the bare part of `jid` is the session's own. */
  isOwnJid(jid: Jid, session: ClientStream): boolean {
    return jid.local === session.foldedLocal && this.isOwnDomain(jid.domain, session);
  }

  /** Publishes a payload as escaped text inside `<notification/>`. */
  publish(node: string, payload: string): PublishResult {
    return this.publishItem(node, this.#itemIds.next(), notificationXml(this.#form, payload));
  }

  /** Publishes an item as it is. Never blocks: a slow subscriber's transport bounds its own queue. */
  publishItem(node: string, itemId: string, itemXml: string): PublishResult {
    const subscriptions = this.pubsub.publish(node, { id: itemId, xml: itemXml });
    if (subscriptions.length === 0) return { itemId, delivered: 0 };
    const event = new EventStanza(this.#form, this.ids, this.pubsubJid, node, itemId, itemXml);
    const serial = ++this.#published;
    let delivered = 0;
    for (const { user, resource } of subscriptions) {
      const entry = this.router.find(user);
      if (entry === undefined) continue;
      const { bareJidXml } = entry;
      // Like what goes to the sessions: from behind the name on.
      let observed: string | undefined;
      if (resource === null && this.#observesAddressed) {
        observed = event.addressed(bareJidXml, bareJidXml);
        this.observer.addressedToUser(`<message${observed}`);
      }
      let reached = false;
      for (const session of entry.sessions) {
        if (!session.reachable) continue;
        if (resource === null ? session.priority < 0 : session.resource !== resource) continue;
        // What waits for a lost session is told as it would be without one.
        if (session.available) reached = true;
        // One event per session, however many subscriptions match (and none for a node it has left).
        if (session.lastEvent === serial || (resource === null && session.left?.has(node))) continue;
        session.lastEvent = serial;
        delivered += 1;
        const to = resource === null ? bareJidXml : session.fullJidXml;
        session.transport.message(observed ?? event.addressed(to, bareJidXml));
      }
      if (!reached && resource === null && this.#observesUnroutable)
        this.observer.unroutable(`<message${observed ?? event.addressed(bareJidXml, bareJidXml)}`);
    }
    return { itemId, delivered };
  }

  /** After a session: its full-JID subscriptions live on for a while, for the case that it comes back. */
  expireFullJid(entry: UserSessions, resource: string): void {
    const { user } = entry;
    if (!this.pubsub.hasFullJid(user, resource)) return;
    const fullJid = `${entry.bareJid}/${resource}`;
    this.keepFullJid(fullJid);
    const timer = this.clock.schedule(this.limits.fullJidSubscriptionMs, () => {
      this.#expiring.delete(fullJid);
      this.pubsub.dropFullJid(user, resource);
    });
    this.#expiring.set(fullJid, timer);
  }

  /** The resource is bound again. */
  keepFullJid(fullJid: string): void {
    this.#expiring.get(fullJid)?.cancel();
    this.#expiring.delete(fullJid);
  }

  /** Item id of this release's form. */
  nextItemId(): string {
    return this.#itemIds.next();
  }
}
