import type { Dialog } from '@poise/client';
import { useCallback, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import { CALL_ACTIONS, type CallAction, whyBlocked } from '../../actions/call-action.ts';
import { ACCEPT, DECLINES } from '../../actions/outbound-action.ts';
import { usePopOverLayer } from '../../desk/desk-context.tsx';
import { useAgent, useDesktop, useDesktopState } from '../../desktop-context.tsx';
import { useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { Typed } from '../../messages/typed.tsx';
import { allows, inRows, otherParties, ringing } from '../../session/calls.ts';
import { contactOf, isOffered, ringingSentence } from '../../session/outbound.ts';
import { isFinal } from '../../session/store.ts';
import { glanceVariables, shownVariables } from '../../session/variables.ts';
import { CALLS_HEADING, titleOf } from './call-row.tsx';
import { nameOf, Value } from './call-variables.tsx';

const answer = CALL_ACTIONS.find(({ verb }) => verb === 'ANSWER') as CallAction;

/**
 * The calls that ring and the contacts that campaigns offer, over whatever else is on the page (desktop.md D40). The focus stays where the agent works; one key
 * (`next-pop-over`) takes it here, and from one call to the next.
 */
export function IncomingCalls() {
  const { t } = useMessages();
  const { extension } = useAgent();
  const dialogs = useDesktopState((state) => state.calls.dialogs);
  const isOver = useDesktopState((state) => isFinal(state.link));
  const incoming = isOver ? [] : inRows(ringing(dialogs, extension), extension);
  const list = useRef<HTMLDivElement>(null);
  const isRinging = incoming.length > 0;
  usePopOverLayer(
    'calls',
    isRinging,
    useCallback(
      () =>
        [...(list.current?.querySelectorAll<HTMLElement>('[data-answer]') ?? [])].map((target) => ({
          box: target,
          target,
        })),
      [],
    ),
  );
  const [first] = incoming;
  return (
    // Over open menus and dialogs, and in reach while they are open.
    <section
      className="incoming-calls"
      // No landmark while there is nothing in it.
      aria-label={isRinging ? t('calls.incomingLabel') : undefined}
      data-react-aria-top-layer="true"
    >
      <p className="visually-hidden" role="alert">
        {first ? <Phrase sentence={ringingSentence(first, extension)} /> : null}
      </p>
      <div ref={list}>
        {incoming.map((dialog) => (
          <IncomingCall key={dialog.id} dialog={dialog} extension={extension} />
        ))}
      </div>
    </section>
  );
}

function IncomingCall({ dialog, extension }: { dialog: Dialog; extension: string }) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const state = useDesktopState((whole) => whole);
  const { layouts } = state.calls;
  const { header } = shownVariables(dialog, layouts);
  const rows = glanceVariables(dialog, layouts);
  const isContact = isOffered(dialog, extension);
  const blocked = whyBlocked(answer, dialog, state);
  const party = isContact
    ? contactOf(dialog) || dialog.fromAddress
    : otherParties(dialog, extension).join(', ');
  const titleId = `incoming-${dialog.id}`;
  const hadFocus = useRef(false);
  // The call stops ringing while the focus is here: it goes to the row of the call, or where the rows are.
  useEffect(
    () => () => {
      if (!hadFocus.current || document.activeElement !== document.body) return;
      (document.getElementById(titleOf(dialog.id)) ?? document.getElementById(CALLS_HEADING))?.focus();
    },
    [dialog.id],
  );
  return (
    <article
      className="incoming-call"
      aria-labelledby={titleId}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={(event) => {
        if (event.relatedTarget !== null) hadFocus.current = false;
      }}
    >
      <h2 id={titleId}>
        <Phrase sentence={{ key: isContact ? 'outbound.contact' : 'calls.incoming', values: { party } }} />
      </h2>
      {rows.length > 0 ? (
        <dl>
          {rows.map((variable) => (
            <div
              key={variable.property}
              className={variable.property === header?.property ? 'incoming-header' : undefined}
            >
              <dt>
                <Typed>{nameOf(t, variable)}</Typed>
              </dt>
              <dd>
                <Value text={variable.value} />
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      <div className="buttons">
        <Button
          className="button primary"
          data-answer=""
          aria-disabled={blocked !== null}
          aria-label={t(isContact ? 'outbound.acceptParty' : 'calls.answerParty', { party })}
          onPress={() => {
            if (blocked === null) void (isContact ? ACCEPT : answer).run(controller, dialog, '');
          }}
        >
          {t(isContact ? ACCEPT.label : 'call.answer')}
        </Button>
        {DECLINES.filter(({ verb }) => allows(dialog, extension, verb)).map((action) => (
          <Button
            key={action.verb}
            className="button"
            aria-disabled={blocked !== null}
            onPress={() => {
              if (blocked === null) void action.run(controller, dialog, '');
            }}
          >
            {t(action.label)}
          </Button>
        ))}
        {blocked ? (
          <p className="hint">
            <Phrase sentence={blocked} />
          </p>
        ) : null}
      </div>
    </article>
  );
}
