/**
 * How much of one connection is read before the others have their turn. The system hands over up to 2 MiB of one
 * socket in one go (Node reads up to 32 times 64 KiB), some 28,000 pings: without a share, whoever floods
 * keeps everybody else waiting for as long as that takes.
 */

/** Bytes: some hundred pings, about a millisecond; more than a desktop sends at once. */
export const READ_SHARE_BYTES = 8_192;

/** What a piece costs beside its bytes: an empty frame is work, too. */
const PIECE_BYTES = 64;

/** What a share is given to. */
export interface SharedReader {
  /** Whether a piece may be read in parts. */
  readonly divisible: boolean;
  /** @returns false: what else has been read already is of no use any more */
  read(piece: Uint8Array): boolean;
  /** Nothing more is to be read for now. Pieces that come all the same wait. */
  pause(): void;
  resume(): void;
}

export class ReadShare {
  readonly #reader: SharedReader;
  readonly #nextTurn: (goOn: () => void) => void;
  #left = READ_SHARE_BYTES;
  /** Handed over by the system and not yet read; null while nothing waits. */
  #waiting: Uint8Array[] | null = null;
  #isPaused = false;

  /** @param nextTurn calls back when the others have had their turn */
  constructor(reader: SharedReader, nextTurn: (goOn: () => void) => void) {
    this.#reader = reader;
    this.#nextTurn = nextTurn;
  }

  take(piece: Uint8Array): void {
    if (this.#waiting === null) {
      this.#read(piece);
      return;
    }
    this.#waiting.push(piece);
    // Not before: whoever has sent one large piece has mostly sent all that he has, and to pause costs system calls.
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#reader.pause();
  }

  /** @returns false: the reader wants nothing of what it was given so far */
  #read(piece: Uint8Array): boolean {
    let from = 0;
    do {
      if (this.#left <= 0) {
        this.#wait(from === 0 ? piece : piece.subarray(from));
        return true;
      }
      const to = this.#reader.divisible ? Math.min(piece.length, from + this.#left) : piece.length;
      this.#left -= to - from + PIECE_BYTES;
      if (!this.#reader.read(from === 0 && to === piece.length ? piece : piece.subarray(from, to)))
        return false;
      from = to;
    } while (from < piece.length);
    return true;
  }

  #wait(piece: Uint8Array): void {
    this.#waiting = [piece];
    this.#nextTurn(() => this.#goOn());
  }

  #goOn(): void {
    const pieces = this.#waiting ?? [];
    this.#waiting = null;
    this.#left = READ_SHARE_BYTES;
    let next = 0;
    while (next < pieces.length && !this.#isUsedUp) {
      // Not wanted: nor are the others.
      next = this.#read(pieces[next] as Uint8Array) ? next + 1 : pieces.length;
    }
    if (this.#isUsedUp) for (const piece of pieces.slice(next)) this.take(piece);
    else if (this.#isPaused) {
      this.#isPaused = false;
      this.#reader.resume();
    }
  }

  get #isUsedUp(): boolean {
    return this.#waiting !== null;
  }
}
