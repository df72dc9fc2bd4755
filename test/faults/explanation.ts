import type { Report } from './simulate.ts';

/** What somebody needs who looks into a failure. */
export function explanation({ seed, nodes, broken, timeLine }: Report): string {
  const command = `npm run simulate -- --seed ${seed}${nodes === 1 ? '' : ` --nodes ${nodes}`}`;
  return `seed ${seed} breaks an invariant; replay it with: ${command}\n${broken?.message}\n${timeLine}`;
}
