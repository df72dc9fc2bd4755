/** What is not seen at once is loaded when it is; its room is kept meanwhile. */
import { type ComponentType, lazy, useState } from 'react';
import { Part } from '../part.tsx';
import type { DialerProps } from './dialer.tsx';
import type { DtmfPanelProps } from './dtmf-panel.tsx';
import type { OutboundButtonsProps } from './outbound-buttons.tsx';

let dialerThere: ComponentType<DialerProps> | null = null;
const loadDialer = async () => {
  const loaded = await import('./dialer.tsx');
  dialerThere = loaded.default;
  return loaded;
};
const Dialer = lazy(loadDialer);
const OutboundButtons = lazy(() => import('./outbound-buttons.tsx'));
const DtmfPanel = lazy(() => import('./dtmf-panel.tsx'));

/** So that what is typed right after the key that opens a dialer is not lost. Where it fails, it is asked for when it is wanted. */
export const preloadDialer = (): void => void loadDialer().catch(() => {});

export function LazyDialer(props: DialerProps) {
  // What is there already is drawn at once: a lazy one would let a moment pass all the same.
  const [Shown] = useState<ComponentType<DialerProps>>(() => dialerThere ?? Dialer);
  return (
    <Part fallback={<div className="dialer" aria-busy="true" />}>
      <Shown {...props} />
    </Part>
  );
}

export const LazyOutboundButtons = (props: OutboundButtonsProps) => (
  <Part fallback={<div className="outbound-buttons" aria-busy="true" />}>
    <OutboundButtons {...props} />
  </Part>
);

export const LazyDtmfPanel = (props: DtmfPanelProps) => (
  <Part fallback={<div className="dtmf" aria-busy="true" />}>
    <DtmfPanel {...props} />
  </Part>
);
