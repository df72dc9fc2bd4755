import { type IconName, PATHS } from './icon-paths.ts';

/** They point along the line, and the other way where lines run from right to left. */
const POINTS_ALONG: ReadonlySet<IconName> = new Set(['back', 'chevronEnd']);

/** A sign of the page. Always beside or instead of words that are told otherwise. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className={POINTS_ALONG.has(name) ? 'icon along' : 'icon'} viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
