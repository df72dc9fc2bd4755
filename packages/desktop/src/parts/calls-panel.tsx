import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { dialable, NEW_CALL, otherParties, ownPart, ringing } from '../session/calls.ts';
import type { DesktopController } from '../session/controller.ts';
import type { AgentUser, DesktopState } from '../session/store.ts';
import { CALLS_HEADING, CallCard } from './call-card.tsx';
import { NumberForm } from './number-form.tsx';

/** Agents may place a call in these states; during a call they consult. */
const MAY_CALL = new Set(['NOT_READY', 'READY']);

/** The calls of the agent, and a field to make one. */
export function CallsPanel({
  state,
  user,
  controller,
}: {
  state: DesktopState;
  user: AgentUser;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const { dialogs, busy, error } = state.calls;
  const { extension } = user;
  const inCall = dialogs.some((dialog) => {
    const own = ownPart(dialog, extension)?.state;
    return own !== undefined && own !== 'DROPPED' && own !== 'WRAP_UP';
  });
  const mayCall = state.link === 'up' && MAY_CALL.has(user.state) && !inCall;
  const incoming = ringing(dialogs, extension)[0];
  return (
    <section className="calls-panel" aria-labelledby={CALLS_HEADING}>
      <h2 id={CALLS_HEADING} tabIndex={-1}>
        {t('calls.heading')}
      </h2>
      <p className="visually-hidden" role="alert">
        {incoming ? t('calls.incoming', { party: otherParties(incoming, extension).join(', ') }) : ''}
      </p>
      {dialogs.length === 0 ? <p className="hint">{t('calls.none')}</p> : null}
      {dialogs.map((dialog) => (
        <CallCard
          key={dialog.id}
          dialog={dialog}
          state={state}
          extension={extension}
          controller={controller}
        />
      ))}
      <NumberForm
        label={t('calls.number')}
        submit={t('calls.dial')}
        read={dialable}
        onSubmit={(number) => void controller.makeCall(number)}
        // The banner says why nothing works while the link is down.
        blocked={mayCall ? null : state.link === 'up' ? t('calls.dialBlocked') : ''}
      />
      <span role="status">{busy.has(NEW_CALL) ? t('call.waiting') : ''}</span>
      <div role="alert">
        {error?.of === NEW_CALL ? (
          <p className="notice error">
            <Phrase sentence={error.sentence} />
          </p>
        ) : null}
      </div>
    </section>
  );
}
