/** A capture file: the CTI port's connections as GED-188, clear HTTP as requests, all else is stepped over. */
import type { FileReport } from '../entry.ts';
import type { Found } from '../fact.ts';
import { Exchanges } from '../web/exchange.ts';
import { CtiFollower } from './cti.ts';
import { exportedOf } from './exported.ts';
import { HttpFollower } from './http.ts';
import { type Packet, PcapReader } from './pcap.ts';
import { segmentOf } from './segment.ts';
import { type Follower, TcpStreams } from './tcp.ts';

/** LINKTYPE_WIRESHARK_UPPER_PDU: what Wireshark exports of layers that it decrypted. */
const UPPER_PDU = 252;
/** Connections out of exports that are followed. */
const EXPORTED_MAX = 4096;

export class CaptureReader {
  private readonly report: FileReport;
  private readonly packets: PcapReader;
  private readonly streams: TcpStreams;
  private readonly exchanges: Exchanges;
  private readonly exported = new Map<string, HttpFollower>();

  constructor(report: FileReport, sink: (found: Found) => void, ctiPorts: readonly number[]) {
    this.report = report;
    this.exchanges = new Exchanges(sink);
    const ports = new Set(ctiPorts);
    const follow = (connection: ConstructorParameters<typeof CtiFollower>[0]): Follower =>
      ports.has(connection.serverPort)
        ? new CtiFollower(connection, report, sink)
        : new HttpFollower(connection, report, this.exchanges);
    this.streams = new TcpStreams(follow, (port) => ports.has(port));
    this.packets = new PcapReader((packet) => this.take(packet));
  }

  push(bytes: Uint8Array): void {
    this.packets.push(bytes);
  }

  end(): void {
    this.streams.end();
    for (const follower of this.exported.values()) follower.end();
    this.exchanges.end();
    this.report.lines = this.packets.packets;
    this.report.failed ??= this.packets.failed;
  }

  private take(packet: Packet): void {
    const place = { number: packet.number, at: packet.at };
    if (packet.link === UPPER_PDU) {
      this.takeExported(packet);
      return;
    }
    const segment = segmentOf(packet.link, packet.data);
    if (segment === null) return;
    if (segment === 'fragment') {
      this.report.notes.packetsCut = (this.report.notes.packetsCut ?? 0) + 1;
      return;
    }
    // What was not captured of a packet is missing in its stream: the bytes behind it stand behind a hole.
    if (packet.isCut) this.report.notes.packetsCut = (this.report.notes.packetsCut ?? 0) + 1;
    this.streams.segment(segment, place);
  }

  private takeExported(packet: Packet): void {
    const one = exportedOf(packet.data);
    if (one === null) return;
    let follower = this.exported.get(one.key);
    if (follower === undefined) {
      if (this.exported.size >= EXPORTED_MAX) return;
      follower = new HttpFollower(
        { client: one.client, server: one.server, serverPort: one.serverPort, isWhole: false },
        this.report,
        this.exchanges,
      );
      this.exported.set(one.key, follower);
    }
    follower.data(one.up, one.payload, { number: packet.number, at: packet.at });
  }
}
