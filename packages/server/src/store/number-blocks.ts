/**
 * Numbers that are never given twice, also not after the process was killed: blocks of them are reserved in the
 * store before the first one is used. A restart leaves the rest of its block unused.
 */

export interface NumberBlocksOptions {
  /** Reserves `count` numbers durably. @returns the first of them, counted from 0 */
  readonly reserve: (count: number) => Promise<number>;
  /** Numbers of one block. Default 10,000. */
  readonly size?: number;
  /** The numbers given are `first` to `last`; after the last one they begin again. */
  readonly first: number;
  readonly last: number;
  /** Told once when blocks can no longer be reserved; it is tried again with each number. */
  readonly onProblem: (error: unknown) => void;
}

const BLOCK_SIZE = 10_000;

export class NumberBlocks {
  readonly #options: NumberBlocksOptions;
  readonly #size: number;
  /** Next position to give, and the end of the block in use; positions are counted from 0. */
  #at: number;
  #end: number;
  /** Start of the block after this one. */
  #next: number | null = null;
  #reserving: Promise<void> | null = null;
  #failing = false;

  private constructor(options: NumberBlocksOptions, size: number, start: number) {
    this.#options = options;
    this.#size = size;
    this.#at = start;
    this.#end = start + size;
  }

  /** Reserves the first block. @throws what the store throws */
  static async open(options: NumberBlocksOptions): Promise<NumberBlocks> {
    const size = options.size ?? BLOCK_SIZE;
    return new NumberBlocks(options, size, await options.reserve(size));
  }

  /**
   * The next number. While the store refuses further blocks, numbers beyond the reserved ones are given, because
   * a contact centre that refuses calls is worse than a number that a later start gives once more.
   */
  take(): number {
    if (this.#at >= this.#end && this.#next !== null) {
      // What was given without being reserved may be the beginning of this block.
      this.#at = Math.max(this.#at, this.#next);
      this.#end = this.#next + this.#size;
      this.#next = null;
    }
    const position = this.#at++;
    if (this.#next === null && this.#end - this.#at < this.#size / 2) this.#reserveNext();
    const { first, last } = this.#options;
    return first + (position % (last - first + 1));
  }

  /** Resolves when no reservation is under way. */
  async settled(): Promise<void> {
    await this.#reserving;
  }

  #reserveNext(): void {
    this.#reserving ??= this.#options
      .reserve(this.#size)
      .then(
        (start) => {
          this.#next = start;
          this.#failing = false;
        },
        (error) => {
          if (!this.#failing) this.#options.onProblem(error);
          this.#failing = true;
        },
      )
      .finally(() => {
        this.#reserving = null;
      });
  }
}
