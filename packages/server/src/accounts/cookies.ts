/** Cookies: those of single sign-on, which are sent to `/desktop/sso` alone, and that of the administration console. */
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface CookieOptions {
  /** Undefined: it ends with the browser. */
  readonly maxAgeSeconds?: number;
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

export const readCookies = (request: FastifyRequest): ReadonlyMap<string, string> =>
  cookiesOf(request.headers.cookie);

/** @param header of a request; what is longer than anything of ours is not read */
export function cookiesOf(header = ''): ReadonlyMap<string, string> {
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
    ...(options.maxAgeSeconds === undefined ? [] : [`Max-Age=${options.maxAgeSeconds}`]),
    `SameSite=${options.sameSite}`,
    ...(options.httpOnly === false ? [] : ['HttpOnly']),
    ...(options.secure ? ['Secure'] : []),
  ];
  void reply.header('Set-Cookie', parts.join('; '));
}
