/** What reverse proxies say about the connections that they pass on. */
import type { IncomingMessage } from 'node:http';

/** Whether the request came through a proxy: the near end then says nothing about the far one. */
export function isForwarded({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
}

/** Whether `X-Forwarded-Proto` names https; of several proxies the one nearest to the client stands first. */
export function isHttps(header: string | readonly string[]): boolean {
  const [first = ''] = (typeof header === 'string' ? header : header.join(',')).split(',', 1);
  return first.trim().toLowerCase() === 'https';
}
