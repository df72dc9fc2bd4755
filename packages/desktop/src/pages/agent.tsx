import { lazy, Suspense, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useAgent, useDesktopState } from '../desktop-context.tsx';
import { LayoutPage } from '../layout/layout-page.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { IncomingCalls } from '../parts/calls/incoming-calls.tsx';
import { DeskLayer } from '../parts/desk-layer.tsx';
import { otherParties, ringing } from '../session/calls.ts';
import { productState } from '../session/layout.ts';
import { stateSentence } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';

const SsoWarningBox = lazy(() => import('../parts/sso-warning.tsx'));
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
  const title = useTitle(shown);
  const warns = useDesktopState(endsSoon);
  useEffect(() => {
    document.title = `${title} – ${t('app.title')}`;
  }, [title, t]);
  const layout = told ?? own;
  if (layout === null) return null;
  return (
    <>
      <LayoutPage layout={layout.page} isArrangeable={layout.properties.enableDragDropAndResizeGadget} />
      <IncomingCalls />
      {warns ? (
        <Suspense fallback={null}>
          <SsoWarningBox />
        </Suspense>
      ) : null}
      <DeskLayer keysAllowed={layout.properties.enableShortCutKeys} />
    </>
  );
}

const isHidden = () => document.visibilityState === 'hidden';
const whenVisibilityChanges = (listener: () => void) => {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
};

/** The state of the agent; in a tab that is not seen, the call that rings, or how much was not seen (desktop.md D82). */
function useTitle(shown: string): string {
  const { t } = useMessages();
  const hidden = useSyncExternalStore(whenVisibilityChanges, isHidden);
  const unread = useDesktopState((state) => state.notices.unread);
  const { extension } = useAgent();
  const dialogs = useDesktopState((state) => state.calls.dialogs);
  if (!hidden) return shown;
  const [incoming] = ringing(dialogs, extension);
  if (incoming) return `☎ ${t('calls.incoming', { party: otherParties(incoming, extension).join(', ') })}`;
  return unread > 0 ? `(${unread}) ${shown}` : shown;
}
