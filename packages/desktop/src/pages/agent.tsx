import { lazy, Suspense, useMemo } from 'react';
import { useAgent, useDesktopState } from '../desktop-context.tsx';
import { LayoutPage } from '../layout/layout-page.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { CallNews } from '../parts/calls/call-news.tsx';
import { IncomingCalls } from '../parts/calls/incoming-calls.tsx';
import { DeskLayer } from '../parts/desk-layer.tsx';
import { PageSignalLayer } from '../parts/page-signal.tsx';
import { productState } from '../session/layout.ts';
import { stateSentence } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';

const SsoWarningBox = lazy(() => import('../parts/sso-warning.tsx'));
const MaintenanceBox = lazy(() => import('../parts/maintenance-box.tsx'));
const isMaintained = ({ maintenance }: DesktopState) => maintenance !== null;
const endsSoon = ({ sso }: DesktopState) => sso !== null;

const theLayout = ({ layout }: DesktopState) => layout;

/** The desktop of an agent or supervisor who is signed in. */
export function Agent() {
  const { t } = useMessages();
  const user = useAgent();
  const told = useDesktopState(theLayout);
  const { roles, teamName } = user;
  const own = useMemo(
    () => (told === null ? productState({ roles, teamName }) : null),
    [told, roles, teamName],
  );
  const shown = say(t, stateSentence(user));
  const warns = useDesktopState(endsSoon);
  const isInMaintenance = useDesktopState(isMaintained);
  const layout = told ?? own;
  if (layout === null) return null;
  return (
    <>
      <LayoutPage layout={layout.page} isArrangeable={layout.properties.enableDragDropAndResizeGadget} />
      <IncomingCalls />
      <CallNews />
      <PageSignalLayer shown={shown} />
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
