import type { RandomSource } from './random.ts';

/** Spans of time that are drawn anew for each call. All in ms. */
export type Distribution =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number }
  /** Many short ones, few long ones: times between arrivals, patience. Cut at twenty times the mean. */
  | { readonly kind: 'exponential'; readonly meanMs: number }
  /** Few short ones, most around the median, some long ones: talk times. Cut at twenty times the median. */
  | { readonly kind: 'logNormal'; readonly medianMs: number; readonly sigma: number };

/** No draw is longer than this many times the mean or median, so that one freak does not decide a run. */
const LONGEST = 20;

/** Draws one span, at least 0. */
export function draw(random: RandomSource, distribution: Distribution): number {
  switch (distribution.kind) {
    case 'fixed':
      return distribution.ms;
    case 'uniform':
      return distribution.minMs + random.next() * (distribution.maxMs - distribution.minMs);
    case 'exponential':
      return Math.min(-Math.log(1 - random.next()), LONGEST) * distribution.meanMs;
    case 'logNormal':
      return distribution.medianMs * Math.min(Math.exp(distribution.sigma * drawNormal(random)), LONGEST);
  }
}

/** Box and Muller: a number of the normal distribution from two of the uniform one. */
function drawNormal(random: RandomSource): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
  return radius * Math.cos(2 * Math.PI * random.next());
}
