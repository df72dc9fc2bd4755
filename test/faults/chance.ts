/** Chance from the seed: named streams, so that one draw more in one place does not change all others. */
import { RandomStream } from '@poise/acd';

export type Random = () => number;

export function streamOf(seed: number, name: string): Random {
  const stream = new RandomStream(seed, name);
  return () => stream.next();
}

export const chance = (random: Random, probability: number): boolean => random() < probability;

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** A whole number, both ends included. */
export const between = (random: Random, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

/** With this mean, in whole ms. */
export const exponential = (random: Random, meanMs: number): number =>
  Math.round(-Math.log(1 - random()) * meanMs);

export function bytesOf(random: Random): (count: number) => Uint8Array {
  return (count) => Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}

/** In the form of a UUID. */
export function uuidOf(random: Random): string {
  const hex = (digits: number) =>
    Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
}
