import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useAgent, useDesktop, useDesktopState } from '../desktop-context.tsx';
import type { PlacedProps } from '../layout/component.ts';
import { useLayoutPlace } from '../layout/layout-context.ts';
import type { PageLayout } from '../layout/page-layout.ts';
import { useMessages } from '../messages/index.tsx';
import { CALLS_HEADING, CallRow } from '../parts/calls/call-row.tsx';
import { useKeptHeight } from '../parts/calls/kept-height.ts';
import { Icon } from '../parts/icon.tsx';
import { ReadFailure } from '../parts/read-failure.tsx';
import { allows, inRows } from '../session/calls.ts';
import { componentNameOf } from './urls.ts';

/**
 * The calls of the agent, one row each (desktop.md D41). While a gadget fills the tab, each is one line above it (D92), which opens
 * where the agent asks: calls are never out of sight. The panel grows with its calls, and shrinks when the agent says so: what is below stays where it is.
 */
export function CallControl({ placement: { id, managedBy } }: PlacedProps) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const { extension } = useAgent();
  const { dialogs, isRead, readError } = state.calls;
  const { maximised, layout, tab } = useLayoutPlace();
  const isSlim = maximised !== null && maximised !== id && maximised !== managedBy;
  const { panel, content, hasRoom, giveUp } = useKeptHeight(isSlim, tab);
  // Of the latest call the variables are shown, of the others when the agent asks; a call that comes settles it anew. One that rings
  // takes no more room than was kept for it: its variables are in the pop-over.
  const latest = dialogs.at(-1)?.id ?? '';
  const [chosen, choose] = useState<{ latest: string; open: Readonly<Record<string, boolean>> }>({
    latest: '',
    open: {},
  });
  const open = chosen.latest === latest ? chosen.open : {};
  /** In one line, the agent opens a call for itself. */
  const keyOf = (dialogId: string) => (isSlim ? `line ${dialogId}` : dialogId);
  const notReady = canCall(layout) ? 'calls.noneNotReady' : 'calls.noneNotReadyOnly';
  return (
    <section
      className="calls-panel"
      data-reads=""
      data-slim={isSlim ? '' : undefined}
      aria-labelledby={CALLS_HEADING}
      ref={panel}
    >
      <div ref={content}>
        <div className="calls-head">
          <h2 id={CALLS_HEADING} tabIndex={-1}>
            {t('calls.heading')}
          </h2>
          {hasRoom ? (
            <Button
              className="icon-button"
              aria-label={t('calls.shrink')}
              onPress={() => {
                giveUp();
                document.getElementById(CALLS_HEADING)?.focus();
              }}
            >
              <Icon name="height" />
            </Button>
          ) : null}
        </div>
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
                {t(state.user?.state === 'NOT_READY' ? notReady : 'calls.noneReady')}
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
            isOpen={
              open[keyOf(dialog.id)] ??
              (!isSlim && dialog.id === latest && !allows(dialog, extension, 'ANSWER'))
            }
            isOneOfMany={dialogs.length > 1}
            onOpen={(isOpen) => {
              giveUp();
              choose({ latest, open: { ...open, [keyOf(dialog.id)]: isOpen } });
            }}
          />
        ))}
      </div>
    </section>
  );
}

/** Whether the header has the button with which the agent calls somebody. */
const canCall = ({ header }: PageLayout): boolean =>
  [...header.start, ...header.end].some(
    ({ entry }) => entry !== null && componentNameOf(entry.url) === 'make-new-call',
  );
