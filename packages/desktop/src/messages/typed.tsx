import { balanced, LABEL_MAX, shortened } from '@poise/pages';

/**
 * What somebody typed elsewhere: names, labels, messages. It is text whatever is in it, has a direction of its own, and no more of it
 * is drawn than a person reads.
 */
export function Typed({
  children,
  max = LABEL_MAX,
  id,
  className,
  dir,
}: {
  /** Null: nothing. */
  children?: string | null;
  /** In characters. */
  max?: number;
  id?: string;
  className?: string;
  dir?: 'ltr';
}) {
  return (
    <bdi id={id} className={className} dir={dir}>
      {balanced(shortened(children ?? '', max))}
    </bdi>
  );
}
