import { lazy, useCallback, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useAgent } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Icon } from '../parts/icon.tsx';
import { Part } from '../parts/part.tsx';

/** Agents never write one. */
const MessageDesk = lazy(() => import('../parts/message-desk.tsx'));

/** Where supervisors write messages to their teams, in the header (desktop.md 8). */
export function TeamMessage() {
  const { t } = useMessages();
  const { teams } = useAgent();
  const [isOpen, setOpen] = useState(false);
  useCommand(
    teams.length === 0 ? null : 'team-message',
    useCallback(() => setOpen(true), []),
  );
  if (teams.length === 0) return null;
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button className="icon-button big" aria-label={t('messages.heading')}>
        <Icon name="message" />
      </Button>
      <Popover className="popover messages-popover" placement="bottom end">
        <Dialog className="message-desk" aria-label={t('messages.heading')}>
          <Part fallback={<p className="hint">{t('gadget.loading')}</p>}>
            <MessageDesk />
          </Part>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
