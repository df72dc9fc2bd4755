import { type KeyboardEvent, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../../messages/index.tsx';
import { PHONE_KEYS } from '../../session/dial-number.ts';
import { COLUMNS, keyAt } from '../../session/phone-key-places.ts';

const ROWS = Array.from({ length: PHONE_KEYS.length / COLUMNS }, (_, row) =>
  PHONE_KEYS.slice(row * COLUMNS, (row + 1) * COLUMNS).map((each, column) => ({
    ...each,
    index: row * COLUMNS + column,
  })),
);

/**
 * The twelve keys of a telephone: a grid with one stop for Tab and arrows within (WAI-ARIA, grid pattern). A key that is typed while
 * the focus is here is the key of the same name.
 */
export function PhoneKeys({
  isBlocked = false,
  onKey,
}: {
  isBlocked?: boolean;
  onKey: (key: string) => void;
}) {
  const { t } = useMessages();
  const [stop, setStop] = useState(0);
  const buttons = useRef<(HTMLButtonElement | null)[]>([]);
  const typed = (event: KeyboardEvent) => {
    if (event.altKey || event.metaKey) return;
    const next = keyAt(stop, event.key, event.ctrlKey);
    if (next !== null) {
      event.preventDefault();
      buttons.current[next]?.focus();
    } else if (!event.ctrlKey && PHONE_KEYS.some(({ key }) => key === event.key)) {
      event.preventDefault();
      if (!isBlocked) onKey(event.key);
    }
  };
  return (
    // A table is no grid of buttons.
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div className="phone-keys" role="grid" aria-label={t('call.keypad')} onKeyDown={typed}>
      {ROWS.map((row) => (
        // biome-ignore lint/a11y/useSemanticElements: see above
        // biome-ignore lint/a11y/useFocusableInteractive: see above
        <div className="phone-row" role="row" key={row[0]?.key}>
          {row.map(({ key, letters, index }) => (
            // biome-ignore lint/a11y/useSemanticElements: see above
            // biome-ignore lint/a11y/useFocusableInteractive: see above
            <div role="gridcell" key={key}>
              <Button
                ref={(button) => {
                  buttons.current[index] = button;
                }}
                className="phone-key"
                excludeFromTabOrder={index !== stop}
                aria-disabled={isBlocked}
                onFocus={() => setStop(index)}
                onPress={() => {
                  if (!isBlocked) onKey(key);
                }}
              >
                <span className="key">{key}</span>
                <span className="letters" data-letters={letters} aria-hidden="true" />
              </Button>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
