/** What stands in the messages of the tunnel. */
import { type Element, escapeText, parse, serialize, XmlError } from '@poise/xml';

const NS_PUBSUB_EVENT = 'http://jabber.org/protocol/pubsub#event';

/** Nodes are paths of the REST API, and encoded as such; half a surrogate pair cannot be. */
function encoded(node: string): string {
  try {
    return encodeURI(node);
  } catch {
    return node;
  }
}

/** The events of a message of the pubsub service: node and Update each, without anything between. */
export function eventTexts(message: Element): string[] {
  const texts: string[] = [];
  for (const items of message.child('event', NS_PUBSUB_EVENT)?.elements('items') ?? []) {
    const node = encoded(items.attr('node') ?? '');
    for (const item of items.elements('item')) {
      const notification = item.child('notification');
      if (notification === undefined || node === '') continue;
      // Where it is no text it is an element.
      const inner = notification.elements()[0];
      const update = inner === undefined ? notification.text.trim() : serialize(inner);
      if (update !== '') texts.push(node + update);
    }
  }
  return texts;
}

/** `<presence>` as the original's tunnel writes it: two elements, no namespace. */
export function presenceText(presence: Element): string {
  const type = presence.attr('type');
  const from = escapeText(presence.attr('from') ?? '');
  return `<presence><from>${from}</from>${type === undefined ? '<type/>' : `<type>${escapeText(type)}</type>`}</presence>`;
}

export interface Refusal {
  readonly errorType: string;
  readonly errorMessage: string;
}

/** ApiErrors for a refused node. Libraries cut at `|`, so that none may stand in it. */
export function refusalText(node: string, { errorType, errorMessage }: Refusal): string {
  const part = (name: string, text: string) =>
    `<${name}>${escapeText(text).replaceAll('|', '&#124;')}</${name}>`;
  return `<ApiErrors><ApiError>${part('ErrorType', errorType)}${part('ErrorMessage', errorMessage)}${part('ErrorData', node)}</ApiError></ApiErrors>`;
}

export interface Credentials {
  readonly id: string;
  /** Or an access token. */
  readonly password: string;
  readonly xmppDomain: string;
}

export interface ConnectionRequest extends Credentials {
  readonly connectionType: string;
}

/**
 * Reads `<connInfo>`. Libraries write it without escaping anything, so that a password may make it no XML at all: then what stands
 * between the tags counts.
 * @returns null when id, password or domain is missing
 */
export function readConnectionRequest(text: string): ConnectionRequest | null {
  const value = valuesOf(text);
  const [id, password, xmppDomain] = [value('id'), value('password'), value('xmppDomain')];
  if (id === '' || password === '' || xmppDomain === '') return null;
  return { id, password, xmppDomain, connectionType: value('notificationConnectionType') };
}

function valuesOf(text: string): (name: string) => string {
  try {
    const root = parse(text.trim());
    return (name) => root.child(name)?.text.trim() ?? '';
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return (name) => new RegExp(`<${name}>([\\s\\S]*?)</${name}>`).exec(text)?.[1] ?? '';
  }
}

/** How the connection is watched (the original's desktop properties of these names). */
export interface PingProperties {
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
}

const PING_MS_MIN = 1_000;
const PING_MS_MAX = 600_000;

/** Reads the JSON of XMPP_DISCONNECT_PROPERTIES; what is missing or no number stays as it was. */
export function readPingProperties(text: string, before: PingProperties): PingProperties {
  const values = readJson(text);
  const ms = (name: string, otherwise: number) => {
    const value = Number.parseInt(String(values[name]), 10);
    return Number.isNaN(value) ? otherwise : Math.min(Math.max(value, PING_MS_MIN), PING_MS_MAX);
  };
  return {
    pingIntervalMs: ms('xmppFailoverDetectionPingInterval', before.pingIntervalMs),
    pingTimeoutMs: ms('xmppRequestTimeout', before.pingTimeoutMs),
  };
}

/** An object of a message; an empty one for anything else. */
export function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
