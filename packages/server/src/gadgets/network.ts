/**
 * Which addresses the server may be sent to by a gadget. Public ones only, unless a network is named in the settings: whoever
 * writes a gadget, or answers its requests, must not reach what stands behind the same firewall.
 */
import { BlockList, isIP } from 'node:net';

/** Networks of IPv4 that are not the public Internet, with the word for it (IANA special-purpose registry, RFC 6890). */
const SPECIAL_IPV4: ReadonlyArray<readonly [network: string, bits: number, kind: AddressKind]> = [
  ['0.0.0.0', 8, 'reserved'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'reserved'],
  ['192.0.2.0', 24, 'reserved'],
  ['192.88.99.0', 24, 'reserved'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'reserved'],
  ['198.51.100.0', 24, 'reserved'],
  ['203.0.113.0', 24, 'reserved'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
];

/**
 * The same for IPv6: only global unicast (2000::/3) is public at all, and in it not what wraps addresses of IPv4 or leads
 * nowhere. First match.
 */
const SPECIAL_IPV6: ReadonlyArray<readonly [network: string, bits: number, kind: AddressKind]> = [
  ['::1', 128, 'loopback'],
  ['::ffff:0:0', 96, 'wrapped'],
  ['64:ff9b::', 96, 'wrapped'],
  ['64:ff9b:1::', 48, 'wrapped'],
  ['fc00::', 7, 'private'],
  ['fec0::', 10, 'private'],
  ['fe80::', 10, 'link-local'],
  ['ff00::', 8, 'multicast'],
  ['2001::', 23, 'wrapped'],
  ['2001:db8::', 32, 'reserved'],
  ['2002::', 16, 'wrapped'],
  ['3fff::', 20, 'reserved'],
];

export type AddressKind =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'reserved'
  /** An address of IPv4 inside one of IPv6 (mapped, compatible, 6to4, Teredo, NAT64): never needed, often a disguise. */
  | 'wrapped';

interface Range {
  readonly list: BlockList;
  readonly kind: AddressKind;
}

const range = (network: string, bits: number, kind: AddressKind, family: 'ipv4' | 'ipv6'): Range => {
  const list = new BlockList();
  list.addSubnet(network, bits, family);
  return { list, kind };
};
const IPV4 = SPECIAL_IPV4.map(([network, bits, kind]) => range(network, bits, kind, 'ipv4'));
const IPV6 = SPECIAL_IPV6.map(([network, bits, kind]) => range(network, bits, kind, 'ipv6'));
const GLOBAL_UNICAST = range('2000::', 3, 'public', 'ipv6').list;

/** What kind of address this is; a text that is no address counts as reserved. Zone ids are never public. */
export function addressKind(address: string): AddressKind {
  const family = isIP(address);
  if (family === 4) return IPV4.find(({ list }) => list.check(address, 'ipv4'))?.kind ?? 'public';
  if (family !== 6 || address.includes('%')) return 'reserved';
  const special = IPV6.find(({ list }) => list.check(address, 'ipv6'))?.kind;
  if (special !== undefined) return special;
  if (GLOBAL_UNICAST.check(address, 'ipv6')) return 'public';
  // ::a.b.c.d, long out of use, and everything that is not assigned.
  return 'reserved';
}

/** Networks and addresses named in the settings, `10.1.0.0/16` or `10.1.2.3`. */
export class Networks {
  readonly #list = new BlockList();

  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      this.#list.addSubnet(
        address,
        bits === undefined ? (family === 'ipv6' ? 128 : 32) : Number(bits),
        family,
      );
    }
  }

  /** Never true for an address of IPv4 that is wrapped in one of IPv6. */
  has(address: string): boolean {
    const family = isIP(address);
    if (family === 0 || address.includes('%')) return false;
    if (family === 6 && addressKind(address) === 'wrapped') return false;
    return this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}
