import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { Button, FieldError, Form, Input, Label, TextField } from 'react-aria-components';
import { useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { dialable } from '../../session/calls.ts';
import { withoutLetters } from '../../session/dial-number.ts';
import type { Sentence } from '../../session/store.ts';
import { ContactList } from './contact-list.tsx';
import { PhoneKeys } from './phone-keys.tsx';

export interface DialerProps {
  /** What is done with the number: on the button. */
  readonly label: string;
  /** Why it cannot be done now, '' where a banner says so, or null. */
  readonly blocked: string | null;
  readonly onCall: (number: string) => void;
}

/** Stands in a pop-over, which Escape closes. A number by typing, by the keys of the pad, or out of the phone books (desktop.md D43). */
export default function Dialer({ label, blocked, onCall }: DialerProps) {
  const { t } = useMessages();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<Sentence | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const hintId = useId();
  useEffect(() => input.current?.focus(), []);
  const write = (next: string) => {
    setText(next);
    setProblem(null);
  };
  const call = (number: string) => {
    if (blocked !== null) return;
    const reading = dialable(number);
    if ('value' in reading) return onCall(reading.value);
    setProblem(reading.problem);
    input.current?.focus();
  };
  return (
    <div className="dialer">
      <div className="dialer-pad">
        <Form
          className="number-form"
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            call(text);
          }}
        >
          <TextField
            className="field"
            value={text}
            onChange={write}
            // What cannot be sent now has no fault: why it cannot stands in the same place.
            isInvalid={problem !== null && blocked === null}
            validationBehavior="aria"
          >
            <Label>{t('calls.number')}</Label>
            <Input
              ref={input}
              inputMode="tel"
              autoComplete="off"
              maxLength={64}
              dir="ltr"
              onBlur={() => setText(withoutLetters)}
            />
            <FieldError className="field-error">{problem ? <Phrase sentence={problem} /> : null}</FieldError>
          </TextField>
          <div className="buttons">
            <Button
              type="submit"
              className="button primary"
              aria-disabled={blocked !== null}
              {...(blocked && { 'aria-describedby': hintId })}
            >
              {label}
            </Button>
          </div>
          {blocked ? (
            <p className="hint" id={hintId}>
              {blocked}
            </p>
          ) : null}
        </Form>
        <PhoneKeys onKey={(key) => write(withoutLetters(text) + key)} />
      </div>
      <ContactList
        onCall={call}
        onCopy={(number) => {
          write(number);
          input.current?.focus();
        }}
        isBlocked={blocked !== null}
      />
    </div>
  );
}
