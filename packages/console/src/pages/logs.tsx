/** How much the server writes to its logs, until its next start. */
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';

const LEVELS = {
  webservices: ['information', 'warning', 'error'],
  notification: ['information', 'debug'],
} as const;
type Log = keyof typeof LEVELS;
const LOGS = Object.keys(LEVELS) as readonly Log[];

type Told = Readonly<Record<Log | 'folder', string>>;

const PATH = 'logs';

export function LogsPage() {
  const { api, say, setDirty } = useConsole();
  const { t } = useMessages();
  const { value, error, again } = useLoaded(() => api.read<Told>(PATH), PATH);
  const [chosen, setChosen] = useState<Partial<Record<Log, string>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    try {
      await api.send(PATH, 'PUT', chosen);
      setProblem(null);
      setChosen({});
      setDirty(false);
      say(t('form.saved'));
      again();
    } catch (failure) {
      setProblem(sentenceOf(t, failure));
    }
  };
  if (error !== null) return <p className="notice error">{error}</p>;
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  return (
    <>
      <div className="page-head">
        <h1>{t('logs')}</h1>
      </div>
      <div className="settings-notes">
        <p className="hint">
          {t('logs.where')} <span className="code">{value.folder}</span>
        </p>
        <p className="notice">{t('logs.note')}</p>
      </div>
      <form className="editor" onSubmit={(event) => void save(event)}>
        <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
        {LOGS.map((log) => (
          <div className="field short" key={log}>
            <label htmlFor={`log-${log}`}>{t(`logs.${log}`)}</label>
            <select
              id={`log-${log}`}
              value={chosen[log] ?? value[log]}
              aria-describedby={`log-${log}-h`}
              onChange={({ target }) => {
                setChosen({ ...chosen, [log]: target.value });
                setDirty(true);
              }}
            >
              {LEVELS[log].map((level) => (
                <option key={level} value={level}>
                  {t(`logs.level.${level}` as MessageKey)}
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
    </>
  );
}
