/**
 * The last debug lines of the notification service, in memory, whether or not debug.log is written: what
 * happened before somebody switched it on. Lines are put together only when they are read.
 */

export const DEBUG_RING_ENTRIES = 4_096;
export const DEBUG_RING_CHARACTERS = 2 * 1024 * 1024;
/** Longer arguments are cut. */
const ARGUMENT_CHARACTERS = 4_096;

/** No line takes more. */
const ARGUMENTS_MAX = 5;

type Argument = string | number;

/** Columns of one table instead of an object per line: three lines for every poll would be much to collect. */
export class DebugRing {
  readonly #size: number;
  readonly #atMs: Float64Array;
  /** Functions; each takes exactly the arguments of its row. */
  readonly #lines: unknown[];
  /** A row of {@link ARGUMENTS_MAX} for each line. */
  readonly #arguments: (Argument | undefined)[];
  readonly #counts: Uint8Array;
  readonly #lengths: Uint32Array;
  readonly #charactersMax: number;
  #next = 0;
  #oldest = 0;
  #characters = 0;

  constructor(entries = DEBUG_RING_ENTRIES, charactersMax = DEBUG_RING_CHARACTERS) {
    this.#size = entries;
    this.#atMs = new Float64Array(entries);
    this.#lines = new Array(entries).fill(undefined);
    this.#arguments = new Array(entries * ARGUMENTS_MAX).fill(undefined);
    this.#counts = new Uint8Array(entries);
    this.#lengths = new Uint32Array(entries);
    this.#charactersMax = charactersMax;
  }

  /** Remembers a line to be: the function that writes it and its arguments, at most five. */
  push<Args extends Argument[]>(atMs: number, line: (...args: Args) => string, ...args: Args): void {
    if (this.#next - this.#oldest === this.#size) this.#drop();
    const row = this.#next++ % this.#size;
    let characters = 64;
    for (let i = 0; i < args.length; i++) {
      const argument = args[i] as Argument;
      const kept = typeof argument === 'string' ? short(argument) : argument;
      if (typeof kept === 'string') characters += kept.length;
      this.#arguments[row * ARGUMENTS_MAX + i] = kept;
    }
    this.#atMs[row] = atMs;
    this.#lines[row] = line;
    this.#counts[row] = args.length;
    this.#lengths[row] = characters;
    this.#characters += characters;
    while (this.#characters > this.#charactersMax && this.#oldest < this.#next - 1) this.#drop();
  }

  /** Oldest first. */
  lines(): { readonly atMs: number; readonly line: string }[] {
    const found: { atMs: number; line: string }[] = [];
    for (let i = this.#oldest; i < this.#next; i++) {
      const row = i % this.#size;
      const from = row * ARGUMENTS_MAX;
      const args = this.#arguments.slice(from, from + (this.#counts[row] as number)) as Argument[];
      const line = this.#lines[row] as (...args: readonly Argument[]) => string;
      found.push({ atMs: this.#atMs[row] as number, line: line(...args) });
    }
    return found;
  }

  #drop(): void {
    const row = this.#oldest++ % this.#size;
    this.#characters -= this.#lengths[row] as number;
    this.#arguments.fill(undefined, row * ARGUMENTS_MAX, (row + 1) * ARGUMENTS_MAX);
  }
}

/** A copy, so that a part of a long text does not keep the whole in memory. */
function short(text: string): string {
  if (text.length <= ARGUMENT_CHARACTERS) return text;
  return `${Buffer.from(text.slice(0, ARGUMENT_CHARACTERS), 'utf8').toString('utf8')}...`;
}
