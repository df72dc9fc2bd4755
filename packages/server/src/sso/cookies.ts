/** Cookies of the sign-in: short-lived, out of reach of scripts, sent to `/desktop/sso` alone. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface CookieOptions {
  readonly maxAgeSeconds: number;
  /** `Lax` comes along when the provider sends the browser back; `Strict` with requests of our own pages only. */
  readonly sameSite: 'Lax' | 'Strict';
  readonly secure: boolean;
  /** Default: true. */
  readonly httpOnly?: boolean;
  /** Default: `/desktop/sso`. */
  readonly path?: string;
}

/** Longest Cookie header that is read. */
const HEADER_MAX = 16_384;

export function readCookies(request: FastifyRequest): ReadonlyMap<string, string> {
  const header = request.headers.cookie ?? '';
  if (header.length > HEADER_MAX) return new Map();
  return new Map(
    header.split(';').flatMap((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? [] : [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()] as const];
    }),
  );
}

/** @param value of characters that cookies may have */
export function setCookie(reply: FastifyReply, name: string, value: string, options: CookieOptions): void {
  const parts = [
    `${name}=${value}`,
    `Path=${options.path ?? '/desktop/sso'}`,
    `Max-Age=${options.maxAgeSeconds}`,
    `SameSite=${options.sameSite}`,
    ...(options.httpOnly === false ? [] : ['HttpOnly']),
    ...(options.secure ? ['Secure'] : []),
  ];
  void reply.header('Set-Cookie', parts.join('; '));
}
