/** HTTP Basic with every request (rest-api.md 1.4; RFC 7617). */

export interface BasicCredentials {
  readonly user: string;
  readonly secret: string;
}

export const CHALLENGE = 'Basic realm="Poise", charset="UTF-8"';

const BASIC = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i;
const HEADER_LENGTH_MAX = 2_048;

/** Undefined when the header is absent or no Basic credentials. */
export function readBasic(header: string | undefined): BasicCredentials | undefined {
  if (header === undefined || header.length > HEADER_LENGTH_MAX) return undefined;
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon <= 0) return undefined;
  return { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}
