import { useCallback, useRef } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { useCommand } from '../desk/desk-context.tsx';
import { useMessages } from '../messages/index.tsx';

/** The reason that a call is wrapped up with: chosen once, changed as often as needed while the server allows it. */
export function WrapUpReason({
  reasons,
  chosen,
  isReadOnly,
  onChoose,
}: {
  reasons: readonly string[];
  /** Label of the present one; '' when none. */
  chosen: string;
  isReadOnly: boolean;
  onChoose: (label: string) => void;
}) {
  const { t } = useMessages();
  const group = useRef<HTMLDivElement>(null);
  useCommand(
    'wrap-up',
    useCallback(() => {
      const inputs = group.current?.querySelectorAll('input') ?? [];
      ([...inputs].find(({ checked }) => checked) ?? inputs[0])?.focus();
    }, []),
  );
  return (
    <RadioGroup
      className="wrap-up"
      ref={group}
      value={chosen || null}
      onChange={onChoose}
      isReadOnly={isReadOnly}
      orientation="horizontal"
    >
      <Label>{t('call.wrapUp')}</Label>
      <div className="choices">
        {reasons.map((label) => (
          <Radio className="choice" key={label} value={label}>
            <bdi>{label}</bdi>
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
