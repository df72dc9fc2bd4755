import { useState } from 'react';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { CALLS_HEADING, CallRow } from '../parts/calls/call-row.tsx';
import { ReadFailure } from '../parts/read-failure.tsx';
import { allows, inRows } from '../session/calls.ts';

/** The calls of the agent, one row each (desktop.md D41). */
export function CallControl() {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const { extension } = useAgent();
  const { dialogs, isRead, readError } = state.calls;
  // Of the latest call the variables are shown, of the others when the agent asks; a call that comes settles it anew. One that rings
  // takes no more room than was kept for it: its variables are in the pop-over.
  const latest = dialogs.at(-1)?.id ?? '';
  const [chosen, choose] = useState<{ latest: string; open: Readonly<Record<string, boolean>> }>({
    latest: '',
    open: {},
  });
  const open = chosen.latest === latest ? chosen.open : {};
  return (
    <section className="calls-panel" data-reads="" aria-labelledby={CALLS_HEADING}>
      <h2 id={CALLS_HEADING} tabIndex={-1}>
        {t('calls.heading')}
      </h2>
      <div role="status">
        {readError === null ? null : (
          <ReadFailure sentence={readError} onAgain={() => void controller.loadCalls()} />
        )}
      </div>
      {dialogs.length === 0 && readError === null ? (
        <p className="calls-none">
          <span>{t(isRead ? 'calls.none' : 'gadget.loading')}</span>{' '}
          {isRead ? (
            <span className="hint">
              {t(state.user?.state === 'NOT_READY' ? 'calls.noneNotReady' : 'calls.noneReady')}
            </span>
          ) : null}
        </p>
      ) : null}
      {inRows(dialogs, extension).map((dialog) => (
        <CallRow
          key={dialog.id}
          dialog={dialog}
          state={state}
          extension={extension}
          controller={controller}
          isOpen={open[dialog.id] ?? (dialog.id === latest && !allows(dialog, extension, 'ANSWER'))}
          isOneOfMany={dialogs.length > 1}
          onOpen={(isOpen) => choose({ latest, open: { ...open, [dialog.id]: isOpen } })}
        />
      ))}
    </section>
  );
}
