/** What was done for one request, as a waterfall, and what led to the state that an agent is in. */
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { useConsole, useLoaded } from '../context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { Typed } from '../parts/typed.tsx';
import { type NewsKind, newsText } from './news-text.ts';

type Detail = Readonly<Record<string, string | number>>;

interface News {
  readonly at: string;
  readonly kind: NewsKind;
  readonly what: string;
  readonly detail: Detail;
}

interface Trace {
  readonly requestId: string;
  readonly user: string;
  readonly agent: string;
  readonly steps: readonly {
    readonly at: string;
    readonly afterMs: number;
    readonly step: string;
    readonly detail: Detail;
  }[];
  readonly dropped: number;
  readonly before: readonly News[];
}

interface AgentNews {
  readonly agent: string;
  /** First the state, behind each what brought it. */
  readonly why: readonly News[];
  readonly news: readonly News[];
}

const ADDRESS = 'trace';
const ofAgent = (agent: string) => `${ADDRESS}/agent/${encodeURIComponent(agent)}`;
const ofRequest = (requestId: string) => `${ADDRESS}/request/${encodeURIComponent(requestId)}`;

/** @param kind what is looked at: `agent`, `request`; undefined: nothing yet @param id of it */
export function TracePage({ kind, id }: { kind: string | undefined; id: string | undefined }) {
  const { t } = useMessages();
  const { go } = useConsole();
  const [agent, setAgent] = useState(kind === 'agent' ? (id ?? '') : '');
  const [requestId, setRequestId] = useState(kind === 'request' ? (id ?? '') : '');
  const field = (name: 'agent' | 'request', value: string, set: (value: string) => void) => (
    <form
      className="field search"
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        if (value.trim() !== '') go(name === 'agent' ? ofAgent(value.trim()) : ofRequest(value.trim()));
      }}
    >
      <label htmlFor={`trace-${name}`}>{t(`trace.${name}`)}</label>
      <span className="with-button">
        <input
          id={`trace-${name}`}
          value={value}
          maxLength={256}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => set(target.value)}
        />
        <Button className="button" type="submit" aria-label={t(`trace.show.${name}`)}>
          {t('trace.show')}
        </Button>
      </span>
    </form>
  );
  return (
    <>
      <div className="page-head">
        <h1>{t('trace')}</h1>
      </div>
      <p className="hint">{t('trace.hint')}</p>
      <div className="table-tools apart">
        {field('agent', agent, setAgent)}
        {field('request', requestId, setRequestId)}
      </div>
      {id === undefined ? null : kind === 'request' ? <RequestTrace id={id} /> : <AgentTrace id={id} />}
    </>
  );
}

function RequestTrace({ id }: { id: string }) {
  const { api } = useConsole();
  const { t, region } = useMessages();
  const path = `trace/${encodeURIComponent(id)}`;
  const { value, error, again } = useLoaded(() => api.read<Trace>(path), path);
  if (error !== null)
    return (
      <p className="notice" role="alert">
        {t('trace.unknownRequest')}
      </p>
    );
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  const ms = new Intl.NumberFormat(region);
  const total = Math.max(1, value.steps.at(-1)?.afterMs ?? 0);
  return (
    <section aria-labelledby="waterfall">
      <div className="page-head">
        <h2 id="waterfall">
          {t('trace.waterfall')} <Typed>{value.requestId}</Typed>
        </h2>
        <Button className="button" onPress={again}>
          {t('table.refresh')}
        </Button>
      </div>
      {value.agent === '' ? null : (
        <p>
          <a className="to-agent" href={`#/${ofAgent(value.agent)}`}>
            {t('trace.ofAgent', { agent: value.agent })}
          </a>
        </p>
      )}
      <div className="table-scroll">
        <table className="table waterfall">
          <thead>
            <tr>
              <th scope="col">{t('trace.after')}</th>
              <th scope="col">{t('trace.step')}</th>
              <th scope="col">{t('trace.when')}</th>
              <th scope="col">{t('trace.detail')}</th>
            </tr>
          </thead>
          <tbody>
            {value.steps.map(({ afterMs, step, detail }, index) => {
              const next = value.steps[index + 1]?.afterMs ?? afterMs;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: steps never change their place
                <tr key={index}>
                  <td className="number">{ms.format(afterMs)}</td>
                  <th scope="row">{t(`trace.step.${step}` as MessageKey)}</th>
                  <td>
                    <svg className="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
                      <rect
                        x={(afterMs / total) * 994}
                        width={Math.max(6, ((next - afterMs) / total) * 994)}
                        height="10"
                      />
                    </svg>
                  </td>
                  <td>
                    <Details detail={detail} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {value.dropped === 0 ? null : (
        <p className="hint">{t('trace.dropped', { count: ms.format(value.dropped) })}</p>
      )}
      {value.before.length === 0 ? null : (
        <>
          <h2 className="below">{t('trace.before')}</h2>
          <NewsTable label={t('trace.before')} news={value.before} />
        </>
      )}
    </section>
  );
}

function AgentTrace({ id }: { id: string }) {
  const { api } = useConsole();
  const { t } = useMessages();
  const path = `trace?${new URLSearchParams({ agent: id })}`;
  const { value, error, again } = useLoaded(() => api.read<AgentNews>(path), path);
  if (error !== null)
    return (
      <p className="notice" role="alert">
        {t('trace.unknownAgent')}
      </p>
    );
  if (value === null) return <p className="hint">{t('app.loading')}</p>;
  const title = t('trace.why', { agent: value.agent });
  return (
    <section aria-labelledby="why">
      <div className="page-head">
        <h2 id="why">{title}</h2>
        <Button className="button" onPress={again}>
          {t('table.refresh')}
        </Button>
      </div>
      {value.news.length === 0 ? (
        <p className="notice">{t('trace.nothing')}</p>
      ) : (
        <>
          {value.why.length === 0 ? null : <Chain why={value.why} />}
          <h2 className="below">{t('trace.all')}</h2>
          <NewsTable label={t('trace.all')} news={value.news} />
        </>
      )}
    </section>
  );
}

/** The state, and below each entry the one that brought it. */
function Chain({ why }: { why: readonly News[] }) {
  const { t, region } = useMessages();
  const times = new Intl.DateTimeFormat(region, { dateStyle: 'short', timeStyle: 'medium' });
  return (
    <ol className="chain" aria-label={t('trace.chain')}>
      {why.map(({ at, kind, what, detail }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is drawn anew as a whole
        <li key={index}>
          <p>
            <span className="chain-kind">{t(index === 0 ? 'trace.now' : `trace.kind.${kind}`)}</span>{' '}
            <strong>
              <Typed>{newsText(kind, what, t)}</Typed>
            </strong>{' '}
            <span className="chain-at">{times.format(new Date(at))}</span>
          </p>
          <Details detail={detail} />
        </li>
      ))}
      {why.length === 1 && why[0]?.detail.requestId === undefined ? (
        <li className="hint">{t('trace.nobody')}</li>
      ) : null}
    </ol>
  );
}

function NewsTable({ label, news }: { label: string; news: readonly News[] }) {
  const { t, region } = useMessages();
  const times = new Intl.DateTimeFormat(region, {
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (
    <div className="table-scroll">
      <table className="table" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t('log.at')}</th>
            <th scope="col">{t('trace.kind')}</th>
            <th scope="col">{t('trace.what')}</th>
            <th scope="col">{t('trace.detail')}</th>
          </tr>
        </thead>
        <tbody>
          {news.map(({ at, kind, what, detail }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is drawn anew as a whole
            <tr key={index}>
              <td>{times.format(new Date(at))}</td>
              <td className="kind">{t(`trace.kind.${kind}`)}</td>
              <th scope="row">
                <Typed>{newsText(kind, what, t)}</Typed>
              </th>
              <td>
                <Details detail={detail} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Keys and values as the logs have them; a requestId leads to its waterfall. */
function Details({ detail }: { detail: Detail }) {
  return (
    <ul className="details">
      {Object.entries(detail).map(([name, value]) => (
        <li key={name}>
          {name}{' '}
          {name === 'requestId' ? (
            <a href={`#/${ofRequest(String(value))}`} className="code">
              <Typed>{String(value)}</Typed>
            </a>
          ) : (
            <span className="code">
              <Typed>{String(value)}</Typed>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
