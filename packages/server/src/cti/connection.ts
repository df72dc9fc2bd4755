/** One connection to one side of the CTI server: bytes in and out, cut into frames, told in raw form. */
import { Framer, Ged188Error, messageByName } from '@poise/ged188';
import type { Happenings } from '../happenings.ts';
import type { CtiAddress, CtiSocket, CtiSocketFactory } from './socket.ts';

export interface ConnectionEvents {
  connected(): void;
  /** A whole frame, header included. */
  frame(frame: Uint8Array): void;
  /** Once; nothing is reported afterwards, nor after {@link CtiConnection.destroy}. */
  lost(reason: string): void;
}

export interface ConnectionOptions {
  readonly address: CtiAddress;
  readonly connect: CtiSocketFactory;
  readonly happenings: Happenings;
  /** Unsent bytes at which the CTI server counts as stuck. */
  readonly unsentBytesMax: number;
}

export class CtiConnection {
  readonly #options: ConnectionOptions;
  #events: ConnectionEvents;
  readonly #framer = new Framer();
  readonly #socket: CtiSocket;
  #over = false;

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#socket = options.connect(options.address, {
      connected: () => {
        if (!this.#over) this.#events.connected();
      },
      data: (chunk) => this.#received(chunk),
      closed: (reason) => this.#lost(reason),
    });
  }

  /** From now on they are told here, and no longer where they were before. */
  tell(events: ConnectionEvents): void {
    this.#events = events;
  }

  /** False when the other side takes no more data: the connection is of no use. */
  write(bytes: Uint8Array): boolean {
    if (this.#over) return true;
    if (this.#socket.unsentBytes > this.#options.unsentBytesMax) return false;
    this.#socket.write(bytes);
    return true;
  }

  destroy(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  /** Frame by frame, so that the raw form of each is told before its meaning. */
  #received(chunk: Uint8Array): void {
    if (this.#over) return;
    const { happenings } = this.#options;
    try {
      for (const frame of this.#framer.push(chunk)) {
        const type = frameType(frame);
        if (happenings.observed && !UNTOLD.has(type)) happenings.publish('cti.raw', { type, frame });
        this.#events.frame(frame);
        if (this.#over) return;
      }
      if (this.#framer.error !== null) this.#lost(this.#framer.error.message);
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      this.#lost(error.message);
    }
  }

  #lost(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#events.lost(reason);
  }
}

/** Message types of which there are thousands; they would bury what a reader of the log looks for. */
export const UNTOLD: ReadonlySet<number> = new Set(
  [
    'HEARTBEAT_CONF',
    'QUERY_AGENT_STATE_CONF',
    'SNAPSHOT_DEVICE_CONF',
    'SNAPSHOT_CALL_CONF',
    'QUERY_SKILL_GROUP_STATISTICS_CONF',
  ].map((name) => messageByName(name)!.type),
);

/** MessageType of a whole frame. */
function frameType(frame: Uint8Array): number {
  return new DataView(frame.buffer, frame.byteOffset, 8).getUint32(4);
}
