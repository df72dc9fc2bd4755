/** The objects of one collection. */
import { within } from '@poise/pages';
import { type ReactNode, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { Button } from 'react-aria-components';
import { type ImportMode, Refusal } from '../api.ts';
import { labelOf, sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { type ContactsRead, contactsFromCsv, contactsToCsv, latin1, readText } from '../csv.ts';
import { type MessageKey, named, type Translate, useMessages } from '../messages/index.tsx';
import { DataTable, FIRST_VIEW, PAGE_ROWS, type TableColumn } from '../parts/data-table.tsx';
import { AskDialog } from '../parts/dialog.tsx';
import type { Item, Json } from '../schema.ts';

/** What a table shows of its objects; the rest is in the form. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  users: ['loginId', 'loginName', 'firstName', 'lastName', 'roles', 'teamId'],
  teams: ['name', 'wrapUpOnIncoming', 'wrapUpTimerSeconds'],
  skillGroups: ['name', 'number'],
  devices: ['extension'],
  dialledNumbers: ['number', 'skillGroupNumber', 'priority'],
  reasonCodes: ['label', 'code', 'category', 'forAll', 'systemCode'],
  wrapUpReasons: ['label', 'forAll'],
  phoneBooks: ['name', 'type', 'contactCount'],
  contacts: ['lastName', 'firstName', 'phoneNumber', 'description'],
  layouts: ['name', 'useDefault'],
  mediaPropertiesLayouts: ['name', 'description', 'isDefault'],
  workflows: ['name', 'description', 'media'],
  workflowActions: ['name', 'type'],
};

const NONE: readonly Item[] = [];

export function CollectionPage({
  collection,
  path = collection,
  address = collection,
  title,
  only = {},
  children,
}: {
  collection: string;
  path?: string;
  address?: string;
  title?: string;
  /** Values of choices that all have. */
  only?: Readonly<Record<string, string>>;
  /** @param etag of what is shown */
  children?: (again: () => void, etag: string) => ReactNode;
}) {
  const { api, schema, go } = useConsole();
  const { t } = useMessages();
  const [view, setView] = useState(FIRST_VIEW);
  const search = useDeferredValue(view.search);
  const { sort, page } = view;
  const { value, error, again } = useLoaded(
    () => api.list(path, { ...only, search, sort, offset: page * PAGE_ROWS, limit: PAGE_ROWS }),
    JSON.stringify([path, only, search, sort, page]),
  );
  const shown = (COLUMNS[collection] ?? []).filter((name) => !Object.hasOwn(only, name)).join();
  const names = useNames(shown);
  const label = title ?? t(collection as MessageKey);
  // The same ones while somebody types: the grid is drawn anew for others.
  const columns = useMemo(
    () => columnsOf(collection, shown, t, names, go),
    [collection, shown, t, names, go],
  );
  return (
    <>
      <div className="page-head">
        <h1>{label}</h1>
        {schema.resources[collection]?.methods.includes('create') ? (
          <Button className="button primary" onPress={() => go(`${address}/new`)}>
            {t('table.new')}
          </Button>
        ) : null}
      </div>
      {error === null ? null : (
        <p className="notice error" role="alert">
          {error}
        </p>
      )}
      <DataTable
        label={label}
        columns={columns}
        rows={value?.items ?? NONE}
        total={value?.total ?? 0}
        keyOf={(row) => String(row.id)}
        view={view}
        onView={setView}
        onOpen={(row) => go(`${address}/${encodeURIComponent(String(row.id))}`)}
      >
        {children?.(again, value?.etag ?? '')}
      </DataTable>
    </>
  );
}

function columnsOf(
  collection: string,
  shown: string,
  t: Translate,
  names: (column: string, id: Json) => string | undefined,
  go: (address: string) => void,
): readonly TableColumn<Item>[] {
  const columns: TableColumn<Item>[] = shown
    .split(',')
    .filter(Boolean)
    .map((name) => ({
      id: name,
      label: named(t, 'f', name),
      isSortable: true,
      cell: (row) => {
        const told = row[name] as Json;
        if (collection === 'layouts' && name === 'name' && row.id === 'default') return t('layout.default');
        if (typeof told === 'boolean') return t(told ? 'app.yes' : 'app.no');
        if (Array.isArray(told)) return told.map((one) => named(t, 'c', String(one))).join(', ');
        if (told === null || told === undefined) return '';
        return names(name, told) ?? named(t, 'c', String(told));
      },
    }));
  if (collection === 'teams')
    columns.push({
      id: 'resources',
      label: t('table.ofTeam'),
      cell: (row) => (
        <Button
          className="link"
          aria-label={`${t('table.ofTeam')}: ${within(String(row.name))}`}
          onPress={() => go(`teams/${row.id}/resources`)}
        >
          {t('table.ofTeam')}
        </Button>
      ),
    });
  if (collection === 'phoneBooks')
    columns.push({
      id: 'contacts',
      label: t('contacts'),
      cell: (row) => (
        <Button
          className="link"
          aria-label={`${t('contacts')}: ${within(String(row.name))}`}
          onPress={() => go(`phoneBooks/${row.id}/contacts`)}
        >
          {t('contacts')}
        </Button>
      ),
    });
  return columns;
}

/** Names of what columns refer to. */
function useNames(shown: string): (column: string, id: Json) => string | undefined {
  const { api, schema } = useConsole();
  const referred = { teamId: 'teams', skillGroupNumber: 'skillGroups' } as const;
  const wanted = Object.entries(referred).filter(([column]) => shown.split(',').includes(column));
  const { value } = useLoaded(
    async () =>
      new Map(
        await Promise.all(
          wanted.map(async ([column, to]) => {
            const { items } = await api.list(to);
            return [column, new Map(items.map((item) => [item.id, labelOf(schema, to, item)]))] as const;
          }),
        ),
      ),
    wanted.join(),
  );
  return useCallback((column, id) => value?.get(column)?.get(id), [value]);
}

/** The contacts of a phone book, with files of them. */
export function ContactsPage({ book }: { book: string }) {
  const { api, go } = useConsole();
  const { t } = useMessages();
  const path = `phoneBooks/${book}/contacts`;
  const { value, error } = useLoaded(() => api.get(`phoneBooks/${book}`), book);
  const [told, setTold] = useState<string | null>(null);
  const [read, setRead] = useState<ContactsRead | null>(null);
  const [mode, setMode] = useState<ImportMode>('replace');
  const file = useRef<HTMLInputElement>(null);

  const exportAll = async () => {
    try {
      const { items } = await api.list(path);
      const blob = new Blob([latin1(contactsToCsv(items)) as Uint8Array<ArrayBuffer>], { type: 'text/csv' });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = 'contacts.csv';
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (failure) {
      setTold(sentenceOf(t, failure));
    }
  };
  const choose = async (chosen: File) => {
    const found = contactsFromCsv(readText(new Uint8Array(await chosen.arrayBuffer())));
    if ('line' in found) setTold(t('csv.line', { line: String(found.line) }));
    else setRead(found);
  };
  const importAll = async ({ contacts, lines }: ContactsRead, again: () => void, etag: string) => {
    setRead(null);
    try {
      const total = await api.import(path, contacts, mode, etag);
      setTold(t('csv.done', { count: String(contacts.length), total: String(total) }));
      again();
    } catch (failure) {
      if (failure instanceof Refusal && failure.status === 412) {
        setTold(t('csv.changed'));
        again();
        return;
      }
      const [first] = failure instanceof Refusal ? failure.errors : [];
      const [, at, field = ''] = /^items\.(\d+)(?:\.(\w+))?/.exec(first?.field ?? '') ?? [];
      const line = lines[Number(at ?? -1)];
      setTold(
        line === undefined
          ? t('csv.refused', { text: first?.message ?? sentenceOf(t, failure) })
          : t('csv.refusedLine', {
              line: String(line),
              field: field === '' ? '' : named(t, 'f', field),
              text: first?.message ?? '',
            }),
      );
    }
  };
  if (error !== null) return <p className="notice error">{error}</p>;
  return (
    <>
      <div role="status">{told === null ? null : <p className="notice">{told}</p>}</div>
      <CollectionPage
        collection="contacts"
        path={path}
        address={path}
        title={`${t('contacts')}: ${within(String(value?.item.name ?? ''))}`}
      >
        {(again, etag) => (
          <>
            <Button className="button" onPress={() => file.current?.click()}>
              {t('csv.import')}
            </Button>
            <input
              ref={file}
              type="file"
              hidden
              accept=".csv,text/csv"
              onChange={({ target }) => {
                const chosen = target.files?.[0];
                if (chosen) void choose(chosen);
                target.value = '';
              }}
            />
            {read === null ? null : (
              <AskDialog
                title={t('csv.question', { count: String(read.contacts.length) })}
                yes={t('csv.import')}
                no={t('form.cancel')}
                onYes={() => void importAll(read, again, etag)}
                onNo={() => setRead(null)}
              >
                <fieldset className="group">
                  <legend>{t('csv.mode')}</legend>
                  {(['replace', 'add'] as const).map((one) => (
                    <label key={one}>
                      <input
                        type="radio"
                        name="import-mode"
                        checked={mode === one}
                        onChange={() => setMode(one)}
                      />
                      {t(`csv.mode.${one}`)}
                    </label>
                  ))}
                </fieldset>
              </AskDialog>
            )}
            <Button className="button" onPress={() => void exportAll()}>
              {t('csv.export')}
            </Button>
            <Button className="button" onPress={() => go('phoneBooks')}>
              {t('form.back')}
            </Button>
          </>
        )}
      </CollectionPage>
    </>
  );
}
