import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { signOutActions } from '../actions/action.ts';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { ActionMenu } from '../parts/action-menu.tsx';
import { Icon } from '../parts/icon.tsx';

/** Who is signed in, where, what can be set, and the way out. */
export function Identity() {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const user = useAgent();
  const name = `${user.firstName} ${user.lastName}`.trim() || user.loginId;
  return (
    <DialogTrigger>
      <Button className="identity-button">
        <Icon name="person" />
        <span className="identity-name">
          <bdi>{name}</bdi>
        </span>
        <Icon name="chevronDown" />
      </Button>
      <Popover className="popover wide" placement="bottom end">
        <Dialog className="identity" aria-label={t('header.identity')}>
          <strong>
            <bdi>{name}</bdi>
          </strong>
          <p>
            {t(user.roles.includes('Supervisor') ? 'role.supervisor' : 'role.agent')} ·{' '}
            <bdi>{user.loginId}</bdi>
          </p>
          <p>
            <Phrase sentence={{ key: 'header.extension', values: { extension: user.extension } }} /> ·{' '}
            <Phrase sentence={{ key: 'header.team', values: { team: user.teamName } }} />
          </p>
          <div className="identity-actions">
            <ActionMenu
              label={t('header.signOut')}
              actions={signOutActions(state)}
              state={state}
              controller={controller}
            />
          </div>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
