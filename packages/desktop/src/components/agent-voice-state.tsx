import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { type Action, areStatesComing, stateActions } from '../actions/action.ts';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useLayoutPlace } from '../layout/layout-context.ts';
import { say, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { ActionMenu } from '../parts/action-menu.tsx';
import { Icon } from '../parts/icon.tsx';
import { StateMark } from '../parts/state-mark.tsx';
import { Timer } from '../parts/timer.tsx';
import { Waiting } from '../parts/waiting.tsx';
import { nextSentence, stateSentence } from '../session/sentences.ts';
import { isFinal, isReasonOfOthers } from '../session/store.ts';
import { DigitalChannels } from './digital-channels.tsx';
import { componentNameOf } from './urls.ts';

/** What the key for Not Ready opens: an agent who asks for a break must not get the next call by a wrong arrow. */
const NOT_READY_PART = {
  command: 'not-ready.menu',
  of: ({ mark }: Action) => mark === 'NOT_READY',
  missing: 'reasons.missing',
} as const;

/** The agent's state, for how long, what follows it, and the states that can be asked for. */
export function AgentVoiceState() {
  const { t } = useMessages();
  const { controller, store } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const user = useAgent();
  // After the sign-in the next key leads to the states.
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { header } = useLayoutPlace().layout;
  // Where the layout gives the channels no place of their own, they stand here.
  const ownPlace = [...header.start, ...header.end].some(
    ({ entry }) => entry && componentNameOf(entry.url) === 'digital-channels',
  );
  const shown = stateSentence(user);
  const next = nextSentence(state);
  const ofOthers = isReasonOfOthers(state);
  const told = next ? ({ key: 'state.then', values: { state: shown, next } } as const) : shown;
  return (
    <section className="state-panel" aria-labelledby="state-heading">
      <h2 id="state-heading" tabIndex={-1} ref={heading}>
        {t('state.heading')}
      </h2>
      <p className="state-now">
        <span className="state-shown">
          <StateMark state={user.state} />
          <span className={ofOthers ? 'name of-others' : 'name'}>
            <Phrase sentence={shown} />
          </span>
        </span>
        <Timer
          since={isFinal(state.link) ? null : user.stateChangeTime}
          drift={state.drift}
          unknown={t('state.unknownSince')}
        />
        {next ? (
          <span className="state-next">
            <StateMark state={user.pendingState} />
            <span>
              <Phrase sentence={{ key: 'state.next', values: { next } }} />
            </span>
          </span>
        ) : null}
        {ofOthers ? <span className="by-others">{t('state.byOthers')}</span> : null}
      </p>
      <div className="state-actions">
        <ActionMenu
          label={t('state.change')}
          actions={stateActions(state)}
          state={state}
          controller={controller}
          primary
          isAlwaysMenu
          isMoreComing={areStatesComing(state)}
          command="state.menu"
          part={NOT_READY_PART}
        />
        {ownPlace ? null : <DigitalChannels />}
        <Waiting isWaiting={state.pending !== null} text={t('state.waiting')} />
      </div>
      <div role="alert">
        {state.error ? (
          <p className="notice error state-error">
            <span>
              <Phrase sentence={state.error} />
            </span>
            <Button
              className="icon-button"
              aria-label={t('notice.close')}
              onPress={() => {
                store.dispatch({ type: 'error seen' });
                heading.current?.focus({ preventScroll: true });
              }}
            >
              <Icon name="close" />
            </Button>
          </p>
        ) : null}
      </div>
      {/* Heard while a dialog is open, too. */}
      <p className="visually-hidden" role="status" data-live-announcer="true">
        {t('state.announce', { state: say(t, told) })}
        {ofOthers ? `, ${t('state.byOthers')}` : ''}
      </p>
    </section>
  );
}
