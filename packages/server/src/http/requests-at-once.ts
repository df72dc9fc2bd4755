/**
 * Counts the requests that came over one connection at once. node:http reads 64 KiB of pipelined requests in one go, more than a
 * thousand of them, and everybody else waits meanwhile. Browsers do not pipeline, nor do proxies towards their servers.
 */
import type { Socket } from 'node:net';

/** Those beyond it are not served, and the connection ends. */
export const REQUESTS_AT_ONCE_MAX = 32;

const COUNT = Symbol('requests in this turn');
type CountedSocket = Socket & { [COUNT]?: number };

/** @returns how many requests of this connection have come in this turn of the event loop, with this one */
export function requestsAtOnce(socket: Socket): number {
  const counted = socket as CountedSocket;
  const count = (counted[COUNT] ?? 0) + 1;
  counted[COUNT] = count;
  if (count === 1) setImmediate(startAnew, counted);
  return count;
}

function startAnew(socket: CountedSocket): void {
  socket[COUNT] = 0;
}
