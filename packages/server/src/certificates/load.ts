/** Certificates that an administrator provides, with a plain sentence for everything that can be wrong. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Phrase, PlainError, phrase } from '../messages/catalogue.ts';

/** What TLS listeners serve. */
export interface ServerCertificate {
  /** PEM: the certificate, then those that lead to the authority. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** PEM of the authority, when it is our own. */
  readonly authority: string | null;
  readonly validFromMs: number;
  readonly validUntilMs: number;
}

/** @throws PlainError */
export function loadCertificate(paths: {
  readonly certificate: string;
  readonly key: string;
}): ServerCertificate {
  return checkedPair(readText(paths.certificate), readText(paths.key), paths, null);
}

/** Checks that certificate and key are what they should be and belong together. @throws PlainError */
export function checkedPair(
  certificate: string,
  key: string,
  paths: { readonly certificate: string; readonly key: string },
  authority: string | null,
): ServerCertificate {
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch (error) {
    throw new PlainError(phrase('certificate.notACertificate', { path: paths.certificate }), {
      cause: error,
    });
  }
  let matches: boolean;
  try {
    matches = parsed.checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    throw new PlainError(phrase('certificate.notAKey', { path: paths.key }), { cause: error });
  }
  if (!matches) throw new PlainError(phrase('certificate.mismatch', paths));
  const validFromMs = Date.parse(parsed.validFrom);
  const validUntilMs = Date.parse(parsed.validTo);
  return { certificate, key, authority, validFromMs, validUntilMs };
}

/** What an administrator should know about the dates of a certificate; null: nothing. */
export function validityProblem(certificate: ServerCertificate, path: string, nowMs: number): Phrase | null {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (nowMs > certificate.validUntilMs) {
    return phrase('certificate.expired', { path, date: day(certificate.validUntilMs) });
  }
  if (nowMs < certificate.validFromMs) {
    return phrase('certificate.notYet', { path, date: day(certificate.validFromMs) });
  }
  return null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    throw new PlainError(phrase('certificate.unreadable', { path, reason }), { cause: error });
  }
}
