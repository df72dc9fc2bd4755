import { Suspense } from 'react';
import type { DesktopComponent } from '../components/index.ts';
import { pathOf } from '../components/urls.ts';
import { useMessages } from '../messages/index.tsx';
import type { Placement } from './component.ts';
import { GadgetFrame } from './gadget-frame.tsx';

/** One entry of the layout: a built-in component, or the place of a gadget. */
export function Entry({
  placement,
  component,
  isMaximised,
  onMaximise,
}: {
  placement: Placement;
  component: DesktopComponent | null;
  isMaximised: boolean | undefined;
  onMaximise: (maximise: boolean) => void;
}) {
  const { t } = useMessages();
  if (component === null) {
    const file = pathOf(placement.url).split('/').at(-1) ?? '';
    return (
      <GadgetFrame placement={placement} title={file} isMaximised={isMaximised} onMaximise={onMaximise}>
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
    <GadgetFrame placement={placement} title={t(title)} isMaximised={isMaximised} onMaximise={onMaximise}>
      {drawn}
    </GadgetFrame>
  );
}
