import { Suspense } from 'react';
import { componentFor, type DesktopComponent } from '../components/index.ts';
import { pathOf } from '../components/urls.ts';
import { type Translate, useMessages } from '../messages/index.tsx';
import type { BoxHandle } from './arranged-tab.tsx';
import type { Placement } from './component.ts';
import { GadgetFrame } from './gadget-frame.tsx';

/** What the frame of an entry is called. */
export function titleOf(t: Translate, placement: Placement): string {
  const title = componentFor(placement.url)?.title;
  return title ? t(title) : (pathOf(placement.url).split('/').at(-1) ?? '');
}

/** One entry of the layout: a built-in component, or the place of a gadget. */
export function Entry({
  placement,
  component,
  isMaximised,
  onMaximise,
  handle,
}: {
  placement: Placement;
  component: DesktopComponent | null;
  isMaximised: boolean | undefined;
  onMaximise: (maximise: boolean) => void;
  handle?: BoxHandle | undefined;
}) {
  const { t } = useMessages();
  const frame = { placement, isMaximised, onMaximise, handle };
  if (component === null) {
    return (
      <GadgetFrame {...frame} title={titleOf(t, placement)}>
        <p className="hint">{t('gadget.placeholder')}</p>
        <p className="hint">
          <bdi>{placement.url}</bdi>
        </p>
      </GadgetFrame>
    );
  }
  const { Component, title } = component;
  const drawn = (
    <Suspense fallback={<p className="hint">{t('gadget.loading')}</p>}>
      <Component placement={placement} />
    </Suspense>
  );
  if (title === null) return <div id={placement.id}>{drawn}</div>;
  return (
    <GadgetFrame {...frame} title={t(title)}>
      {drawn}
    </GadgetFrame>
  );
}
