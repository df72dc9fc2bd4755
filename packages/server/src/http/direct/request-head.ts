/**
 * The head of a BOSH request in the plain form that clients send all day. What is read here must mean the
 * same to node:http; whatever looks different in the least is not judged but left to it.
 */

/** Head of a request that is served directly. */
export interface DirectHead {
  /** `/http-bind` or `/http-bind/`. */
  readonly uri: string;
  /** Content-Length. */
  readonly bodyBytes: number;
  readonly origin: string | undefined;
}

/** Longer heads are left to node:http, bytes. */
export const HEAD_BYTES_MAX = 8_192;

/** So are heads of more lines: there is a number of them beyond which node:http reads no further. */
const LINES_MAX = 64;

const REQUEST_LINE = /^POST (\/http-bind\/?) HTTP\/1\.1$/;
/** Nothing before the name, so that no line continues the one before it. */
const NAME = /^[0-9A-Za-z-]+$/;
/** No control character, not even the tab: node:http does not take it behind a length. */
const VALUE = /^[\x20-\x7e]*$/;

/** Fields that change nothing in how a BOSH request is answered. Forwarded, Expect, Upgrade and all others do, or may. */
const HARMLESS =
  /^(accept|accept-charset|accept-encoding|accept-language|authorization|cache-control|cookie|dnt|pragma|priority|referer|user-agent|x-requested-with|sec-fetch-[a-z]+|sec-ch-ua[a-z-]*|sec-gpc)$/;

/** Fields that are looked at; each of them once. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'content-type',
  'connection',
  'origin',
]);

const TYPES: ReadonlySet<string> = new Set(
  ['text/xml', 'text/plain', 'application/xml', 'application/x-www-form-urlencoded'].flatMap((type) => [
    type,
    `${type};charset=utf-8`,
  ]),
);

/**
 * What a head says, if every line of it is plain.
 * @param requestLine captures the address
 * @param understood fields that are looked at, each of them once; all others must be harmless
 */
export function fieldsOf(
  text: string,
  requestLine: RegExp,
  understood: ReadonlySet<string>,
): { readonly uri: string; readonly fields: Map<string, string> } | undefined {
  if (text.length > HEAD_BYTES_MAX) return undefined;
  const lines = text.split('\r\n', LINES_MAX + 1);
  if (lines.length > LINES_MAX) return undefined;
  const uri = requestLine.exec(lines[0] as string)?.[1];
  if (uri === undefined) return undefined;
  const fields = new Map<string, string>();
  // The last two are what stands behind the last two line ends.
  for (let i = 1; i < lines.length - 2; i++) {
    // In steps, since one expression for the whole line would take long over one of many blanks.
    const line = lines[i] as string;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    const value = line.slice(colon + 1);
    if (!NAME.test(name) || !VALUE.test(value)) return undefined;
    if (HARMLESS.test(name)) continue;
    // Those that say something say it once.
    if (fields.has(name) || !understood.has(name)) return undefined;
    fields.set(name, value.trim());
  }
  return { uri, fields };
}

/** @param text from the request line to the empty line, that included, as Latin-1 */
export function readHead(text: string): DirectHead | undefined {
  const read = fieldsOf(text, REQUEST_LINE, UNDERSTOOD);
  if (read === undefined) return undefined;
  const { uri, fields } = read;
  const length = fields.get('content-length');
  const type = fields.get('content-type');
  const connection = fields.get('connection');
  const origin = fields.get('origin');
  if (!fields.has('host') || length === undefined || !/^[0-9]{1,7}$/.test(length)) return undefined;
  if (type !== undefined && !TYPES.has(type.toLowerCase().replace(/; */, ';'))) return undefined;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return undefined;
  if (origin === '') return undefined;
  return { uri, bodyBytes: Number(length), origin };
}
