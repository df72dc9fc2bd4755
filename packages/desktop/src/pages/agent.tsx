import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { signOutActions, stateActions } from '../actions/action.ts';
import { en } from '../messages/catalogue.ts';
import { type MessageKey, say, useMessages } from '../messages/index.tsx';
import { ActionMenu } from '../parts/action-menu.tsx';
import { Timer } from '../parts/timer.tsx';
import type { DesktopController } from '../session/controller.ts';
import type { AgentUser, DesktopState, Link } from '../session/store.ts';

const BANNERS: Readonly<Record<Exclude<Link, 'up'>, MessageKey>> = {
  lost: 'connection.lost',
  'out-of-service': 'connection.outOfService',
  conflict: 'connection.conflict',
  unauthorized: 'connection.unauthorized',
};
/** These do not heal by themselves: what is shown may be old, and only another sign-in helps. */
const FINAL: ReadonlySet<Link> = new Set(['conflict', 'unauthorized']);

export function Agent({
  state,
  user,
  controller,
}: {
  state: DesktopState;
  user: AgentUser;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const key = `state.${user.state}` as MessageKey;
  const stateName = Object.hasOwn(en, key) ? t(key) : user.state;
  const shown = user.reasonLabel
    ? t('state.withReason', { state: stateName, reason: user.reasonLabel })
    : stateName;
  const name = `${user.firstName} ${user.lastName}`.trim() || user.loginId;

  useEffect(() => {
    document.title = `${shown} – ${t('app.title')}`;
  }, [shown, t]);

  return (
    <>
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <div role="alert">
        {state.link === 'up' ? null : (
          <p className="banner">
            {t(BANNERS[state.link], { host: state.host })}{' '}
            {FINAL.has(state.link) ? (
              <Button className="button" onPress={() => controller.leave()}>
                {t('signIn.again')}
              </Button>
            ) : null}
          </p>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {state.restored ? t('connection.restored') : ''}
      </p>
      <header className="top">
        <div className="brand">
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" />
          <span>{t('app.title')}</span>
        </div>
        <div className="identity">
          <strong>{name}</strong>
          <span>
            {user.loginId} · {t('header.extension', { extension: user.extension })} ·{' '}
            {t('header.team', { team: user.teamName })}
          </span>
        </div>
        <ActionMenu
          label={t('header.signOut')}
          actions={signOutActions(state)}
          state={state}
          controller={controller}
        />
      </header>
      <main id="content">
        <section className="state-panel" aria-labelledby="state-heading">
          <h1 id="state-heading" tabIndex={-1} ref={heading}>
            {t('state.heading')}
          </h1>
          <p className="state-now">
            <span className="dot" data-state={user.state} aria-hidden="true" />
            <span className="name">{shown}</span>
            <Timer
              since={FINAL.has(state.link) ? null : user.stateChangeTime}
              drift={state.drift}
              unknown={t('state.unknownSince')}
            />
          </p>
          <div className="state-actions">
            <ActionMenu
              label={t('state.change')}
              actions={stateActions(state)}
              state={state}
              controller={controller}
              primary
            />
            <span role="status">{state.pending ? t('state.waiting') : ''}</span>
          </div>
          <div role="alert">{state.error ? <p className="notice error">{say(t, state.error)}</p> : null}</div>
        </section>
        <p className="visually-hidden" role="status" aria-live="polite">
          {t('state.announce', { state: shown })}
        </p>
      </main>
    </>
  );
}
