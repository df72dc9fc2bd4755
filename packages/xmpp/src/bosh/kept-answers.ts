/**
 * The last answers of a session, for repetition. Those that carried events lie as bytes outside of the heap of JavaScript, in memory that
 * is used again: every event leaves one behind, which lives for seconds, and as a text would be copied twice by the collector of garbage.
 */

/** Shorter ones stay texts: most of them are one and the same. */
const SHORT_CHARACTERS = 512;
/** Longer ones stay texts, too: memory for them would be kept for as long as the session. */
const LONG_BYTES = 8_192;
/** Places are made in steps of this many bytes, so that answers of about one length find room. */
const STEP_BYTES = 512;

interface Place {
  /** Null: the answer is the first `bytes` of `memory`. */
  text: string | null;
  memory: Buffer | null;
  bytes: number;
  /** A byte per character. */
  ascii: boolean;
}

export class KeptAnswers {
  readonly #max: number;
  readonly #places: Place[] = [];
  /** Where the next one goes, once there are as many as are kept. */
  #next = 0;

  /** @param max so many are kept */
  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#places.length;
  }

  /**
   * Keeps the newest answer and forgets the oldest one, if there are enough.
   * @param bytes its length in UTF-8, if it is known
   */
  add(answer: string, bytes?: number): void {
    let place = this.#places[this.#next];
    if (place === undefined) {
      place = { text: null, memory: null, bytes: 0, ascii: true };
      this.#places.push(place);
    }
    this.#next = (this.#next + 1) % this.#max;
    put(place, answer, bytes);
  }

  /** @param back 0: the newest; below {@link count} */
  at(back: number): string {
    const { length } = this.#places;
    const place = this.#places[(this.#next + 2 * length - 1 - back) % length] as Place;
    if (place.text !== null) return place.text;
    return (place.memory as Buffer).toString(place.ascii ? 'latin1' : 'utf8', 0, place.bytes);
  }

  clear(): void {
    this.#places.length = 0;
    this.#next = 0;
  }
}

function put(place: Place, answer: string, known: number | undefined): void {
  place.text = answer;
  if (answer.length < SHORT_CHARACTERS) return;
  const bytes = known ?? Buffer.byteLength(answer);
  if (bytes > LONG_BYTES) return;
  if (place.memory === null || place.memory.length < bytes)
    place.memory = Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  place.text = null;
  place.bytes = bytes;
  place.ascii = bytes === answer.length;
  place.memory.write(answer, 0, place.ascii ? 'latin1' : 'utf8');
}
