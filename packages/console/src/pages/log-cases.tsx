/** Logs read by the tracer, uploaded or the server's own: why an agent was lost, a sign-in step by step, many agents at once. */
import { type FormEvent, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { Refusal } from '../api.ts';
import { sentenceOf, useConsole } from '../context.tsx';
import { useMessages } from '../messages/index.tsx';

const ASKS = ['why', 'signin', 'overview'] as const;
type Ask = (typeof ASKS)[number];
const OWN = 'own';

/** What was uploaded last: a second question about it needs no second upload. */
interface Uploaded {
  readonly id: string;
  readonly files: readonly File[];
}

export function LogCasesPage() {
  const { api, say } = useConsole();
  const { t, language } = useMessages();
  const [source, setSource] = useState<'own' | 'files'>('own');
  const [ask, setAsk] = useState<Ask>('why');
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [report, setReport] = useState<{ readonly url: string; readonly title: string } | null>(null);
  const uploaded = useRef<Uploaded | null>(null);

  const caseOf = async (files: readonly File[]): Promise<string> => {
    const before = uploaded.current;
    if (before !== null && sameFiles(before.files, files)) return before.id;
    uploaded.current = null;
    if (before !== null) await api.removeCase(before.id).catch(() => {});
    const id = await api.createCase();
    for (const [index, file] of files.entries()) {
      setBusy(
        t('logCases.uploading', { name: file.name, number: String(index + 1), of: String(files.length) }),
      );
      await api.addToCase(id, file);
    }
    uploaded.current = { id, files };
    return id;
  };
  const analyse = async (files: readonly File[], agent: string, at: string) => {
    setProblem(null);
    setReport(null);
    setBusy(t('logCases.reading'));
    try {
      const id = source === 'own' ? OWN : await caseOf(files);
      setBusy(t('logCases.reading'));
      const question = { ask, language, ...(ask !== 'overview' && { agent, ...(at !== '' && { at }) }) };
      const { url } = await api.askCase(id, question);
      setReport({
        url,
        title: ask === 'overview' ? t('logCases.overview') : `${t(`logCases.${ask}`)} ${agent}`,
      });
      say(t('logCases.done'));
    } catch (failure) {
      // A case that nobody touched for an hour is gone: its files are sent again.
      if (failure instanceof Refusal && failure.code === 'NO_CASE') uploaded.current = null;
      setProblem(sentenceOf(t, failure));
    } finally {
      setBusy(null);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const files = given.getAll('files').filter((one): one is File => one instanceof File && one.name !== '');
    const text = (name: string) => String(given.get(name) ?? '').trim();
    if (source === 'files' && files.length === 0) return setProblem(t('logCases.noFiles'));
    if (ask !== 'overview' && text('agent') === '') return setProblem(t('logCases.noAgent'));
    return void analyse(files, text('agent'), text('at'));
  };
  return (
    <>
      <div className="page-head">
        <h1>{t('logCases')}</h1>
      </div>
      <p className="hint">{t('logCases.hint')}</p>
      <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
      <form className="editor apart" onSubmit={submit} noValidate>
        <div className="field short">
          <label htmlFor="case-source">{t('logCases.source')}</label>
          <select
            id="case-source"
            value={source}
            onChange={({ target }) => setSource(target.value === 'files' ? 'files' : 'own')}
          >
            <option value="own">{t('logCases.own')}</option>
            <option value="files">{t('logCases.files')}</option>
          </select>
        </div>
        {source === 'own' ? null : (
          <div className="field">
            <label htmlFor="case-files">{t('logCases.choose')}</label>
            <input id="case-files" name="files" type="file" multiple aria-describedby="case-files-h" />
            <span className="hint" id="case-files-h">
              {t('logCases.choose.hint')}
            </span>
          </div>
        )}
        <div className="field short">
          <label htmlFor="case-ask">{t('logCases.question')}</label>
          <select
            id="case-ask"
            value={ask}
            onChange={({ target }) => setAsk(ASKS.find((one) => one === target.value) ?? 'why')}
          >
            {ASKS.map((one) => (
              <option key={one} value={one}>
                {t(`logCases.${one}`)}
              </option>
            ))}
          </select>
        </div>
        {ask === 'overview' ? null : (
          <>
            <div className="field short">
              <label htmlFor="case-agent">{t('logCases.agent')}</label>
              <input id="case-agent" name="agent" maxLength={128} autoComplete="off" spellCheck={false} />
            </div>
            <div className="field short">
              <label htmlFor="case-at">{t('logCases.at')}</label>
              <input
                id="case-at"
                name="at"
                maxLength={64}
                autoComplete="off"
                spellCheck={false}
                aria-describedby="case-at-h"
              />
              <span className="hint" id="case-at-h">
                {t('logCases.at.hint')}
              </span>
            </div>
          </>
        )}
        <div className="buttons">
          <Button className="button primary" type="submit" isDisabled={busy !== null}>
            {t('logCases.analyse')}
          </Button>
          <span className="hint" role="status">
            {busy}
          </span>
        </div>
      </form>
      {report === null ? null : (
        <section aria-labelledby="case-report">
          <div className="page-head">
            <h2 id="case-report">{report.title}</h2>
            <span className="report-links">
              <a href={report.url} target="_blank" rel="noreferrer">
                {t('logCases.open')}
              </a>
              <a href={report.url} download="report.html">
                {t('logCases.save')}
              </a>
            </span>
          </div>
          {/* The answer itself is a sandbox; one of ours would ask without the session. */}
          <iframe className="report" title={report.title} src={report.url} />
        </section>
      )}
    </>
  );
}

const sameFiles = (some: readonly File[], others: readonly File[]): boolean =>
  some.length === others.length &&
  some.every((file, index) => {
    const other = others[index] as File;
    return file.name === other.name && file.size === other.size && file.lastModified === other.lastModified;
  });
