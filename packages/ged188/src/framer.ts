import { Ged188Error } from './error.ts';
import { frameSizeMax, HEADER_SIZE, VERSION_MAX } from './version.ts';

/**
 * Cuts a TCP stream into frames. Takes chunks of any size, buffers at most one incomplete frame, and
 * judges the announced length before it takes a byte of the body.
 *
 * @example
 * const framer = new Framer();
 * socket.on('data', (chunk) => { for (const frame of framer.push(chunk)) handle(decode(frame, 24)); });
 */
export class Framer {
  #lengthMax: number;
  readonly #header = new Uint8Array(HEADER_SIZE);
  /** Bytes of the next frame that are here already. */
  #filled = 0;
  /** The frame under construction; null while the header is incomplete. */
  #frame: Uint8Array | null = null;
  #error: Ged188Error | null = null;

  /** @param options.lengthMax longest frame in bytes, header included; default 12,500 (version 24). */
  constructor(options: { lengthMax?: number } = {}) {
    this.#lengthMax = options.lengthMax ?? frameSizeMax(VERSION_MAX);
  }

  /** Bytes that wait for the rest of their frame. */
  get buffered(): number {
    return this.#filled;
  }

  /** What ended the stream: set with the first impossible length, for good. */
  get error(): Ged188Error | null {
    return this.#error;
  }

  /** Changes the limit once the version is known (4,329 bytes up to version 19). Holds from the next frame on. */
  limitTo(lengthMax: number): void {
    this.#lengthMax = lengthMax;
  }

  /**
   * The frames that the chunk completes, header included. They may share memory with the chunk.
   *
   * @throws Ged188Error `length-impossible` when a header announces more than the limit: framing is lost.
   *   Frames that were complete before it in the same chunk are returned first; then {@link error} is set
   *   and the next call throws.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length && this.#error === null) {
      if (this.#filled === 0 && chunk.length - at >= HEADER_SIZE) {
        const size = this.#sizeFrom(chunk, at);
        if (size > 0 && at + size <= chunk.length) {
          frames.push(chunk.subarray(at, at + size));
          at += size;
          continue;
        }
      }
      if (this.#error === null) at += this.#take(chunk, at, frames);
    }
    if (this.#error !== null && frames.length === 0) throw this.#error;
    return frames;
  }

  /** Copies what belongs to the incomplete frame; returns the number of bytes taken. */
  #take(chunk: Uint8Array, at: number, frames: Uint8Array[]): number {
    const target = this.#frame ?? this.#header;
    const taken = Math.min(target.length - this.#filled, chunk.length - at);
    target.set(chunk.subarray(at, at + taken), this.#filled);
    this.#filled += taken;
    if (this.#frame === null && this.#filled === HEADER_SIZE) {
      const size = this.#sizeFrom(this.#header, 0);
      if (size === 0) return taken;
      this.#frame = new Uint8Array(size);
      this.#frame.set(this.#header);
    }
    if (this.#frame !== null && this.#filled === this.#frame.length) {
      frames.push(this.#frame);
      this.#frame = null;
      this.#filled = 0;
    }
    return taken;
  }

  /** Size of the frame whose header stands at `at`; 0 and {@link error} when it cannot be. */
  #sizeFrom(bytes: Uint8Array, at: number): number {
    const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
    const size = length + HEADER_SIZE;
    if (size <= this.#lengthMax) return size;
    this.#filled = 0;
    this.#frame = null;
    this.#error = new Ged188Error(
      'length-impossible',
      `a frame of ${size} bytes is announced, ${this.#lengthMax} are allowed`,
    );
    return 0;
  }
}
