/**
 * Packets out of capture files: pcap (micro- and nanoseconds, both byte orders) and pcapng. From pieces of any size;
 * at most one packet is held, whatever a length in the file claims.
 */

export interface Packet {
  /** Number of the packet in the file, from 1: as Wireshark counts. */
  readonly number: number;
  /** ms since 1970 UTC. */
  readonly at: number;
  /** LINKTYPE of the interface. */
  readonly link: number;
  readonly data: Buffer;
  /** Less was captured than was sent. */
  readonly isCut: boolean;
}

/** Longest packet; capture programs write no longer ones. */
const PACKET_MAX = 1024 * 1024;
/** Interfaces of one section. */
const INTERFACES_MAX = 1024;

const MAGIC: Readonly<Record<string, { little: boolean; perSecond: number }>> = {
  a1b2c3d4: { little: false, perSecond: 1e6 },
  d4c3b2a1: { little: true, perSecond: 1e6 },
  a1b23c4d: { little: false, perSecond: 1e9 },
  '4d3cb2a1': { little: true, perSecond: 1e9 },
};
const SECTION = 0x0a0d0d0a;

/** A capture begins so. */
export const isCapture = (head: Buffer): boolean =>
  head.length >= 24 && (head.toString('hex', 0, 4) in MAGIC || isSection(head));

const isSection = (head: Buffer): boolean =>
  head.readUInt32BE(0) === SECTION && /^(?:1a2b3c4d|4d3c2b1a)$/.test(head.toString('hex', 8, 12));

interface Interface {
  readonly link: number;
  /** Ticks in a second. */
  readonly perSecond: number;
  /** Seconds to add. */
  readonly offset: number;
  readonly snap: number;
}

export class PcapReader {
  private readonly sink: (packet: Packet) => void;
  private form: 'unknown' | 'pcap' | 'pcapng' | 'broken' = 'unknown';
  private pending: Buffer = Buffer.alloc(0);
  /** Bytes of something too long, or of no use, that are stepped over. */
  private skip = 0;
  private little = false;
  private perSecond = 1e6;
  private link = 0;
  private interfaces: Interface[] = [];
  private count = 0;

  constructor(sink: (packet: Packet) => void) {
    this.sink = sink;
  }

  get packets(): number {
    return this.count;
  }

  /** `cut`: it ends within a packet. `damaged`: a length in it is impossible. */
  get failed(): 'cut' | 'damaged' | null {
    if (this.form === 'broken') return 'damaged';
    return this.pending.length > 0 || this.skip > 0 ? 'cut' : null;
  }

  push(bytes: Uint8Array): void {
    let chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.skip > 0) {
      const stepped = Math.min(this.skip, chunk.length);
      this.skip -= stepped;
      chunk = chunk.subarray(stepped);
    }
    let data = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    for (;;) {
      const taken = this.form === 'broken' ? data.length : this.one(data);
      if (taken === 0) break;
      if (taken > data.length) {
        this.skip = taken - data.length;
        data = Buffer.alloc(0);
        break;
      }
      data = data.subarray(taken);
      if (data.length === 0) break;
    }
    // The rest is copied: whoever reads files uses his buffer again.
    this.pending = Buffer.from(data);
  }

  /** Takes one record from the front. @returns its length, 0: more bytes are needed */
  private one(data: Buffer): number {
    if (this.form === 'unknown') return this.begin(data);
    return this.form === 'pcap' ? this.record(data) : this.block(data);
  }

  private u32(data: Buffer, at: number): number {
    return this.little ? data.readUInt32LE(at) : data.readUInt32BE(at);
  }

  private u16(data: Buffer, at: number): number {
    return this.little ? data.readUInt16LE(at) : data.readUInt16BE(at);
  }

  private begin(data: Buffer): number {
    if (data.length < 24) return 0;
    const magic = MAGIC[data.toString('hex', 0, 4)];
    if (magic === undefined) {
      this.form = isSection(data) ? 'pcapng' : 'broken';
      return this.form === 'pcapng' ? this.block(data) : data.length;
    }
    this.form = 'pcap';
    this.little = magic.little;
    this.perSecond = magic.perSecond;
    // The upper bits hold what an interface adds to its frames.
    this.link = this.u32(data, 20) & 0x0fffffff;
    return 24;
  }

  private record(data: Buffer): number {
    if (data.length < 16) return 0;
    const length = this.u32(data, 8);
    if (length > PACKET_MAX) {
      this.form = 'broken';
      return data.length;
    }
    if (data.length < 16 + length) return 0;
    this.emit(
      this.u32(data, 0) * 1000 + Math.floor(this.u32(data, 4) / (this.perSecond / 1000)),
      this.link,
      data.subarray(16, 16 + length),
      length < this.u32(data, 12),
    );
    return 16 + length;
  }

  private block(data: Buffer): number {
    if (data.length < 12) return 0;
    if (data.readUInt32BE(0) === SECTION) {
      this.little = data.toString('hex', 8, 12) === '4d3c2b1a';
      this.interfaces = [];
    }
    const type = this.u32(data, 0);
    const length = this.u32(data, 4);
    if (length < 12 || length % 4 !== 0) {
      this.form = 'broken';
      return data.length;
    }
    const isWanted = type === 1 || type === 2 || type === 3 || type === 6;
    if (!isWanted || length > PACKET_MAX + 1024) return length;
    if (data.length < length) return 0;
    const body = data.subarray(8, length - 4);
    if (type === 1) this.interface(body);
    else this.packet(type, body);
    return length;
  }

  private interface(body: Buffer): void {
    if (body.length < 8 || this.interfaces.length >= INTERFACES_MAX) return;
    let perSecond = 1e6;
    let offset = 0;
    for (let at = 8; at + 4 <= body.length; ) {
      const code = this.u16(body, at);
      const size = this.u16(body, at + 2);
      const value = body.subarray(at + 4, at + 4 + size);
      if (code === 0) break;
      // if_tsresol: a power of ten, or of two with the highest bit.
      if (code === 9 && value.length === 1) {
        const power = value.readUInt8(0);
        perSecond = power & 0x80 ? 2 ** (power & 0x7f) : 10 ** power;
      }
      if (code === 14 && value.length === 8)
        offset = Number(this.little ? value.readBigInt64LE(0) : value.readBigInt64BE(0));
      at += 4 + Math.ceil(size / 4) * 4;
    }
    this.interfaces.push({ link: this.u16(body, 0), snap: this.u32(body, 4), perSecond, offset });
  }

  private packet(type: number, body: Buffer): void {
    const isSimple = type === 3;
    if (body.length < (isSimple ? 4 : 20)) return;
    const source = this.interfaces[isSimple ? 0 : type === 2 ? this.u16(body, 0) : this.u32(body, 0)];
    if (source === undefined) return;
    if (isSimple) {
      // It has no time: that of no packet, which is none.
      const sent = this.u32(body, 0);
      this.emit(Number.NaN, source.link, body.subarray(4, 4 + Math.min(sent, source.snap || sent)), false);
      return;
    }
    const captured = this.u32(body, 12);
    const ticks = this.u32(body, 4) * 2 ** 32 + this.u32(body, 8);
    this.emit(
      Math.floor((ticks / source.perSecond + source.offset) * 1000),
      source.link,
      body.subarray(20, 20 + captured),
      captured < this.u32(body, 16),
    );
  }

  private emit(at: number, link: number, data: Buffer, isCut: boolean): void {
    this.count++;
    this.sink({ number: this.count, at, link, data, isCut });
  }
}
