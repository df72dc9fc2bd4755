import { useEffect, useMemo } from 'react';
import { useAgent } from '../desktop-context.tsx';
import { LayoutPage } from '../layout/layout-page.tsx';
import { productLayout } from '../layout/page-layout.ts';
import { say, useMessages } from '../messages/index.tsx';
import { stateSentence } from '../session/sentences.ts';

/** The desktop of an agent or supervisor who is signed in. */
export function Agent() {
  const { t } = useMessages();
  const user = useAgent();
  const shown = say(t, stateSentence(user));
  useEffect(() => {
    document.title = `${shown} – ${t('app.title')}`;
  }, [shown, t]);
  const isSupervisor = user.roles.includes('Supervisor');
  const { teamName } = user;
  const layout = useMemo(
    () => productLayout(isSupervisor ? 'Supervisor' : 'Agent', { teamName, teams: [] }),
    [isSupervisor, teamName],
  );
  return <LayoutPage layout={layout} isArrangeable={false} />;
}
