import { type ReactNode, useId, useRef } from 'react';
import { Button, Dialog, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { type CallAction, PLACES } from '../../actions/call-action.ts';
import { useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { Typed } from '../../messages/typed.tsx';
import type { Sentence } from '../../session/store.ts';
import { Icon } from '../icon.tsx';
import { useMenu } from '../use-menu.ts';
import { Waiting } from '../waiting.tsx';

/** The buttons of a call, each in its place whatever else is there (desktop.md 4.1). Blocked ones stay, with the focus they may have. */
export function CallButtons({
  titleId,
  isOneOfMany,
  actions,
  parties,
  whyBlocked,
  panelOf,
  onClose,
  onStart,
  onParty,
  isWaiting,
  children,
}: {
  titleId: string;
  /** Their names say of which call they are: there are others. */
  isOneOfMany: boolean;
  actions: readonly CallAction[];
  /** Whom an action that asks for a party may name. */
  parties: readonly string[];
  whyBlocked: (action: CallAction) => Sentence | '' | null;
  /** Where what the action needs is asked for; null: it is not being asked. */
  panelOf: (action: CallAction) => ReactNode;
  /** The agent gives up what is being asked. */
  onClose: (action: CallAction) => void;
  onStart: (action: CallAction) => void;
  onParty: (action: CallAction, party: string) => void;
  isWaiting: boolean;
  /** The wrap-up reason. */
  children: ReactNode;
}) {
  const { t } = useMessages();
  const hintId = useId();
  const reasons = actions.map(whyBlocked);
  const why = reasons.find((reason): reason is Sentence => reason !== null && reason !== '') ?? null;
  return (
    // A group of buttons, so that a screen reader says whose they are.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset stands for fields
    <div className="call-buttons" role="group" aria-labelledby={titleId}>
      {PLACES.map((place) => {
        const action = actions.find((each) => each.place === place);
        if (!action) return null;
        const blocked = reasons[actions.indexOf(action)] ?? null;
        const buttonId = `${titleId}-${place}`;
        const button = {
          id: buttonId,
          ...(isOneOfMany && { 'aria-labelledby': `${buttonId} ${titleId}` }),
          className: `button ${action.look ?? ''}`,
          'aria-disabled': blocked !== null,
          ...(blocked && { 'aria-describedby': hintId }),
        };
        return (
          <div className="place" data-place={place} key={place}>
            {action.asks === 'party' ? (
              <PartyMenu
                action={action}
                parties={parties}
                isBlocked={blocked !== null}
                button={button}
                onParty={onParty}
              />
            ) : action.asks ? (
              <AskButton
                label={t(action.label)}
                panel={panelOf(action)}
                isBlocked={blocked !== null}
                button={button}
                onOpen={() => onStart(action)}
                onClose={() => onClose(action)}
              />
            ) : (
              <Button
                {...button}
                onPress={() => {
                  if (blocked === null) onStart(action);
                }}
              >
                {t(action.label)}
              </Button>
            )}
          </div>
        );
      })}
      <div className="place" data-place="reason">
        {children}
      </div>
      <Waiting className="visually-hidden" isWaiting={isWaiting} text={t('call.waiting')} />
      {why ? (
        <p className="hint call-why" id={hintId}>
          <Phrase sentence={why} />
        </p>
      ) : null}
    </div>
  );
}

/** What asks for more first: over the page and beside its button, so that nothing makes room for it. */
function AskButton({
  label,
  panel,
  isBlocked,
  button,
  onOpen,
  onClose,
}: {
  label: string;
  panel: ReactNode;
  isBlocked: boolean;
  button: { readonly className: string };
  onOpen: () => void;
  onClose: () => void;
}) {
  const trigger = useRef<HTMLButtonElement>(null);
  const isOpen = panel !== null;
  return (
    <>
      <Button
        {...button}
        ref={trigger}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPress={() => {
          if (!isBlocked) onOpen();
        }}
      >
        {label}
      </Button>
      <Popover
        className="popover call-ask"
        triggerRef={trigger}
        placement="bottom start"
        isOpen={isOpen}
        onOpenChange={(opens) => opens || onClose()}
      >
        <Dialog className="dial-pad" aria-label={label}>
          {panel}
        </Dialog>
      </Popover>
    </>
  );
}

/** Whom to remove from the conference; a shortcut opens it, too. */
function PartyMenu({
  action,
  parties,
  isBlocked,
  button,
  onParty,
}: {
  action: CallAction;
  parties: readonly string[];
  isBlocked: boolean;
  button: { readonly className: string };
  onParty: (action: CallAction, party: string) => void;
}) {
  const { t } = useMessages();
  const { trigger, menu } = useMenu('drop-participant', isBlocked);
  return (
    <MenuTrigger {...trigger}>
      <Button {...button}>
        {t(action.label)}
        <Icon name="chevronDown" />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu
          className="menu"
          aria-label={t(action.label)}
          {...menu}
          onAction={(key) => onParty(action, String(key))}
        >
          {parties.map((party) => (
            <MenuItem className="menu-item" key={party} id={party} textValue={party}>
              <Typed>{party}</Typed>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
