import { Button } from 'react-aria-components';
import { sendErrorReport } from '../actions/error-report.ts';
import { useCommand, useDesk } from '../desk/desk-context.tsx';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Icon } from './icon.tsx';

/** Offered while what becomes of the error report is shown. */
export const REPORT_SHOWN = 'report.shown';
const nothing = () => {};

/** The entries of the identity menu that open something, or tell the server of a fault (desktop.md D21). */
export function IdentityMenu({ onChosen }: { onChosen: () => void }) {
  const { t } = useMessages();
  const { commands } = useDesk();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const { report } = state;
  const mayReport = sendErrorReport.enabled(state);
  // It says itself what becomes of the report.
  useCommand(REPORT_SHOWN, nothing);
  const open = (command: string) => {
    onChosen();
    commands.run(command);
  };
  return (
    <>
      <Button className="menu-entry" onPress={() => open('dialog.settings')}>
        <Icon name="gear" />
        {t('settings.heading')}
      </Button>
      <Button className="menu-entry" onPress={() => open('dialog.shortcuts')}>
        <Icon name="keyboard" />
        {t('shortcuts.heading')}
      </Button>
      <Button
        className="menu-entry"
        aria-disabled={!mayReport}
        onPress={() => {
          if (mayReport) void sendErrorReport.run(controller);
        }}
      >
        <Icon name={report === 'sent' ? 'check' : 'bug'} />
        {t(report === 'sent' ? 'report.sent' : report === 'sending' ? 'report.sending' : 'report.send')}
      </Button>
      <span className="visually-hidden" role="status">
        {report === 'sent' ? t('report.sent') : ''}
      </span>
      <div role="alert">
        {typeof report === 'object' ? (
          <p className="notice error">
            <Phrase sentence={{ key: 'report.failed', values: { why: report.error } }} />
          </p>
        ) : null}
      </div>
    </>
  );
}
