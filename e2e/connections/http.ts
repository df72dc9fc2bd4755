/** HTTP by hand: requests that no HTTP library would send, and the answers in full. */
import { Connection } from './connection.ts';
import { PATIENT_MS } from './deadline.ts';

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export const basic = (user: string) =>
  `Authorization: Basic ${Buffer.from(`${user}:${user}`).toString('base64')}`;

/** Request line and header lines, with the blank line. */
export function head(method: string, path: string, headers: readonly string[]): string {
  return [`${method} ${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

/** The next answer of a connection; its body must have a Content-Length. */
export async function readAnswer(connection: Connection, ms = PATIENT_MS): Promise<HttpAnswer> {
  const text = await connection.until(/\r\n\r\n/, ms);
  const [statusLine = '', ...lines] = text.trimEnd().split('\r\n');
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const length = Number(headers.get('content-length') ?? 0);
  const body = length === 0 ? '' : (await connection.take(() => length, 'the body', ms)).toString('utf8');
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}

/** One request on a connection of its own. */
export async function exchange(
  port: number,
  method: string,
  path: string,
  headers: readonly string[],
  body: string | Uint8Array = '',
): Promise<HttpAnswer> {
  const connection = await Connection.tcp(port);
  try {
    connection.send(head(method, path, [...headers, `Content-Length: ${Buffer.byteLength(body)}`]));
    if (body.length > 0) connection.send(body);
    return await readAnswer(connection);
  } finally {
    connection.destroy();
  }
}
