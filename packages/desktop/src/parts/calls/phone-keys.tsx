import { Button } from 'react-aria-components';
import { useMessages } from '../../messages/index.tsx';
import { PHONE_KEYS } from '../../session/dial-number.ts';

/** The twelve keys of a telephone. */
export function PhoneKeys({
  isBlocked = false,
  onKey,
}: {
  isBlocked?: boolean;
  onKey: (key: string) => void;
}) {
  const { t } = useMessages();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset stands for fields
    <div className="phone-keys" role="group" aria-label={t('call.keypad')}>
      {PHONE_KEYS.map(({ key, letters }) => (
        <Button
          className="phone-key"
          key={key}
          aria-disabled={isBlocked}
          onPress={() => {
            if (!isBlocked) onKey(key);
          }}
        >
          <span className="key">{key}</span>
          <span className="letters" data-letters={letters} aria-hidden="true" />
        </Button>
      ))}
    </div>
  );
}
