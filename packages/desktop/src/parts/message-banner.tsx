import type { TeamMessage } from '@poise/client';
import { TEXT_MAX } from '@poise/pages';
import { useMemo, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useAgent, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Typed } from '../messages/typed.tsx';
import { personName } from '../session/person-name.ts';
import type { DesktopState } from '../session/store.ts';
import { receivedBy } from '../session/team-messages.ts';
import { Clock } from './clock-time.tsx';
import { Icon } from './icon.tsx';
import { SaidOnce } from './said-once.tsx';

const theList = (state: DesktopState) => state.messages.list;

const senderOf = ({ createdBy }: TeamMessage): string => personName(createdBy, createdBy.id);

/**
 * Messages to the own team, in the header, where room is kept for them: the page does not move when one comes. The
 * newest is shown until it ends; then the one before takes its place (desktop.md 8).
 */
export function MessageBanner() {
  const { t } = useMessages();
  const { loginId, teamId } = useAgent();
  const list = useDesktopState(theList);
  const received = useMemo(() => receivedBy(list, { loginId, teamId }), [list, loginId, teamId]);
  const [isOpen, setOpen] = useState(false);
  const [newest] = received;
  return (
    <div className="message-banner">
      <SaidOnce newest={newest ? { id: newest.id, at: newest.createdAt?.getTime() ?? 0 } : null}>
        {newest ? (
          <Phrase
            sentence={{ key: 'messages.announce', values: { name: senderOf(newest), text: newest.content } }}
          />
        ) : null}
      </SaidOnce>
      {newest ? (
        <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
          <Button className="message-button">
            <Icon name="message" />
            <span className="visually-hidden">{t('messages.show', { count: String(received.length) })} </span>
            <span className="message-count" aria-hidden="true">
              {received.length}
            </span>
            <Typed className="cut">{newest.content}</Typed>
          </Button>
          <Popover className="popover messages-popover" placement="bottom">
            <Dialog className="message-list" aria-label={t('messages.received')}>
              <h2>{t('messages.received')}</h2>
              <ul>
                {received.map((message) => (
                  <li key={message.id}>
                    <Typed className="message-content" max={TEXT_MAX}>
                      {message.content}
                    </Typed>
                    <span className="hint">
                      <Typed>{senderOf(message)}</Typed>
                      {message.createdAt ? (
                        <>
                          {' '}
                          · <Clock at={message.createdAt.getTime()} />
                        </>
                      ) : null}
                    </span>
                  </li>
                ))}
              </ul>
            </Dialog>
          </Popover>
        </DialogTrigger>
      ) : null}
    </div>
  );
}
