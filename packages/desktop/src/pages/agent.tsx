import { useMemo } from 'react';
import { useAgent, useDesktopState } from '../desktop-context.tsx';
import { LayoutPage } from '../layout/layout-page.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { IncomingCalls } from '../parts/calls/incoming-calls.tsx';
import { DeskLayer } from '../parts/desk-layer.tsx';
import { PageSignalLayer } from '../parts/page-signal.tsx';
import { productState } from '../session/layout.ts';
import { stateSentence } from '../session/sentences.ts';
import type { DesktopState } from '../session/store.ts';

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
  const layout = told ?? own;
  if (layout === null) return null;
  return (
    <>
      <LayoutPage layout={layout.page} isArrangeable={layout.properties.enableDragDropAndResizeGadget} />
      <IncomingCalls />
      <PageSignalLayer shown={shown} />
      <DeskLayer keysAllowed={layout.properties.enableShortCutKeys} />
    </>
  );
}
