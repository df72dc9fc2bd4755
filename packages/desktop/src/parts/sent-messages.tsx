import type { TeamMessage } from '@poise/client';
import { TEXT_MAX } from '@poise/pages';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useAgent, useDesktop } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import type { Sentence } from '../session/store.ts';
import { expiresAt } from '../session/team-messages.ts';
import { Clock } from './clock-time.tsx';
import { ReadFailure } from './read-failure.tsx';

/** The messages that a supervisor has sent and that are shown still; several can be deleted at once. */
export function SentMessages({
  messages,
  error,
  isBlocked,
}: {
  messages: readonly TeamMessage[];
  /** Why they could not be read. */
  error: Sentence | null;
  isBlocked: boolean;
}) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const { teams } = useAgent();
  const [marked, mark] = useState<ReadonlySet<string>>(new Set());
  const [isAsking, ask] = useState(false);
  const selected = messages.filter(({ id }) => marked.has(id));
  const names = new Map(teams.map(({ id, name }) => [id, name]));
  const canDelete = selected.length > 0 && !isBlocked;
  return (
    <section className="sent-messages" data-reads="" aria-label={t('messages.sent')}>
      <h3 tabIndex={-1}>{t('messages.sent')}</h3>
      <div role="status">
        {error === null ? null : (
          <ReadFailure sentence={error} onAgain={() => controller.areas.messages.again()} />
        )}
      </div>
      {messages.length === 0 && error === null ? <p className="hint">{t('messages.noneSent')}</p> : null}
      <ul>
        {messages.map((message) => (
          <li key={message.id}>
            <label className="check">
              <input
                type="checkbox"
                checked={marked.has(message.id)}
                onChange={({ target }) => {
                  const next = new Set(selected.map(({ id }) => id));
                  if (target.checked) next.add(message.id);
                  else next.delete(message.id);
                  mark(next);
                  ask(false);
                }}
              />
              <span>
                <Typed className="message-content" max={TEXT_MAX}>
                  {message.content}
                </Typed>
                <span className="hint">
                  {t('messages.until')} <Clock at={expiresAt(message)} /> ·{' '}
                  <Typed>{message.teamIds.map((id) => names.get(id) ?? String(id)).join(', ')}</Typed>
                </span>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {messages.length === 0 ? null : (
        <div className="message-send">
          {isAsking && canDelete ? (
            <>
              <span>{t('messages.deleteAsk', { count: String(selected.length) })}</span>
              <Button
                className="button danger"
                autoFocus
                onPress={() => {
                  ask(false);
                  void controller.areas.messages.delete(selected.map(({ id }) => id));
                }}
              >
                {t('messages.delete')}
              </Button>
              <Button className="button" onPress={() => ask(false)}>
                {t('messages.keep')}
              </Button>
            </>
          ) : (
            <Button
              className="button"
              aria-disabled={!canDelete}
              onPress={() => {
                if (canDelete) ask(true);
              }}
            >
              {t('messages.deleteSelected', { count: String(selected.length) })}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}
