/** A time axis: where a moment stands, and where the marks are. */
import { written } from '../times.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS_MS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96, 168].map((n) => n * HOUR),
];
/** Room that a mark's text needs, in units of the picture. */
const MARK_ROOM = 92;

export interface Axis {
  /** Place of a moment; moments outside stand at the ends. */
  readonly x: (at: number) => number;
  readonly marks: ReadonlyArray<{ readonly x: number; readonly label: string }>;
}

/** @param zone minutes east of UTC */
export function axisOf(from: number, to: number, left: number, width: number, zone: number): Axis {
  const span = Math.max(1, to - from);
  const x = (at: number) => round(left + (Math.min(Math.max(at, from), to) - from) * (width / span));
  const most = Math.max(2, Math.floor(width / MARK_ROOM));
  const step = STEPS_MS.find((ms) => span / ms <= most) ?? Math.ceil(span / most / (24 * HOUR)) * 24 * HOUR;
  const shift = zone * MINUTE;
  const marks: { x: number; label: string }[] = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at <= to; at += step) {
    const text = written(at, zone);
    marks.push({
      x: x(at),
      label:
        step >= 24 * HOUR
          ? text.slice(0, 10)
          : span > 24 * HOUR
            ? text.slice(5, 16)
            : text.slice(11, step < SECOND ? 23 : 19),
    });
  }
  return { x, marks };
}

export const round = (n: number): number => Math.round(n * 10) / 10;
