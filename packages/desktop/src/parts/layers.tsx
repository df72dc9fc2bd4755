import { type ReactNode, useLayoutEffect } from 'react';
import { UNSAFE_PortalProvider as PortalProvider } from 'react-aria/PortalProvider';
import { useMessages } from '../messages/index.tsx';

const theLayers = () => document.getElementById('layers');

/**
 * Menus, pop-overs and dialogs stand in a landmark of their own: the buttons that the library draws beside them, for those who
 * close them with a screen reader, belong to a place that has a name.
 */
export function Layers({ children }: { children: ReactNode }) {
  const { t } = useMessages();
  useLayoutEffect(() => theLayers()?.setAttribute('aria-label', t('app.layers')), [t]);
  return <PortalProvider getContainer={theLayers}>{children}</PortalProvider>;
}
