/** Spans of time as people write them: `30s`, `20s..40s`, `~30s`, `none`. */
import { type Distribution, SimulationError } from '@poise/acd';
import { duration, formatDuration } from '../settings/parsers.ts';

const LONGEST_MS = 24 * 3_600_000;
const single = duration(0, LONGEST_MS);

/** A duration in ms; null for `none`. @throws SimulationError `badValue` */
export function readSpan(name: string, text: string): number | null {
  if (text === 'none') return null;
  const ms = single.parse(text);
  if (ms === undefined)
    throw bad(name, text, `a duration such as 30s or 2m, at most ${formatDuration(LONGEST_MS)}, or none`);
  return ms;
}

/**
 * `30s`: always the same; `20s..40s`: evenly between; `~30s`: about that on average, many shorter, few longer
 * (exponential); `none`: null.
 *
 * @throws SimulationError `badValue`
 */
export function readDistribution(name: string, text: string): Distribution | null {
  if (text === 'none') return null;
  const range = text.split('..');
  const [minMs, maxMs] = range.map((part) => single.parse(part));
  if (range.length === 2 && minMs !== undefined && maxMs !== undefined && minMs <= maxMs)
    return { kind: 'uniform', minMs, maxMs };
  const meanMs = text.startsWith('~') ? single.parse(text.slice(1)) : undefined;
  if (meanMs !== undefined) return { kind: 'exponential', meanMs };
  const ms = single.parse(text);
  if (ms !== undefined) return { kind: 'fixed', ms };
  throw bad(name, text, 'a duration such as 30s, a range such as 20s..40s, an average such as ~30s, or none');
}

function bad(name: string, text: string, allowed: string): SimulationError {
  return new SimulationError(
    'badValue',
    `${name} cannot be ${JSON.stringify(text.slice(0, 64))}; allowed: ${allowed}`,
  );
}
