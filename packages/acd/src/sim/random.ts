/**
 * Chance as an argument: a small generator of 32-bit numbers and named streams of it. Each purpose (arrivals,
 * talk times, …) draws from a stream of its own, so that one draw more in one place does not change all others.
 * Not for secrets.
 */

export interface RandomSource {
  /** At least 0, less than 1. */
  next(): number;
}

/** A seed is a whole number that fits into 32 bits. */
export const SEED_MAX = 0xffffffff;

/** xoshiro128**, its state filled from the seed and the name by a mixing step. */
export class RandomStream implements RandomSource {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed 0 to {@link SEED_MAX}; other numbers count modulo 2^32 */
  constructor(seed: number, name = '') {
    let state = seed >>> 0;
    for (let i = 0; i < name.length; i++) state = mix(state ^ name.charCodeAt(i));
    const next = (): number => {
      state = (state + 0x9e3779b9) >>> 0;
      return mix(state);
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    // A state of zeros only would stay one.
    this.#d = next() | 1;
  }

  next(): number {
    return this.#word() / 0x1_0000_0000;
  }

  #word(): number {
    const result = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotate(this.#d, 11);
    return result;
  }
}

/** Every bit of the result depends on every bit of the word. */
function mix(word: number): number {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

const rotate = (word: number, bits: number): number => (word << bits) | (word >>> (32 - bits));

/** A whole number from `min` to `max`, both included. */
export function drawInteger(random: RandomSource, min: number, max: number): number {
  return min + Math.floor(random.next() * (max - min + 1));
}

/** @throws RangeError for an empty list */
export function pick<T>(random: RandomSource, list: readonly T[]): T {
  if (list.length === 0) throw new RangeError('nothing to pick from');
  return list[Math.floor(random.next() * list.length)] as T;
}

/** True with the given probability. */
export function chance(random: RandomSource, probability: number): boolean {
  return random.next() < probability;
}
