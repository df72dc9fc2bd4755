/** Defects that are built in on purpose: a harness that cannot find them is worth nothing. */
import { chance, type Random } from './chance.ts';

/** Each with the invariant that it breaks. */
export const DEFECTS = {
  'event dropped': 'every desktop shows what the CTI server believes',
  'event twice': 'no event twice',
  'event without its requestId': 'every request answered once',
  'return not noticed': 'no wrongful sign-out',
  'absence not noticed': 'no missing sign-out',
} as const;
export type DefectName = keyof typeof DEFECTS;

/** How often an event is tampered with. */
const PROBABILITY = 0.05;

/** Stands between the parts of a node; without a defect it passes everything on. */
export class Defect {
  readonly #name: DefectName | undefined;
  readonly #random: Random;
  readonly #here = new Set<string>();

  constructor(name: DefectName | undefined, random: Random) {
    this.#name = name;
    this.#random = random;
  }

  /** What the notification service is given instead of one payload. */
  payloads(payload: string): readonly string[] {
    const name = this.#name;
    const tampers =
      name === 'event dropped' || name === 'event twice' || name === 'event without its requestId';
    if (!tampers || !chance(this.#random, PROBABILITY)) return [payload];
    if (name === 'event dropped') return [];
    if (name === 'event twice') return [payload, payload];
    return [payload.replace(/<requestId>[^<]*<\/requestId>/, '')];
  }

  /** Whether the presence watch is told of this. */
  tellsPresence(user: string, type: 'available' | 'unavailable'): boolean {
    if (this.#name === 'absence not noticed') return type === 'available';
    if (this.#name !== 'return not noticed' || type === 'unavailable') return true;
    const isFirst = !this.#here.has(user);
    this.#here.add(user);
    return isFirst;
  }
}
