/** `show tls server cert_type` (admin.md 3), and where the certificate of this node is. */
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { phrase } from '../../../messages/catalogue.ts';
import { refusal, type Shell } from '../shell.ts';

/** As PEM; null: there is none, or it cannot be read. */
export function certificateText({ node, machine }: Pick<Shell, 'node' | 'machine'>): string | null {
  if (node.certificate) return machine.text(node.certificate);
  const certs = join(node.data, 'certs');
  return machine.text(join(certs, 'installed.crt')) ?? machine.text(join(certs, 'server.crt'));
}

export function certificateType(_given: readonly string[], shell: Shell): void {
  const text = certificateText(shell);
  if (text === null) throw refusal(phrase('shell.noCertificate'));
  const { asymmetricKeyType = 'unknown' } = new X509Certificate(text).publicKey;
  const names: Readonly<Record<string, string>> = { ec: 'ECDSA', 'rsa-pss': 'RSA' };
  shell.print(
    `The server certificate type is set to ${names[asymmetricKeyType] ?? asymmetricKeyType.toUpperCase()}`,
  );
}
