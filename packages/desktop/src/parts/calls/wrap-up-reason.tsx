import { type KeyboardEvent, useCallback, useEffect, useId, useRef, useState } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { useCommand } from '../../desk/desk-context.tsx';
import { useMessages } from '../../messages/index.tsx';
import { Typed } from '../../messages/typed.tsx';
import { Icon } from '../icon.tsx';

/** Reasons that are shown (desktop.md 5). */
const SHOWN_MAX = 100;

/** The reason that a call is wrapped up with: chosen in a pop-over, changed as often as the server allows it. */
export function WrapUpReason({
  reasons,
  chosen,
  titleId,
  isOwed,
  isBlocked,
  onApply,
}: {
  reasons: readonly string[];
  /** Label of the present one; '' when none. */
  chosen: string;
  /** What names the call where there are several; null: there is one. */
  titleId: string | null;
  /** The agent's state waits for it. */
  isOwed: boolean;
  isBlocked: boolean;
  onApply: (label: string) => void;
}) {
  const { t } = useMessages();
  const [isOpen, setOpen] = useState(false);
  const buttonId = useId();
  useCommand(
    'wrap-up',
    useCallback(() => setOpen(true), []),
  );
  return (
    <DialogTrigger isOpen={isOpen && !isBlocked} onOpenChange={(open) => setOpen(open && !isBlocked)}>
      <Button
        id={buttonId}
        className={isOwed ? 'button primary' : 'button'}
        aria-disabled={isBlocked}
        {...(titleId !== null && { 'aria-labelledby': `${buttonId} ${titleId}` })}
      >
        {chosen ? <Icon name="check" /> : null}
        {t('call.wrapUp')}
      </Button>
      <Popover className="popover wide" placement="bottom end">
        <Dialog className="wrap-up" aria-label={t('call.wrapUp')}>
          <Choice
            reasons={reasons.slice(0, SHOWN_MAX)}
            chosen={chosen}
            onCancel={() => setOpen(false)}
            onApply={(label) => {
              setOpen(false);
              if (label !== chosen) onApply(label);
            }}
          />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

/** Reasons that Page Up and Page Down pass. */
const PAGE = 6;

/** The field keeps the focus: arrows go through the reasons that it finds, Enter applies the one that is marked. */
function Choice({
  reasons,
  chosen,
  onApply,
  onCancel,
}: {
  reasons: readonly string[];
  chosen: string;
  onApply: (label: string) => void;
  onCancel: () => void;
}) {
  const { t } = useMessages();
  const [words, setWords] = useState('');
  const [marked, mark] = useState(chosen);
  const fieldId = useId();
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const wanted = words.trim().toLocaleLowerCase();
  const found = reasons.filter((reason) => reason.toLocaleLowerCase().includes(wanted));
  // What was typed means the first that is found, until the arrows say another.
  const meant = found.includes(marked) ? marked : wanted === '' ? '' : (found[0] ?? '');
  const at = found.indexOf(meant);
  useEffect(() => {
    if (meant !== '')
      list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [meant]);
  const pressed = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || found.length === 0) return;
    const last = found.length - 1;
    const next = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(at + PAGE, last),
      PageUp: Math.max(at - PAGE, 0),
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    mark(found[next] ?? '');
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (meant) onApply(meant);
      }}
    >
      <div className="field">
        <label htmlFor={fieldId}>{t('wrapUp.search')}</label>
        <input
          id={fieldId}
          // biome-ignore lint/a11y/noAutofocus: the pop-over is opened to choose
          autoFocus
          type="text"
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={listId}
          aria-autocomplete="list"
          aria-activedescendant={at < 0 ? undefined : `${listId}_${at}`}
          autoComplete="off"
          spellCheck={false}
          maxLength={64}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={pressed}
        />
      </div>
      <div className="menu wrap-up-list" role="listbox" id={listId} aria-label={t('call.wrapUp')} ref={list}>
        {found.map((reason, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are those of the field
          <div
            className="menu-item"
            role="option"
            id={`${listId}_${index}`}
            key={reason}
            aria-selected={reason === meant}
            onClick={() => mark(reason)}
            onDoubleClick={() => onApply(reason)}
          >
            <span className="text">
              <Typed>{reason}</Typed>
            </span>
            {reason === chosen ? (
              <span className="check" aria-hidden="true">
                ✓
              </span>
            ) : null}
          </div>
        ))}
      </div>
      {found.length === 0 ? (
        <p className="hint wrap-up-none" role="status">
          {t('wrapUp.none')}
        </p>
      ) : null}
      <div className="buttons">
        <Button type="submit" className="button primary" aria-disabled={meant === ''}>
          {t('wrapUp.apply')}
        </Button>
        <Button className="button" onPress={onCancel}>
          {t('call.cancel')}
        </Button>
      </div>
    </form>
  );
}
