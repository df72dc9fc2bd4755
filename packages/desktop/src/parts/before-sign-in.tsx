import { useEffect, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import type { DesktopController } from '../session/controller.ts';
import { fetchConfig, NO_CONFIG } from '../session/desktop-config.ts';
import { duration } from '../session/duration.ts';
import type { RetryState } from '../session/store.ts';

/** What the server tells before the sign-in; nothing until it has. */
export function useConfig() {
  const [config, setConfig] = useState(NO_CONFIG);
  useEffect(() => {
    let isGone = false;
    void fetchConfig().then((next) => {
      if (!isGone) setConfig(next);
    });
    return () => {
      isGone = true;
    };
  }, []);
  return config;
}

/** A text of the company that must be acknowledged before the form can be used (desktop.md D10). */
export function LogonMessage({ text }: { text: string }) {
  const { t } = useMessages();
  const [isRead, setRead] = useState(false);
  return (
    <ModalOverlay className="modal-overlay" isOpen={!isRead} isKeyboardDismissDisabled>
      <Modal className="modal">
        <Dialog className="modal-dialog" role="alertdialog">
          <header className="modal-head">
            <Heading slot="title" level={2}>
              {t('signIn.message')}
            </Heading>
          </header>
          <div className="modal-body">
            <p className="logon-message">{text}</p>
            <Button className="button primary" autoFocus onPress={() => setRead(true)}>
              {t('signIn.understood')}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The agent works in another tab: that one gives way, or nothing changes. */
export function AskTakeOver({ controller }: { controller: DesktopController }) {
  const { t } = useMessages();
  return (
    <div className="notice ask" role="alert">
      <p>{t('signIn.otherTab')}</p>
      <p className="buttons">
        <Button className="button primary" autoFocus onPress={() => void controller.takeOver()}>
          {t('signIn.takeOver')}
        </Button>
        <Button className="button" onPress={() => controller.giveUp()}>
          {t('signIn.leaveIt')}
        </Button>
      </p>
    </div>
  );
}

/** The next attempt and how long until then (desktop.md D5). */
export function RetryNotice({ retry, controller }: { retry: RetryState; controller: DesktopController }) {
  const { t } = useMessages();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  const time = duration(Math.max(0, retry.at - now));
  return (
    <div className="notice ask">
      <p role="timer">{t('signIn.retry', { time, left: String(retry.left) })}</p>
      <Button className="button" onPress={() => controller.giveUp()}>
        {t('signIn.retryStop')}
      </Button>
    </div>
  );
}
