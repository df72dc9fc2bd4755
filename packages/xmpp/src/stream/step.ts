/** What an element means to the negotiation. */
import type { Element } from '@poise/xml';
import { NS } from '../namespaces.ts';
import type { NegotiationStep } from './negotiation.ts';

export function isStanza(element: Element): boolean {
  return element.name === 'iq' || element.name === 'message' || element.name === 'presence';
}

const MANAGEMENT_STEPS: Readonly<Record<string, NegotiationStep>> = {
  enable: 'sm-enable',
  resume: 'sm-resume',
  r: 'sm-r',
  a: 'sm-a',
};

/** Which step of the negotiation an element is. Stanzas without a namespace are taken as `jabber:client`. */
export function stepOf(element: Element): NegotiationStep {
  const { name, ns } = element;
  if (ns === NS.client || ns === '') {
    if (name === 'iq') return element.child('query', NS.iqAuth) === undefined ? 'iq' : 'iq-auth';
    if (name === 'message' || name === 'presence') return 'message-or-presence';
    // COMPAT QXmpp 1.4: asks without a namespace, and for no session; after a refusal it binds, after a stream error it
    // never connects again.
    if (name === 'resume') return 'sm-resume';
  } else if (ns === NS.sasl) {
    if (name === 'auth' || name === 'response' || name === 'abort') return name;
  } else if (ns === NS.streamManagement) {
    return MANAGEMENT_STEPS[name] ?? 'other';
  } else if (ns === NS.tls && name === 'starttls') return 'starttls';
  return 'other';
}
