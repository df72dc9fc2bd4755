/** What the audit log (docs/logs.md) is told of a write: the request as it came, without what is secret in it. */
import type { Happenings } from '../happenings.ts';

/** Tells of one write that was carried out. */
export type WriteTold = (line: {
  /** Login id. */
  readonly user: string;
  readonly method: string;
  /** Path of the request. */
  readonly url: string;
  /** See {@link xmlPayload} and {@link jsonPayload}. */
  readonly payload: string;
}) => void;

export const tellingWrites =
  (happenings: Happenings): WriteTold =>
  (line) =>
    happenings.publish('audit', line);

const MASKED = '***';
/** A password, or the private key of a certificate. */
const SECRET = /^(?:password|key)$/i;
/** From the first tag to the last one: what is in CDATA or comes twice is covered, too. */
const XML_SECRET = /(<(?:[\w.-]+:)?password\b[^>]*>)[\s\S]*(<\/(?:[\w.-]+:)?password\s*>)/i;

/** The body of a call of the original's API: XML, or a form with a file. */
export const xmlPayload = (body: Uint8Array | undefined): string =>
  body === undefined ? '' : Buffer.from(body).toString('utf8').replace(XML_SECRET, `$1${MASKED}$2`);

/** The body of a call of an API of our own. */
export const jsonPayload = (body: unknown): string =>
  body === undefined || body === null
    ? ''
    : JSON.stringify(body, (name, value) => {
        // To a question of a command: which of them asks for a password is known to the command alone.
        if (name === 'answers' && Array.isArray(value)) return value.map(() => MASKED);
        return SECRET.test(name) && typeof value === 'string' ? MASKED : value;
      });
