/** Reverse proxies whose word about their clients is taken (setting `http.trustedProxies`). */
import { BlockList, isIP } from 'node:net';
import { plainAddress } from './addresses.ts';

/**
 * @param networks addresses, or networks such as `10.0.0.0/8`; checked by the settings
 * @returns whether the far end of a connection is such a proxy
 */
export function trustedProxies(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => false;
  const list = new BlockList();
  for (const network of networks) {
    const [address, bits] = network.split('/') as [string, string | undefined];
    const family = familyOf(address);
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const plain = plainAddress(address);
    return isIP(plain) !== 0 && list.check(plain, familyOf(plain));
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
