/** What the server proves itself with, and how another one gets there. */
import { TEXT_MAX, within } from '@poise/pages';
import { type FormEvent, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { Refusal } from '../api.ts';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { AskDialog } from '../parts/dialog.tsx';
import { Typed } from '../parts/typed.tsx';

interface Facts {
  readonly subject: string;
  readonly names: readonly string[];
  readonly issuer: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly fingerprint: string;
}

interface Told {
  readonly source: 'configured' | 'installed' | 'own';
  /** The certificate, then those that lead to the authority. */
  readonly chain: readonly Facts[];
}

const PATH = 'certificate';
/** An administrator needs time to get another one. */
const SOON_MS = 30 * 24 * 3_600_000;
const FIELDS = ['certificate', 'key'] as const;

export function CertificatePage() {
  const { api, say } = useConsole();
  const { t, region } = useMessages();
  const { value, error, again } = useLoaded(() => api.read<Told>(PATH), PATH);
  const [problem, setProblem] = useState<string | null>(null);
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [asks, setAsks] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const dates = new Intl.DateTimeFormat(region, { dateStyle: 'long', timeStyle: 'short' });
  const date = (iso: string) => dates.format(new Date(iso));

  const changed = (text: MessageKey) => {
    setFaults({});
    setProblem(null);
    form.current?.reset();
    say(t(text));
    again();
  };
  const install = async (event: FormEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const [certificate = '', key = ''] = FIELDS.map((name) => String(given.get(name) ?? ''));
    try {
      await api.send(PATH, 'PUT', { certificate, key });
      changed('certificate.done');
    } catch (failure) {
      const found = failure instanceof Refusal ? failure.errors : [];
      const sentence = sentenceOf(t, failure);
      setFaults(
        Object.fromEntries(
          found.map(({ field, code }) => [field, code === 'REQUIRED' ? t('fault.REQUIRED') : sentence]),
        ),
      );
      setProblem(found.length > 0 ? t('certificate.notTaken') : sentence);
      const [first] = found;
      if (first) form.current?.querySelector<HTMLElement>(`[name=${first.field}]`)?.focus();
    }
  };
  const takeAway = async () => {
    setAsks(false);
    try {
      await api.send(PATH, 'DELETE');
      changed('certificate.own.again');
    } catch (failure) {
      setProblem(sentenceOf(t, failure));
    }
  };
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  const leftMs = Date.parse(value.chain[0]?.validUntil ?? '') - Date.now();
  return (
    <>
      <div className="page-head">
        <h1>{t('certificate')}</h1>
      </div>
      <p>{t(`certificate.${value.source}`)}</p>
      {leftMs < SOON_MS && value.source !== 'own' ? (
        <p className="notice error">{t(leftMs < 0 ? 'certificate.over' : 'certificate.soon')}</p>
      ) : null}
      {value.chain.map((one, at) => (
        <section key={one.fingerprint} className="facts" aria-labelledby={`certificate-${at}`}>
          <h2 id={`certificate-${at}`}>{t(at === 0 ? 'certificate.server' : 'certificate.above')}</h2>
          <dl>
            <dt>{t('certificate.subject')}</dt>
            <dd>
              <Typed max={TEXT_MAX}>{one.subject}</Typed>
            </dd>
            {one.names.length === 0 ? null : (
              <>
                <dt>{t('certificate.names')}</dt>
                <dd>{one.names.map(within).join(', ')}</dd>
              </>
            )}
            <dt>{t('certificate.issuer')}</dt>
            <dd>
              <Typed max={TEXT_MAX}>{one.issuer}</Typed>
            </dd>
            <dt>{t('certificate.from')}</dt>
            <dd>{date(one.validFrom)}</dd>
            <dt>{t('certificate.until')}</dt>
            <dd>{date(one.validUntil)}</dd>
            <dt>{t('certificate.fingerprint')}</dt>
            <dd className="code">{one.fingerprint}</dd>
          </dl>
        </section>
      ))}
      <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
      {value.source === 'configured' ? null : (
        <form className="editor" ref={form} onSubmit={(event) => void install(event)} noValidate>
          <h2>{t('certificate.another')}</h2>
          <p className="hint">{t('certificate.hint')}</p>
          {FIELDS.map((name) => (
            <div className="field" key={name}>
              <label htmlFor={`pem-${name}`}>{t(`certificate.pem.${name}`)}</label>
              <textarea
                id={`pem-${name}`}
                name={name}
                className="code"
                rows={6}
                spellCheck={false}
                autoComplete="off"
                aria-invalid={faults[name] === undefined ? undefined : true}
                aria-describedby={faults[name] === undefined ? undefined : `pem-${name}-e`}
              />
              {faults[name] === undefined ? null : (
                <span className="field-error" id={`pem-${name}-e`}>
                  {faults[name]}
                </span>
              )}
            </div>
          ))}
          <div className="buttons">
            <Button className="button primary" type="submit">
              {t('certificate.install')}
            </Button>
            {value.source === 'installed' ? (
              <Button className="button" onPress={() => setAsks(true)}>
                {t('certificate.takeAway')}
              </Button>
            ) : null}
          </div>
        </form>
      )}
      {asks ? (
        <AskDialog
          title={t('certificate.takeAway.ask')}
          yes={t('certificate.takeAway')}
          no={t('form.cancel')}
          onYes={() => void takeAway()}
          onNo={() => setAsks(false)}
        />
      ) : null}
    </>
  );
}
