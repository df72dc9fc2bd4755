/**
 * Packets of Wireshark's "export PDUs": what it decrypted, with tags in front that say between whom it went
 * (LINKTYPE_WIRESHARK_UPPER_PDU). Only addresses and ports are read of the tags.
 */

export interface Exported {
  /** Of the connection, whichever side sends. */
  readonly key: string;
  readonly client: string;
  readonly server: string;
  readonly serverPort: number;
  readonly up: boolean;
  readonly payload: Buffer;
}

const TAG = { end: 0, ipv4From: 20, ipv4To: 21, ipv6From: 22, ipv6To: 23, portFrom: 25, portTo: 26 } as const;
/** Ports of the desktop's server: the side that has one is the server. */
const SERVER_PORTS: ReadonlySet<number> = new Set([80, 443, 7071, 7443, 8082, 8443, 8445]);

export function exportedOf(data: Buffer): Exported | null {
  const tags = new Map<number, Buffer>();
  let at = 0;
  for (;;) {
    if (at + 4 > data.length) return null;
    const tag = data.readUInt16BE(at);
    const size = data.readUInt16BE(at + 2);
    at += 4;
    if (tag === TAG.end) break;
    tags.set(tag, data.subarray(at, at + size));
    at += size;
  }
  const address = (...names: readonly number[]): string =>
    names.map((name) => tags.get(name)?.toString('hex') ?? '').join('');
  const port = (name: number): number => {
    const value = tags.get(name);
    return value === undefined || value.length !== 4 ? 0 : value.readUInt32BE(0);
  };
  const from = `${address(TAG.ipv4From, TAG.ipv6From)}:${port(TAG.portFrom)}`;
  const to = `${address(TAG.ipv4To, TAG.ipv6To)}:${port(TAG.portTo)}`;
  const up = SERVER_PORTS.has(port(TAG.portTo)) || !SERVER_PORTS.has(port(TAG.portFrom));
  const [client, server] = up ? [from, to] : [to, from];
  return {
    key: `${client} ${server}`,
    client,
    server,
    serverPort: port(up ? TAG.portTo : TAG.portFrom),
    up,
    payload: data.subarray(at),
  };
}
