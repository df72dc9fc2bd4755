/** Addresses of sockets. */
import type { Socket } from 'node:net';

/** 127.0.0.0/8 and ::1, also mapped. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** Both ends are on this machine. */
export function isLoopbackSocket(socket: Socket): boolean {
  return isLoopback(socket.remoteAddress) && isLoopback(socket.localAddress);
}
