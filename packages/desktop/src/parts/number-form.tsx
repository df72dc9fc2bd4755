import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';

interface Props {
  readonly label: string;
  readonly submit: string;
  /** What the text means, or null when it means nothing. */
  readonly read: (text: string) => string | null;
  /** Said at the field when the text means nothing. */
  readonly invalid: string;
  readonly onSubmit: (value: string) => void;
  /** Why it cannot be sent now, or null. */
  readonly blocked?: string | null;
  readonly autoFocus?: boolean;
  readonly primary?: boolean;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** One field and its button: a number to call, keys to send. Enter sends; an empty or odd text is said at the field. */
export function NumberForm({ label, submit, read, invalid, onSubmit, blocked = null, ...more }: Props) {
  const [text, setText] = useState('');
  const [isWrong, setWrong] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const hintId = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (blocked) return;
    const value = read(text);
    setWrong(value === null);
    if (value === null) {
      input.current?.focus();
      return;
    }
    setText('');
    onSubmit(value);
  };
  return (
    <Form className="number-form" onSubmit={send}>
      <TextField
        className="field"
        value={text}
        onChange={(next) => {
          setText(next);
          setWrong(false);
        }}
        isInvalid={isWrong}
        validationBehavior="aria"
        autoFocus={more.autoFocus ?? false}
      >
        <Label>{label}</Label>
        <Input ref={input} inputMode="tel" autoComplete="off" maxLength={64} dir="ltr" />
        <FieldError className="field-error">{invalid}</FieldError>
      </TextField>
      <div className="buttons">
        <Button
          type="submit"
          className={more.primary ? 'button primary' : 'button'}
          aria-disabled={blocked !== null}
          {...(blocked && { 'aria-describedby': hintId })}
        >
          {submit}
        </Button>
        {more.children}
      </div>
      {blocked ? (
        <p className="hint" id={hintId}>
          {blocked}
        </p>
      ) : null}
    </Form>
  );
}
