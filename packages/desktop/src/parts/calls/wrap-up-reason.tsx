import { useCallback, useId, useState } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SearchField,
} from 'react-aria-components';
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
  const [label, setLabel] = useState(chosen);
  const wanted = words.trim().toLocaleLowerCase();
  const found = reasons.filter((reason) => reason.toLocaleLowerCase().includes(wanted));
  // A single one that is found is meant.
  const meant = label || (wanted !== '' && found.length === 1 ? (found[0] ?? '') : '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (meant) onApply(meant);
      }}
    >
      <SearchField className="field" value={words} onChange={setWords} autoFocus>
        <Label>{t('wrapUp.search')}</Label>
        <Input maxLength={64} />
      </SearchField>
      <ListBox
        className="menu wrap-up-list"
        aria-label={t('call.wrapUp')}
        selectionMode="single"
        selectedKeys={meant ? [meant] : []}
        onSelectionChange={(keys) => {
          const [key] = keys === 'all' ? [] : [...keys];
          setLabel(key === undefined ? '' : String(key));
        }}
        renderEmptyState={() => <p className="hint">{t('wrapUp.none')}</p>}
      >
        {found.map((reason) => (
          <ListBoxItem className="menu-item" id={reason} key={reason} textValue={reason}>
            <span className="text">
              <Typed>{reason}</Typed>
            </span>
            {reason === meant ? (
              <span className="check" aria-hidden="true">
                ✓
              </span>
            ) : null}
          </ListBoxItem>
        ))}
      </ListBox>
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
