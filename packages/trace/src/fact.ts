/** What a fact is, and what its readers have in common. */
import type { Family } from './entry.ts';
import type { WallTime } from './times.ts';

export type FactKind =
  | 'page.load'
  | 'access'
  | 'request.start'
  | 'request.end'
  | 'api.request'
  | 'cti.request'
  | 'cti.state'
  | 'cti.refused'
  | 'cti.trace'
  | 'publish'
  | 'presence.available'
  | 'presence.unavailable'
  | 'unsubscribed'
  | 'monitor.added'
  | 'monitor.expired'
  | 'presence.logout'
  | 'forced'
  | 'cti.lost'
  | 'cti.up'
  | 'xmpp.lost'
  | 'xmpp.up'
  | 'app.start'
  | 'app.stop'
  | 'ns.start'
  | 'ns.stop'
  | 'ns.crash'
  | 'crash'
  | 'session.active'
  | 'session.idle'
  | 'session.closed'
  | 'session.poll'
  | 'session.terminate'
  | 'session.conflict'
  | 'session.bound'
  | 'routed'
  | 'unroutable'
  | 'wire.request'
  | 'wire.answer'
  | 'auth.failed'
  | 'xml.invalid'
  | 'overload'
  | 'ntp.bad'
  /** The server's clock was set. */
  | 'clock.step'
  | 'ctimanager.down'
  | 'client.info'
  | 'client.status'
  | 'client.connecting'
  | 'client.established'
  | 'client.request'
  | 'client.answer'
  | 'client.login'
  | 'client.event'
  | 'client.loggedIn'
  | 'client.ready'
  | 'client.drift'
  | 'client.disconnect'
  | 'client.reason'
  | 'client.certificate'
  | 'client.browser'
  | 'client.gadget'
  | 'client.sleep'
  /** A timer of the page ran late, by `ms`. */
  | 'client.late'
  /** The page's own scripts kept it from answering, for `ms`. */
  | 'client.busy'
  /** The tab went behind, or the browser froze it. */
  | 'client.hidden'
  | 'client.visible'
  /** The browser says that it has no network, or finds no way to anything. */
  | 'client.offline'
  /** Nothing answers at port 7443. */
  | 'client.port'
  /** A page begins: what stood before belongs to another one. */
  | 'client.start'
  | 'client.unload'
  /** A request of the page that got no answer, or whose answer broke off. */
  | 'client.unanswered'
  /** A long poll that left the page. */
  | 'client.poll'
  /** Something between client and server answered in its place. */
  | 'client.proxy'
  /** The server does not know the session any more. */
  | 'client.sessionGone'
  /** The page asked for the sign-out. */
  | 'client.logout'
  /** Any other line: the page was alive. */
  | 'client.line';

/** What a fact holds besides its place; a key is there only if the entry says it. */
export type FactData = Readonly<Record<string, string>>;

export interface Found {
  readonly kind: FactKind;
  readonly family: Family;
  readonly file: string;
  /** Which part of the file: of an archive of requests, and of a file that has many on one line. */
  readonly part?: string;
  readonly line: number;
  readonly time: WallTime | null;
  /** A moment that the entry carries inside, in ms since 1970: `nocache`, CTI_MSG_RECEIVED. */
  readonly epoch: number | null;
  readonly agent: string | null;
  readonly data: FactData;
  /** The entry's text, neither masked nor cut. */
  readonly text: string;
}

export type Made = { kind: FactKind; agent?: string | null; data?: FactData; epoch?: number | null };

export const squeeze = (text: string): string => text.replace(/\s+/g, '');
const UUID = /[0-9a-f]{8}-[0-9a-f-]{10,}/i;

/** Login id of a JID: what stands before the `@`, with XEP-0106 and percent escapes left alone. */
export function agentOfJid(jid: string): string | null {
  const found = /^\s*([^@/\s]{1,128})@/.exec(jid);
  return found === null || found[1] === 'finesse' || /^pubsub\b/.test(found[1] as string)
    ? null
    : (found[1] as string);
}

/** Login id in `/finesse/api/User/2001/Dialogs`. */
export function agentOfPath(path: string): string | null {
  const found = /(?:^|\/)User\/\s*([^/?\s&'"\]<]{1,128})/i.exec(path.replaceAll(/%2F/gi, '/'));
  return found === null ? null : decoded(found[1] as string);
}

export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Milliseconds since 1970 as a client writes them: 2001 to 2286. */
export function epochOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{12,13}$/.test(text) ? Number(text) : null;
}

export const nocacheOf = (text: string): string | undefined =>
  /nocache(?:=\s*\[?|%(?:25)*3D\s*)(\d{10,14})/i.exec(text.replace(/%\n3D/g, '%3D'))?.[1];

export const data = (values: Record<string, string | null | undefined>): FactData => {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '' && value !== 'null') kept[key] = value;
  return kept;
};

const elementOf = (name: string) => new RegExp(`<${name}>([^<]{0,1024})<`);
const ELEMENTS = {
  requestId: elementOf('requestId'),
  state: elementOf('state'),
  event: elementOf('event'),
  reasonCodeId: elementOf('reasonCodeId'),
  code: elementOf('code'),
  ErrorType: elementOf('ErrorType'),
  errorType: elementOf('errorType'),
} as const;

/** What an Update says, in elements or in escaped ones. */
export function updateOf(text: string): FactData {
  const xml = text.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
  const element = (name: keyof typeof ELEMENTS) => ELEMENTS[name].exec(xml)?.[1]?.trim();
  return data({
    requestId: UUID.exec(squeeze(element('requestId') ?? ''))?.[0] ?? element('requestId'),
    state: element('state'),
    event: element('event'),
    reason: element('reasonCodeId') ?? element('code'),
    error: element('ErrorType') ?? element('errorType'),
  });
}
