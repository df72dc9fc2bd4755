/** Listens for XMPP over TCP. */
import { createServer, type Server, type Socket } from 'node:net';
import {
  createSecureContext,
  createServer as createTlsServer,
  type SecureContextOptions,
  type Server as TlsServer,
} from 'node:tls';
import { SocketHost, type SocketHostOptions, TOO_MANY } from '../socket/socket-host.ts';
import type { PlainInClear } from '../transport.ts';
import { TcpTransport } from './tcp-transport.ts';
import { tellTlsFailure } from './tls-failure.ts';

export interface TcpListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Certificate and key: STARTTLS is offered, or with `direct` TLS begins with the first byte. */
  readonly tls?: SecureContextOptions;
  readonly direct?: boolean;
  readonly plainInClear?: PlainInClear;
  /** SCRAM mechanisms to offer over TLS. Default none. */
  readonly scram?: ReadonlyArray<'SCRAM-SHA-1' | 'SCRAM-SHA-256'>;
}

export interface TcpListener {
  readonly port: number;
  readonly connections: number;
  /** New connections are refused from now on; those that are open stay. */
  close(): Promise<void>;
}

/** 2,000 desktops may arrive in one second after a failover (the kernel caps this at its somaxconn). */
const BACKLOG = 4096;

/** @throws when the address cannot be bound, or the certificate cannot be used */
export function listenTcp(
  options: TcpListenOptions,
  shared: Omit<SocketHostOptions, 'saslPolicy'>,
): Promise<TcpListener> {
  const host = new SocketHost({
    ...shared,
    saslPolicy: { plainInClear: options.plainInClear, scram: options.scram },
  });
  const { limits } = shared;
  const context = options.tls === undefined ? null : createSecureContext(options.tls);
  const direct = options.direct === true;
  const accept = (socket: Socket): void => {
    const address = socket.remoteAddress;
    // Without an address it has gone already.
    if (address === undefined || !host.admits(address)) {
      socket.destroy();
      return;
    }
    new TcpTransport(host, socket, direct, direct ? null : context);
  };
  let server: Server | TlsServer;
  if (direct) {
    server = createTlsServer({
      ...options.tls,
      noDelay: true,
      handshakeTimeout: limits.tlsHandshakeMs,
    });
    server.on('secureConnection', accept);
    server.on('tlsClientError', (error, socket) => {
      tellTlsFailure(host, socket.remoteAddress, error);
      socket.destroy();
    });
  } else {
    // Silence is noticed by our own pings, so the kernel need not be asked to watch.
    server = createServer({ noDelay: true }, accept);
  }
  server.maxConnections = limits.connectionsMax;
  server.on('drop', (peer) => shared.refused(peer?.remoteAddress ?? 'an unknown address', TOO_MANY));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port, backlog: BACKLOG }, () => {
      server.off('error', reject);
      server.on('error', (error) => shared.info(`listener: ${error.message}`));
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address !== null ? address.port : options.port,
        get connections() {
          return host.connections.size;
        },
        close: () => closeServer(server),
      });
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Open connections keep the callback waiting; they are ended by whoever stops the whole server.
    server.close(() => resolve());
    resolve();
  });
}
