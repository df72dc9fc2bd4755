import { useCallback, useEffect, useId, useRef, useState } from 'react';
import { Button, Menu, MenuTrigger, Popover } from 'react-aria-components';
import type { Action } from '../actions/action.ts';
import { useCommand } from '../desk/desk-context.tsx';
import { type MessageKey, say, useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import type { DesktopController } from '../session/controller.ts';
import type { DesktopState } from '../session/store.ts';
import { Icon } from './icon.tsx';
import { MenuEntry } from './menu-entry.tsx';
import { StateMark } from './state-mark.tsx';

interface Props {
  readonly label: string;
  readonly actions: readonly Action[];
  readonly state: DesktopState;
  readonly controller: DesktopController;
  readonly primary?: boolean;
  /** One action alone is a menu, too: others will follow, and the button may not become another under the hand. */
  readonly isAlwaysMenu?: boolean;
  /** More of them will be there in a moment: it opens already, and says so. */
  readonly isMoreComing?: boolean;
  /** Name of the command that opens it. */
  readonly command?: string;
  /** Opens it when it becomes true. */
  readonly isAsked?: boolean;
  /** A command that opens it with some of the actions alone, the first of them in focus; `missing` is said as long as there is none. */
  readonly part?: {
    readonly command: string;
    readonly of: (action: Action) => boolean;
    readonly missing: MessageKey;
  };
}

/**
 * A menu button made of actions; one action alone is a plain button. Where none is possible the button keeps
 * the focus it may have (`aria-disabled`, not `disabled`), and the reason stands beside it as text.
 */
export function ActionMenu({
  label,
  actions,
  state,
  controller,
  primary = false,
  isAlwaysMenu = false,
  isMoreComing = false,
  command,
  isAsked = false,
  part,
}: Props) {
  const { t } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const [isPart, setPart] = useState(false);
  /** By a shortcut, which leaves it to the menu to put the focus on an entry. */
  const [isByCommand, setByCommand] = useState(false);
  const open = useCallback((partAlone: boolean) => {
    setPart(partAlone);
    setByCommand(true);
    setOpen(true);
  }, []);
  // Not together with the dialog that it stands in: to that, a menu that is open already is outside, and loses the focus.
  const opener = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isAsked) return;
    // Where the menu gives the focus back to when it is closed.
    opener.current?.focus();
    open(false);
  }, [isAsked, open]);
  useCommand(
    command ?? null,
    useCallback(() => open(false), [open]),
  );
  useCommand(
    part?.command ?? null,
    useCallback(() => open(true), [open]),
  );
  const hintId = useId();
  const [only] = actions;
  const possible = actions.filter((action) => action.enabled(state));
  const isBlocked = possible.length === 0 && !isMoreComing;
  const why = isBlocked
    ? (actions.map((a) => a.whyNot(state)).find((reason) => reason !== null) ?? null)
    : null;
  const button = {
    className: primary ? 'button primary' : 'button',
    'aria-disabled': isBlocked,
    ...(why && { 'aria-describedby': hintId }),
  };
  // What closed it keeps it closed: opened again by itself it would take the focus from what the agent does then.
  if (isOpen && isBlocked) setOpen(false);
  const run = (action: Action | undefined) => {
    if (action?.enabled(state)) void action.run(controller);
  };
  const listed = part && isPart ? actions.filter(part.of) : actions;
  const missing = listed.length === 0 ? (part?.missing ?? null) : null;
  return (
    <div className="action-menu">
      {only && actions.length === 1 && !isAlwaysMenu ? (
        <Button {...button} onPress={() => run(only)}>
          {say(t, only.label)}
        </Button>
      ) : (
        <MenuTrigger
          isOpen={isOpen}
          onOpenChange={(opens) => {
            setPart(false);
            setByCommand(false);
            setOpen(opens && !isBlocked);
          }}
        >
          <Button {...button} ref={opener}>
            {label}
            <Icon name="chevronDown" />
          </Button>
          <Popover className="popover action-list" placement="bottom start">
            <ActionList
              label={label}
              actions={listed}
              instead={isMoreComing ? 'gadget.loading' : missing}
              isFirstFocused={isByCommand}
              state={state}
              run={(id) => run(actions.find((action) => action.id === id))}
            />
          </Popover>
        </MenuTrigger>
      )}
      {why ? (
        <p className="hint" id={hintId}>
          <Phrase sentence={why} />
        </p>
      ) : null}
    </div>
  );
}

/** Names the entry that stands for those that are not there. */
const COMING = 'coming';

const isAtComing = (): boolean =>
  document.activeElement instanceof HTMLElement && document.activeElement.dataset.key === COMING;

interface ListProps extends Pick<Props, 'label' | 'actions' | 'state'> {
  /** Said in the place of entries that are not there; null: they are. */
  readonly instead: MessageKey | null;
  readonly isFirstFocused: boolean;
  readonly run: (id: string) => void;
}

/** The entries; where they stand for how things can be, the present one is checked, or what follows it. */
function ActionList({ label, actions, state, instead, isFirstFocused, run }: ListProps) {
  const { t } = useMessages();
  const ids = (those: readonly Action[]) => those.map(({ id }) => id);
  const current = new Set(ids(actions.filter((action) => action.current?.(state))));
  const next = new Set(ids(actions.filter((action) => action.next?.(state))));
  const marked = new Set([...current, ...next]);
  const whyOf = (action: Action) => {
    const why = action.whyNot(state);
    return why === null ? null : <Phrase sentence={why} />;
  };
  const choice = actions.some((action) => action.current)
    ? ({ selectionMode: 'single', selectedKeys: marked, disallowEmptySelection: true } as const)
    : {};
  // Who is at the entry that stands for the others goes on in another list, whose focus begins anew; else the focus stays where it is.
  const [turn, setTurn] = useState(0);
  const [before, setBefore] = useState(instead);
  if (before !== instead) {
    setBefore(instead);
    if (instead === null && isAtComing()) setTurn(turn + 1);
  }
  return (
    <Menu
      key={turn}
      className="menu"
      aria-label={label}
      {...(isFirstFocused && { autoFocus: 'first' as const })}
      {...choice}
      onAction={(key) => run(String(key))}
    >
      {actions.map((action) => (
        <MenuEntry
          key={action.id}
          id={action.id}
          label={say(t, action.label)}
          isBlocked={!action.enabled(state) && !marked.has(action.id)}
          why={whyOf(action)}
        >
          {action.mark ? <StateMark state={action.mark} /> : null}
          <span className="text">
            <Phrase sentence={action.label} />
          </span>
          {next.has(action.id) ? <span className="next">{t('state.isNext')}</span> : null}
          {current.has(action.id) ? (
            <span className="check" aria-hidden="true">
              ✓
            </span>
          ) : null}
        </MenuEntry>
      ))}
      {instead === null ? null : (
        <MenuEntry id={COMING} label={t(instead)} isBlocked>
          <span className="text">{t(instead)}</span>
        </MenuEntry>
      )}
    </Menu>
  );
}
