import { type FormEvent, useEffect, useId, useState } from 'react';
import { Button } from 'react-aria-components';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Typed } from '../messages/typed.tsx';
import type { DesktopState } from '../session/store.ts';
import { CONTENT_MAX, DURATION_MAX_S, DURATION_MIN_S, sentBy } from '../session/team-messages.ts';
import { SentMessages } from './sent-messages.tsx';

const theMessages = (state: DesktopState) => state.messages;
const theLink = (state: DesktopState) => state.link;

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MINUTES = Array.from({ length: 12 }, (_, step) => step * 5);
const DEFAULT_MINUTES = 30;

/** A message to be written, and those that were sent and are shown still. */
export default function MessageDesk() {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const { messages } = controller.areas;
  const user = useAgent();
  const { list, isBusy, sent, error, readError } = useDesktopState(theMessages);
  const link = useDesktopState(theLink);
  const [content, write] = useState('');
  const [chosen, choose] = useState<ReadonlySet<number>>(() => new Set(user.teams.map(({ id }) => id)));
  const [hours, setHours] = useState(0);
  const [minutes, setMinutes] = useState(DEFAULT_MINUTES);
  const contentId = useId();
  const hintId = useId();
  // What was sent is not written any more; what was refused is.
  useEffect(() => {
    if (sent > 0) write('');
  }, [sent]);

  const length = [...content].length;
  const seconds = (hours * 60 + minutes) * 60;
  const why =
    content.trim() === ''
      ? 'messages.needsText'
      : length > CONTENT_MAX
        ? 'messages.tooLong'
        : chosen.size === 0
          ? 'messages.needsTeam'
          : seconds < DURATION_MIN_S || seconds > DURATION_MAX_S
            ? 'messages.needsTime'
            : null;
  const canSend = why === null && link === 'up' && !isBusy;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (canSend) void messages.send(content.trim(), [...chosen], seconds);
  };
  return (
    <>
      <form className="message-form" onSubmit={submit}>
        <h2>{t('messages.heading')}</h2>
        <div className="field">
          <label htmlFor={contentId}>{t('messages.text')}</label>
          <textarea
            // biome-ignore lint/a11y/noAutofocus: it is opened to write
            autoFocus
            id={contentId}
            rows={3}
            value={content}
            aria-describedby={hintId}
            onChange={({ target }) => write(target.value.replace(/[\r\n]+/g, ' '))}
          />
          <p className="hint" id={hintId}>
            {t('messages.length', { length: String(length), max: String(CONTENT_MAX) })}
          </p>
        </div>
        <fieldset>
          <legend>{t('messages.teams')}</legend>
          {user.teams.map(({ id, name }) => (
            <label className="check" key={id}>
              <input
                type="checkbox"
                checked={chosen.has(id)}
                onChange={({ target }) => {
                  const next = new Set(chosen);
                  if (target.checked) next.add(id);
                  else next.delete(id);
                  choose(next);
                }}
              />
              <Typed>{name}</Typed>
            </label>
          ))}
        </fieldset>
        <fieldset className="message-time">
          <legend>{t('messages.shownFor')}</legend>
          <label>
            <select value={hours} onChange={({ target }) => setHours(Number(target.value))}>
              {HOURS.map((hour) => (
                <option key={hour} value={hour}>
                  {hour}
                </option>
              ))}
            </select>{' '}
            {t('messages.hours')}
          </label>
          <label>
            <select value={minutes} onChange={({ target }) => setMinutes(Number(target.value))}>
              {MINUTES.map((minute) => (
                <option key={minute} value={minute}>
                  {minute}
                </option>
              ))}
            </select>{' '}
            {t('messages.minutes')}
          </label>
        </fieldset>
        <div className="message-send">
          <Button className="button primary" type="submit" aria-disabled={!canSend}>
            {t('messages.send')}
          </Button>
          <span className="hint" role="status">
            {isBusy
              ? t('state.waiting')
              : why === null || (why === 'messages.needsText' && sent > 0)
                ? sent > 0 && content === ''
                  ? t('messages.sentNow')
                  : ''
                : t(why)}
          </span>
        </div>
        <div role="alert">
          {error ? (
            <p className="notice error">
              <Phrase sentence={error} />
            </p>
          ) : null}
        </div>
      </form>
      <SentMessages messages={sentBy(list, user)} error={readError} isBlocked={isBusy || link !== 'up'} />
    </>
  );
}
