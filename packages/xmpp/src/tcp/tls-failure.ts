/** Tells of TLS handshakes that failed. */
import type { SocketHost } from '../socket/socket-host.ts';

/** Somebody only looked whether the port is open, or hung up: no refusal. */
const HUNG_UP: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** @param error of Node or OpenSSL; its code is one of a limited number */
export function tellTlsFailure(
  { options }: SocketHost,
  address: string | undefined,
  error: Error & { code?: string },
): void {
  const code = error.code ?? error.name;
  if (!HUNG_UP.has(code)) options.refused(address ?? 'an unknown address', `TLS handshake failed (${code})`);
}
