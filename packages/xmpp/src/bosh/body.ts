/** The `<body/>` element: reading requests and writing answers, byte for byte (XEP-0124 4). */
import { Element, parse, XmlError } from '@poise/xml';
import type { StreamHeader } from '../transport.ts';
import type { BoshLimits } from './limits.ts';
import { parseRid } from './window.ts';

export const NS_HTTPBIND = 'http://jabber.org/protocol/httpbind';
export const NS_XBOSH = 'urn:xmpp:xbosh';
const NS_CLIENT = 'jabber:client';

/** A request body as the session needs it. */
export interface RequestBody {
  readonly sid: string | undefined;
  /** Undefined when missing or no integer from 1 to 2^53 - 1. */
  readonly rid: number | undefined;
  /** Null for an empty poll: no payload and nothing but addresses in the attributes. */
  readonly element: Element | null;
  /**
   * Tells bodies with equal rid apart by what they ask for: stanzas, terminate, restart. Clients that
   * build a lost request anew write keys, pause and addresses differently. 0 when they ask for nothing.
   */
  readonly fingerprint: number;
  readonly bytes: number;
}

/** Why a request is refused that {@link readBody} makes nothing of. */
export const UNREADABLE = 'a request that cannot be read';

type BodyLimits = Pick<BoshLimits, 'bodyBytesMax' | 'xmlDepthMax' | 'xmlAttributesMax'>;

/**
 * Reads a request body. Anything but a well-formed `<body/>` within the limits is undefined: it cannot
 * be matched to a session, so the HTTP status is all that can be said (XEP-0124 17.1).
 * Bodies without the namespace are taken for what they are meant to be.
 */
export function readBody(bytes: Buffer, limits: BodyLimits): RequestBody | undefined {
  return scanPoll(bytes) ?? parseBody(bytes, limits);
}

/** {@link readBody} by the XML parser alone. */
export function parseBody(bytes: Buffer, limits: BodyLimits): RequestBody | undefined {
  let element: Element;
  try {
    element = parse(bytes, {
      bytesMax: limits.bodyBytesMax,
      depthMax: limits.xmlDepthMax + 1,
      attributesMax: limits.xmlAttributesMax,
      textLengthMax: limits.bodyBytesMax,
      attributeLengthMax: limits.bodyBytesMax,
      declaration: 'allow',
    });
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
  if (element.name !== 'body' || (element.ns !== NS_HTTPBIND && element.ns !== '')) return undefined;
  const plain = isEmptyPoll(element);
  return {
    sid: element.attr('sid'),
    rid: parseRid(element.attr('rid')),
    element: plain ? null : element,
    fingerprint: plain ? 0 : fingerprint(bytes, element),
    bytes: bytes.length,
  };
}

function isEmptyPoll(element: Element): boolean {
  for (const child of element.children) if (typeof child !== 'string') return false;
  for (const key in element.attrs) {
    if (key === 'type' || key === 'pause' || key === 'key' || key === 'newkey' || key.endsWith(':restart'))
      return false;
  }
  return element.attr('sid') !== undefined;
}

/** 32 bits of FNV-1a over what stands in the body; 0 for nothing. */
function fingerprint(bytes: Buffer, element: Element): number {
  const restart = element.attrNS(NS_XBOSH, 'restart') === 'true';
  const kind = (isTerminate(element) ? 1 : 0) + (restart ? 2 : 0);
  const start = contentStart(bytes);
  const end = start < 0 ? -1 : bytes.lastIndexOf('</');
  if (end <= start && kind === 0) return 0;
  let hash = 0x811c9dc5 ^ kind;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash === 0 ? 1 : hash;
}

/** Behind the start tag of a well-formed `<body>`; -1 when it is self-closed. */
function contentStart(bytes: Buffer): number {
  let quote = 0;
  for (let i = bytes.indexOf('<body'); i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (quote !== 0) quote = byte === quote ? 0 : quote;
    else if (byte === 0x22 || byte === 0x27) quote = byte;
    else if (byte === 0x3e) return bytes[i - 1] === 0x2f ? -1 : i + 1;
  }
  return -1;
}

const POLL_BYTES_MAX = 256;
const SID = /^[0-9A-Za-z]{1,64}$/;

/**
 * The empty poll in the forms that clients write, recognised without the parser: `<body` with `rid`,
 * `sid` and `xmlns` in any order and quotes, one blank before each, closed either way. It is the most
 * frequent request by far; whatever looks different in the least is left to the parser.
 */
export function scanPoll(bytes: Buffer): RequestBody | undefined {
  if (bytes.length > POLL_BYTES_MAX) return undefined;
  const text = bytes.toString('latin1');
  if (!text.startsWith('<body ')) return undefined;
  let at = 5;
  let rid: number | undefined;
  let sid: string | undefined;
  let bound = false;
  while (text.charCodeAt(at) === 0x20) {
    const equals = text.indexOf('=', at);
    if (equals < 0) return undefined;
    const quote = text.charCodeAt(equals + 1);
    if (quote !== 0x22 && quote !== 0x27) return undefined;
    const end = text.indexOf(quote === 0x22 ? '"' : "'", equals + 2);
    if (end < 0) return undefined;
    const value = text.slice(equals + 2, end);
    switch (text.slice(at + 1, equals)) {
      case 'rid':
        if (rid !== undefined) return undefined;
        rid = parseRid(value);
        if (rid === undefined) return undefined;
        break;
      case 'sid':
        if (sid !== undefined || !SID.test(value)) return undefined;
        sid = value;
        break;
      case 'xmlns':
        if (bound || value !== NS_HTTPBIND) return undefined;
        bound = true;
        break;
      default:
        return undefined;
    }
    at = end + 1;
  }
  if (rid === undefined || sid === undefined || !bound) return undefined;
  const rest = text.length - at;
  const closed = rest === 2 ? text.endsWith('/>') : rest === 8 && text.endsWith('></body>');
  return closed ? { sid, rid, element: null, fingerprint: 0, bytes: bytes.length } : undefined;
}

/**
 * A child of `<body/>` as a stanza. Some clients forget `xmlns='jabber:client'`, so that their stanzas
 * inherit the namespace of the body; those are meant as stanzas all the same.
 */
export function stanzaOf(child: Element): Element {
  if (child.ns !== NS_HTTPBIND && child.ns !== '') return child;
  return inClientNamespace(child, child.ns);
}

function inClientNamespace(element: Element, from: string): Element {
  const children = element.children.map((child) =>
    typeof child !== 'string' && child.ns === from ? inClientNamespace(child, from) : child,
  );
  return new Element(element.name, element.prefix, NS_CLIENT, element.attrs, children, element.attrPrefixes);
}

export function headerOf(element: Element): StreamHeader {
  return {
    to: element.attr('to'),
    from: element.attr('from'),
    version: element.attrNS(NS_XBOSH, 'version'),
    lang: element.attr('xml:lang'),
  };
}

export function isTerminate(element: Element): boolean {
  return element.attr('type') === 'terminate';
}

/** A count from the client; what is no integer from 0 on counts as not given. */
export function integerOf(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) ? Number(text) : otherwise;
}

// ---- answers ------------------------------------------------------------------------------------

/**
 * The empty answer: 57 bytes, opening and closing tag, never self-closed. Double quotes as the original
 * writes where it generates a body; bodies that deliver stanzas have single quotes.
 */
export const EMPTY_BODY = `<body xmlns="${NS_HTTPBIND}"></body>`;

/** Confirms the client's terminate (XEP-0124 13). */
export const TERMINATED_BODY = `<body xmlns="${NS_HTTPBIND}" type="terminate"></body>`;

const DATA_OPEN = `<body xmlns='${NS_HTTPBIND}'>`;
const CLOSE = '</body>';

/**
 * Stanzas for the client.
 * @param ack highest rid received, where it is higher than the one answered; else 0 (XEP-0124 9)
 */
export function dataBody(stanzas: string, ack: number): string {
  if (ack === 0) return DATA_OPEN + stanzas + CLOSE;
  return `<body xmlns='${NS_HTTPBIND}' ack='${ack}'>${stanzas}${CLOSE}`;
}

/** The empty answer for a client that asked for acknowledgements. */
export function emptyBody(ack: number): string {
  return ack === 0 ? EMPTY_BODY : `<body xmlns="${NS_HTTPBIND}" ack="${ack}"></body>`;
}

/** What the session request is granted. */
export interface Grant {
  readonly sid: string;
  readonly requests: number;
  readonly wait: number;
  readonly hold: number;
  /** The client asked for version 1.6 or above. */
  readonly modern: boolean;
}

/**
 * The session creation response (XEP-0124 7.2, XEP-0206 5), attributes in the order of the original.
 * @param domain escaped for an attribute
 */
export function creationBody(
  grant: Grant,
  limits: Pick<BoshLimits, 'inactivitySeconds' | 'pollingSeconds' | 'maxpauseSeconds'>,
  rid: number,
  domain: string,
  features: string,
): string {
  const modern = grant.modern
    ? ` hold="${grant.hold}" ack="${rid}" maxpause="${limits.maxpauseSeconds}" ver="1.6"`
    : '';
  return (
    `<body xmlns="${NS_HTTPBIND}" xmlns:stream="http://etherx.jabber.org/streams"` +
    ` authid="${grant.sid}" sid="${grant.sid}" secure="true" requests="${grant.requests}"` +
    ` inactivity="${limits.inactivitySeconds}" polling="${limits.pollingSeconds}" wait="${grant.wait}"${modern}` +
    ` from="${domain}" xmlns:xmpp="${NS_XBOSH}" xmpp:version="1.0" xmpp:restartlogic="true">` +
    `<stream:features>${features}</stream:features>${CLOSE}`
  );
}

/** Answers a restart (XEP-0206 5); `stanzas` were waiting. */
export function restartBody(stanzas: string, features: string): string {
  return (
    `<body xmlns="${NS_HTTPBIND}" xmlns:stream="http://etherx.jabber.org/streams">` +
    `${stanzas}<stream:features>${features}</stream:features>${CLOSE}`
  );
}

/** Ends the session from this side (XEP-0124 17.2); without a condition the end is an ordinary one. */
export function terminateBody(condition: string | undefined, stanzas: string, streamError: string): string {
  const inner = stanzas + streamError;
  const head =
    `<body xmlns="${NS_HTTPBIND}"` +
    (streamError === '' ? '' : ' xmlns:stream="http://etherx.jabber.org/streams"') +
    ' type="terminate"' +
    (condition === undefined ? '' : ` condition="${condition}"`);
  return inner === '' ? `${head}/>` : `${head}>${inner}${CLOSE}`;
}

/** ` xmlns="jabber:client"` as the first attribute of `<message`, `<presence` or `<iq`. */
export function clientStanza(xml: string): string {
  // The names differ in their first letter.
  const first = xml.charCodeAt(1);
  const end = first === 0x6d /* m */ ? 8 : first === 0x70 /* p */ ? 9 : 3;
  return `${xml.slice(0, end)} xmlns="jabber:client"${xml.slice(end)}`;
}

/** {@link clientStanza} of a message, of which the part behind the name is given. */
export function clientMessage(rest: string): string {
  return `<message xmlns="jabber:client"${rest}`;
}
