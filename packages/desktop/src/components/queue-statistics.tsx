import type { QueueStatistics as Figures, Queue } from '@poise/client';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { useDesktop, useDesktopState, useReadsNoMore } from '../desktop-context.tsx';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import { Typed } from '../messages/typed.tsx';
import { type Column, DataGrid, type Sorting } from '../parts/data-grid.tsx';
import { Elapsed } from '../parts/elapsed.tsx';
import { ReadFailure } from '../parts/read-failure.tsx';
import type { DesktopState } from '../session/store.ts';

const theDrift = (state: DesktopState) => state.drift;

type FigureName = Exclude<keyof Figures, 'startTimeOfLongestCallInQueue'>;

/** Columns of desktop.md 9 with what they show; null: the time that the longest call waits. */
const FIGURES: readonly (readonly [MessageKey, FigureName | null])[] = [
  ['queues.calls', 'callsInQueue'],
  ['queues.maxTime', null],
  ['queues.ready', 'agentsReady'],
  ['queues.notReady', 'agentsNotReady'],
  ['queues.activeIn', 'agentsTalkingInbound'],
  ['queues.activeOut', 'agentsTalkingOutbound'],
  ['queues.activeOther', 'agentsTalkingInternal'],
  ['queues.wrapUpReady', 'agentsWrapUpReady'],
  ['queues.wrapUpNotReady', 'agentsWrapUpNotReady'],
];

/** The queues of the user with their figures, as the server last told them (desktop.md 9). */
export default function QueueStatistics() {
  const { t, language } = useMessages();
  const { controller } = useDesktop();
  const { queues } = controller.areas;
  const drift = useDesktopState(theDrift);
  const isOver = useReadsNoMore();
  const { isRead, isAbsent, error } = useSyncExternalStore(queues.state.subscribe, queues.state.snapshot);
  const [sorting, sort] = useState<Sorting>({ column: 'queues.name', isDescending: false });
  useEffect(() => queues.open(), [queues]);
  const arrangement = useMemo(() => {
    const { compare } = new Intl.Collator(language, { numeric: true, sensitivity: 'base' });
    const name = FIGURES.find(([label]) => label === sorting.column)?.[1];
    const figure = ({ statistics }: Queue) =>
      name === null || name === undefined
        ? -(statistics.startTimeOfLongestCallInQueue?.getTime() ?? Number.POSITIVE_INFINITY)
        : (statistics[name] ?? -1);
    const order =
      name === undefined
        ? (a: Queue, b: Queue) => compare(a.name, b.name)
        : (a: Queue, b: Queue) => figure(a) - figure(b) || 0;
    return {
      belongs: () => true,
      compare: sorting.isDescending ? (a: Queue, b: Queue) => order(b, a) : order,
    };
  }, [language, sorting]);
  useEffect(() => queues.order.arrange(arrangement), [queues, arrangement]);
  const columns = useMemo<readonly Column<Queue>[]>(
    () => [
      {
        id: 'queues.name',
        label: 'queues.name',
        width: 'minmax(8rem, 18rem)',
        isSortable: true,
        cell: ({ name }) => <Typed className="cut">{name}</Typed>,
      },
      ...FIGURES.map(
        ([label, name]): Column<Queue> => ({
          id: label,
          label,
          width: 'minmax(5.25rem, 7.5rem)',
          isSortable: true,
          isFigure: true,
          cell: ({ statistics }) =>
            name === null ? (
              <Elapsed
                since={statistics.startTimeOfLongestCallInQueue?.getTime() ?? null}
                now={Date.now() + drift}
              />
            ) : (
              (statistics[name] ?? '–')
            ),
        }),
      ),
    ],
    [drift],
  );
  if (isAbsent) return <p className="hint">{t('queues.absent')}</p>;
  return (
    <div className="queues" data-reads="">
      <div role="status">
        {error === null ? null : <ReadFailure sentence={error} onAgain={() => queues.again()} />}
      </div>
      <DataGrid
        label={t('queues.heading')}
        columns={columns}
        rows={queues.queues}
        order={queues.order}
        sorting={sorting}
        onSort={sort}
        empty={isRead ? t('queues.none') : error || isOver ? '' : t('gadget.loading')}
        minWidth={60}
      />
    </div>
  );
}
