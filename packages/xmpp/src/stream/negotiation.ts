/**
 * Stream negotiation as a transition table (RFC 6120 4.3.3): which step is allowed when, and what follows.
 * A step that a state does not list is refused with that state's `refuse`.
 */

export type NegotiationState =
  /** Waiting for the first header. */
  | 'connected'
  /** Features with mechanisms are out. */
  | 'offered'
  /** `<proceed/>` is out; waiting for TLS and a new header. */
  | 'securing'
  /** A challenge is out. */
  | 'challenged'
  /** A credential is being checked; what arrives meanwhile waits. */
  | 'verifying'
  /** `<success/>` is out; waiting for the restart. */
  | 'authenticated'
  /** Features with bind are out. */
  | 'binding'
  /** A session. */
  | 'bound'
  /** A session without a connection that may be resumed (XEP-0198 5). */
  | 'lost'
  | 'ended';

export type NegotiationStep =
  | 'header'
  | 'starttls'
  | 'auth'
  | 'response'
  | 'abort'
  | 'iq-auth'
  | 'iq'
  | 'message-or-presence'
  | 'sm-enable'
  | 'sm-resume'
  | 'sm-r'
  | 'sm-a'
  | 'other';

/** What {@link ClientStream} does for a step; names of its actions. */
export type NegotiationAction =
  | 'offer'
  | 'startTls'
  | 'authenticate'
  | 'respond'
  | 'abort'
  | 'iqAuth'
  | 'bindFeatures'
  | 'bind'
  | 'dispatch'
  | 'defer'
  | 'deferHeader'
  | 'enable'
  | 'resume'
  | 'answerAck'
  | 'takeAck'
  | 'unexpectedManagement'
  | 'refuseStanza'
  | 'notAuthorized'
  | 'malformedRequest'
  | 'unsupported'
  | 'ignore';

type Row = Readonly<Partial<Record<NegotiationStep, NegotiationAction>>> & {
  readonly refuse: NegotiationAction;
};

export const NEGOTIATION: Readonly<Record<NegotiationState, Row>> = {
  connected: { header: 'offer', refuse: 'notAuthorized' },
  offered: {
    header: 'offer',
    starttls: 'startTls',
    auth: 'authenticate',
    response: 'malformedRequest',
    abort: 'abort',
    'iq-auth': 'iqAuth',
    iq: 'notAuthorized',
    'message-or-presence': 'notAuthorized',
    other: 'unsupported',
    refuse: 'notAuthorized',
  },
  securing: { header: 'offer', refuse: 'notAuthorized' },
  challenged: { response: 'respond', abort: 'abort', auth: 'authenticate', refuse: 'notAuthorized' },
  // BOSH: `<auth/>` and the restart in one body; the restart waits for the verdict (XEP-0206 5).
  verifying: { header: 'deferHeader', refuse: 'defer' },
  authenticated: { header: 'bindFeatures', refuse: 'notAuthorized' },
  binding: {
    header: 'bindFeatures',
    iq: 'bind',
    'iq-auth': 'bind',
    'message-or-presence': 'refuseStanza',
    'sm-enable': 'unexpectedManagement',
    'sm-resume': 'resume',
    'sm-r': 'unexpectedManagement',
    'sm-a': 'unexpectedManagement',
    refuse: 'unsupported',
  },
  bound: {
    // A repeated restart over BOSH is harmless; it gets the features again.
    header: 'bindFeatures',
    iq: 'dispatch',
    'iq-auth': 'dispatch',
    'message-or-presence': 'dispatch',
    'sm-enable': 'enable',
    'sm-resume': 'unexpectedManagement',
    'sm-r': 'answerAck',
    'sm-a': 'takeAck',
    refuse: 'unsupported',
  },
  lost: { refuse: 'ignore' },
  ended: { refuse: 'ignore' },
};

/** The action for a step in a state. */
export function actionFor(state: NegotiationState, step: NegotiationStep): NegotiationAction {
  const row = NEGOTIATION[state];
  return row[step] ?? row.refuse;
}
