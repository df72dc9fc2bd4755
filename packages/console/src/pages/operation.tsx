/** Who is signed in, sign-outs, and who changed what. */
import { useDeferredValue, useState } from 'react';
import { Button } from 'react-aria-components';
import { sentenceOf, useConsole, useLoaded } from '../context.tsx';
import { jsonText } from '../json-text.ts';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { DataTable, FIRST_VIEW, PAGE_ROWS, pageOf, type TableColumn } from '../parts/data-table.tsx';
import { AskDialog } from '../parts/dialog.tsx';

type Line = Readonly<Record<string, unknown>>;

const text = (value: unknown): string =>
  value === null || value === undefined ? '' : typeof value === 'string' ? value : jsonText(value);
const TIMES = new Set(['at', 'connectedAt']);
/** Long texts without blanks, that take whatever room there is. */
const LONG = new Set(['before', 'after']);

function LinesPage({
  title,
  path,
  listOf,
  columns,
  isPaged = false,
  action,
}: {
  title: MessageKey;
  path: string;
  listOf: (answer: Line) => readonly Line[];
  columns: readonly (readonly [id: string, label: MessageKey])[];
  /** The server gives one page, newest first; else all lines, and this page sorts and searches them. */
  isPaged?: boolean;
  action?: (again: () => void) => TableColumn<Line>;
}) {
  const { api } = useConsole();
  const { t, region } = useMessages();
  const [view, setView] = useState(FIRST_VIEW);
  const search = useDeferredValue(view.search);
  const address = isPaged
    ? `${path}?${new URLSearchParams({
        search,
        offset: String(view.page * PAGE_ROWS),
        limit: String(PAGE_ROWS),
      })}`
    : path;
  const { value, error, again } = useLoaded(() => api.read<Line>(address), address);
  const times = new Intl.DateTimeFormat(region, { dateStyle: 'short', timeStyle: 'medium' });
  const shown = (row: Line, id: string) =>
    TIMES.has(id) && row[id] ? times.format(new Date(text(row[id]))) : text(row[id]);
  const all = value === null ? [] : listOf(value);
  const found = pageOf(all, view, (row, column) =>
    column === undefined ? columns.map(([id]) => shown(row, id)).join('\n') : text(row[column]),
  );
  const { rows, total } = isPaged ? { rows: all, total: Number(value?.total ?? 0) } : found;
  const keys = new Map(all.map((row, index) => [row, String(index)]));
  return (
    <>
      <div className="page-head">
        <h1>{t(title)}</h1>
        <Button className="button" onPress={again}>
          {t('table.refresh')}
        </Button>
      </div>
      {error === null ? null : (
        <p className="notice error" role="alert">
          {error}
        </p>
      )}
      <DataTable
        label={t(title)}
        columns={[
          ...columns.map(([id, label]) => ({
            id,
            label: t(label),
            isSortable: !isPaged,
            isOfWords: !LONG.has(id),
            cell: (row: Line) => shown(row, id),
          })),
          ...(action === undefined ? [] : [action(again)]),
        ]}
        rows={rows}
        total={total}
        keyOf={(row) => keys.get(row) ?? ''}
        view={view}
        onView={setView}
      />
    </>
  );
}

export function ConnectedPage() {
  const { api, say } = useConsole();
  const { t } = useMessages();
  const [asked, setAsked] = useState<{ loginId: string; again: () => void } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const signOut = async () => {
    if (asked === null) return;
    setAsked(null);
    try {
      await api.signOutAgent(asked.loginId);
      setProblem(null);
      say(t('connected.done', { name: asked.loginId }));
    } catch (error) {
      setProblem(sentenceOf(t, error));
    }
    asked.again();
  };
  return (
    <>
      <div role="alert">{problem === null ? null : <p className="notice error">{problem}</p>}</div>
      <LinesPage
        title="connected"
        path="connected"
        listOf={({ items }) => items as readonly Line[]}
        columns={[
          ['loginId', 'f.loginId'],
          ['firstName', 'f.firstName'],
          ['lastName', 'f.lastName'],
          ['teamName', 'connected.team'],
          ['extension', 'f.extension'],
          ['state', 'connected.state'],
          ['client', 'connected.client'],
          ['connectedAt', 'connected.since'],
        ]}
        action={(again) => ({
          id: 'signOut',
          label: t('signOut'),
          cell: ({ loginId, state }) =>
            state === 'LOGOUT' ? null : (
              <Button
                className="link"
                aria-label={t('connected.signOut', { name: text(loginId) })}
                onPress={() => setAsked({ loginId: text(loginId), again })}
              >
                {t('signOut')}
              </Button>
            ),
        })}
      />
      {asked === null ? null : (
        <AskDialog
          title={t('connected.ask', { name: asked.loginId })}
          yes={t('signOut')}
          no={t('form.stay')}
          onYes={() => void signOut()}
          onNo={() => setAsked(null)}
        />
      )}
    </>
  );
}

export const SignOutsPage = () => (
  <LinesPage
    title="signOuts"
    path="signOuts?limit=1000"
    listOf={({ signOuts }) => signOuts as readonly Line[]}
    columns={[
      ['at', 'log.at'],
      ['agentId', 'log.agent'],
      ['cause', 'log.cause'],
      ['actingId', 'log.who'],
      ['outcome', 'log.outcome'],
      ['reasonCode', 'log.reason'],
    ]}
  />
);

/** Too many to be read at once: pages and search are the server's. */
export const AuditPage = () => (
  <LinesPage
    title="audit"
    path="audit"
    isPaged
    listOf={({ items }) => items as readonly Line[]}
    columns={[
      ['at', 'log.at'],
      ['who', 'log.who'],
      ['method', 'log.method'],
      ['resource', 'log.resource'],
      ['id', 'log.id'],
      ['client', 'log.client'],
      ['before', 'log.before'],
      ['after', 'log.after'],
    ]}
  />
);
