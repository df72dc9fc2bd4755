/**
 * Makes an authority and certificates signed by it (RFC 5280): ECDSA on P-256, because handshakes are what
 * a failover consists of, and they cost two thirds of those with RSA.
 */
import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as der from './der.ts';

/** A certificate (PEM) and its private key (PEM, PKCS #8). */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

export interface Validity {
  readonly fromMs: number;
  readonly untilMs: number;
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

const ORGANIZATION = 'Poise';
const SERIAL_BYTES = 16;
const NAME_LENGTH_MAX = 64;

/** An authority of one's own, for signing only. @param name common name */
export function issueAuthority(name: string, validity: Validity): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = keyIdentifier(publicKey);
  const subject = distinguishedName(name);
  const extensions = [
    extension(OID.basicConstraints, true, der.sequence(der.boolean(true), der.integer(Uint8Array.of(0)))),
    // keyCertSign, cRLSign
    extension(OID.keyUsage, true, der.bitString(Uint8Array.of(0x06), 1)),
    extension(OID.subjectKeyIdentifier, false, der.octetString(id)),
  ];
  return {
    certificate: certificate({ subject, issuer: subject, publicKey, validity, extensions }, privateKey),
    key: exportKey(privateKey),
  };
}

/** A server certificate. @param hosts names and addresses; the first is the common name */
export function issueServerCertificate(
  authority: { readonly certificate: string; readonly key: KeyObject; readonly name: string },
  hosts: readonly string[],
  validity: Validity,
): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    extension(OID.basicConstraints, true, der.sequence()),
    // digitalSignature
    extension(OID.keyUsage, true, der.bitString(Uint8Array.of(0x80), 7)),
    extension(OID.extendedKeyUsage, false, der.sequence(der.oid(OID.serverAuth))),
    extension(OID.subjectAltName, false, der.sequence(...hosts.map(generalName))),
    extension(OID.subjectKeyIdentifier, false, der.octetString(keyIdentifier(publicKey))),
    extension(
      OID.authorityKeyIdentifier,
      false,
      der.sequence(der.implicit(0, keyIdentifier(createPublicKey(authority.certificate)))),
    ),
  ];
  const body = {
    subject: distinguishedName(hosts[0] ?? 'localhost'),
    issuer: distinguishedName(authority.name),
    publicKey,
    validity,
    extensions,
  };
  return { certificate: certificate(body, authority.key), key: exportKey(privateKey) };
}

interface Body {
  readonly subject: Uint8Array;
  readonly issuer: Uint8Array;
  readonly publicKey: KeyObject;
  readonly validity: Validity;
  readonly extensions: readonly Uint8Array[];
}

function certificate(body: Body, signer: KeyObject): string {
  const algorithm = der.sequence(der.oid(OID.ecdsaWithSha256));
  const serial = randomBytes(SERIAL_BYTES);
  // The first bit would make the number negative, a zero byte would make it shorter.
  serial[0] = (serial[0]! & 0x7f) | 0x40;
  const toBeSigned = der.sequence(
    der.explicit(0, der.integer(Uint8Array.of(2))),
    der.integer(serial),
    algorithm,
    body.issuer,
    der.sequence(der.time(body.validity.fromMs), der.time(body.validity.untilMs)),
    body.subject,
    body.publicKey.export({ type: 'spki', format: 'der' }),
    der.explicit(3, der.sequence(...body.extensions)),
  );
  const signature = sign('sha256', toBeSigned, { key: signer, dsaEncoding: 'der' });
  return pem('CERTIFICATE', der.sequence(toBeSigned, algorithm, der.bitString(signature)));
}

function distinguishedName(commonName: string): Uint8Array {
  const attribute = (type: string, value: string): Uint8Array =>
    der.set(der.sequence(der.oid(type), der.utf8String(value)));
  return der.sequence(
    attribute(OID.organization, ORGANIZATION),
    attribute(OID.commonName, commonName.slice(0, NAME_LENGTH_MAX)),
  );
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return der.sequence(der.oid(id), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
}

/** SHA-1 of the public key's bits (RFC 5280 section 4.2.1.2, method 1); a name for the key, not a protection. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  // An uncompressed point on P-256: 65 bytes at the end.
  return createHash('sha1').update(spki.subarray(-65)).digest();
}

function generalName(host: string): Uint8Array {
  return isIP(host) === 0
    ? der.implicit(2, Buffer.from(host, 'latin1'))
    : der.implicit(7, addressBytes(host));
}

/** Four bytes of an IPv4 address, sixteen of an IPv6 address. */
export function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.').map(Number));
  let text = address.replace(/%.*$/, '');
  const embedded = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  if (embedded !== null) {
    const [a, b, c, d] = embedded.slice(1).map(Number) as [number, number, number, number];
    text = `${text.slice(0, embedded.index)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const [left = '', right] = text.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const front = groups(left);
  const back = right === undefined ? [] : groups(right);
  const words = [...front, ...Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
}

const exportKey = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
