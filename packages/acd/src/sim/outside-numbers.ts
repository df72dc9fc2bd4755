import type { LegCause } from '../calls/switch.ts';

/** What the simulated world outside does with a number. */
export type OutsideAnswer =
  /** Rings and is answered. */
  | { readonly kind: 'answers' }
  /** Rings until the caller gives up. */
  | { readonly kind: 'rings' }
  | { readonly kind: 'fails'; readonly cause: LegCause };

/** Numbers that end in these seven digits (set aside for fiction) behave like that; docs/sim.md lists them. */
export const SPECIAL_NUMBERS: Readonly<Record<string, OutsideAnswer>> = {
  '5550101': { kind: 'fails', cause: 'busy' },
  '5550102': { kind: 'fails', cause: 'unobtainable' },
  '5550103': { kind: 'rings' },
  '5550104': { kind: 'fails', cause: 'congestion' },
  '5550105': { kind: 'fails', cause: 'rejected' },
};

/** Shorter ones belong to the centre itself. */
const DIGITS_MIN = 7;
const DIGITS_MAX = 24;

/** Digits of an outside number, after an optional plus sign. */
const OUTSIDE = new RegExp(`^\\+?\\d{${DIGITS_MIN},${DIGITS_MAX}}$`);

export function isOutsideNumber(number: string): boolean {
  return OUTSIDE.test(number);
}

export function outsideAnswer(number: string): OutsideAnswer {
  if (!isOutsideNumber(number)) return { kind: 'fails', cause: 'unobtainable' };
  const last = number.slice(-DIGITS_MIN);
  return Object.hasOwn(SPECIAL_NUMBERS, last) ? SPECIAL_NUMBERS[last]! : { kind: 'answers' };
}
