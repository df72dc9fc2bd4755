import type { Element } from '@poise/xml';
import type { ConnectionDetail, ConnectionStatus } from './connection-status.ts';
import type { NodeAddress } from './node-address.ts';
import type { SystemInfo } from './objects/system-info.ts';
import type { ClientClock } from './platform.ts';
import type { SessionOptions } from './xmpp/session.ts';
import type { Transport } from './xmpp/transport.ts';

export interface ConnectionOptions extends Omit<SessionOptions, 'domain' | 'askBeside'> {
  readonly clock: ClientClock;
  readonly random: () => number;
  /** Overrides the domain that SystemInfo names. */
  readonly domain: string | undefined;
  readonly reconnect: boolean;
  readonly reconnectBaseMs: number;
  readonly reconnectMaxMs: number;
  /** How long the presence of `finesse` may take after binding. */
  readonly serviceTimeoutMs: number;
  /** Answer to a probe, and to a question for SystemInfo after a loss. */
  readonly probeTimeoutMs: number;
  /** Between two questions to the other node during the search for a node that can be used. */
  readonly searchIntervalMs: number;
  /** Whether the other node that SystemInfo names may take over. */
  readonly failover: boolean;
  /** The node to begin with. */
  readonly node: NodeAddress;
  /** @param limitMs how long the answer may take; undefined: as any answer */
  fetchInfo(node: NodeAddress, limitMs: number | undefined): Promise<SystemInfo>;
  /** The least that a node can be asked for. */
  fetchTime(node: NodeAddress, limitMs: number): Promise<unknown>;
  /** Hosts of the nodes that the current one knows, the best to move to first; rejects where a server does not tell. Default: SystemInfo alone counts. */
  fetchNodes?(limitMs: number): Promise<readonly string[]>;
  createTransport(node: NodeAddress, domain: string): Transport;
}

/** A presence of the service user `finesse` (notification-service.md 6). */
export interface ServicePresence {
  readonly from: string;
  readonly isAvailable: boolean;
}

export interface ConnectionEvents {
  status(status: ConnectionStatus, detail: ConnectionDetail): void;
  bound(jid: string): void;
  /** The current node was asked for SystemInfo. */
  informed(info: SystemInfo): void;
  /** A message of the pubsub service. */
  message(message: Element): void;
  /** Of the service `finesse`. */
  presence(presence: ServicePresence): void;
  /** The other node is the current one from now on. */
  moved(node: NodeAddress): void;
  /** One line for each transition. */
  transition(line: string): void;
  /** Something that the application may want to log; nothing is lost. */
  problem(error: unknown): void;
}
