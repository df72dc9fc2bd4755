/**
 * The last debug lines of the notification service, in memory, whether or not debug.log is written: what
 * happened before somebody switched it on. Lines are put together only when they are read.
 */

export const DEBUG_RING_ENTRIES = 4_096;
export const DEBUG_RING_CHARACTERS = 2 * 1024 * 1024;
/** Longer arguments are cut. */
const ARGUMENT_CHARACTERS = 4_096;

type Argument = string | number;

interface Entry {
  readonly atMs: number;
  /** Takes exactly the arguments beside it. */
  readonly line: unknown;
  readonly args: readonly Argument[];
  readonly characters: number;
}

export class DebugRing {
  readonly #entries: (Entry | undefined)[];
  readonly #charactersMax: number;
  #next = 0;
  #oldest = 0;
  #characters = 0;

  constructor(entries = DEBUG_RING_ENTRIES, charactersMax = DEBUG_RING_CHARACTERS) {
    this.#entries = new Array<Entry | undefined>(entries);
    this.#charactersMax = charactersMax;
  }

  /** Remembers a line to be: the function that writes it and its arguments. */
  push<Args extends Argument[]>(atMs: number, line: (...args: Args) => string, ...args: Args): void {
    let characters = 64;
    const kept = args.map((argument) => {
      const text = typeof argument === 'string' ? short(argument) : argument;
      if (typeof text === 'string') characters += text.length;
      return text;
    });
    const size = this.#entries.length;
    if (this.#next - this.#oldest === size) this.#drop();
    this.#entries[this.#next++ % size] = { atMs, line, args: kept, characters };
    this.#characters += characters;
    while (this.#characters > this.#charactersMax && this.#oldest < this.#next - 1) this.#drop();
  }

  /** Oldest first. */
  lines(): { readonly atMs: number; readonly line: string }[] {
    const found: { atMs: number; line: string }[] = [];
    for (let i = this.#oldest; i < this.#next; i++) {
      const entry = this.#entries[i % this.#entries.length] as Entry;
      found.push({
        atMs: entry.atMs,
        line: (entry.line as (...args: readonly Argument[]) => string)(...entry.args),
      });
    }
    return found;
  }

  #drop(): void {
    const index = this.#oldest++ % this.#entries.length;
    this.#characters -= this.#entries[index]?.characters ?? 0;
    this.#entries[index] = undefined;
  }
}

/** A copy, so that a part of a long text does not keep the whole in memory. */
function short(text: string): string {
  if (text.length <= ARGUMENT_CHARACTERS) return text;
  return `${Buffer.from(text.slice(0, ARGUMENT_CHARACTERS), 'utf8').toString('utf8')}...`;
}
