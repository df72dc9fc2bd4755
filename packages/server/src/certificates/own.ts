/**
 * The certificate that Poise makes for itself when none is configured: an authority that lives long and
 * can be trusted by browsers once, and a server certificate that is renewed before it ends.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { makeDirectories } from '../directories/make-directories.ts';
import { type Issued, issueAuthority, issueServerCertificate } from './issue.ts';
import { checkedPair, type ServerCertificate } from './load.ts';

const DAY_MS = 24 * 3_600_000;
const AUTHORITY_DAYS = 3650;
/** Browsers accept no more than 398 days. */
const SERVER_DAYS = 397;
/** A server certificate with less than this left is replaced. */
const RENEW_DAYS = 30;
/** Clients whose clock is late. */
const BACKDATE_MS = DAY_MS;

const AUTHORITY_NAME = 'Poise local authority';
const ALWAYS_COVERED: readonly string[] = ['localhost', '127.0.0.1', '::1', '127.0.0.2'];

/** Names in `certs/`. */
export const OWN_FILES = {
  authorityCertificate: 'authority.crt',
  authorityKey: 'authority.key',
  certificate: 'server.crt',
  key: 'server.key',
} as const;

export interface OwnCertificateOptions {
  /** `<data>/certs`. */
  readonly directory: string;
  /** Configured host names; {@link ALWAYS_COVERED} are added. */
  readonly hosts: readonly string[];
  /** Wall time in ms. */
  readonly nowMs: number;
}

/** Loads the own certificate, or makes or renews what is missing, broken, about to end, or lacks a host. */
export function ensureOwnCertificate(options: OwnCertificateOptions): ServerCertificate {
  const { directory, nowMs } = options;
  const hosts = certificateHosts(options.hosts);
  makeDirectories(directory, 0o700);
  const untilMs = nowMs + SERVER_DAYS * DAY_MS;
  const authority = usableAuthority(directory, untilMs) ?? makeAuthority(directory, nowMs);
  const present = usableServerCertificate(directory, authority.certificate, hosts, nowMs);
  if (present !== null) return present;
  const issued = issueServerCertificate(
    { certificate: authority.certificate, key: createPrivateKey(authority.key), name: AUTHORITY_NAME },
    hosts,
    { fromMs: nowMs - BACKDATE_MS, untilMs },
  );
  const chain = issued.certificate + authority.certificate;
  write(directory, OWN_FILES.key, issued.key);
  write(directory, OWN_FILES.certificate, chain);
  return checkedPair(chain, issued.key, paths(directory), authority.certificate);
}

/** The hosts of the certificate: without wildcards addresses, without doubles, in a fixed order. */
function certificateHosts(configured: readonly string[]): string[] {
  const hosts = configured
    .map((host) => host.toLowerCase().replace(/\.$/, ''))
    .filter((host) => host !== '' && host !== '0.0.0.0' && host !== '::' && /^[\x21-\x7e]+$/.test(host));
  return [...new Set([...hosts, ...ALWAYS_COVERED])];
}

/** Whether a certificate is valid and not about to end. */
export function isFresh(certificate: ServerCertificate, nowMs: number): boolean {
  return certificate.validUntilMs - nowMs > RENEW_DAYS * DAY_MS && certificate.validFromMs <= nowMs;
}

/** PEM of the authority in `certs/`; undefined when none was made yet. */
export function readAuthority(directory: string): string | undefined {
  const path = join(directory, OWN_FILES.authorityCertificate);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function usableAuthority(directory: string, untilMs: number): Issued | null {
  try {
    const certificate = readFileSync(join(directory, OWN_FILES.authorityCertificate), 'utf8');
    const key = readFileSync(join(directory, OWN_FILES.authorityKey), 'utf8');
    const parsed = new X509Certificate(certificate);
    const usable = parsed.checkPrivateKey(createPrivateKey(key)) && Date.parse(parsed.validTo) > untilMs;
    return usable ? { certificate, key } : null;
  } catch {
    return null;
  }
}

function makeAuthority(directory: string, nowMs: number): Issued {
  const issued = issueAuthority(AUTHORITY_NAME, {
    fromMs: nowMs - BACKDATE_MS,
    untilMs: nowMs + AUTHORITY_DAYS * DAY_MS,
  });
  write(directory, OWN_FILES.authorityKey, issued.key);
  write(directory, OWN_FILES.authorityCertificate, issued.certificate);
  return issued;
}

function usableServerCertificate(
  directory: string,
  authority: string,
  hosts: readonly string[],
  nowMs: number,
): ServerCertificate | null {
  try {
    const certificate = readFileSync(join(directory, OWN_FILES.certificate), 'utf8');
    const key = readFileSync(join(directory, OWN_FILES.key), 'utf8');
    const pair = checkedPair(certificate, key, paths(directory), authority);
    const parsed = new X509Certificate(certificate);
    const issuer = new X509Certificate(authority);
    const covers = hosts.every(
      (host) => (isIP(host) === 0 ? parsed.checkHost(host) : parsed.checkIP(host)) !== undefined,
    );
    return isFresh(pair, nowMs) && covers && parsed.verify(issuer.publicKey) ? pair : null;
  } catch {
    // Missing, or a key and a certificate of different makings: both are made anew.
    return null;
  }
}

const paths = (directory: string) => ({
  certificate: join(directory, OWN_FILES.certificate),
  key: join(directory, OWN_FILES.key),
});

function write(directory: string, name: string, text: string): void {
  const path = join(directory, name);
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  renameSync(temporary, path);
}
