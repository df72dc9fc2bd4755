import { signOutActions } from '../actions/action.ts';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { DesktopController } from '../session/controller.ts';
import type { AgentUser, DesktopState } from '../session/store.ts';
import { ActionMenu } from './action-menu.tsx';

/** Who is signed in, where, and the way out. What concerns the whole desktop goes before the way out. */
export function PageHeader({
  state,
  user,
  controller,
}: {
  state: DesktopState;
  user: AgentUser;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const name = `${user.firstName} ${user.lastName}`.trim() || user.loginId;
  return (
    <header className="top">
      <div className="brand">
        <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" />
        <span>{t('app.title')}</span>
      </div>
      <div className="identity">
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <span>
          <bdi>{user.loginId}</bdi> ·{' '}
          <Phrase sentence={{ key: 'header.extension', values: { extension: user.extension } }} /> ·{' '}
          <Phrase sentence={{ key: 'header.team', values: { team: user.teamName } }} />
        </span>
      </div>
      <div className="header-actions">
        <ActionMenu
          label={t('header.signOut')}
          actions={signOutActions(state)}
          state={state}
          controller={controller}
        />
      </div>
    </header>
  );
}
