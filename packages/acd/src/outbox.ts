import type { Clock, Timer } from '@poise/clock';

/**
 * What waits to be written to one connection. Small messages of one turn leave together; long streams
 * (configuration upload) are produced only as fast as the client reads; a client that does not read is
 * reported and costs at most the limits below.
 */

export interface OutboxLimits {
  /** Bytes that may wait for a client that does not read. Default 4 MiB. */
  readonly queuedBytesMax: number;
  /** Streams pause while more bytes than this are waiting. Default 128 KiB. */
  readonly streamHighWaterBytes: number;
  /** Streams that may follow each other (a client that keeps asking for the configuration). Default 16. */
  readonly streamsMax: number;
  /** Messages of a stream sent in one go before others get their turn. Default 20. */
  readonly streamBatch: number;
  /** With bytes waiting and none taken for this long, the client counts as gone. Default 60 s. */
  readonly stallMs: number;
}

export const OUTBOX_LIMITS: OutboxLimits = {
  queuedBytesMax: 4 * 1024 * 1024,
  streamHighWaterBytes: 128 * 1024,
  streamsMax: 16,
  streamBatch: 20,
  stallMs: 60_000,
};

/** The part of a socket that is needed. */
export interface ByteSink {
  readonly writableLength: number;
  write(bytes: Uint8Array): boolean;
  cork(): void;
  uncork(): void;
}

export type OverflowReason = 'queue-full' | 'too-many-streams' | 'stalled';

export class Outbox {
  readonly #sink: ByteSink;
  readonly #clock: Clock;
  readonly #limits: OutboxLimits;
  readonly #overflow: (reason: OverflowReason) => void;
  readonly #streams: Iterator<() => void>[] = [];
  #corked = false;
  #closed = false;
  /** Bytes ever handed to the sink; less what waits there is what the client took. */
  #handed = 0;
  /** What the client had taken when the stall timer was armed. */
  #taken = 0;
  #stallTimer: Timer | null = null;
  #pumpTimer: Timer | null = null;
  #pumping = false;

  constructor(options: {
    sink: ByteSink;
    clock: Clock;
    limits: OutboxLimits;
    /** Called once; the owner drops the connection and calls {@link close}. */
    overflow: (reason: OverflowReason) => void;
  }) {
    this.#sink = options.sink;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#overflow = options.overflow;
  }

  /** Bytes waiting. */
  get queued(): number {
    return this.#sink.writableLength;
  }

  write(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#sink.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#sink.uncork();
      });
    }
    this.#sink.write(bytes);
    this.#handed += bytes.length;
    if (this.#sink.writableLength > this.#limits.queuedBytesMax) this.#fail('queue-full');
    else this.#stallTimer ??= this.#watch();
  }

  /** Runs the steps (each writes one message) in order, after those of earlier streams. */
  stream(steps: Iterable<() => void>): void {
    if (this.#closed) return;
    if (this.#streams.length >= this.#limits.streamsMax) {
      this.#fail('too-many-streams');
      return;
    }
    this.#streams.push(steps[Symbol.iterator]());
    this.#pump();
  }

  /** The sink took everything. */
  drained(): void {
    this.#pump();
  }

  /** Forgets everything; nothing is written afterwards. */
  close(): void {
    this.#closed = true;
    this.#streams.length = 0;
    this.#stallTimer?.cancel();
    this.#pumpTimer?.cancel();
    this.#stallTimer = null;
    this.#pumpTimer = null;
  }

  #pump(): void {
    if (this.#pumping || this.#pumpTimer !== null) return;
    this.#pumping = true;
    let batch = this.#limits.streamBatch;
    while (
      !this.#closed &&
      this.#streams.length > 0 &&
      this.#sink.writableLength <= this.#limits.streamHighWaterBytes
    ) {
      if (batch-- === 0) {
        this.#pumpTimer = this.#clock.schedule(0, () => {
          this.#pumpTimer = null;
          this.#pump();
        });
        break;
      }
      const next = this.#streams[0]?.next();
      if (next?.done === false) next.value();
      else this.#streams.shift();
    }
    this.#pumping = false;
  }

  #watch(): Timer {
    this.#taken = this.#handed - this.#sink.writableLength;
    return this.#clock.schedule(this.#limits.stallMs, () => {
      this.#stallTimer = null;
      const waiting = this.#sink.writableLength;
      if (waiting > 0 && this.#handed - waiting === this.#taken) this.#fail('stalled');
      if (waiting > 0 && !this.#closed) this.#stallTimer = this.#watch();
    });
  }

  #fail(reason: OverflowReason): void {
    if (this.#closed) return;
    this.close();
    this.#overflow(reason);
  }
}
