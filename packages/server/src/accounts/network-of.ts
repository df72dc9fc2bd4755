/** Whose wrong passwords count together. */
import { isIPv6 } from 'node:net';

/** Groups of 16 bits that name the network of a subscriber: providers and sites give each at least a /64 (RFC 6177). */
const NETWORK_GROUPS = 4;
const GROUPS = 8;
const IPV4_MAPPED = 0xffff;

/** Groups of a part of an address; the dotted form of the last 32 bits is two. */
const groupsOf = (part: string): number[] =>
  part === ''
    ? []
    : part.split(':').flatMap((group) => {
        if (!group.includes('.')) return [Number.parseInt(group, 16)];
        const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number);
        return [a * 256 + b, c * 256 + d];
      });

/**
 * An IPv4 address, or the first 64 bits of an IPv6 one: within its own network a guesser has as many addresses as there are
 * guesses. Anything else as it is.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [bare = ''] = address.split('%');
  const [head = '', tail] = bare.split('::');
  const first = groupsOf(head);
  const last = tail === undefined ? [] : groupsOf(tail);
  const groups = [...first, ...Array<number>(GROUPS - first.length - last.length).fill(0), ...last];
  const [, , , , , sixth, high = 0, low = 0] = groups;
  if (sixth === IPV4_MAPPED && groups.slice(0, 5).every((group) => group === 0))
    return [high >> 8, high & 255, low >> 8, low & 255].join('.');
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}
