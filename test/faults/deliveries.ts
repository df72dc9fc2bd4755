/**
 * Nothing is lost: what is published on the nodes of a user's own while a session of his page stands reaches that page, in
 * order. (That nothing comes twice is looked at beside it.)
 */
import { escapeText } from '@poise/xml';
import type { AgentDesktop } from './desk.ts';
import type { SimNode } from './node.ts';
import type { World } from './world.ts';

/** From the publication, from the end of all faults, and from when the page is told that it is connected. */
const HERE_WITHIN_MS = 10_000;
/** Items of a session whose order is remembered. */
const REMEMBERED = 50;

interface Item {
  /** Place in the order of publication. */
  readonly serial: number;
  readonly key: string;
  /** Monotonic ms. */
  readonly at: number;
}

interface Heard {
  /** Of the request whose answer brought it; 0: not BOSH. */
  readonly rid: number;
  serial: number;
  readonly key: string;
}

/** A session that is signed in at the notification service. */
interface Session {
  readonly node: SimNode;
  readonly user: string;
  /** Published, and not heard yet. */
  open: Item[];
  /** Heard last, in the order in which the page read them. */
  readonly heard: Heard[];
  /** Since when all is well with the page (monotonic ms). */
  wellSince: number | undefined;
}

/** A node of a user's own. */
const OWN = /^\/finesse\/api\/User\/(\d+)(?:\/Dialogs)?$/;
const ITEM = /<items node="([^"]+)"><item id=["']([^"']+)["']><notification[^>]*>([^<]*)<\/notification>/g;
/** The answer to the binding of a resource. */
const BOUND = /<bind [^>]*><jid>([^<]+)<\/jid>/;

export class Deliveries {
  readonly #world: World;
  /** By {@link nameOf}. */
  readonly #sessions = new Map<string, Session>();
  /** The session that each page opened last. */
  readonly #current = new Map<AgentDesktop, string>();
  readonly #known = new Map<AgentDesktop, Set<string>>();
  /** All that was, by their keys. */
  readonly #published = new Set<string>();
  #serial = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** The webservices publish. */
  published(node: SimNode, topic: string, payload: string): void {
    const user = OWN.exec(topic)?.[1];
    if (user === undefined) return;
    this.#ofAnother(topic, payload);
    const item = { serial: ++this.#serial, key: keyOf(topic, escapeText(payload)), at: this.#world.now };
    this.#published.add(item.key);
    for (const info of node.notification.sessions()) {
      if (info.user !== user || !info.available) continue;
      const name = nameOf(info);
      let session = this.#sessions.get(name);
      if (session === undefined) {
        session = { node, user, open: [], heard: [], wellSince: undefined };
        this.#sessions.set(name, session);
      }
      session.open.push(item);
    }
  }

  /** The page reads something. @param rid of the BOSH request */
  heard(page: AgentDesktop, xml: string, rid: string | undefined): void {
    const bound = BOUND.exec(xml)?.[1];
    if (bound !== undefined) this.#bound(page, bound);
    for (const [, node, id, text] of xml.matchAll(ITEM)) {
      const known = this.#known.get(page) ?? new Set();
      this.#known.set(page, known);
      if (known.has(id!)) continue;
      known.add(id!);
      const key = keyOf(node!, text!);
      const user = OWN.exec(node!)?.[1];
      if (user !== undefined && (user !== page.loginId || !this.#published.has(key)))
        this.#world.broken('nobody is told of another one', `${page.loginId} heard ${key}`);
      this.#item(page, key, Number(rid ?? 0));
    }
  }

  /** Errors of a supervisor's requests name whom they concern. */
  #ofAnother(topic: string, payload: string): void {
    const [source] = /<source>\/finesse\/api\/User\/\d+/.exec(payload) ?? [];
    if (source === undefined || /<apiErrors>/i.test(payload)) return;
    if (!`${topic}/`.startsWith(`${source.replace('<source>', '')}/`))
      this.#world.broken('nobody is told of another one', `${topic} tells of ${source}`);
  }

  /** Pages of a user have the same JID one after another: the session is the one that is there now. */
  #bound(page: AgentDesktop, jid: string): void {
    for (const node of this.#world.nodes)
      for (const info of node.notification.sessions())
        if (info.jid === jid) this.#current.set(page, nameOf(info));
  }

  #item(page: AgentDesktop, key: string, rid: number): void {
    const session = this.#sessions.get(this.#current.get(page) ?? '');
    const at = session?.open.findIndex((item) => item.key === key) ?? -1;
    if (session === undefined || at < 0) return;
    const { serial } = session.open.splice(at, 1)[0]!;
    const item: Heard = { rid, serial, key };
    const all = [...session.heard, item];
    // Which of two that say the same has come, nobody can tell: an answer that was sent again may bring the first one last.
    const twin = isWrong(all, item)
      ? session.heard.find((other) => other.key === key && other.rid > rid && other.serial < serial)
      : undefined;
    if (twin !== undefined) [item.serial, twin.serial] = [twin.serial, item.serial];
    if (isWrong(all, item) || (twin !== undefined && isWrong(all, twin)))
      this.#world.broken('nothing is lost', `an event came to ${page.loginId} in the wrong order: ${key}`);
    session.heard.push(item);
    if (session.heard.length > REMEMBERED) session.heard.shift();
  }

  /** Looks for what has not come. */
  check(): void {
    const { nodes, desktops, now, calm, calmSince } = this.#world;
    const standing = new Set<string>();
    for (const node of nodes) for (const info of node.notification.sessions()) standing.add(nameOf(info));
    for (const [name, session] of this.#sessions) {
      if (!nodes.includes(session.node) || !standing.has(name)) {
        this.#sessions.delete(name);
        continue;
      }
      const page = desktops.get(session.user);
      const isWell = calm && page?.isLive === true && this.#current.get(page) === name;
      session.wellSince = isWell ? (session.wellSince ?? Math.max(now, calmSince)) : undefined;
      if (session.wellSince === undefined) continue;
      for (const { at, key } of session.open)
        if (now - Math.max(at, session.wellSince) > HERE_WITHIN_MS) {
          this.#world.broken('nothing is lost', `${session.user} was not told of ${key}`);
          return;
        }
    }
  }
}

/** Whether one of them stands in another place than it was published in. Answers may be read in any order, what is in them not. */
const isWrong = (all: readonly Heard[], one: Heard): boolean => {
  const at = all.indexOf(one);
  return all.some((other, index) => {
    if (index === at) return false;
    const [first, second] = index < at ? [other, one] : [one, other];
    return first.rid <= second.rid === first.serial > second.serial;
  });
};

const nameOf = ({ jid, connectedAt }: { readonly jid: string; readonly connectedAt: number }): string =>
  `${jid} ${connectedAt}`;

const keyOf = (node: string, payload: string): string => `${node} ${payload.replaceAll(/\s/g, '')}`;
