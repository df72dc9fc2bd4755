/** What a layout looks like: its structure as a picture, for each role, as it stands in the form. */
import {
  type LayoutEntry,
  type LayoutModel,
  type LayoutProblem,
  parseLayout,
  type RoleLayout,
} from '@poise/layout';
import { within } from '@poise/pages';
import { useEffect, useState } from 'react';
import { useMessages } from '../messages/index.tsx';
import { Typed } from '../parts/typed.tsx';

interface Read {
  readonly layout: LayoutModel | null;
  readonly told: readonly LayoutProblem[];
}

/** Nobody looks while somebody types. */
const PAUSE_MS = 300;
const NOTHING: Read = { layout: null, told: [] };
const SHOWN_MAX = 20;
/** Of a box without rows of its own, px. */
const USUAL_PX = 56;
/** Boxes are as high as their rows, in small. */
const heightOf = (rows: number | null): number => (rows === null ? USUAL_PX : Math.min(240, 16 + 4 * rows));

function readingOf(xml: string): Read {
  if (xml.trim() === '') return NOTHING;
  const reading = parseLayout(xml);
  return reading.ok
    ? { layout: reading.layout, told: reading.warnings }
    : { layout: null, told: reading.errors };
}

export function LayoutPreview({ xml }: { xml: string }) {
  const { t } = useMessages();
  const [read, setRead] = useState(() => readingOf(xml));
  const [role, setRole] = useState<string | null>(null);
  useEffect(() => {
    const timer = window.setTimeout(() => setRead(readingOf(xml)), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [xml]);
  const { layout, told } = read;
  const shown = layout?.layouts.find((one) => one.role === role) ?? layout?.layouts[0];
  return (
    <section className="preview" aria-label={t('preview')}>
      <h2>{t('preview')}</h2>
      {told.length === 0 ? null : (
        <ul className="checks">
          {told.slice(0, SHOWN_MAX).map(({ line, column, path, message }) => (
            <li key={`${line} ${column} ${path} ${message}`}>
              {t('preview.problem', { line: String(line), column: String(column), text: message })}
            </li>
          ))}
        </ul>
      )}
      {layout === null || shown === undefined ? null : (
        <>
          <div className="field">
            <label htmlFor="preview-role">{t('preview.role')}</label>
            <select id="preview-role" value={shown.role} onChange={({ target }) => setRole(target.value)}>
              {layout.layouts.map((one) => (
                <option key={one.role} value={one.role}>
                  {within(one.role)}
                </option>
              ))}
            </select>
          </div>
          <Picture layout={layout} role={shown} />
        </>
      )}
    </section>
  );
}

function Picture({ layout: { header }, role }: { layout: LayoutModel; role: RoleLayout }) {
  const { t } = useMessages();
  const inHeader = [...header.left, ...header.right].flatMap(({ entry }) => entry ?? []);
  return (
    <div className="picture">
      {inHeader.length === 0 ? null : <Row label={t('preview.header')} entries={inHeader} />}
      {role.page.length === 0 ? null : <Row label={t('preview.page')} entries={role.page} />}
      {role.tabs.map((tab) => (
        <section key={tab.id} className="picture-tab">
          <h3>
            <Typed>{tab.label}</Typed>
          </h3>
          <div className="picture-columns">
            {tab.columns.map((entries, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <ul key={at}>
                {entries.map((entry, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place
                  <Box key={place} entry={entry} />
                ))}
              </ul>
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function Row({ label, entries }: { label: string; entries: readonly LayoutEntry[] }) {
  return (
    <section className="picture-row">
      <h3>{label}</h3>
      <ul>
        {entries.map((entry, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry is its place
          <Box key={place} entry={entry} isFlat />
        ))}
      </ul>
    </section>
  );
}

function Box({ entry, isFlat = false }: { entry: LayoutEntry; isFlat?: boolean }) {
  const { t } = useMessages();
  const { id, url, hidden, managedBy, maxRows } = entry;
  const file = url
    .replace(/[?#].*$/, '')
    .split('/')
    .at(-1)
    ?.replace(/\.\w+$/, '');
  const name = id ?? (file || url);
  const notes = [
    maxRows === null ? '' : t('preview.rows', { rows: String(maxRows) }),
    hidden ? t('preview.hidden') : '',
    managedBy === null ? '' : t('preview.managedBy', { id: managedBy }),
  ].filter((note) => note !== '');
  return (
    <li
      className={hidden ? 'box hidden' : 'box'}
      title={within(url)}
      style={isFlat ? undefined : { minHeight: heightOf(maxRows) }}
    >
      <strong>
        <Typed>{name}</Typed>
      </strong>
      {notes.length === 0 ? null : <span className="hint">{notes.join(', ')}</span>}
    </li>
  );
}
