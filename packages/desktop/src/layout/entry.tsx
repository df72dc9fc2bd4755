import { lazy, type ReactNode } from 'react';
import { componentFor } from '../components/index.ts';
import { COMPONENT_TITLES, componentNameOf, titleOf } from '../components/urls.ts';
import { useMessages } from '../messages/index.tsx';
import { Part } from '../parts/part.tsx';
import type { BoxHandle } from './arranged-tab.tsx';
import type { Placement } from './component.ts';
import { GadgetFrame } from './gadget-frame.tsx';
import type { Filling } from './layout-context.ts';
import { useManaged } from './use-managed.ts';

const GadgetBox = lazy(() => import('../gadgets/gadget-box.tsx'));
const GadgetBody = lazy(() => import('../gadgets/gadget-body.tsx'));

/** One entry of the layout in its frame: a built-in component, or the place of a gadget. */
export function Entry({
  placement,
  isMaximised,
  isCovered,
  onMaximise,
  handle,
}: {
  placement: Placement;
  isMaximised: boolean | undefined;
  /** Another entry fills the tab: this one stays on the page, unseen, and goes on. */
  isCovered: boolean;
  onMaximise: (maximise: boolean) => void;
  handle?: BoxHandle | undefined;
}) {
  const { t } = useMessages();
  const name = componentNameOf(placement.url);
  // Some draw their own frame.
  if (name !== null && COMPONENT_TITLES[name] === null)
    return (
      <div id={placement.id} hidden={isCovered}>
        <EntryBody placement={placement} />
      </div>
    );
  const frame = {
    placement,
    isMaximised,
    isCovered,
    onMaximise,
    handle,
  };
  const title = titleOf(t, placement.url);
  const framed = (body: ReactNode) => (
    <GadgetFrame {...frame} title={title}>
      {body}
    </GadgetFrame>
  );
  if (name === null)
    return (
      <Part fallback={framed(<p className="hint">{t('gadget.loading')}</p>)} frame={framed}>
        <GadgetBox {...frame} fallbackTitle={title} />
      </Part>
    );
  const whole = framed(<EntryBody placement={placement} />);
  return name === 'tabbed-gadgets' && placement.tabId === null ? (
    <PageBox placement={placement}>{whole}</PageBox>
  ) : (
    whole
  );
}

/** A Multi-Tab gadget of the page is not shown while it has no tab (gadgets.md 1.5). */
function PageBox({ placement, children }: { placement: Placement; children: ReactNode }) {
  const { shown } = useManaged(placement);
  return <div hidden={shown.length === 0}>{children}</div>;
}

/**
 * What is in the frame.
 * @param filling for a gadget that stands in another entry
 */
export function EntryBody({ placement, filling }: { placement: Placement; filling?: Filling | undefined }) {
  const { t } = useMessages();
  const Component = componentFor(placement.url);
  return (
    <Part fallback={<p className="hint">{t('gadget.loading')}</p>}>
      {Component === null ? (
        <GadgetBody placement={placement} filling={filling} />
      ) : (
        <Component placement={placement} />
      )}
    </Part>
  );
}
