import type { ReactNode, Ref } from 'react';
import { FieldError, Input, type InputProps, Label, Text, TextField } from 'react-aria-components';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Says what is wrong with this field, or null; the input is then invalid and described by it. */
  readonly error: ReactNode | null;
  readonly hint?: string;
  readonly isReadOnly?: boolean;
  readonly autoFocus?: boolean;
  readonly type?: 'text' | 'password';
  readonly input: InputProps;
  readonly inputRef: Ref<HTMLInputElement>;
}

/** A required text field with its label, hint and error (WCAG 3.3.1, 3.3.2). */
export function FormField({ label, value, onChange, error, hint, input, inputRef, ...rest }: Props) {
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isRequired
      isInvalid={error !== null}
      // The server has judged, not the browser: nothing keeps the form from being sent again.
      validationBehavior="aria"
      {...rest}
    >
      <Label>{label}</Label>
      <Input {...input} ref={inputRef} />
      <FieldError className="field-error">{error}</FieldError>
      {hint ? (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      ) : null}
    </TextField>
  );
}
