/** Children of `<stream:features/>` before and after authentication. */
import { NS } from '../namespaces.ts';
import type { PlainInClear, Transport } from '../transport.ts';

const STARTTLS = `<starttls xmlns="${NS.tls}"/>`;
const STARTTLS_REQUIRED = `<starttls xmlns="${NS.tls}"><required/></starttls>`;
const IQ_AUTH = `<auth xmlns="${NS.iqAuthFeature}"/>`;
const BIND = `<bind xmlns="${NS.bind}"/>`;
/** Bare, as Openfire writes it: clients of the field were made against that; the optional mark would save some a round trip. */
const SESSION = `<session xmlns="${NS.session}"/>`;

const STREAM_MANAGEMENT = `<sm xmlns="${NS.streamManagement}"/>`;

export type Mechanism = 'PLAIN' | 'SCRAM-SHA-1' | 'SCRAM-SHA-256';

/**
 * Mechanisms on offer: PLAIN over TLS, and in clear where allowed; SCRAM where switched on, over TLS only
 * (an offer on a clear connection stops known clients).
 */
export function mechanismsFor(
  transport: Transport,
  plainInClear: PlainInClear,
  canScram: boolean,
): Mechanism[] {
  const policy = transport.saslPolicy;
  const mechanisms: Mechanism[] = [];
  if (transport.secure && canScram && policy?.scram !== undefined) mechanisms.push(...policy.scram);
  const inClear = policy?.plainInClear ?? plainInClear;
  if (transport.secure || inClear === 'always' || (inClear === 'loopback' && transport.loopback))
    mechanisms.push('PLAIN');
  return mechanisms;
}

/** Features before authentication. BOSH announces bind and session from the start, as Openfire does. */
export function featuresBefore(transport: Transport, mechanisms: readonly Mechanism[]): string {
  let xml = '';
  if (transport.canStartTls) xml += mechanisms.length === 0 ? STARTTLS_REQUIRED : STARTTLS;
  if (mechanisms.length > 0) {
    const list = mechanisms.map((name) => `<mechanism>${name}</mechanism>`).join('');
    xml += `<mechanisms xmlns="${NS.sasl}">${list}</mechanisms>`;
  }
  if (transport.kind === 'bosh') return xml + BIND + SESSION;
  if (transport.kind === 'tcp' && mechanisms.includes('PLAIN')) return xml + IQ_AUTH;
  return xml;
}

/** Features after authentication. Stream management only where a session can move to another connection. */
export function featuresAfter(transport: Transport): string {
  return transport.attach === undefined ? BIND + SESSION : BIND + SESSION + STREAM_MANAGEMENT;
}
