/** How much the server writes to its logs, until its next start. */
import { type FormEvent, useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { Refusal, type Tagged } from '../api.ts';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { ConflictDialog } from '../parts/conflict-dialog.tsx';

const LEVELS = {
  webservices: ['information', 'warning', 'error'],
  notification: ['information', 'debug'],
} as const;
type Log = keyof typeof LEVELS;
const LOGS = Object.keys(LEVELS) as readonly Log[];

const PATH = 'logs';

export function LogsPage() {
  const { api, say, setDirty } = useConsole();
  const { t } = useMessages();
  const { value: read, error } = useLoaded(() => api.readTagged(PATH), PATH);
  const [value, setValue] = useState<Tagged | null>(null);
  useEffect(() => setValue(read), [read]);
  const [chosen, setChosen] = useState<Partial<Record<Log, string>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [conflict, setConflict] = useState<Tagged | null>(null);
  const takes = (now: Tagged) => {
    setValue(now);
    setConflict(null);
    setProblem(null);
    setChosen({});
    setDirty(false);
  };
  const save = async (etag: string) => {
    try {
      takes(await api.change(PATH, chosen, etag));
      say(t('form.saved'));
    } catch (failure) {
      setProblem(sentenceOf(t, failure));
      if (!(failure instanceof Refusal) || failure.status !== 412) return;
      try {
        setConflict(await api.readTagged(PATH));
        setProblem(null);
      } catch (gone) {
        setProblem(sentenceOf(t, gone));
      }
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value !== null) void save(value.etag);
  };
  const levelText = (level: unknown) => t(`logs.level.${level}` as MessageKey);
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  return (
    <>
      <div className="page-head">
        <h1>{t('logs')}</h1>
      </div>
      <div className="settings-notes">
        <p className="hint">
          {t('logs.where')} <span className="code">{String(value.item.folder)}</span>
        </p>
        <p className="hint">
          <a href="/poise/api/logs/notification" download="debug.log">
            {t('logs.trace')}
          </a>{' '}
          {t('logs.trace.hint')}
        </p>
        <p className="notice">{t('logs.note')}</p>
      </div>
      <form className="editor" onSubmit={submit}>
        <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
        {LOGS.map((log) => (
          <div className="field short" key={log}>
            <label htmlFor={`log-${log}`}>{t(`logs.${log}`)}</label>
            <select
              id={`log-${log}`}
              value={chosen[log] ?? String(value.item[log])}
              aria-describedby={`log-${log}-h`}
              onChange={({ target }) => {
                setChosen({ ...chosen, [log]: target.value });
                setDirty(true);
              }}
            >
              {LEVELS[log].map((level) => (
                <option key={level} value={level}>
                  {levelText(level)}
                </option>
              ))}
            </select>
            <span className="hint" id={`log-${log}-h`}>
              {t(`logs.${log}.hint`)}
            </span>
          </div>
        ))}
        <div className="buttons">
          <Button className="button primary" type="submit">
            {t('form.save')}
          </Button>
        </div>
      </form>
      {conflict === null ? null : (
        <ConflictDialog
          differences={LOGS.flatMap((log) => {
            const mine = chosen[log] ?? String(value.item[log]);
            const theirs = String(conflict.item[log]);
            const both = { name: t(`logs.${log}`), mine: levelText(mine), theirs: levelText(theirs) };
            return mine === theirs ? [] : [both];
          })}
          onKeepMine={() => {
            setConflict(null);
            void save(conflict.etag);
          }}
          onTakeTheirs={() => takes(conflict)}
          // What was chosen stays; saving asks again.
          onClose={() => setConflict(null)}
        />
      )}
    </>
  );
}
