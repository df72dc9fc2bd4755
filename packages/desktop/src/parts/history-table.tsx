import type { HistoryCall, HistoryState } from '@poise/client';
import { useEffect, useMemo, useState } from 'react';
import { mayCall } from '../actions/make-call.ts';
import { useDesktop, useDesktopState, useReadsNoMore } from '../desktop-context.tsx';
import { useMessages } from '../messages/index.tsx';
import { Phrase } from '../messages/phrase.tsx';
import { Typed } from '../messages/typed.tsx';
import { platformFrame } from '../session/area.ts';
import { duration, isoDuration } from '../session/duration.ts';
import { dispositionKey, spentOf } from '../session/history-facts.ts';
import { LiveRows } from '../session/live-rows.ts';
import { RowOrder } from '../session/row-order.ts';
import { stateSentence } from '../session/sentences.ts';
import type { DesktopState, Sentence } from '../session/store.ts';
import { type Column, DataGrid, type Sorting } from './data-grid.tsx';
import { Icon } from './icon.tsx';
import { Party, useNames } from './party.tsx';
import { ReadFailure } from './read-failure.tsx';
import { StateMark } from './state-mark.tsx';
import { Timer } from './timer.tsx';
import { useHistory } from './use-history.ts';

const theDrift = (state: DesktopState) => state.drift;

/** The calls of a shift (desktop.md 6), own or of an agent. */
export function CallHistoryTable({ userId }: { userId: string }) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const { history, error } = useHistory(userId);
  const canCall = useDesktopState(mayCall);
  const names = useNames();
  const compare = useCompare();
  const columns = useMemo<readonly Column<HistoryCall>[]>(
    () => [
      {
        id: 'type',
        label: 'history.type',
        width: '4rem',
        isSortable: true,
        cell: ({ direction }) => {
          const isOut = direction === 'outbound';
          return (
            <>
              <Icon name={isOut ? 'arrowOut' : 'arrowIn'} />
              <span className="visually-hidden">{t(isOut ? 'history.outbound' : 'history.inbound')}</span>
            </>
          );
        },
      },
      {
        id: 'number',
        label: 'history.number',
        width: 'minmax(8rem, 18rem)',
        isSortable: true,
        cell: ({ number }) => <Party number={number} names={names} />,
      },
      {
        id: 'disposition',
        label: 'history.disposition',
        width: 'minmax(11.5rem, 14rem)',
        isSortable: true,
        cell: ({ disposition }) => <span className="cut">{t(dispositionKey(disposition))}</span>,
      },
      {
        id: 'wrapUp',
        label: 'history.wrapUp',
        width: 'minmax(7rem, 14rem)',
        isSortable: true,
        cell: ({ wrapUpReason }) => <Typed className="cut">{wrapUpReason}</Typed>,
      },
      {
        id: 'queue',
        label: 'history.queue',
        width: 'minmax(6rem, 12rem)',
        isSortable: true,
        cell: ({ queueName }) => <Typed className="cut">{queueName}</Typed>,
      },
      {
        id: 'start',
        label: 'history.start',
        width: 'minmax(8rem, 9rem)',
        isSortable: true,
        isFigure: true,
        cell: ({ startTime }) => <Moment at={startTime} />,
      },
      {
        id: 'duration',
        label: 'history.duration',
        width: 'minmax(6rem, 8rem)',
        isSortable: true,
        isFigure: true,
        cell: (call) => <Spent {...spentOf(call)} />,
      },
      {
        id: 'call',
        label: 'history.call',
        width: '4rem',
        isHeaderHidden: true,
        isWidget: true,
        cell: ({ number }, _id, tabIndex) => (
          <button
            type="button"
            className="icon-button"
            data-cell-focus=""
            tabIndex={tabIndex}
            aria-disabled={!canCall || number === ''}
            aria-label={t('history.callNumber', { number })}
            title={canCall ? undefined : t('calls.dialBlocked')}
            onClick={() => {
              if (canCall && number !== '') void controller.makeCall(number);
            }}
          >
            <Icon name="phone" />
          </button>
        ),
      },
    ],
    [t, controller, canCall, names],
  );
  const by = useMemo<Comparisons<HistoryCall>>(
    () => ({
      type: (a, b) => compare(a.direction, b.direction),
      number: (a, b) => compare(a.number, b.number),
      disposition: (a, b) => compare(t(dispositionKey(a.disposition)), t(dispositionKey(b.disposition))),
      wrapUp: (a, b) => compare(a.wrapUpReason ?? '', b.wrapUpReason ?? ''),
      queue: (a, b) => compare(a.queueName ?? '', b.queueName ?? ''),
      start: byId,
      duration: (a, b) => (a.durationMs ?? 0) - (b.durationMs ?? 0),
    }),
    [compare, t],
  );
  return (
    <HistoryGrid
      label={t('history.calls')}
      columns={columns}
      by={by}
      entries={history?.calls}
      error={error}
      onAgain={() => controller.areas.history.again(userId)}
      empty={t('history.noCalls')}
      minWidth={53}
    />
  );
}

/** The states of a shift (desktop.md 6), own or of an agent. */
export function StateHistoryTable({ userId }: { userId: string }) {
  const { t } = useMessages();
  const { controller } = useDesktop();
  const { history, error } = useHistory(userId);
  const compare = useCompare();
  const columns = useMemo<readonly Column<HistoryState>[]>(
    () => [
      {
        id: 'start',
        label: 'history.start',
        width: 'minmax(8rem, 9rem)',
        isSortable: true,
        cell: ({ startTime }) => <Moment at={startTime} />,
      },
      {
        id: 'state',
        label: 'history.state',
        width: 'minmax(8rem, 20rem)',
        isSortable: true,
        cell: ({ state }) => (
          <span className="agent-state">
            <StateMark state={state} />
            <span className="cut">
              <Phrase sentence={stateSentence({ state, reasonLabel: null })} />
            </span>
          </span>
        ),
      },
      {
        id: 'reason',
        label: 'history.reason',
        width: 'minmax(8rem, 20rem)',
        isSortable: true,
        cell: ({ reasonLabel }) => <Typed className="cut">{reasonLabel}</Typed>,
      },
      {
        id: 'duration',
        label: 'history.duration',
        width: 'minmax(6rem, 8rem)',
        isSortable: true,
        isFigure: true,
        cell: ({ durationMs, endTime, endedAway, startTime, state }) => {
          // Nobody waits for the end of having signed out.
          const goesOn = endTime === null && !endedAway && state !== 'LOGOUT';
          return <Spent ms={durationMs} since={goesOn ? (startTime?.getTime() ?? null) : null} />;
        },
      },
    ],
    [],
  );
  const by = useMemo<Comparisons<HistoryState>>(
    () => ({
      start: byId,
      state: (a, b) => compare(a.state, b.state),
      reason: (a, b) => compare(a.reasonLabel, b.reasonLabel),
      duration: (a, b) => (a.durationMs ?? 0) - (b.durationMs ?? 0),
    }),
    [compare],
  );
  return (
    <HistoryGrid
      label={t('history.states')}
      columns={columns}
      by={by}
      entries={history?.states}
      error={error}
      onAgain={() => controller.areas.history.again(userId)}
      empty={t('history.noStates')}
      minWidth={30}
    />
  );
}

type Comparisons<T> = Readonly<Record<string, (a: T, b: T) => number>>;

/** Entries are counted as they begin. */
const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

function useCompare(): (a: string, b: string) => number {
  const { language } = useMessages();
  return useMemo(
    () => new Intl.Collator(language, { numeric: true, sensitivity: 'base' }).compare,
    [language],
  );
}

function HistoryGrid<T extends { readonly id: number }>({
  label,
  columns,
  by,
  entries,
  error,
  onAgain,
  empty,
  minWidth,
}: {
  label: string;
  columns: readonly Column<T>[];
  by: Comparisons<T>;
  entries: readonly T[] | undefined;
  error: Sentence | null;
  onAgain: () => void;
  empty: string;
  minWidth: number;
}) {
  const { t } = useMessages();
  const isOver = useReadsNoMore();
  const [sorting, sort] = useState<Sorting>({ column: 'start', isDescending: true });
  const [rows, order] = useMemo(() => {
    const live = new LiveRows<T>(platformFrame);
    return [live, new RowOrder(live, platformFrame)] as const;
  }, []);
  useEffect(() => {
    const compare = by[sorting.column] ?? byId;
    order.arrange({
      belongs: () => true,
      compare: sorting.isDescending ? (a, b) => compare(b, a) : compare,
    });
  }, [order, by, sorting]);
  useEffect(() => {
    rows.replace(new Map((entries ?? []).map((entry) => [String(entry.id), entry])));
  }, [rows, entries]);
  return (
    <div className="history" data-reads="">
      <div role="status">{error === null ? null : <ReadFailure sentence={error} onAgain={onAgain} />}</div>
      <DataGrid
        label={label}
        columns={columns}
        rows={rows}
        order={order}
        sorting={sorting}
        onSort={sort}
        empty={entries === undefined ? (error === null && !isOver ? t('gadget.loading') : '') : empty}
        minWidth={minWidth}
      />
    </div>
  );
}

function Moment({ at }: { at: Date | null }) {
  const { region } = useMessages();
  if (at === null) return null;
  const isToday = at.toDateString() === new Date().toDateString();
  const format: Intl.DateTimeFormatOptions = isToday
    ? { timeStyle: 'medium' }
    : { dateStyle: 'short', timeStyle: 'medium' };
  return <time dateTime={at.toISOString()}>{new Intl.DateTimeFormat(region, format).format(at)}</time>;
}

/** @param since it goes on since then, epoch ms by the server's clock; null: it is over */
function Spent({ ms, since }: { ms: number | null; since: number | null }) {
  const drift = useDesktopState(theDrift);
  if (since !== null) return <Timer since={since} drift={drift} unknown="" />;
  return ms === null ? null : <time dateTime={isoDuration(ms)}>{duration(ms)}</time>;
}
