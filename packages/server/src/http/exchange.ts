/**
 * One HTTP exchange as the access log sees it: body bytes, user and start time live on the response object
 * itself, so that logging a BOSH poll needs neither a closure nor a map entry.
 */
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isSecretParameter } from '../secret-parameters.ts';

type WriteArguments = [
  chunk?: unknown,
  encoding?: BufferEncoding | ((error?: Error | null) => void),
  callback?: (error?: Error | null) => void,
];

/** Node's note that the connection is closed with this answer. */
type LastAnswer = { _last: boolean };

/** Handed to node as the `ServerResponse` class of every listener. */
export class Exchange extends ServerResponse<IncomingMessage> {
  /** Bytes of the body so far, before chunk framing. */
  bodyBytes = 0;
  /** Port on which the request came: a connection that is gone does not know it any more. */
  localPort = 0;
  /** Monotonic ms at which the header lines were complete. */
  startedMs = 0;
  /** Authenticated user, set by whoever authenticated; empty: nobody. */
  user = '';
  /** The answer was the last of its connection and came before the whole body: the rest is still on its way. */
  lingering = false;

  /**
   * Node calls this when the answer is written, and then destroys the connection if the answer was its last.
   * With bytes of the body unread that is a reset, which can overtake the answer: a client that is still
   * sending would never learn why (RFC 9112 9.6). So the connection stays until the body or our patience ends.
   */
  override detachSocket(socket: Socket): void {
    super.detachSocket(socket);
    const last = this as unknown as LastAnswer;
    if (!last._last || this.req.complete || this.req.destroyed) return;
    last._last = false;
    this.lingering = true;
  }

  override write(...args: WriteArguments): boolean {
    this.#count(args[0], args[1]);
    return (super.write as (...args: WriteArguments) => boolean).apply(this, args);
  }

  override end(...args: WriteArguments): this {
    this.#count(args[0], args[1]);
    return (super.end as (...args: WriteArguments) => this).apply(this, args);
  }

  #count(chunk: unknown, encoding: WriteArguments[1]): void {
    if (this.req.method === 'HEAD') return;
    if (typeof chunk === 'string') {
      this.bodyBytes += Buffer.byteLength(chunk, typeof encoding === 'string' ? encoding : 'utf8');
    } else if (chunk instanceof Uint8Array) {
      this.bodyBytes += chunk.byteLength;
    }
  }
}

/**
 * The path of a request target. Proxies send the absolute form (`GET http://host/path`), which every
 * server must take (RFC 9112 3.2.2).
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const authority = /^https?:\/\/[^/?#]*/i.exec(target)?.[0];
  if (authority === undefined) return target;
  const rest = target.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** The part of a URL before the query. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}

/** A URI fit for logs: parameters that carry credentials keep their name and lose their value. */
export function maskUri(uri: string): string {
  const query = uri.indexOf('?') + 1;
  if (query === 0) return uri;
  return uri
    .slice(query)
    .split('&')
    .reduce(
      (masked, pair, index) => {
        const value = pair.indexOf('=') + 1;
        const isSecret = value > 1 && value < pair.length && isSecretParameter(pair.slice(0, value - 1));
        return `${masked}${index === 0 ? '' : '&'}${isSecret ? `${pair.slice(0, value)}***` : pair}`;
      },
      uri.slice(0, query),
    );
}

/** `nocache` of a request, the thread through the logs of one GET; undefined when there is none. */
export function nocacheOf(url: string): string | undefined {
  const at = url.indexOf('nocache=');
  if (at < 1 || (url[at - 1] !== '?' && url[at - 1] !== '&')) return undefined;
  const end = url.indexOf('&', at);
  return url.slice(at + 8, end < 0 ? undefined : end).slice(0, 64);
}
