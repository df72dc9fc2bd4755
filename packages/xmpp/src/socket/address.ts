/** Addresses of sockets. */

/** 127.0.0.0/8 and ::1, also mapped: a peer with such an address is on this machine, so both ends are. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}
