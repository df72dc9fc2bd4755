import { useEffect, useId, useRef } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../../messages/index.tsx';
import type { KeypadState } from '../../session/calls.ts';
import { PhoneKeys } from './phone-keys.tsx';

export interface DtmfPanelProps {
  readonly keypad: KeypadState;
  /** Keys that may be on their way at a time. */
  readonly max: number;
  readonly isDown: boolean;
  readonly onKey: (key: string) => void;
  readonly onClose: () => void;
}

/** Sends keys into a call as they are pressed, on the screen or on the keyboard (desktop.md D48). */
export default function DtmfPanel({ keypad, max, isDown, onKey, onClose }: DtmfPanelProps) {
  const { t } = useMessages();
  const echoId = useId();
  const echo = useRef<HTMLInputElement>(null);
  useEffect(() => echo.current?.focus(), []);
  const isFull = keypad.pending >= max;
  const isBlocked = isDown || isFull;
  return (
    <section
      className="dtmf"
      aria-label={t('call.keypad')}
      onKeyDown={(event) => {
        // The keys on the screen have taken it already.
        if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
        if (/^[0-9*#]$/.test(event.key) && !isBlocked) {
          event.preventDefault();
          onKey(event.key);
        }
      }}
    >
      <div className="dtmf-side">
        <label htmlFor={echoId}>{t('call.digits')}</label>
        <input
          id={echoId}
          ref={echo}
          readOnly
          dir="ltr"
          value={keypad.echo}
          onChange={() => {}}
          aria-describedby={`${echoId}-hint`}
        />
        <p className="hint" id={`${echoId}-hint`}>
          {t('call.digitsHint')}
        </p>
        <p className="hint" role="status">
          {isFull ? t('call.digitsFull') : ''}
        </p>
        <Button className="button" onPress={onClose}>
          {t('call.closeKeypad')}
        </Button>
      </div>
      <PhoneKeys isBlocked={isBlocked} onKey={onKey} />
    </section>
  );
}
