/** Presence (RFC 6121 4 as far as a notification service has it): nobody sees anybody but the service user. */
import { type Element, serialize } from '@poise/xml';
import type { Core } from './core.ts';
import { targetOf } from './iq.ts';
import { parseJid } from './jid.ts';
import { quoted } from './notices.ts';
import type { Departure } from './observer.ts';
import { retained } from './retained.ts';
import { attribute } from './stanza.ts';
import type { ClientStream } from './stream/client-stream.ts';

const PRIORITY = /^\s*[+-]?\d{1,3}\s*$/;
const PLAIN_PRESENCE = '<presence/>';

/** -128 to 127; what is no such number counts as 0, as a missing one does. */
export function priorityOf(presence: Element): number {
  const text = presence.elements().find((child) => child.name === 'priority')?.text ?? '';
  if (!PRIORITY.test(text)) return 0;
  return Math.max(-128, Math.min(127, Number(text)));
}

export class Presence {
  readonly #core: Core;
  #serviceAvailable = false;

  constructor(core: Core) {
    this.#core = core;
  }

  get serviceAvailable(): boolean {
    return this.#serviceAvailable;
  }

  /** The service user comes or goes; every available session is told once, a lost one when it is back. */
  setService(available: boolean): void {
    if (this.#serviceAvailable === available) return;
    this.#serviceAvailable = available;
    for (const session of this.#core.router.sessions()) if (session.reachable) this.#tellService(session);
  }

  received(session: ClientStream, presence: Element): void {
    const to = presence.attr('to');
    const type = presence.attr('type');
    if (to !== undefined && to !== '') {
      if (type === 'probe') this.#probe(session, to);
      else this.#directed(session, type, to);
      return;
    }
    if (type === undefined || type === '' || type === 'available') this.#available(session, presence);
    else if (type === 'unavailable') this.unavailable(session, 'unavailable');
  }

  #available(session: ClientStream, presence: Element): void {
    session.priority = priorityOf(presence);
    session.presenceXml =
      presence.children.length === 0 ? PLAIN_PRESENCE : retained(serialize(presence, presence.ns));
    if (session.available) return;
    session.reachable = true;
    this.#arrived(session);
    if (this.#serviceAvailable) this.#tellService(session);
  }

  /** A lost session is back, as available as it was; what it has to know of the service user is in its queue. */
  returned(session: ClientStream): void {
    this.#arrived(session);
  }

  #arrived(session: ClientStream): void {
    const { entry } = session;
    session.available = true;
    if (session.inheritsPresence) session.inheritsPresence = false;
    else entry.present += 1;
    const nodes = this.#core.access.presenceNodes?.(entry.user);
    if (nodes !== undefined) for (const node of nodes) this.#core.pubsub.addPresenceBound(entry.user, node);
    this.#core.observer.presence(entry.user, session.fullJid, 'available', false, undefined);
  }

  /** The session is no longer available: it said so, ended, or never followed the one it replaced. */
  unavailable(session: ClientStream, how: Departure): void {
    if (!session.available && !session.inheritsPresence) return;
    const { entry } = session;
    session.available = false;
    session.reachable = false;
    session.inheritsPresence = false;
    entry.present -= 1;
    if (this.#core.stopping) return;
    const last = entry.present === 0;
    this.#core.observer.presence(entry.user, session.fullJid, 'unavailable', last, how);
    if (!last) return;
    for (const node of this.#core.pubsub.dropPresenceBound(entry.user))
      this.#core.observer.unsubscribed(node, entry.bareJid);
  }

  /**
   * `newcomer` took the resource of `old`. Whoever watches the user sees one presence go on: an unavailable
   * one is told only if the newcomer does not become available.
   */
  handOver(old: ClientStream, newcomer: ClientStream): void {
    if (!old.available && !old.inheritsPresence) return;
    old.available = false;
    old.reachable = false;
    old.inheritsPresence = false;
    newcomer.inheritsPresence = true;
    this.#core.standstill.deadline(this.#core.limits.conflictPresenceMs, () => {
      if (newcomer.inheritsPresence) this.unavailable(newcomer, 'replaced');
    });
  }

  /** Directed presence and subscriptions have no effect: the roster is fixed. */
  #directed(session: ClientStream, type: string | undefined, to: string): void {
    const target = targetOf(this.#core, session, to);
    if (target !== 'user' && target !== 'remote' && target !== 'malformed') return;
    const { entry, fullJid } = session;
    const what = type === undefined || type === '' ? 'presence' : `presence of type ${quoted(type)}`;
    this.#core.notices.tell(
      entry.bareJid,
      'directed presence',
      `${fullJid} sends ${what} to ${quoted(to)}: it has no effect`,
    );
  }

  #tellService(session: ClientStream): void {
    const type = this.#serviceAvailable ? '' : ' type="unavailable"';
    session.transport.stanza(
      `<presence${type}${attribute('from', this.#core.serviceJid)}${attribute('to', session.fullJid)}/>`,
    );
  }

  #probe(session: ClientStream, to: string): void {
    const jid = parseJid(to);
    if (jid === null || !this.#core.isOwnDomain(jid.domain, session)) return;
    if (jid.local === this.#core.serviceUser) {
      this.#tellService(session);
      return;
    }
    if (!this.#core.isOwnJid(jid, session)) return;
    for (const other of session.entry.sessions)
      if (other.available)
        session.transport.stanza(
          `<presence${attribute('from', other.fullJid)}${attribute('to', session.fullJid)}>` +
            `${presenceChildren(other.presenceXml)}</presence>`,
        );
  }
}

function presenceChildren(xml: string): string {
  if (xml === PLAIN_PRESENCE) return '';
  return xml.slice(xml.indexOf('>') + 1, xml.lastIndexOf('</'));
}
