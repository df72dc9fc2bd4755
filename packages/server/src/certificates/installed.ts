/** The certificate that an administrator has put into the data directory through the console, and what can be told of the one in use. */
import { X509Certificate } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { makeDirectories } from '../directories/make-directories.ts';
import { PlainError } from '../messages/catalogue.ts';
import { checkedPair, loadCertificate, type ServerCertificate } from './load.ts';

/** Names in `certs/`. */
export const INSTALLED_FILES = { certificate: 'installed.crt', key: 'installed.key' } as const;

/** Where the certificate in use comes from: the settings, the console, or Poise itself. */
export type CertificateSource = 'configured' | 'installed' | 'own';

export type InstallProblem =
  | 'NOT_A_CERTIFICATE'
  | 'NOT_A_KEY'
  | 'MISMATCH'
  | 'EXPIRED'
  | 'NOT_YET'
  | 'CHAIN'
  | 'NOT_USABLE';

/** Why a certificate is not taken. Nothing is changed then. */
export class InstallError extends Error {
  readonly code: InstallProblem;

  constructor(code: InstallProblem, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

export interface CertificateFacts {
  readonly subject: string;
  /** Names and addresses that it holds for. */
  readonly names: readonly string[];
  readonly issuer: string;
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  readonly validUntil: string;
  /** SHA-256, pairs of hexadecimal digits with colons. */
  readonly fingerprint: string;
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** A chain of more is none that anybody has. */
const CHAIN_MAX = 10;

const pathsIn = (directory: string) => ({
  certificate: join(directory, INSTALLED_FILES.certificate),
  key: join(directory, INSTALLED_FILES.key),
});

export const hasInstalled = (directory: string): boolean => existsSync(pathsIn(directory).certificate);

/** @returns null: none was installed @throws PlainError when it cannot be used */
export function installedCertificate(directory: string): ServerCertificate | null {
  return hasInstalled(directory) ? loadCertificate(pathsIn(directory)) : null;
}

/**
 * @param certificate PEM: the certificate, then those that lead to the authority
 * @param key PEM, without a passphrase
 * @throws InstallError
 */
export function checkInstallable(certificate: string, key: string, nowMs: number): ServerCertificate {
  const chain = parsedChain(certificate);
  const [leaf] = chain;
  if (leaf === undefined || chain.length > CHAIN_MAX) throw new InstallError('NOT_A_CERTIFICATE');
  let pair: ServerCertificate;
  try {
    pair = checkedPair(certificate, key, { certificate: '', key: '' }, null);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    throw new InstallError(error.said.id === 'certificate.mismatch' ? 'MISMATCH' : 'NOT_A_KEY', error);
  }
  if (nowMs > pair.validUntilMs) throw new InstallError('EXPIRED');
  if (nowMs < pair.validFromMs) throw new InstallError('NOT_YET');
  const isOrdered = chain.every((one, at) => {
    const issuer = chain[at + 1];
    return issuer === undefined || (one.checkIssued(issuer) && one.verify(issuer.publicKey));
  });
  if (!isOrdered) throw new InstallError('CHAIN');
  try {
    // What OpenSSL would not serve: keys that are too short, digests that are too old.
    createSecureContext({ cert: certificate, key });
  } catch (error) {
    throw new InstallError('NOT_USABLE', error);
  }
  return pair;
}

/** The key is there before the certificate that needs it. @throws Error when it cannot be written */
export function writeInstalled(directory: string, { certificate, key }: ServerCertificate): void {
  makeDirectories(directory, 0o700);
  const paths = pathsIn(directory);
  for (const [path, text, mode] of [
    [paths.key, key, 0o600],
    [paths.certificate, certificate, 0o644],
  ] as const) {
    writeFileSync(`${path}.new`, text, { mode, flush: true });
    renameSync(`${path}.new`, path);
  }
}

export function removeInstalled(directory: string): void {
  const paths = pathsIn(directory);
  rmSync(paths.certificate, { force: true });
  rmSync(paths.key, { force: true });
}

/** The certificate first, then those that lead to the authority. */
export const factsOf = ({ certificate }: Pick<ServerCertificate, 'certificate'>): CertificateFacts[] =>
  parsedChain(certificate).map((one) => ({
    subject: inOneLine(one.subject),
    names: (one.subjectAltName ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .map((name) => name.replace(/^(DNS|IP Address):/, '')),
    issuer: inOneLine(one.issuer),
    validFrom: new Date(one.validFrom).toISOString(),
    validUntil: new Date(one.validTo).toISOString(),
    fingerprint: one.fingerprint256,
  }));

const inOneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ');

/** @throws InstallError */
function parsedChain(certificate: string): X509Certificate[] {
  try {
    return (certificate.match(BLOCK) ?? []).map((block) => new X509Certificate(block));
  } catch (error) {
    throw new InstallError('NOT_A_CERTIFICATE', error);
  }
}
