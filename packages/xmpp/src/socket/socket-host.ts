/** What the connections of one listener share: limits, the periodic check, counts. */
import type { Clock, Standstill, Timer } from '@poise/clock';
import type { Element } from '@poise/xml';
import type { XmppLimits } from '../limits.ts';
import type { RandomIds } from '../random.ts';
import type { SaslPolicy, StreamFactory } from '../transport.ts';
import { GapFlush } from './gap-flush.ts';
import type { SocketTransport } from './socket-transport.ts';
import { TurnFlush } from './turn-flush.ts';

export interface SocketHostOptions {
  readonly domain: string;
  readonly clock: Clock;
  readonly nextTurn: (goOn: () => void) => void;
  readonly standstill: Standstill;
  readonly limits: XmppLimits;
  readonly ids: RandomIds;
  readonly openStream: StreamFactory;
  readonly saslPolicy?: SaslPolicy | undefined;
  readonly info: (line: string) => void;
  /** What a connection has written; absent: nobody asks. */
  readonly sent?: ((id: string, pieces: readonly string[], jid: string) => void) | undefined;
  /** What came over a connection; absent: nobody asks. */
  readonly received?: ((id: string, element: Element, jid: string) => void) | undefined;
  /** A connection was not served. @param reason the same for all that it holds for */
  readonly refused: (address: string, reason: string) => void;
}

/** Why a connection is refused that is one more than `connectionsMax`. */
export const TOO_MANY = 'too many connections';

export class SocketHost {
  readonly options: SocketHostOptions;
  readonly turn = new TurnFlush();
  readonly gaps: GapFlush;
  readonly connections = new Set<SocketTransport>();
  readonly #unauthenticated = new Map<string, number>();
  #sweep: Timer | null = null;

  constructor(options: SocketHostOptions) {
    this.options = options;
    this.gaps = new GapFlush(options.clock, options.limits.answerGapMs);
  }

  /** Whether one more connection from this address may be served; tells of it if not. */
  admits(address: string): boolean {
    const { limits, refused } = this.options;
    if (this.connections.size >= limits.connectionsMax) refused(address, TOO_MANY);
    else if ((this.#unauthenticated.get(address) ?? 0) >= limits.unauthenticatedPerAddressMax)
      refused(address, 'too many connections of this address have not signed in');
    else return true;
    return false;
  }

  add(connection: SocketTransport): void {
    this.connections.add(connection);
    const { remoteAddress } = connection;
    this.#unauthenticated.set(remoteAddress, (this.#unauthenticated.get(remoteAddress) ?? 0) + 1);
    // One timer for all connections; none while there are none.
    if (this.#sweep === null) this.#arm();
  }

  /** The connection has signed in, or has gone without. */
  settled(address: string): void {
    const count = (this.#unauthenticated.get(address) ?? 0) - 1;
    if (count > 0) this.#unauthenticated.set(address, count);
    else this.#unauthenticated.delete(address);
  }

  remove(connection: SocketTransport): void {
    this.connections.delete(connection);
    if (this.connections.size > 0) return;
    this.#sweep?.cancel();
    this.#sweep = null;
  }

  #arm(): void {
    const { clock, standstill, limits } = this.options;
    const dueMs = clock.monotonic() + limits.sweepMs;
    this.#sweep = clock.schedule(limits.sweepMs, () => {
      standstill.ran(dueMs);
      const now = clock.monotonic();
      // Whoever spoke while the process stood still waits to be read.
      for (const connection of this.connections) connection.tick(now, standstill.endedAt);
      if (this.connections.size > 0) this.#arm();
      else this.#sweep = null;
    });
  }
}
