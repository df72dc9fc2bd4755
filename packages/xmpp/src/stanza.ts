/** Stanzas as text: replies, and errors from a table (RFC 6120 8.3.3). Input is an Element, output is a string. */
import { type Element, escapeAttr, escapeText, serialize } from '@poise/xml';
import { NS } from './namespaces.ts';

export type ErrorType = 'auth' | 'cancel' | 'modify' | 'wait';

/** RFC 6120 8.3.3: condition, its recommended type, and the code that clients of the XMPP 0.9 era read. */
export const STANZA_ERRORS = {
  'bad-request': { type: 'modify', code: 400 },
  conflict: { type: 'cancel', code: 409 },
  'feature-not-implemented': { type: 'cancel', code: 501 },
  forbidden: { type: 'auth', code: 403 },
  'internal-server-error': { type: 'cancel', code: 500 },
  'item-not-found': { type: 'cancel', code: 404 },
  'jid-malformed': { type: 'modify', code: 400 },
  'not-acceptable': { type: 'modify', code: 406 },
  'not-allowed': { type: 'cancel', code: 405 },
  'not-authorized': { type: 'auth', code: 401 },
  'policy-violation': { type: 'modify', code: 500 },
  'remote-server-not-found': { type: 'cancel', code: 404 },
  'resource-constraint': { type: 'wait', code: 500 },
  'service-unavailable': { type: 'cancel', code: 503 },
  'unexpected-request': { type: 'cancel', code: 400 },
} as const satisfies Record<string, { type: ErrorType; code: number }>;

export type StanzaCondition = keyof typeof STANZA_ERRORS;

/** An error as a value; becomes XML only at the edge. */
export interface StanzaError {
  readonly condition: StanzaCondition;
  /** Differs from the table where a XEP says so. */
  readonly type?: ErrorType;
  /** Application-specific condition, as XML with its own xmlns. */
  readonly detail?: string;
  readonly text?: string;
}

/** `<error/>` with its condition. */
export function errorXml(error: StanzaError): string {
  const row = STANZA_ERRORS[error.condition];
  const text =
    error.text === undefined
      ? ''
      : `<text xmlns="${NS.stanzaErrors}" xml:lang="en">${escapeText(error.text)}</text>`;
  return (
    `<error code="${row.code}" type="${error.type ?? row.type}">` +
    `<${error.condition} xmlns="${NS.stanzaErrors}"/>${text}${error.detail ?? ''}</error>`
  );
}

/** ` name="value"`, or nothing when the value is absent. */
export function attribute(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name}="${escapeAttr(value)}"`;
}

/**
 * Answers an IQ. `from` is the request's `to`, character by character, because JabberWerx compares it;
 * a request without `to` went to the account, so `from` is the sender's bare JID.
 */
export function iqResult(request: Element, bareJid: string, fullJid: string, inner = ''): string {
  const head = `<iq type="result"${addresses(request, bareJid, fullJid)}`;
  return inner === '' ? `${head}/>` : `${head}>${inner}</iq>`;
}

/** Error reply; repeats the child of the request, as RFC 6120 8.3.1 allows and clients of this service expect. */
export function iqError(request: Element, bareJid: string, fullJid: string, error: StanzaError): string {
  return `<iq type="error"${addresses(request, bareJid, fullJid)}>${childrenXml(request)}${errorXml(error)}</iq>`;
}

/** Bounces a message or presence with what was in it: libraries find by it which of their messages failed. */
export function stanzaError(request: Element, bareJid: string, fullJid: string, error: StanzaError): string {
  return `<${request.name} type="error"${addresses(request, bareJid, fullJid)}>${childrenXml(request)}${errorXml(error)}</${request.name}>`;
}

function addresses(request: Element, bareJid: string, fullJid: string): string {
  const to = request.attr('to');
  const from = to === undefined || to === '' ? bareJid : to;
  return (
    attribute('id', request.attr('id')) +
    attribute('from', from || undefined) +
    attribute('to', fullJid || undefined)
  );
}

function childrenXml(request: Element): string {
  let xml = '';
  // A stanza without a namespace counts as jabber:client, and so do its children.
  for (const child of request.children) if (typeof child !== 'string') xml += serialize(child, request.ns);
  return xml;
}
