import { lazy, Suspense, useMemo } from 'react';
import { useDesktopState } from '../desktop-context.tsx';
import { useEarly } from '../layout/early-part.tsx';
import { partsOf } from '../layout/gadget-parts.ts';
import { LayoutPage } from '../layout/layout-page.tsx';
import { CallNews } from '../parts/calls/call-news.tsx';
import { IncomingCalls } from '../parts/calls/incoming-calls.tsx';
import { DeskLayer } from '../parts/desk-layer.tsx';
import { PageSignalLayer } from '../parts/page-signal.tsx';
import { productState } from '../session/layout.ts';
import type { DesktopState } from '../session/store.ts';

const SsoWarningBox = lazy(() => import('../parts/sso-warning.tsx'));
const MaintenanceBox = lazy(() => import('../parts/maintenance-box.tsx'));
const isMaintained = ({ maintenance }: DesktopState) => maintenance !== null;
const endsSoon = ({ sso }: DesktopState) => sso !== null;

const NO_PARTS: readonly [] = [];
const theLayout = ({ layout }: DesktopState) => layout;
const theRole = ({ user }: DesktopState) => (user?.roles.includes('Supervisor') ? 'Supervisor' : 'Agent');
const theTeam = ({ user }: DesktopState) => user?.teamName ?? '';

/** The desktop of an agent or supervisor who is signed in. It is drawn once: what shows the agent's state looks at it by itself. */
export function Agent() {
  const told = useDesktopState(theLayout);
  const role = useDesktopState(theRole);
  const teamName = useDesktopState(theTeam);
  const own = useMemo(
    () => (told === null ? productState({ roles: [role], teamName }) : null),
    [told, role, teamName],
  );
  const warns = useDesktopState(endsSoon);
  const isInMaintenance = useDesktopState(isMaintained);
  const layout = told ?? own;
  const parts = useMemo(() => (layout === null ? NO_PARTS : partsOf(layout.page)), [layout]);
  const isReady = useEarly(parts);
  if (layout === null || !isReady) return null;
  return (
    <>
      <LayoutPage layout={layout.page} isArrangeable={layout.properties.enableDragDropAndResizeGadget} />
      <IncomingCalls />
      <CallNews />
      <PageSignalLayer />
      {warns ? (
        <Suspense fallback={null}>
          <SsoWarningBox />
        </Suspense>
      ) : null}
      {isInMaintenance ? (
        <Suspense fallback={null}>
          <MaintenanceBox />
        </Suspense>
      ) : null}
      <DeskLayer keysAllowed={layout.properties.enableShortCutKeys} />
    </>
  );
}
