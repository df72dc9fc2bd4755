import { VirtualClock } from '@poise/clock';
import { describe, expect, it } from 'vitest';
import { OUTBOX_LIMITS, Outbox, type OutboxLimits, type OverflowReason } from './outbox.ts';

/** A sink whose reader takes bytes when told to. */
function create(limits: Partial<OutboxLimits> = {}) {
  const clock = new VirtualClock();
  const written: number[] = [];
  const sink = {
    writableLength: 0,
    write(bytes: Uint8Array): boolean {
      written.push(bytes[0] ?? -1);
      sink.writableLength += bytes.length;
      return true;
    },
    cork() {},
    uncork() {},
  };
  const failures: OverflowReason[] = [];
  const outbox: Outbox = new Outbox({
    sink,
    clock,
    limits: { ...OUTBOX_LIMITS, ...limits },
    overflow: (reason) => failures.push(reason),
  });
  const take = (bytes = sink.writableLength): void => {
    sink.writableLength -= bytes;
    if (sink.writableLength === 0) outbox.drained();
  };
  const steps = (count: number, size = 1, from = 0) =>
    Array.from({ length: count }, (_, i) => () => outbox.write(new Uint8Array(size).fill(from + i)));
  return { clock, outbox, sink, written, failures, take, steps };
}

describe('the outbox', () => {
  it('reports a client for which too many bytes wait, once, and writes nothing afterwards', () => {
    const { outbox, failures, written } = create({ queuedBytesMax: 10 });
    outbox.write(new Uint8Array(10));
    expect(failures).toEqual([]);
    outbox.write(new Uint8Array(1));
    outbox.write(new Uint8Array(1));
    expect(failures).toEqual(['queue-full']);
    expect(written).toHaveLength(2);
  });

  it('pauses a stream above the high-water mark and resumes when the client has read', () => {
    const { outbox, written, take, steps, sink } = create({ streamHighWaterBytes: 25, streamBatch: 100 });
    outbox.stream(steps(10, 10));
    expect(written).toEqual([0, 1, 2]);
    take(10);
    expect(sink.writableLength).toBe(20);
    take();
    expect(written).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('sends a stream in batches and lets other messages pass between them', () => {
    const { clock, outbox, written, steps } = create({ streamBatch: 2 });
    outbox.stream(steps(5));
    outbox.write(Uint8Array.of(99));
    clock.advance(0);
    clock.advance(0);
    expect(written).toEqual([0, 1, 99, 2, 3, 4]);
  });

  it('keeps streams apart and in order', () => {
    const { clock, outbox, written, steps } = create({ streamBatch: 2 });
    outbox.stream(steps(3, 1, 0));
    outbox.stream(steps(3, 1, 10));
    while (clock.pending > 1) clock.runNext();
    expect(written).toEqual([0, 1, 2, 10, 11, 12]);
  });

  it('reports a client that keeps asking for streams without reading', () => {
    const { outbox, failures, steps } = create({ streamsMax: 3, streamHighWaterBytes: 0 });
    outbox.write(new Uint8Array(1));
    for (let i = 0; i < 4; i++) outbox.stream(steps(1));
    expect(failures).toEqual(['too-many-streams']);
  });

  it('reports a client that takes nothing for the stall time, but not a slow one', () => {
    const { clock, outbox, failures, take } = create({ stallMs: 1000 });
    outbox.write(new Uint8Array(100));
    for (let i = 0; i < 5; i++) {
      clock.advance(900);
      take(10);
    }
    expect(failures).toEqual([]);
    clock.advance(2000);
    expect(failures).toEqual(['stalled']);
    expect(clock.pending).toBe(0);
  });
});
