import { useEffect } from 'react';
import { say, useMessages } from '../messages/index.tsx';
import { CallsPanel } from '../parts/calls-panel.tsx';
import { ConnectionBanner } from '../parts/connection-banner.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { StatePanel } from '../parts/state-panel.tsx';
import type { DesktopController } from '../session/controller.ts';
import { stateSentence } from '../session/sentences.ts';
import type { AgentUser, DesktopState } from '../session/store.ts';

/** The desktop of an agent who is signed in: below the header one section after the other, each over the full width. */
export function Agent({
  state,
  user,
  controller,
}: {
  state: DesktopState;
  user: AgentUser;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const shown = say(t, stateSentence(user));
  useEffect(() => {
    document.title = `${shown} – ${t('app.title')}`;
  }, [shown, t]);
  return (
    <>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <ConnectionBanner state={state} controller={controller} />
      <PageHeader state={state} user={user} controller={controller} />
      <main id="content" className="workspace">
        <StatePanel state={state} user={user} controller={controller} />
        <CallsPanel state={state} user={user} controller={controller} />
      </main>
    </>
  );
}
