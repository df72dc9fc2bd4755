/** Writes capture files byte by byte, for tests: independent of the readers. */

const LITTLE = true;
const u16 = (n: number, little = false) => {
  const bytes = Buffer.alloc(2);
  if (little) bytes.writeUInt16LE(n);
  else bytes.writeUInt16BE(n);
  return bytes;
};
const u32 = (n: number, little = false) => {
  const bytes = Buffer.alloc(4);
  if (little) bytes.writeUInt32LE(n >>> 0);
  else bytes.writeUInt32BE(n >>> 0);
  return bytes;
};
const ipv4 = (text: string) => Buffer.from(text.split('.').map(Number));

export interface Sent {
  /** Seconds since {@link EPOCH}. */
  readonly at: number;
  readonly bytes: Buffer;
}
export const EPOCH = Date.UTC(2017, 5, 16, 18, 40, 0);

/** One connection between two machines, whose segments can be kept, dropped, repeated, and put in another order. */
export class Talk {
  readonly packets: Sent[] = [];
  private seq = { up: 0xffff_ff00, down: 7_000 };
  private readonly port: number;

  /** The client's first sequence number is near the end of its range, so that it turns over. */
  constructor(port = 42027) {
    this.port = port;
  }

  open(at: number): this {
    this.raw(at, true, Buffer.alloc(0), 0x02, false);
    this.seq.up++;
    this.raw(at, false, Buffer.alloc(0), 0x12);
    this.seq.down++;
    this.raw(at, true, Buffer.alloc(0), 0x10);
    return this;
  }

  send(at: number, up: boolean, payload: Uint8Array): this {
    this.raw(at, up, Buffer.from(payload), 0x18);
    if (up) this.seq.up = (this.seq.up + payload.length) >>> 0;
    else this.seq.down = (this.seq.down + payload.length) >>> 0;
    return this;
  }

  /** An empty acknowledgement. */
  ack(at: number, up: boolean): this {
    return this.raw(at, up, Buffer.alloc(0), 0x10);
  }

  close(at: number, up: boolean, how: 'fin' | 'rst'): this {
    return this.raw(at, up, Buffer.alloc(0), how === 'fin' ? 0x11 : 0x14);
  }

  private raw(at: number, up: boolean, payload: Buffer, flags: number, hasAck = true): this {
    const [from, to] = up ? [50_001, this.port] : [this.port, 50_001];
    const mine = up ? this.seq.up : this.seq.down;
    const other = hasAck ? (up ? this.seq.down : this.seq.up) : 0;
    const tcp = Buffer.concat([
      u16(from),
      u16(to),
      u32(mine),
      u32(other),
      Buffer.from([0x60, flags]),
      u16(0xffff),
      u16(0),
      u16(0),
      // An option, so that headers are longer than the least.
      Buffer.from([2, 4, 5, 180]),
      payload,
    ]);
    this.packets.push({ at, bytes: tcp });
    return this;
  }
}

const [CLIENT, SERVER] = ['10.0.0.1', '10.0.0.2'];

/** An IPv4 packet around TCP. */
export function inIpv4(tcp: Buffer, up = isUp(tcp)): Buffer {
  const head = Buffer.concat([
    Buffer.from([0x45, 0]),
    u16(20 + tcp.length),
    u16(1),
    u16(0x4000),
    Buffer.from([64, 6]),
    u16(0),
    ipv4(up ? CLIENT : SERVER),
    ipv4(up ? SERVER : CLIENT),
  ]);
  return Buffer.concat([head, tcp]);
}

export function inIpv6(tcp: Buffer): Buffer {
  const [client, server] = ['20010db8000000000000000000000001', '20010db8000000000000000000000002'];
  const up = isUp(tcp);
  // A hop-by-hop header in between.
  const extension = Buffer.from([6, 0, 1, 4, 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x60, 0, 0, 0]),
    u16(extension.length + tcp.length),
    Buffer.from([0, 64]),
    Buffer.from(up ? client : server, 'hex'),
    Buffer.from(up ? server : client, 'hex'),
    extension,
    tcp,
  ]);
}

const isUp = (tcp: Buffer) => tcp.readUInt16BE(0) === 50_001;

const mac = Buffer.from('0102030405060708090a0b0c', 'hex');
export const LINKS: Readonly<Record<string, readonly [number, (tcp: Buffer) => Buffer]>> = {
  Ethernet: [1, (tcp) => Buffer.concat([mac, u16(0x0800), inIpv4(tcp), Buffer.alloc(6)])],
  'Ethernet with a VLAN': [1, (tcp) => Buffer.concat([mac, u16(0x8100), u16(42), u16(0x0800), inIpv4(tcp)])],
  'Ethernet, IPv6': [1, (tcp) => Buffer.concat([mac, u16(0x86dd), inIpv6(tcp)])],
  'Linux cooked': [113, (tcp) => Buffer.concat([Buffer.alloc(14), u16(0x0800), inIpv4(tcp)])],
  'Linux cooked v2': [276, (tcp) => Buffer.concat([u16(0x0800), Buffer.alloc(18), inIpv4(tcp)])],
  loopback: [0, (tcp) => Buffer.concat([u32(2, LITTLE), inIpv4(tcp)])],
  'raw IP': [101, (tcp) => inIpv4(tcp)],
  'raw IP, IPv6': [101, (tcp) => inIpv6(tcp)],
};

/** A pcap file. @param nano nanoseconds instead of microseconds */
export function pcap(
  link: number,
  packets: readonly Sent[],
  { little = true, nano = false, snap = 262_144 } = {},
): Buffer {
  const e = (n: number) => u32(n, little);
  const parts: Buffer[] = [
    e(nano ? 0xa1b23c4d : 0xa1b2c3d4),
    u16(2, little),
    u16(4, little),
    e(0),
    e(0),
    e(snap),
    e(link),
  ];
  for (const { at, bytes } of packets) {
    const ms = EPOCH + Math.round(at * 1000);
    const kept: Buffer<ArrayBufferLike> = bytes.subarray(0, snap);
    parts.push(
      e(Math.floor(ms / 1000)),
      e((ms % 1000) * (nano ? 1e6 : 1e3)),
      e(kept.length),
      e(bytes.length),
      kept,
    );
  }
  return Buffer.concat(parts);
}

/** A pcapng file, with an interface in nanoseconds and blocks that nobody needs. */
export function pcapng(link: number, packets: readonly Sent[], little = true): Buffer {
  const e = (n: number) => u32(n, little);
  const block = (type: number, body: Buffer) => {
    const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
    const length = e(padded.length + 12);
    return Buffer.concat([e(type), length, padded, length]);
  };
  const resolution = Buffer.concat([u16(9, little), u16(1, little), Buffer.from([9, 0, 0, 0]), e(0)]);
  return Buffer.concat([
    block(
      0x0a0d0d0a,
      Buffer.concat([e(0x1a2b3c4d), u16(1, little), u16(0, little), e(0xffffffff), e(0xffffffff)]),
    ),
    block(1, Buffer.concat([u16(link, little), u16(0, little), e(262_144), resolution])),
    block(0xbad, Buffer.from('nobody needs this')),
    ...packets.map(({ at, bytes }) => {
      const ns = BigInt(EPOCH + Math.round(at * 1000)) * 1_000_000n;
      return block(
        6,
        Buffer.concat([
          e(0),
          e(Number(ns >> 32n)),
          e(Number(ns & 0xffffffffn)),
          e(bytes.length),
          e(bytes.length),
          bytes,
        ]),
      );
    }),
  ]);
}

/** The packets of a talk in the frames of a link. */
export const framed = (link: string, talk: Talk): Sent[] =>
  talk.packets.map(({ at, bytes }) => ({ at, bytes: (LINKS[link] as (typeof LINKS)[string])[1](bytes) }));
