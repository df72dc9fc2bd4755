import { useCallback, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { signOutActions } from '../actions/action.ts';
import { useCommand } from '../desk/desk-context.tsx';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useLayoutPlace } from '../layout/layout-context.ts';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Typed } from '../messages/typed.tsx';
import { ActionMenu } from '../parts/action-menu.tsx';
import { Icon } from '../parts/icon.tsx';
import { IdentityMenu } from '../parts/identity-menu.tsx';
import { NotificationBell } from '../parts/notification-bell.tsx';
import { personName } from '../session/person-name.ts';

/** The notification centre; who is signed in, where, what can be set, and the way out. */
export function Identity() {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const user = useAgent();
  const name = personName(user, user.loginId);
  const [isOpen, setOpen] = useState(false);
  /** A shortcut asked for the reasons of a sign-out. */
  const [asksReason, setAsksReason] = useState(false);
  useCommand(
    'sign-out.menu',
    useCallback(() => {
      setAsksReason(true);
      setOpen(true);
    }, []),
  );
  return (
    <>
      <NotificationBell />
      <DialogTrigger
        isOpen={isOpen}
        onOpenChange={(open) => {
          setOpen(open);
          setAsksReason(false);
        }}
      >
        <Button className="identity-button">
          <Icon name="person" />
          <span className="identity-name">
            <Typed>{name}</Typed>
          </span>
          <Icon name="chevronDown" />
        </Button>
        <Popover className="popover wide" placement="bottom end">
          <Dialog className="identity" aria-label={t('header.identity')}>
            <strong>
              <Typed>{name}</Typed>
            </strong>
            <p>
              {t(user.roles.includes('Supervisor') ? 'role.supervisor' : 'role.agent')} ·{' '}
              <Typed>{user.loginId}</Typed>
            </p>
            <p>
              <Phrase sentence={{ key: 'header.extension', values: { extension: user.extension } }} /> ·{' '}
              <Phrase sentence={{ key: 'header.team', values: { team: user.teamName } }} />
            </p>
            {user.mobileNumber ? (
              <p>
                <Phrase sentence={{ key: 'header.mobile', values: { number: user.mobileNumber } }} />
              </p>
            ) : null}
            <div className="identity-actions">
              <IdentityMenu onChosen={() => setOpen(false)} />
              <ResetLayout onChosen={() => setOpen(false)} />
              <ActionMenu
                label={t('header.signOut')}
                actions={signOutActions(state)}
                state={state}
                controller={controller}
                isAsked={asksReason}
              />
            </div>
          </Dialog>
        </Popover>
      </DialogTrigger>
    </>
  );
}

/** Puts back what was moved or resized; there is nothing to say where nothing was (desktop.md D21). */
function ResetLayout({ onChosen }: { onChosen: () => void }) {
  const { t } = useMessages();
  const { arrangements, tabOrders, tab } = useLayoutPlace();
  const reset = (tabId: string | null) => () => {
    onChosen();
    arrangements?.reset(tabId);
  };
  const resetTabs = () => {
    onChosen();
    tabOrders.reset();
  };
  return (
    <>
      {arrangements?.isChanged ? (
        <>
          <Button className="button" onPress={reset(tab)}>
            {t('arrange.resetTab')}
          </Button>
          <Button className="button" onPress={reset(null)}>
            {t('arrange.resetAll')}
          </Button>
        </>
      ) : null}
      {tabOrders.isChanged ? (
        <Button className="button" onPress={resetTabs}>
          {t('tabs.reset')}
        </Button>
      ) : null}
    </>
  );
}
