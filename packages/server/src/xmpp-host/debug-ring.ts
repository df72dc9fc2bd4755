/**
 * The last debug lines of the notification service, in memory, whether or not debug.log is written: what happened before somebody
 * switched it on. Lines are put together only when they are read. Until then their parts lie as bytes outside the heap of JavaScript:
 * three lines for every poll, kept for minutes, would be much to collect.
 */

/** About five minutes of 2,000 idle sessions over BOSH, or some seconds of a storm. */
export const DEBUG_RING_BYTES = 16 * 1024 * 1024;
/** What is oldest goes a block at a time. */
const BLOCKS = 16;
/** Longer arguments are cut. */
const ARGUMENT_CHARACTERS = 4_096;
const CUT = '...';
/** No line takes more. */
const ARGUMENTS_MAX = 5;

type Argument = string | number;
type Line = (...args: readonly Argument[]) => string;

// A record: wall ms, number of the function that writes the line, number of arguments; then each argument behind its mark.
const LINE = 8;
const COUNT = 9;
const HEAD = 10;
/** The mark of a number; of a text: -1 - its bytes. */
const IS_NUMBER = 0;
const MARK_BYTES = 4;
const NUMBER_BYTES = 8;
/** UTF-16 takes up to three bytes of UTF-8 for each of its units. */
const RECORD_MAX = HEAD + ARGUMENTS_MAX * (MARK_BYTES + 3 * (ARGUMENT_CHARACTERS + CUT.length));

interface Block {
  readonly bytes: Buffer;
  used: number;
  count: number;
}

export interface DebugLine {
  /** Wall ms. */
  readonly atMs: number;
  readonly line: string;
}

export class DebugRing {
  readonly #blockBytes: number;
  /** Oldest first; the last one is written to. */
  readonly #blocks: Block[] = [];
  /** Functions that write lines, by their number; there are few. */
  readonly #lines: Line[] = [];
  readonly #numbers = new Map<Line, number>();

  /** @param bytes of memory, taken as it is needed; no less than {@link BLOCKS} of the greatest line */
  constructor(bytes = DEBUG_RING_BYTES) {
    this.#blockBytes = Math.max(Math.floor(bytes / BLOCKS), RECORD_MAX);
  }

  /** Remembers a line to be: the function that writes it and its arguments, at most five. */
  push<Args extends Argument[]>(atMs: number, line: (...args: Args) => string, ...args: Args): void {
    const block = this.#blockFor(args);
    const { bytes } = block;
    let at = bytes.writeDoubleLE(atMs, block.used);
    at = bytes.writeUInt8(this.#numberOf(line as unknown as Line), at);
    at = bytes.writeUInt8(args.length, at);
    for (let i = 0; i < args.length; i++) {
      const argument = args[i] as Argument;
      if (typeof argument === 'number') {
        at = bytes.writeInt32LE(IS_NUMBER, at);
        at = bytes.writeDoubleLE(argument, at);
      } else {
        const isLong = argument.length > ARGUMENT_CHARACTERS;
        const text = isLong ? argument.slice(0, ARGUMENT_CHARACTERS) + CUT : argument;
        const written = bytes.write(text, at + MARK_BYTES);
        at = bytes.writeInt32LE(-1 - written, at) + written;
      }
    }
    block.used = at;
    block.count += 1;
  }

  /** As they are now, oldest first; each is put together when it is taken. */
  lines(): Iterable<DebugLine> {
    const lines = [...this.#lines];
    const blocks = this.#blocks.map(({ bytes, used, count }) => ({
      bytes: Buffer.from(bytes.subarray(0, used)),
      count,
    }));
    return read(blocks, lines);
  }

  /** The block that has room for a record with these arguments. */
  #blockFor(args: readonly Argument[]): Block {
    let needed = HEAD;
    for (const argument of args)
      needed +=
        MARK_BYTES +
        (typeof argument === 'number'
          ? NUMBER_BYTES
          : 3 * (Math.min(argument.length, ARGUMENT_CHARACTERS) + CUT.length));
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.used + needed <= this.#blockBytes) return last;
    const oldest = this.#blocks.length === BLOCKS ? this.#blocks.shift() : undefined;
    const bytes = oldest?.bytes ?? Buffer.allocUnsafeSlow(this.#blockBytes);
    const block = { bytes, used: 0, count: 0 };
    this.#blocks.push(block);
    return block;
  }

  #numberOf(line: Line): number {
    let number = this.#numbers.get(line);
    if (number === undefined) {
      number = this.#lines.push(line) - 1;
      this.#numbers.set(line, number);
    }
    return number;
  }
}

function* read(
  blocks: readonly { readonly bytes: Buffer; readonly count: number }[],
  lines: readonly Line[],
): Iterable<DebugLine> {
  for (const { bytes, count } of blocks) {
    let at = 0;
    for (let record = 0; record < count; record++) {
      const atMs = bytes.readDoubleLE(at);
      const line = lines[bytes.readUInt8(at + LINE)] as Line;
      const args: Argument[] = [];
      let left = bytes.readUInt8(at + COUNT);
      for (at += HEAD; left > 0; left--) {
        const mark = bytes.readInt32LE(at);
        at += MARK_BYTES;
        const size = mark === IS_NUMBER ? NUMBER_BYTES : -1 - mark;
        args.push(mark === IS_NUMBER ? bytes.readDoubleLE(at) : bytes.toString('utf8', at, at + size));
        at += size;
      }
      yield { atMs, line: line(...args) };
    }
  }
}
