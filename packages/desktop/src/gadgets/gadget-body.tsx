/** A gadget without a box: in a tab of a Multi-Tab gadget, in the header, or headless. */
import type { PlacedProps } from '../layout/component.ts';
import { GadgetView } from './gadget-view.tsx';

export default function GadgetBody({ placement }: PlacedProps) {
  return <GadgetView placement={placement} />;
}
