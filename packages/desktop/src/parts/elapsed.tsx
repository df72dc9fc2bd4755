import { duration, isoDuration } from '../session/duration.ts';

/** Time since a moment, as it was at another; blank where the moment is not known. */
export function Elapsed({ since, now }: { since: number | null; now: number }) {
  if (since === null) return null;
  const ms = Math.max(0, now - since);
  return <time dateTime={isoDuration(ms)}>{duration(ms)}</time>;
}
