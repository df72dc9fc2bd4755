import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { CALLS_HEADING, CallCard } from '../parts/call-card.tsx';
import { otherParties, ringing } from '../session/calls.ts';

/** The calls of the agent, one row each. */
export function CallControl() {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const { extension } = useAgent();
  const { dialogs } = state.calls;
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
    </section>
  );
}
