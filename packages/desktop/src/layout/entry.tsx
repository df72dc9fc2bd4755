import type { ReactNode } from 'react';
import { componentFor } from '../components/index.ts';
import { COMPONENT_TITLES, componentNameOf, titleOf } from '../components/urls.ts';
import { useMessages } from '../messages/index.tsx';
import { Part } from '../parts/part.tsx';
import type { BoxHandle } from './arranged-tab.tsx';
import type { Placement } from './component.ts';
import { GadgetFrame } from './gadget-frame.tsx';
import { gadgetBody, gadgetBox } from './gadget-parts.ts';
import type { Filling } from './layout-context.ts';
import { useManaged } from './use-managed.ts';

const GadgetBox = gadgetBox.Part;
const GadgetBody = gadgetBody.Part;

/** One entry of the layout in its frame: a built-in component, or the place of a gadget. */
export function Entry({
  placement,
  isMaximised,
  isCovered,
  isSlim,
  onMaximise,
  handle,
}: {
  placement: Placement;
  isMaximised: boolean | undefined;
  /** Another entry fills the tab: this one stays on the page, unseen, and goes on. */
  isCovered: boolean;
  /** Another entry fills the tab: calls alone are shown of this one. */
  isSlim: boolean;
  onMaximise: (maximise: boolean) => void;
  handle?: BoxHandle | undefined;
}) {
  const { t } = useMessages();
  const name = componentNameOf(placement.url);
  // Some draw their own frame.
  if (name !== null && COMPONENT_TITLES[name] === null)
    return (
      <div id={placement.id} hidden={isCovered} data-slim={isSlim ? '' : undefined}>
        <EntryBody placement={placement} />
      </div>
    );
  const frame = {
    placement,
    isMaximised,
    isCovered,
    isSlim,
    onMaximise,
    handle,
  };
  const title = titleOf(t, placement.url);
  const framed = (body: ReactNode) => (
    <GadgetFrame {...frame} title={title} hasTabs={name === 'tabbed-gadgets'}>
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
    <PageBox placement={placement} isSlim={isSlim}>
      {whole}
    </PageBox>
  ) : (
    whole
  );
}

/** A Multi-Tab gadget of the page is not shown while it has no tab (gadgets.md 1.5). */
function PageBox({
  placement,
  isSlim,
  children,
}: {
  placement: Placement;
  isSlim: boolean;
  children: ReactNode;
}) {
  const { shown, callControl } = useManaged(placement);
  const isKept = isSlim && callControl !== null;
  return <div hidden={shown.length === 0 && !isKept}>{children}</div>;
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
