/** From a packet to a TCP segment: link layers (Ethernet, Linux cooked, loopback, none), IPv4 and IPv6. */

export interface Segment {
  /** `address:port`. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly seq: number;
  readonly ack: number;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly payload: Buffer;
}

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** 802.1Q, 802.1ad, and the older form of it. */
const VLAN = new Set([0x8100, 0x88a8, 0x9100]);

/** @returns null: no TCP over IP; `fragment`: a part of an IP packet, of which the others are elsewhere */
export function segmentOf(link: number, data: Buffer): Segment | 'fragment' | null {
  try {
    const ip = ipOf(link, data);
    return ip === null || ip.length === 0 ? null : tcpOf(ip);
  } catch (error) {
    // A packet that is shorter than its headers say.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function ipOf(link: number, data: Buffer): Buffer | null {
  switch (link) {
    case 1:
      return etherOf(data, 12);
    // Loopback of BSD and macOS: a family, in the byte order of the machine.
    case 0:
    case 108:
      return data.subarray(4);
    // Raw IP, and its numbers on other systems.
    case 12:
    case 14:
    case 101:
    case 228:
    case 229:
      return data;
    case 113:
      return etherOf(data, 14);
    case 276:
      return isIp(data.readUInt16BE(0)) ? data.subarray(20) : null;
    default:
      return null;
  }
}

const isIp = (type: number): boolean => type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6;

/** @param at where the type stands */
function etherOf(data: Buffer, at: number): Buffer | null {
  let place = at;
  let type = data.readUInt16BE(place);
  while (VLAN.has(type) && place < at + 16) {
    place += 4;
    type = data.readUInt16BE(place);
  }
  return isIp(type) ? data.subarray(place + 2) : null;
}

function tcpOf(ip: Buffer): Segment | 'fragment' | null {
  const version = ip.readUInt8(0) >> 4;
  if (version === 4) {
    const head = (ip.readUInt8(0) & 15) * 4;
    if (head < 20 || ip.readUInt8(9) !== 6) return null;
    if ((ip.readUInt16BE(6) & 0x3fff) !== 0) return 'fragment';
    // Ethernet fills short frames up; a length of zero stands where the card cuts large ones.
    const length = ip.readUInt16BE(2) || ip.length;
    return partsOf(
      ip.subarray(head, length),
      [...ip.subarray(12, 16)].join('.'),
      [...ip.subarray(16, 20)].join('.'),
    );
  }
  if (version !== 6) return null;
  const length = ip.readUInt16BE(4);
  const end = length === 0 ? ip.length : 40 + length;
  let next = ip.readUInt8(6);
  let at = 40;
  for (let i = 0; i < 8 && next !== 6; i++) {
    if (next === 44) {
      if ((ip.readUInt16BE(at + 2) & 0xfff9) !== 0) return 'fragment';
      next = ip.readUInt8(at);
      at += 8;
    } else if (next === 0 || next === 43 || next === 60) {
      next = ip.readUInt8(at);
      at += 8 + ip.readUInt8(at + 1) * 8;
    } else return null;
  }
  return next === 6 ? partsOf(ip.subarray(at, end), six(ip, 8), six(ip, 24)) : null;
}

const six = (ip: Buffer, at: number): string =>
  `[${(ip.toString('hex', at, at + 16).match(/.{4}/g) as string[]).map((part) => part.replace(/^0{1,3}/, '')).join(':')}]`;

function partsOf(tcp: Buffer, from: string, to: string): Segment | null {
  const head = (tcp.readUInt8(12) >> 4) * 4;
  if (head < 20) return null;
  const flags = tcp.readUInt8(13);
  const fromPort = tcp.readUInt16BE(0);
  const toPort = tcp.readUInt16BE(2);
  return {
    from: `${from}:${fromPort}`,
    to: `${to}:${toPort}`,
    fromPort,
    toPort,
    seq: tcp.readUInt32BE(4),
    ack: flags & 16 ? tcp.readUInt32BE(8) : -1,
    fin: (flags & 1) !== 0,
    syn: (flags & 2) !== 0,
    rst: (flags & 4) !== 0,
    payload: tcp.subarray(head),
  };
}
