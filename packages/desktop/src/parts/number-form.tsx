import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import { Phrase } from '../messages/phrase.tsx';
import type { Reading } from '../session/calls.ts';
import type { Sentence } from '../session/store.ts';

interface Props {
  readonly label: string;
  readonly submit: string;
  /** What the text means; what is wrong with it is said at the field. */
  readonly read: (text: string) => Reading;
  readonly onSubmit: (value: string) => void;
  /** Why it cannot be sent now, or null. */
  readonly blocked?: string | null;
  readonly autoFocus?: boolean;
  readonly primary?: boolean;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** One field and its button: a number to call, keys to send. Enter sends; an empty or odd text is said at the field. */
export function NumberForm({ label, submit, read, onSubmit, blocked = null, ...more }: Props) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Sentence | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const hintId = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (blocked !== null) return;
    const reading = read(text);
    if ('problem' in reading) {
      setProblem(reading.problem);
      input.current?.focus();
      return;
    }
    setProblem(null);
    setText('');
    onSubmit(reading.value);
  };
  return (
    <Form className="number-form" onSubmit={send}>
      <TextField
        className="field"
        value={text}
        onChange={(next) => {
          setText(next);
          setProblem(null);
        }}
        // What cannot be sent now has no fault: why it cannot stands in the same place.
        isInvalid={problem !== null && blocked === null}
        validationBehavior="aria"
        autoFocus={more.autoFocus ?? false}
      >
        <Label>{label}</Label>
        <Input ref={input} inputMode="tel" autoComplete="off" maxLength={64} dir="ltr" />
        <FieldError className="field-error">{problem ? <Phrase sentence={problem} /> : null}</FieldError>
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
