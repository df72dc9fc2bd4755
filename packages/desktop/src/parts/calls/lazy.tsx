/** What is not seen at once is loaded when it is; its room is kept meanwhile. */
import { lazy } from 'react';
import { Part } from '../part.tsx';
import type { DialerProps } from './dialer.tsx';
import type { DtmfPanelProps } from './dtmf-panel.tsx';
import type { OutboundButtonsProps } from './outbound-buttons.tsx';

const Dialer = lazy(() => import('./dialer.tsx'));
const OutboundButtons = lazy(() => import('./outbound-buttons.tsx'));
const DtmfPanel = lazy(() => import('./dtmf-panel.tsx'));

export const LazyDialer = (props: DialerProps) => (
  <Part fallback={<div className="dialer" aria-busy="true" />}>
    <Dialer {...props} />
  </Part>
);

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
