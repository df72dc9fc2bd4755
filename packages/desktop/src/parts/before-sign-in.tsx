import { platformClock } from '@poise/client';
import { useEffect, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import type { DesktopController } from '../session/controller.ts';
import { askConfig, type DesktopConfig, NO_CONFIG, type ServerStatus } from '../session/desktop-config.ts';
import { duration } from '../session/duration.ts';
import { ServerWatch } from '../session/server-watch.ts';
import type { RetryState, Sentence } from '../session/store.ts';

/** Faults of a sign-in that are over when the server is in service. */
const OF_SERVER: ReadonlySet<string> = new Set(['error.outOfService', 'error.unreachable', 'error.noAnswer']);

/**
 * What the server tells before the sign-in, nothing until it has; and whether it is in service, for as long as the page is looked at.
 * @param error what was wrong with the last sign-in: when it was the server, that is asked again
 */
export function useServer(error: Sentence | null): {
  config: DesktopConfig;
  status: ServerStatus;
  /** Whether the first question is over, with an answer or without. */
  isAsked: boolean;
  isMended: boolean;
} {
  const [config, setConfig] = useState(NO_CONFIG);
  const [status, setStatus] = useState<ServerStatus>('unknown');
  const [isAsked, setAsked] = useState(false);
  const [mended, setMended] = useState<Sentence | null>(null);
  const isOfServer = error !== null && OF_SERVER.has(error.key);
  useEffect(() => {
    // A fault of a moment has to be read before it goes.
    let wasBad = false;
    const watch = new ServerWatch({
      clock: platformClock,
      ask: () => askConfig(),
      told: (answer) => {
        if (answer.config !== null) setConfig(answer.config);
        setStatus(answer.status);
        setAsked(true);
        if (answer.status === 'in-service') {
          if (wasBad) setMended(error);
        } else if (answer.status !== 'unknown') wasBad = isOfServer;
      },
    });
    const look = () => (document.hidden ? watch.stop() : watch.look());
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      watch.stop();
    };
  }, [error, isOfServer]);
  return { config, status, isAsked, isMended: error !== null && mended === error };
}

const STATUS: Readonly<Partial<Record<ServerStatus, MessageKey>>> = {
  'out-of-service': 'signIn.outOfService',
  unreachable: 'signIn.unreachable',
};

/** Over the page, so that nothing moves when it comes and goes by itself. */
export function ServerNotice({ status }: { status: ServerStatus }) {
  const { t } = useMessages();
  const key = STATUS[status];
  return (
    <div className="server-notice" role="status">
      {key ? <p className="banner more">{t(key)}</p> : null}
    </div>
  );
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
