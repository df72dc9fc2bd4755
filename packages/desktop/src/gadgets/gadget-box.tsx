/** A gadget that stands by itself: its view in the box that every entry has. */
import { useCallback, useSyncExternalStore } from 'react';
import type { BoxHandle } from '../layout/arranged-tab.tsx';
import type { Placement } from '../layout/component.ts';
import { GadgetFrame } from '../layout/gadget-frame.tsx';
import { GadgetTools } from './gadget-tools.tsx';
import { GadgetView, useGadget } from './gadget-view.tsx';

export default function GadgetBox({
  placement,
  fallbackTitle,
  isMaximised,
  isCovered,
  onMaximise,
  handle,
}: {
  placement: Placement;
  /** Until the gadget has said what it is called. */
  fallbackTitle: string;
  isMaximised: boolean | undefined;
  /** Another entry fills the tab. */
  isCovered: boolean;
  onMaximise: (maximise: boolean) => void;
  handle?: BoxHandle | undefined;
}) {
  const { desk, gadget } = useGadget(placement);
  // Not the whole state: the height that a gadget wants is nothing to the head of its box.
  const title = useSyncExternalStore(gadget.subscribe, () => gadget.snapshot().title) || fallbackTitle;
  const isCollapsed = useSyncExternalStore(gadget.subscribe, () => gadget.snapshot().isCollapsed);
  const errors = useSyncExternalStore(gadget.subscribe, () => gadget.snapshot().errors);
  const maximise = useCallback((yes: boolean) => onMaximise(yes), [onMaximise]);
  return (
    <GadgetFrame
      placement={placement}
      title={title}
      titleId={`${gadget.clientId}_title`}
      isMaximised={isMaximised}
      isCovered={isCovered}
      onMaximise={onMaximise}
      isCollapsed={isCollapsed}
      onCollapse={(yes) => gadget.change({ isCollapsed: yes })}
      handle={handle}
      tools={<GadgetTools desk={desk} gadget={gadget} errors={errors} title={title} />}
    >
      <GadgetView
        placement={placement}
        isFilling={isMaximised === true}
        {...(isMaximised !== undefined && { maximise })}
      />
    </GadgetFrame>
  );
}
