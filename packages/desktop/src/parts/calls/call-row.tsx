import type { Dialog } from '@poise/client';
import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { type CallAction, callActions, monitoredIn, textFor, whyBlocked } from '../../actions/call-action.ts';
import { useCommand } from '../../desk/desk-context.tsx';
import { isInOverlay, whenFocusIsLost } from '../../desk/focus-return.ts';
import { en } from '../../messages/catalogue.ts';
import { type MessageKey, useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { Typed } from '../../messages/typed.tsx';
import { failureOf, isMonitor, otherParties, ownPart } from '../../session/calls.ts';
import type { DesktopController } from '../../session/controller.ts';
import { contactOf, isOutbound } from '../../session/outbound.ts';
import { droppable } from '../../session/participants.ts';
import { type DesktopState, isFinal, type Sentence } from '../../session/store.ts';
import { shownVariables } from '../../session/variables.ts';
import { offersReason, reasonOwedFor } from '../../session/wrap-up.ts';
import { Icon } from '../icon.tsx';
import { CallButtons } from './call-buttons.tsx';
import { CallTimers } from './call-timers.tsx';
import { CallVariables, nameOf } from './call-variables.tsx';
import { LazyDialer, LazyDtmfPanel, LazyOutboundButtons } from './lazy.tsx';
import { WrapUpReason } from './wrap-up-reason.tsx';

/** Id of the heading above the rows. */
export const CALLS_HEADING = 'calls-heading';

/** Id of the button that stands for a call: where the focus goes that was with something of it that is gone. */
export const titleOf = (dialogId: string): string => `call-title-${dialogId}`;

/** One call: who, in which state, for how long, what can be done with it, and what is known of it. */
export function CallRow({
  dialog,
  state,
  extension,
  controller,
  isOpen,
  isOneOfMany,
  onOpen,
}: {
  dialog: Dialog;
  state: DesktopState;
  extension: string;
  controller: DesktopController;
  /** Whether its variables are shown. */
  isOpen: boolean;
  /** Its buttons say whose they are. */
  isOneOfMany: boolean;
  onOpen: (open: boolean) => void;
}) {
  const { t } = useMessages();
  const factsId = useId();
  const titleId = titleOf(dialog.id);
  const [asking, setAsking] = useState<CallAction | null>(null);
  const own = ownPart(dialog, extension);
  const { calls } = state;
  const parties = droppable(dialog, extension, calls.options.dropParticipant);
  const actions = isFinal(state.link)
    ? []
    : callActions(dialog, extension).filter(({ asks }) => asks !== 'party' || parties.length > 0);
  // A number is asked for as long as it can be used.
  const open = asking && actions.includes(asking) ? asking : null;
  const keypad = calls.keypad?.of === dialog.id && calls.keypad.isOpen ? calls.keypad : null;
  const others = otherParties(dialog, extension);
  const monitors = isMonitor(dialog, extension);
  const isOffered = own?.actions.includes('ACCEPT') === true;
  const title: Sentence = monitors
    ? { key: 'calls.monitoring', values: { agent: monitoredIn(dialog, extension) } }
    : isOffered
      ? { key: 'outbound.contact', values: { party: contactOf(dialog) || dialog.fromAddress } }
      : others.length === 0
        ? { key: 'calls.newCall' }
        : {
            key: own?.actions.includes('ANSWER') ? 'calls.incoming' : 'calls.with',
            values: { party: others.join(', ') },
          };
  const stateKey = isOffered ? 'outbound.state' : (`call.state.${own?.state ?? dialog.state}` as MessageKey);
  const error = (calls.error?.of === dialog.id ? calls.error.sentence : null) ?? failureOf(dialog, extension);
  const variables = shownVariables(dialog, calls.layouts);
  const queue = dialog.mediaProperties.queueName ?? '';
  const focusTitle = () => document.getElementById(titleId)?.focus();

  // The button that had the focus goes with what it did; the focus stays with its call.
  const hadFocus = useRef(false);
  const shownActions = actions.map(({ verb }) => verb).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the buttons are what may have taken the focus with them
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) focusTitle();
  }, [shownActions]);
  // A number was taken: the focus goes on with the call.
  const leavesDialer = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the dialer is what has gone
  useEffect(() => {
    if (!leavesDialer.current) return;
    leavesDialer.current = false;
    focusTitle();
  }, [open]);
  // When the call goes with the focus in it, or with the place that what is open would give it back to, it goes to the list of calls.
  useEffect(
    () => () => {
      const toTheList = () => document.getElementById(CALLS_HEADING)?.focus();
      if (hadFocus.current && document.activeElement === document.body) toTheList();
      else whenFocusIsLost(window, toTheList);
    },
    [],
  );

  const start = (action: CallAction) => {
    if (action.asks === 'number') return setAsking(open === action ? null : action);
    if (action.asks === 'digits' && keypad) return controller.closeKeypad();
    setAsking(null);
    void action.run(controller, dialog, textFor(action, dialog, extension));
  };
  const keys = keypad ? (
    <LazyDtmfPanel
      keypad={keypad}
      max={calls.options.pendingDTMFThresholdCount}
      isDown={state.link !== 'up'}
      onKey={(key) => controller.pressKey(key)}
      onClose={() => controller.closeKeypad()}
    />
  ) : null;
  const dialer = open ? (
    <LazyDialer
      key={open.verb}
      label={t(open.label)}
      blocked={state.link === 'up' ? null : ''}
      onCall={(number) => {
        // Not to its button, which may mean something else in a moment.
        leavesDialer.current = true;
        setAsking(null);
        void open.run(controller, dialog, number);
      }}
    />
  ) : null;
  return (
    <article
      className="call-card"
      aria-labelledby={titleId}
      data-state={own?.state}
      onFocus={() => {
        hadFocus.current = true;
      }}
      onBlur={(event) => {
        // What is opened over the page will give it back.
        if (event.relatedTarget !== null && !isInOverlay(event.relatedTarget)) hadFocus.current = false;
      }}
    >
      <header>
        <h3>
          <Button
            className="call-title"
            id={titleId}
            aria-expanded={isOpen}
            aria-controls={factsId}
            onPress={() => onOpen(!isOpen)}
          >
            <Icon name={isOpen ? 'chevronDown' : 'chevronEnd'} />
            <span>
              <Phrase sentence={title} />
            </span>
          </Button>
        </h3>
        {variables.header && variables.header.value !== '' ? (
          <p className="call-header-variable">
            <span className="label">
              <Typed>{nameOf(t, variables.header)}</Typed>
            </span>{' '}
            <Typed className="value">{variables.header.value}</Typed>
          </p>
        ) : null}
        {dialog.wrapUpReason ? (
          <span className="tag">
            <Typed>{dialog.wrapUpReason}</Typed>
          </span>
        ) : null}
        {monitors ? <span className="tag">{t('calls.notHeard')}</span> : null}
        <p className="call-now">
          <span className="name">{Object.hasOwn(en, stateKey) ? t(stateKey) : own?.state}</span>
          <CallTimers dialog={dialog} state={state} extension={extension} />
        </p>
      </header>
      {isOffered ? null : (
        <CallButtons
          titleId={titleId}
          isOneOfMany={isOneOfMany}
          actions={actions}
          parties={parties}
          whyBlocked={(action) => whyBlocked(action, dialog, state)}
          panelOf={(action) => (action.asks === 'digits' ? keys : action === open ? dialer : null)}
          onClose={({ asks }) => (asks === 'digits' ? controller.closeKeypad() : setAsking(null))}
          onStart={start}
          onParty={(action, party) => void action.run(controller, dialog, party)}
          isWaiting={calls.busy.has(dialog.id)}
        >
          {offersReason(dialog, extension, calls.wrapUpReasons, calls.options) ? (
            <WrapUpReason
              reasons={calls.wrapUpReasons}
              chosen={dialog.wrapUpReason}
              titleId={isOneOfMany ? titleId : null}
              isOwed={reasonOwedFor(state)?.id === dialog.id}
              isBlocked={state.link !== 'up' || calls.keypad !== null || calls.busy.has(dialog.id)}
              onApply={(wrapUpReason) =>
                void controller.call(dialog.id, (api) => api.updateData(dialog.id, { wrapUpReason }))
              }
            />
          ) : null}
        </CallButtons>
      )}
      {isOutbound(dialog, extension) && !isFinal(state.link) ? (
        <LazyOutboundButtons
          dialog={dialog}
          state={state}
          extension={extension}
          controller={controller}
          titleId={titleId}
        />
      ) : null}
      {actions
        .filter(isCommand)
        .map((action) =>
          whyBlocked(action, dialog, state) === null ? (
            <AskCommand key={action.verb} dialogId={dialog.id} action={action} ask={start} />
          ) : null,
        )}
      <div className="call-facts" id={factsId} hidden={!isOpen}>
        {!isOffered && (dialog.dialedNumber || queue) ? (
          <p>
            {dialog.dialedNumber ? (
              <Phrase sentence={{ key: 'call.dialled', values: { number: dialog.dialedNumber } }} />
            ) : null}
            {dialog.dialedNumber && queue ? ' · ' : null}
            {queue ? <Phrase sentence={{ key: 'call.queue', values: { queue } }} /> : null}
          </p>
        ) : null}
        <CallVariables dialog={dialog} state={state} extension={extension} controller={controller} />
      </div>
      <div role="alert">
        {error ? (
          <p className="notice error">
            <Phrase sentence={error} />
          </p>
        ) : null}
      </div>
    </article>
  );
}

/** What a shortcut cannot do without the row: it opens something, or needs to know more of the call. */
const isCommand = ({ asks, verb }: CallAction) =>
  asks === 'number' || asks === 'digits' || verb === 'BARGE_CALL';

/** What a shortcut asks of this call, where something has to be typed or chosen first. */
function AskCommand({
  dialogId,
  action,
  ask,
}: {
  dialogId: string;
  action: CallAction;
  ask: (action: CallAction) => void;
}) {
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useCommand(
    action.verb === 'BARGE_CALL' ? 'barge-in' : `call.${action.verb}.${dialogId}`,
    useCallback(() => latest.current(action), [action]),
  );
  return null;
}
