import { type Ref, useId } from 'react';
import { useMessages } from '../messages/index.tsx';
import type { MobileSignIn } from '../session/mobile-sign-in.ts';
import { FormField } from './form-field.tsx';

const MODES = [
  ['CALL_BY_CALL', 'signIn.mobile.callByCall'],
  ['NAILED_CONNECTION', 'signIn.mobile.nailed'],
] as const;

/** Whether the agent works at a phone elsewhere, how that is called, and which one it is. */
export function MobileFields({
  value,
  onChange,
  isReadOnly,
  isWrong,
  inputRef,
}: {
  value: MobileSignIn;
  onChange: (value: MobileSignIn) => void;
  isReadOnly: boolean;
  /** The number cannot be dialled. */
  isWrong: boolean;
  inputRef: Ref<HTMLInputElement>;
}) {
  const { t } = useMessages();
  const name = useId();
  const change = (part: Partial<MobileSignIn>) => {
    if (!isReadOnly) onChange({ ...value, ...part });
  };
  return (
    <>
      <label className="check-box">
        <input
          type="checkbox"
          checked={value.isOn}
          onChange={(event) => change({ isOn: event.target.checked })}
        />
        {t('signIn.mobile')}
      </label>
      {value.isOn ? (
        <>
          <fieldset className="modes">
            <legend>{t('signIn.mobile.mode')}</legend>
            {MODES.map(([mode, label]) => (
              <label className="check-box" key={mode}>
                <input
                  type="radio"
                  name={name}
                  checked={value.mode === mode}
                  onChange={() => change({ mode })}
                />
                {t(label)}
              </label>
            ))}
          </fieldset>
          <FormField
            label={t('signIn.mobile.dialNumber')}
            value={value.dialNumber}
            onChange={(dialNumber) => change({ dialNumber })}
            error={isWrong ? t('signIn.mobile.wrong') : null}
            hint={t('signIn.mobile.hint')}
            isReadOnly={isReadOnly}
            inputRef={inputRef}
            input={{ name: 'dialNumber', inputMode: 'tel', autoComplete: 'tel', maxLength: 64, dir: 'ltr' }}
          />
        </>
      ) : null}
    </>
  );
}
