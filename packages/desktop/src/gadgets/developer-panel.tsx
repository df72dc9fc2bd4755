/** The panel for developers of gadgets, at the foot of the page: what each gadget asks, publishes and gets wrong. */
import type { Gadget } from '@poise/gadgets';
import { TEXT_MAX } from '@poise/pages';
import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { Button } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { Icon } from '../parts/icon.tsx';
import { DEVELOPER_KINDS, type DeveloperEntry, type DeveloperLog, linesOf } from './developer-log.ts';
import type { GadgetDesk } from './gadget-desk.ts';

/** Rows that are drawn; what is older is copied. */
const ROWS_MAX = 200;

export default function DeveloperPanel({
  desk,
  log,
  onClose,
}: {
  desk: GadgetDesk;
  log: DeveloperLog;
  onClose: () => void;
}) {
  const { t, language } = useMessages();
  const entries = useSyncExternalStore(log.subscribe, log.snapshot);
  const [mid, setMid] = useState('');
  const [kind, setKind] = useState('');
  const [words, setWords] = useState('');
  const [isCopied, setCopied] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const headingId = useId();
  useEffect(() => heading.current?.focus(), []);
  const { gadgets } = desk.container;
  const wanted = words.trim().toLowerCase();
  const shown = entries.filter(
    (entry) =>
      (mid === '' || String(entry.gadget.mid) === mid) &&
      (kind === '' || entry.kind === kind) &&
      (wanted === '' || `${entry.text} ${entry.result}`.toLowerCase().includes(wanted)),
  );
  const chosen = gadgets.find((gadget) => String(gadget.mid) === mid);
  const copy = () => {
    void navigator.clipboard?.writeText(linesOf(shown)).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  };
  return (
    <section
      className="developer-panel"
      aria-labelledby={headingId}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2 id={headingId} tabIndex={-1} ref={heading}>
          {t('developer.heading')}
        </h2>
        <label>
          {t('developer.gadget')}
          <select value={mid} onChange={({ target }) => setMid(target.value)}>
            <option value="">{t('developer.all')}</option>
            {gadgets.map((gadget) => (
              <option key={gadget.mid} value={String(gadget.mid)}>
                {`${gadget.mid} ${nameOf(gadget)}`}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('developer.kind')}
          <select value={kind} onChange={({ target }) => setKind(target.value)}>
            <option value="">{t('developer.all')}</option>
            {DEVELOPER_KINDS.map((each) => (
              <option key={each} value={each}>
                {t(`developer.kind.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t('developer.filter')}
          <input type="search" value={words} onChange={({ target }) => setWords(target.value)} />
        </label>
        <Button className="button" onPress={copy}>
          {t(isCopied ? 'developer.copied' : 'developer.copy')}
        </Button>
        <Button className="button" onPress={() => log.clear()}>
          {t('developer.clear')}
        </Button>
        <Button className="icon-button" aria-label={t('dialog.close')} onPress={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <section className="developer-rows" tabIndex={0} aria-label={t('developer.entries')}>
        {chosen ? <Facts gadget={chosen} log={log} entries={entries} /> : null}
        <table>
          <thead>
            <tr>
              <th scope="col">{t('developer.time')}</th>
              <th scope="col">{t('developer.gadget')}</th>
              <th scope="col">{t('developer.kind')}</th>
              <th scope="col">{t('developer.what')}</th>
              <th scope="col">{t('developer.result')}</th>
              <th scope="col">ms</th>
            </tr>
          </thead>
          <tbody>
            {shown
              .slice(-ROWS_MAX)
              .reverse()
              .map((entry) => (
                <Row key={entry.id} entry={entry} language={language} />
              ))}
          </tbody>
        </table>
        {shown.length === 0 ? <p className="hint">{t('developer.none')}</p> : null}
      </section>
    </section>
  );
}

const nameOf = (gadget: Gadget): string => gadget.snapshot().title || gadget.entry.id;

function Row({ entry, language }: { entry: DeveloperEntry; language: string }) {
  const { t } = useMessages();
  const { at, gadget, kind, text, result, ms } = entry;
  const isWrong = kind === 'error' || (kind === 'node' && result !== '') || /^(0|[45]\d\d)$/.test(result);
  return (
    <tr data-wrong={isWrong ? '' : undefined}>
      <td>{new Date(at).toLocaleTimeString(language)}</td>
      <td>
        <Typed>{nameOf(gadget)}</Typed>
      </td>
      <td>{t(`developer.kind.${kind}`)}</td>
      <td className="developer-text">
        <Typed max={TEXT_MAX}>{text}</Typed>
      </td>
      <td>
        <Typed>{result}</Typed>
      </td>
      <td>{ms ?? ''}</td>
    </tr>
  );
}

/** What is known of one gadget now. */
function Facts({
  gadget,
  log,
  entries,
}: {
  gadget: Gadget;
  log: DeveloperLog;
  entries: readonly DeveloperEntry[];
}) {
  const { t } = useMessages();
  const { url, height } = useSyncExternalStore(gadget.subscribe, gadget.snapshot);
  const own = entries.filter((entry) => entry.gadget === gadget);
  const topics = new Set(own.filter((each) => each.kind === 'subscribed').map(({ text }) => text));
  const loadMs = log.loadMs(gadget);
  const facts: readonly (readonly [string, string])[] = [
    [t('developer.address'), url],
    [t('developer.loadTime'), loadMs === null ? '' : `${loadMs} ms`],
    [t('developer.height'), height === null ? '' : `${height} px`],
    [
      t('developer.preferences'),
      Object.entries(gadget.entry.preferences)
        .map(([name, value]) => `${name}=${/auth|pass|token|secret/i.test(name) ? '***' : value}`)
        .join(', '),
    ],
    [t('developer.topics'), [...topics].join(', ')],
  ];
  return (
    <dl className="developer-facts">
      {facts
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Typed max={TEXT_MAX}>{value}</Typed>
            </dd>
          </div>
        ))}
    </dl>
  );
}
