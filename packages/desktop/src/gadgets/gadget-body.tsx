/** A gadget without a box: in a tab of a Multi-Tab gadget, in the header, or headless. */
import type { PlacedProps } from '../layout/component.ts';
import type { Filling } from '../layout/layout-context.ts';
import { GadgetView } from './gadget-view.tsx';

export default function GadgetBody({ placement, filling }: PlacedProps & { filling?: Filling | undefined }) {
  return (
    <GadgetView placement={placement} isFilling={filling?.isFilling ?? false} maximise={filling?.fill} />
  );
}
