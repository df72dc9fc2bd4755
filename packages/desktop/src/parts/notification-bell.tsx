import { TEXT_MAX } from '@poise/pages';
import { memo, useEffect, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { askPermission, permission } from '../desk/browser-screen.ts';
import { useDesk, useSettings } from '../desk/desk-context.tsx';
import { useDesktop, useDesktopState } from '../desktop-context.tsx';
import { say, useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import type { Notice } from '../session/notices.ts';
import type { DesktopState } from '../session/store.ts';
import { Icon } from './icon.tsx';
import { NoticeLink } from './notice-link.tsx';
import { PageLink } from './page-link.tsx';

/** Longer texts are cut, with a way to see the rest (desktop.md section 10). */
const SHOWN_MAX = 60;
const MINUTE_MS = 60_000;

const theNotices = (state: DesktopState) => state.notices;

/** The bell of the header, and the list behind it; what stands beside it is drawn more often. */
export const NotificationBell = memo(function Bell() {
  const { t } = useMessages();
  const { store } = useDesktop();
  const { entries, unread } = useDesktopState(theNotices);
  const { notificationsAsked } = useSettings();
  const mustAsk = !notificationsAsked && permission() === 'default';
  const count = unread + (mustAsk ? 1 : 0);
  const [isOpen, setOpen] = useState(false);
  // What arrives while the list is open has been seen.
  useEffect(() => {
    if (isOpen && unread > 0) store.dispatch({ type: 'notices seen' });
  }, [isOpen, unread, store]);
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
      <Button
        className="icon-button big bell"
        aria-label={count === 0 ? t('notices.heading') : t('notices.unread', { count: String(count) })}
      >
        <Icon name="bell" />
        <span className="badge" aria-hidden="true">
          {count === 0 ? '' : count > 99 ? '99+' : count}
        </span>
      </Button>
      <Popover className="popover wide notices" placement="bottom end">
        <Dialog className="notice-list" aria-label={t('notices.heading')}>
          <div className="notice-head">
            <h2>{t('notices.heading')}</h2>
            {entries.length > 0 ? (
              <Button className="link" onPress={() => store.dispatch({ type: 'notices cleared' })}>
                {t('notices.clear')}
              </Button>
            ) : null}
          </div>
          {mustAsk ? <AskPermission /> : null}
          {entries.length === 0 && !mustAsk ? <p className="hint">{t('notices.none')}</p> : null}
          <ul>
            {entries.map((notice) => (
              <Entry key={notice.id} notice={notice} />
            ))}
          </ul>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
});

/** Asked once, and only of who looks: the browser's own question comes after a click (desktop.md D12). */
function AskPermission() {
  const { t } = useMessages();
  const { settings } = useDesk();
  const answer = (wanted: boolean) => {
    settings.change({ notificationsAsked: true, notifications: wanted });
    if (wanted) void askPermission();
  };
  return (
    <section className="ask-permission" aria-label={t('notices.ask')}>
      <p>{t('notices.askText')}</p>
      <p className="buttons">
        <Button className="button" onPress={() => answer(true)}>
          {t('notices.allow')}
        </Button>
        <Button className="button" onPress={() => answer(false)}>
          {t('notices.notNow')}
        </Button>
      </p>
    </section>
  );
}

function Entry({ notice }: { notice: Notice }) {
  const { t } = useMessages();
  const [isWhole, setWhole] = useState(false);
  const characters = [...say(t, notice.sentence)];
  const isLong = characters.length > SHOWN_MAX;
  const text = isLong && !isWhole ? `${characters.slice(0, SHOWN_MAX).join('')}…` : characters.join('');
  return (
    <li>
      <p>
        <Typed max={TEXT_MAX}>{text}</Typed>{' '}
        {isLong ? (
          <button type="button" className="link" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
            {t(isWhole ? 'notices.less' : 'notices.more')}
          </button>
        ) : null}
        {notice.page ? <PageLink page={notice.page} /> : null}
        {notice.click ? <NoticeLink click={notice.click} /> : null}
      </p>
      <Ago at={notice.at} />
    </li>
  );
}

/** How long ago, in minutes: a list in which every second changes is no calm list. */
function Ago({ at }: { at: number }) {
  const { language, region } = useMessages();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), MINUTE_MS / 2);
    return () => window.clearInterval(timer);
  }, []);
  const minutes = Math.max(0, Math.floor((now - at) / MINUTE_MS));
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const text =
    minutes < 60 ? relative.format(-minutes, 'minute') : relative.format(-Math.floor(minutes / 60), 'hour');
  return (
    <time
      className="hint"
      dateTime={new Date(at).toISOString()}
      title={new Date(at).toLocaleTimeString(region)}
    >
      {text}
    </time>
  );
}
