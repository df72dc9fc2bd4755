import { Ged188Error } from './error.ts';
import { frameSizeMax, HEADER_SIZE } from './version.ts';

const LONGEST = 12500;

/** Writes one frame into a buffer that all frames share: encoding is synchronous, the result is a copy. */
export class FrameWriter {
  static readonly #scratch = new Uint8Array(LONGEST);
  static readonly #view = new DataView(FrameWriter.#scratch.buffer);
  readonly #end: number;
  #at = HEADER_SIZE;

  constructor(version: number) {
    this.#end = frameSizeMax(version);
  }

  /** Writes an integer of 1, 2 or 4 bytes; the caller has checked its range. */
  integer(value: number, size: number): void {
    const at = this.#take(size);
    if (size === 1) FrameWriter.#view.setUint8(at, value);
    else if (size === 2) FrameWriter.#view.setUint16(at, value);
    else FrameWriter.#view.setUint32(at, value);
  }

  bytes(data: Uint8Array): void {
    FrameWriter.#scratch.set(data, this.#take(data.length));
  }

  /** The frame with its header. */
  finish(type: number): Uint8Array {
    FrameWriter.#view.setUint32(0, this.#at - HEADER_SIZE);
    FrameWriter.#view.setUint32(4, type);
    return FrameWriter.#scratch.slice(0, this.#at);
  }

  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.#end) {
      throw new Ged188Error('message-too-long', `a message may have ${this.#end} bytes at most`);
    }
    this.#at = at + size;
    return at;
  }
}
