/** What draws gadgets: loaded with the first layout that has some. */
import { componentNameOf } from '../components/urls.ts';
import type { Placement } from './component.ts';
import { earlyPart } from './early-part.tsx';
import type { PageLayout } from './page-layout.ts';

export const gadgetBox = earlyPart(() => import('../gadgets/gadget-box.tsx'));
export const gadgetBody = earlyPart(() => import('../gadgets/gadget-body.tsx'));

const BOTH = [gadgetBox, gadgetBody] as const;
const NONE: readonly [] = [];

const isGadget = ({ url }: Placement): boolean => componentNameOf(url) === null;

/** The parts that a layout needs before it is drawn; always the same two lists. */
export function partsOf({ header, page, tabs }: PageLayout): typeof BOTH | typeof NONE {
  const inHeader = [...header.start, ...header.end].flatMap(({ entry }) => entry ?? []);
  const all = [...inHeader, ...page, ...tabs.flatMap(({ columns }) => columns.flat())];
  return all.some(isGadget) ? BOTH : NONE;
}
