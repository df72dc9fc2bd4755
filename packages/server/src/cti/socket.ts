/** The TCP connection to the CTI server, as an argument: tests bring their own. */
import { connect } from 'node:net';

export interface CtiAddress {
  readonly host: string;
  readonly port: number;
}

export interface CtiSocketEvents {
  connected(): void;
  data(chunk: Uint8Array): void;
  /** Once, whatever the cause; nothing is reported afterwards. */
  closed(reason: string): void;
}

export interface CtiSocket {
  write(bytes: Uint8Array): void;
  /** Bytes that the other side has not yet taken. */
  readonly unsentBytes: number;
  /** Ends the connection at once; `closed` is reported later or not at all. */
  destroy(): void;
}

/** Events come after the factory has returned, never within the call. */
export type CtiSocketFactory = (address: CtiAddress, events: CtiSocketEvents) => CtiSocket;

/** Nagle off, as the protocol asks (GED-188 3.1). */
export const tcpSocket: CtiSocketFactory = (address, events) => {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  let reason = 'closed by the CTI server';
  let over = false;
  socket.on('connect', () => events.connected());
  socket.on('data', (chunk) => events.data(chunk));
  socket.on('error', (error) => {
    reason = error.message;
  });
  socket.on('close', () => {
    if (over) return;
    over = true;
    events.closed(reason);
  });
  return {
    write: (bytes) => void socket.write(bytes),
    get unsentBytes() {
      return socket.writableLength;
    },
    destroy: () => socket.destroy(),
  };
};
