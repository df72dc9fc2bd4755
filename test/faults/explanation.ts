import type { Report } from './simulate.ts';

/** What somebody needs who looks into a failure. */
export function explanation({ seed, broken, timeLine }: Report): string {
  return `seed ${seed} breaks an invariant; replay it with: npm run simulate -- --seed ${seed}\n${broken?.message}\n${timeLine}`;
}
