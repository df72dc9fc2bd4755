import { balanced, LABEL_MAX, shortened } from '@poise/pages';

/**
 * What somebody typed: names, labels, values. It is text whatever is in it, has a direction of its own, and no more of it is drawn
 * than a person reads.
 * @param max in characters
 */
export const Typed = ({ children, max = LABEL_MAX }: { children: string; max?: number }) => (
  <bdi>{balanced(shortened(children, max))}</bdi>
);
