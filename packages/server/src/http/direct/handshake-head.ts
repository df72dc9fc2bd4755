/**
 * The head of a WebSocket handshake in the plain form that clients and browsers send. As with polls: what is read here
 * must mean the same to node:http, and whatever looks different in the least is left to it.
 */
import { fieldsOf } from './request-head.ts';

/** What the handshake is judged by: names in lower case, each of them once. */
export interface HandshakeHead {
  readonly method: 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const REQUEST_LINE = /^GET (\/ws\/?) HTTP\/1\.1$/;

const UNDERSTOOD: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'upgrade',
  'origin',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-websocket-extensions',
]);

/** @param text from the request line to the empty line, that included, as Latin-1 */
export function readHandshake(text: string): HandshakeHead | undefined {
  const read = fieldsOf(text, REQUEST_LINE, UNDERSTOOD);
  if (read === undefined) return undefined;
  const { uri, fields } = read;
  if (!fields.has('host') || fields.get('origin') === '') return undefined;
  if (fields.get('upgrade')?.toLowerCase() !== 'websocket') return undefined;
  if (!/^(keep-alive, ?)?upgrade$/i.test(fields.get('connection') ?? '')) return undefined;
  return { method: 'GET', url: uri, headers: Object.fromEntries(fields) };
}
