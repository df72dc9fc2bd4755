/** How a BOSH session ends on the wire: tables of XEP-0124 17 and XEP-0206 8. */
import { escapeText } from '@poise/xml';
import type { StreamCondition, StreamError } from '../transport.ts';

/** Terminal binding conditions that this server uses (XEP-0124 17.2). */
export type TerminateCondition =
  | 'bad-request'
  | 'host-unknown'
  | 'improper-addressing'
  | 'internal-server-error'
  | 'item-not-found'
  | 'policy-violation'
  | 'remote-stream-error'
  | 'system-shutdown';

/**
 * Clients that ask for a version below 1.6 (or none) get an HTTP status in place of a condition
 * (XEP-0124 17.1); conditions without a status of their own become 500.
 */
export const LEGACY_STATUS: Readonly<Partial<Record<TerminateCondition, number>>> = {
  'bad-request': 400,
  'policy-violation': 403,
  'item-not-found': 404,
};

/** Stream errors that have a binding condition of their own; the others are a `remote-stream-error`. */
const BINDING_CONDITION: Readonly<Partial<Record<StreamCondition, TerminateCondition>>> = {
  'host-unknown': 'host-unknown',
  'internal-server-error': 'internal-server-error',
  'policy-violation': 'policy-violation',
  'system-shutdown': 'system-shutdown',
};

export function bindingCondition(condition: StreamCondition): TerminateCondition {
  return BINDING_CONDITION[condition] ?? 'remote-stream-error';
}

/**
 * The `stream:error` child. JabberWerx looks for the literal prefix and prefers the element to the
 * condition; Strophe finds a conflict by it.
 */
export function streamErrorXml(error: StreamError): string {
  const text =
    error.text === undefined
      ? ''
      : `<text xmlns='urn:ietf:params:xml:ns:xmpp-streams' xml:lang='en'>${escapeText(error.text)}</text>`;
  return `<stream:error><${error.condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>${text}</stream:error>`;
}

/** How a session ends that broke a rule, and what the log says of it. */
export interface Offence {
  readonly condition: TerminateCondition;
  readonly reason: string;
}

export const OFFENCES = {
  inClear: { condition: 'bad-request', reason: 'a request in clear after others over TLS' },
  tooLarge: { condition: 'policy-violation', reason: 'a body that is too large before authentication' },
  tooMany: { condition: 'policy-violation', reason: 'more requests at once than were granted' },
  beyond: { condition: 'item-not-found', reason: 'a request id beyond the window' },
  forgotten: { condition: 'item-not-found', reason: 'a request id whose answer is forgotten' },
  gap: { condition: 'item-not-found', reason: 'a request id that never came' },
  changed: { condition: 'bad-request', reason: 'the id of a waiting request with other stanzas' },
  key: { condition: 'item-not-found', reason: 'a key that does not fit' },
  repeats: { condition: 'policy-violation', reason: 'needless repetitions' },
  polls: { condition: 'policy-violation', reason: 'polls more often than tolerated' },
  slow: { condition: 'policy-violation', reason: 'more stanzas waiting than the queue takes' },
} as const satisfies Record<string, Offence>;
