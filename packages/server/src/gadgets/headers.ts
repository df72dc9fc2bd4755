/** Header lines that a gadget gives along, and those that answers bring. */
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';

export type HeaderLines = ReadonlyArray<readonly [name: string, value: string]>;

const HEADER_LIMITS = { linesMax: 64, bytesMax: 24 * 1024 } as const;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What one line may hold (RFC 9110 5.5), beyond that only trouble: line ends, NUL, what is not one byte. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Concern one connection, or are ours to set; the original drops the first two silently. */
const DROPPED: ReadonlySet<string> = new Set([
  'host',
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  // Who asks is for us to say.
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]);

/** Prove who somebody is: they go to ourselves and to hosts that the settings name for it. */
const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'cookie2']);

/**
 * `Name=Value&…`, each part percent-encoded (gadgets.md 5).
 * @throws GadgetError 400 for a part without `=`, a name or a value that HTTP does not know
 */
export function readHeaderParameter(text: string): HeaderLines {
  if (text === '') return [];
  const lines: [string, string][] = [];
  let bytes = 0;
  for (const part of text.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = equals < 0 ? '' : decoded(part.slice(0, equals));
    const value = decoded(part.slice(equals + 1)).replace(/^[ \t]+|[ \t]+$/g, '');
    if (!TOKEN.test(name) || !VALUE.test(value)) throw new GadgetError(400, phrase('gadget.badHeader'));
    bytes += name.length + value.length + 4;
    lines.push([name, value]);
  }
  if (lines.length > HEADER_LIMITS.linesMax || bytes > HEADER_LIMITS.bytesMax)
    throw new GadgetError(400, phrase('gadget.badHeader'), 'too many or too long');
  return lines.filter(([name]) => !DROPPED.has(name.toLowerCase()));
}

export const withoutCredentials = (lines: HeaderLines): HeaderLines =>
  lines.filter(([name]) => !CREDENTIALS.has(name.toLowerCase()));

export const headerValue = (lines: HeaderLines, name: string): string | undefined =>
  lines.find(([given]) => given.toLowerCase() === name)?.[1];

/** `rawHeaders` of node as lines. */
export function linesOf(raw: readonly string[]): HeaderLines {
  const lines: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push([raw[i] as string, raw[i + 1] as string]);
  return lines;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new GadgetError(400, phrase('gadget.badHeader'), 'percent-encoding');
  }
}
