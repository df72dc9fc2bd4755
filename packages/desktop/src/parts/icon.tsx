import { type IconName, PATHS } from './icon-paths.ts';

/** A sign of the page. Always beside or instead of words that are told otherwise. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
