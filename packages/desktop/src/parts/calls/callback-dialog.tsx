import { useEffect, useRef, useState } from 'react';
import { Button, FieldError, Input, Label, TextField } from 'react-aria-components';
import { CANCEL_CALLBACK, SCHEDULE } from '../../actions/outbound-action.ts';
import { useMessages } from '../../messages/index.tsx';
import { Phrase } from '../../messages/phrase.tsx';
import { allows, dialable } from '../../session/calls.ts';
import { callbackProblem, customerTime, zoneOf } from '../../session/outbound.ts';
import type { Sentence } from '../../session/store.ts';
import { ModalDialog } from '../modal.tsx';
import type { OutboundButtonsProps } from './outbound-buttons.tsx';

/** How often the customer's clock is looked at, ms. */
const CLOCK_MS = 5_000;

type Problem = { readonly field: 'number' | 'date'; readonly sentence: Sentence };

/** When and at which number the customer is called again, in the customer's time. */
export function CallbackDialog({
  dialog,
  state,
  extension,
  controller,
  isBlocked,
  onClose,
}: OutboundButtonsProps & { isBlocked: boolean; onClose: () => void }) {
  const { t, region } = useMessages();
  const { scheduledCallback: arranged } = dialog;
  const zone = zoneOf(dialog);
  const now = useNow();
  const [number, setNumber] = useState(arranged?.number || dialog.toAddress);
  const [date, setDate] = useState(arranged?.time.slice(0, 10) ?? '');
  const [time, setTime] = useState(arranged?.time.slice(11) ?? '');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isCancelling, setCancelling] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  const local = (text: string) =>
    new Intl.DateTimeFormat(region, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(
      new Date(`${text}Z`),
    );
  const failed = state.calls.error?.of === dialog.id ? state.calls.error.sentence : null;
  const submit = () => {
    const read = dialable(number);
    const wrong = callbackProblem(date, time, Date.now(), zone);
    if ('problem' in read) setProblem({ field: 'number', sentence: read.problem });
    else if (wrong !== null)
      setProblem({ field: 'date', sentence: { key: wrong === 'past' ? 'outbound.past' : 'outbound.when' } });
    else {
      setProblem(null);
      if (!isBlocked) void SCHEDULE.run(controller, dialog, `${date}T${time} ${read.value}`);
    }
  };
  const wrongWith = (field: Problem['field']) => (problem?.field === field ? problem.sentence : null);
  return (
    <ModalDialog title={t('outbound.callback')} onClose={onClose}>
      <form
        className="callback"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          className="field"
          isReadOnly
          value={zone === null ? t('outbound.zoneUnknown') : local(customerTime(now, zone))}
        >
          <Label>{t('outbound.customerTime')}</Label>
          <Input />
        </TextField>
        <TextField
          className="field"
          value={number}
          onChange={setNumber}
          isInvalid={wrongWith('number') !== null}
          validationBehavior="aria"
          autoFocus
        >
          <Label>{t('outbound.number')}</Label>
          <Input ref={first} inputMode="tel" maxLength={64} />
          <FieldError className="field-error">
            <Wrong sentence={wrongWith('number')} />
          </FieldError>
        </TextField>
        <div className="callback-when">
          <TextField
            className="field"
            type="date"
            value={date}
            onChange={setDate}
            isInvalid={wrongWith('date') !== null}
            validationBehavior="aria"
          >
            <Label>{t('outbound.date')}</Label>
            <Input />
            <FieldError className="field-error">
              <Wrong sentence={wrongWith('date')} />
            </FieldError>
          </TextField>
          <TextField className="field" type="time" value={time} onChange={setTime}>
            <Label>{t('outbound.time')}</Label>
            <Input />
          </TextField>
        </div>
        <p className="callback-state" role="status">
          {arranged ? (
            <Phrase
              sentence={{
                key: 'outbound.arranged',
                values: {
                  time: arranged.time === '' ? '–' : local(arranged.time),
                  number: arranged.number || dialog.toAddress,
                },
              }}
            />
          ) : (
            t('outbound.notArranged')
          )}
        </p>
        <div role="alert">
          {failed ? (
            <p className="notice error">
              <Phrase sentence={failed} />
            </p>
          ) : null}
        </div>
        {isCancelling && arranged ? (
          <div className="buttons">
            <p>{t('outbound.cancelSure')}</p>
            <Button
              className="button danger"
              aria-disabled={isBlocked}
              autoFocus
              onPress={() => {
                if (isBlocked) return;
                setCancelling(false);
                void CANCEL_CALLBACK.run(controller, dialog, '');
                first.current?.focus();
              }}
            >
              {t('outbound.cancelCallback')}
            </Button>
            <Button
              className="button"
              onPress={() => {
                setCancelling(false);
                first.current?.focus();
              }}
            >
              {t('outbound.keepCallback')}
            </Button>
          </div>
        ) : (
          <div className="buttons">
            <Button type="submit" className="button primary" aria-disabled={isBlocked}>
              {t(arranged ? 'outbound.update' : 'outbound.schedule')}
            </Button>
            {arranged && allows(dialog, extension, CANCEL_CALLBACK.verb) ? (
              <Button className="button" onPress={() => setCancelling(true)}>
                {t('outbound.cancelCallback')}
              </Button>
            ) : null}
          </div>
        )}
      </form>
    </ModalDialog>
  );
}

const Wrong = ({ sentence }: { sentence: Sentence | null }) =>
  sentence === null ? null : <Phrase sentence={sentence} />;

/** Wall ms, as precise as a clock without seconds needs it. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), CLOCK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
