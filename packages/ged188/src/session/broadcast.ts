import { encode } from '../encode.ts';
import { Ged188Error } from '../error.ts';
import type { CtiMessage } from '../message-table.ts';

/** One message for many sessions: encoded once per protocol version. */
export class Broadcast {
  readonly message: CtiMessage;
  readonly #frames = new Map<number, Uint8Array | null>();

  constructor(message: CtiMessage) {
    this.message = message;
  }

  /** The frame in a version, or null where the version does not have the message. */
  frame(version: number): Uint8Array | null {
    let frame = this.#frames.get(version);
    if (frame === undefined) {
      frame = this.#encoded(version);
      this.#frames.set(version, frame);
    }
    return frame;
  }

  #encoded(version: number): Uint8Array | null {
    try {
      return encode(this.message, version);
    } catch (error) {
      if (error instanceof Ged188Error && error.code === 'message-not-in-version') return null;
      throw error;
    }
  }
}
