import type { Dialog } from '@poise/client';
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { CALL_ACTIONS, type CallAction, callActions } from '../actions/call-action.ts';
import { useCommand } from '../desk/desk-context.tsx';
import { en } from '../messages/catalogue.ts';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import {
  allows,
  dialable,
  failureOf,
  filledVariables,
  otherParties,
  ownPart,
  phoneKeys,
} from '../session/calls.ts';
import type { DesktopController } from '../session/controller.ts';
import { type DesktopState, isFinal } from '../session/store.ts';
import { NumberForm } from './number-form.tsx';
import { Timer } from './timer.tsx';
import { WrapUpReason } from './wrap-up-reason.tsx';

/** Id of the heading above the cards. */
export const CALLS_HEADING = 'calls-heading';

/** One call: who, in which state, for how long, what is known of it, and what can be done with it. */
export function CallCard({
  dialog,
  state,
  extension,
  controller,
}: {
  dialog: Dialog;
  state: DesktopState;
  extension: string;
  controller: DesktopController;
}) {
  const { t } = useMessages();
  const headingId = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [asking, setAsking] = useState<CallAction | null>(null);
  const own = ownPart(dialog, extension);
  const actions = isFinal(state.link) ? [] : callActions(dialog, extension);
  // While the link is down the buttons stay where they are, with the focus that they may have.
  const isDown = state.link !== 'up';
  const isBusy = state.calls.busy.has(dialog.id);
  // A number is asked for as long as it can be used.
  const open = asking && actions.includes(asking) ? asking : null;
  const parties = otherParties(dialog, extension);
  const stateKey = `call.state.${own?.state ?? dialog.state}` as MessageKey;
  const error =
    (state.calls.error?.of === dialog.id ? state.calls.error.sentence : null) ?? failureOf(dialog, extension);

  // The button that had the focus goes with what it did; the focus stays with its call.
  const card = useRef<HTMLElement>(null);
  const hadFocus = useRef(false);
  const shownActions = actions.map(({ verb }) => verb).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the buttons are what may have taken the focus with them
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) heading.current?.focus();
  }, [shownActions]);

  // When the call goes with the focus in it, the focus goes to the list of calls.
  useEffect(
    () => () => {
      if (hadFocus.current && document.activeElement === document.body)
        document.getElementById(CALLS_HEADING)?.focus();
    },
    [],
  );

  const run = (action: CallAction, text = '') => {
    setAsking(null);
    void action.run(controller, dialog, text);
  };
  return (
    <>
      {CALL_ACTIONS.filter(({ asks }) => asks).map((action) => (
        <AskCommand key={action.verb} dialogId={dialog.id} action={action} ask={setAsking} />
      ))}
      <article
        className="call-card"
        aria-labelledby={headingId}
        data-state={own?.state}
        ref={card}
        onFocus={() => {
          hadFocus.current = true;
        }}
        onBlur={(event) => {
          if (event.relatedTarget !== null) hadFocus.current = false;
        }}
      >
        <header>
          <h3 id={headingId} tabIndex={-1} ref={heading}>
            {parties.length === 0 ? (
              t('calls.newCall')
            ) : (
              <Phrase
                sentence={{
                  key: own?.actions.includes('ANSWER') ? 'calls.incoming' : 'calls.with',
                  values: { party: parties.join(', ') },
                }}
              />
            )}
          </h3>
          <p className="call-now">
            <span className="name">{Object.hasOwn(en, stateKey) ? t(stateKey) : own?.state}</span>
            <Timer
              since={isFinal(state.link) ? null : (own?.stateChangeTime?.getTime() ?? null)}
              drift={state.drift}
              unknown={t('state.unknownSince')}
            />
          </p>
        </header>
        <CallFacts dialog={dialog} />
        {actions.length > 0 ? (
          // A group of buttons, so that a screen reader says whose they are.
          // biome-ignore lint/a11y/useSemanticElements: a fieldset stands for fields
          <div className="buttons" role="group" aria-labelledby={headingId}>
            {actions.map((action) => (
              <Button
                key={action.verb}
                className={`button ${action.look ?? ''}`}
                aria-disabled={isBusy || isDown}
                {...(action.asks && { 'aria-expanded': open === action })}
                onPress={() => {
                  if (isBusy || isDown) return;
                  if (action.asks) setAsking(open === action ? null : action);
                  else run(action);
                }}
              >
                {t(action.label)}
              </Button>
            ))}
            <span role="status">{isBusy ? t('call.waiting') : ''}</span>
          </div>
        ) : null}
        {open ? (
          <NumberForm
            key={open.verb}
            label={t(open.asks === 'digits' ? 'call.digits' : 'call.number')}
            submit={t(open.label)}
            read={open.asks === 'digits' ? phoneKeys : dialable}
            blocked={isDown ? '' : null}
            onSubmit={(text) => {
              run(open, text);
              heading.current?.focus();
            }}
            autoFocus
            primary
          >
            <Button
              className="button"
              onPress={() => {
                setAsking(null);
                heading.current?.focus();
              }}
            >
              {t('call.cancel')}
            </Button>
          </NumberForm>
        ) : null}
        {state.calls.wrapUpReasons.length > 0 && allows(dialog, extension, 'UPDATE_CALL_DATA') ? (
          <WrapUpReason
            reasons={state.calls.wrapUpReasons}
            chosen={dialog.wrapUpReason}
            isReadOnly={isDown}
            onChoose={(wrapUpReason) =>
              void controller.call(dialog.id, (calls) => calls.updateData(dialog.id, { wrapUpReason }))
            }
          />
        ) : null}
        <div role="alert">
          {error ? (
            <p className="notice error">
              <Phrase sentence={error} />
            </p>
          ) : null}
        </div>
      </article>
    </>
  );
}

/** Shortcuts open the field of an action with the command `call.<verb>.<dialog id>`. */
function AskCommand({
  dialogId,
  action,
  ask,
}: {
  dialogId: string;
  action: CallAction;
  ask: (action: CallAction) => void;
}) {
  useCommand(
    `call.${action.verb}.${dialogId}`,
    useCallback(() => ask(action), [ask, action]),
  );
  return null;
}

/** Dialled number, queue and call variables, where there are any. */
function CallFacts({ dialog }: { dialog: Dialog }) {
  const variables = filledVariables(dialog);
  const queue = dialog.mediaProperties.queueName ?? '';
  return (
    <div className="call-facts">
      {dialog.dialedNumber ? (
        <p>
          <Phrase sentence={{ key: 'call.dialled', values: { number: dialog.dialedNumber } }} />
        </p>
      ) : null}
      {queue ? (
        <p>
          <Phrase sentence={{ key: 'call.queue', values: { queue } }} />
        </p>
      ) : null}
      {variables.length > 0 ? (
        <dl>
          {variables.map(({ name, value }) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{value}</bdi>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
    </div>
  );
}
