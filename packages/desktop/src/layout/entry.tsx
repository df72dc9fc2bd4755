import type { ReactNode } from 'react';
import { componentFor } from '../components/index.ts';
import { COMPONENT_TITLES, componentNameOf, titleOf } from '../components/urls.ts';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { TEXT_MAX } from '../messages/typed-text.ts';
import { Part } from '../parts/part.tsx';
import type { BoxHandle } from './arranged-tab.tsx';
import type { Placement } from './component.ts';
import { GadgetFrame } from './gadget-frame.tsx';
import { useManaged } from './use-managed.ts';

/** One entry of the layout in its frame: a built-in component, or the place of a gadget. */
export function Entry({
  placement,
  isMaximised,
  onMaximise,
  handle,
}: {
  placement: Placement;
  isMaximised: boolean | undefined;
  onMaximise: (maximise: boolean) => void;
  handle?: BoxHandle | undefined;
}) {
  const { t } = useMessages();
  const name = componentNameOf(placement.url);
  // Some draw their own frame.
  if (name !== null && COMPONENT_TITLES[name] === null)
    return (
      <div id={placement.id}>
        <EntryBody placement={placement} />
      </div>
    );
  const framed = (
    <GadgetFrame
      placement={placement}
      title={titleOf(t, placement.url)}
      isMaximised={isMaximised}
      onMaximise={onMaximise}
      handle={handle}
    >
      <EntryBody placement={placement} />
    </GadgetFrame>
  );
  return name === 'tabbed-gadgets' && placement.tabId === null ? (
    <PageBox placement={placement}>{framed}</PageBox>
  ) : (
    framed
  );
}

/** A Multi-Tab gadget of the page is not shown while it has no tab (gadgets.md 1.5). */
function PageBox({ placement, children }: { placement: Placement; children: ReactNode }) {
  const { shown } = useManaged(placement);
  return <div hidden={shown.length === 0}>{children}</div>;
}

/** What is in the frame. */
export function EntryBody({ placement }: { placement: Placement }) {
  const { t } = useMessages();
  const Component = componentFor(placement.url);
  if (Component === null)
    return (
      <>
        <p className="hint">{t('gadget.placeholder')}</p>
        <p className="hint">
          <Typed max={TEXT_MAX}>{placement.url}</Typed>
        </p>
      </>
    );
  return (
    <Part fallback={<p className="hint">{t('gadget.loading')}</p>}>
      <Component placement={placement} />
    </Part>
  );
}
