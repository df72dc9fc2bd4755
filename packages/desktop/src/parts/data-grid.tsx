/**
 * A table of live rows (ARIA grid): only the rows that can be seen are drawn, a row that changes is drawn alone, and the
 * keyboard goes from cell to cell. The row with the focus stays on the page wherever it is scrolled to.
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { type MessageKey, useMessages } from '../messages/index.tsx';
import type { LiveRows } from '../session/live-rows.ts';
import type { RowOrder } from '../session/row-order.ts';
import { type Place, placeAfter } from './grid-places.ts';
import { GridRow } from './grid-row.tsx';
import { Icon } from './icon.tsx';

export interface Column<T> {
  readonly id: string;
  readonly label: MessageKey;
  /** Track of the CSS grid, e.g. `minmax(8rem, 2fr)`. */
  readonly width: string;
  readonly isSortable?: boolean;
  /** Figures stand at the end of their cell. */
  readonly isFigure?: boolean;
  /** Its cells hold a button, which takes the focus in place of the cell (`data-cell-focus`). */
  readonly isWidget?: boolean;
  /** The header is for those alone who cannot see that the column has buttons. */
  readonly isHeaderHidden?: boolean;
  readonly cell: (row: T, id: string, tabIndex: number) => ReactNode;
}

export interface Sorting {
  readonly column: string;
  readonly isDescending: boolean;
}

/** Something that stands below one row, in a room of fixed height. */
export interface RowDetail {
  readonly id: string;
  /** In heights of a row. */
  readonly rows: number;
  readonly content: ReactNode;
}

interface Props<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: LiveRows<T>;
  readonly order: RowOrder<T>;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly empty: string;
  readonly detail?: RowDetail | null;
  /** Enter on a cell without a button, and the key or click for context menus. @param at where the menu stands */
  readonly onMenu?: (id: string, at: HTMLElement) => void;
  /** Shortest length of a row before the table scrolls sideways, rem. */
  readonly minWidth?: number;
}

/** Height of a row, rem. */
const ROW_REM = 2.5;
/** Rows drawn beyond what can be seen, at each end. */
const BEYOND = 6;
const HEAD = '';

export function DataGrid<T>(props: Props<T>) {
  const { label, columns, rows, order, sorting, onSort, empty, detail = null, onMenu, minWidth = 0 } = props;
  const { t } = useMessages();
  const { ids } = useSyncExternalStore(order.subscribe, order.snapshot);
  const scroller = useRef<HTMLDivElement>(null);
  const rowPx = useRef(ROW_REM * 16);
  const [range, setRange] = useState({ first: 0, last: 40 });
  const [active, setActive] = useState<Place>({ row: null, column: 0 });
  /** The keyboard went to another place, which has to get the focus when it is drawn. */
  const wantsFocus = useRef(false);

  const look = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const first = Math.max(0, Math.floor(box.scrollTop / rowPx.current) - BEYOND);
    const last = Math.ceil((box.scrollTop + box.clientHeight) / rowPx.current) + BEYOND;
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, []);

  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    rowPx.current = ROW_REM * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
    const observer = new ResizeObserver(look);
    observer.observe(box);
    return () => observer.disconnect();
  }, [look]);

  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    const box = scroller.current;
    const cell = box?.querySelector<HTMLElement>(
      `[data-row="${CSS.escape(active.row ?? HEAD)}"] > [data-column="${active.column}"]`,
    );
    (cell?.querySelector<HTMLElement>('[data-cell-focus]') ?? cell)?.focus({ preventScroll: true });
  }, [active]);

  const detailId = detail?.id;
  // What was opened is seen, with the row that it belongs to; later the table stays where it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another row is opened
  useEffect(() => {
    const box = scroller.current;
    if (box === null || detail === null) return;
    const bottom = (ids.indexOf(detail.id) + 2 + detail.rows) * rowPx.current;
    if (bottom > box.scrollTop + box.clientHeight) box.scrollTop = bottom - box.clientHeight;
  }, [detailId]);

  const detailIndex = detail === null ? -1 : ids.indexOf(detail.id);
  const detailRows = detailIndex < 0 || detail === null ? 0 : detail.rows;
  const topOf = (index: number) => index + (detailIndex >= 0 && index > detailIndex ? detailRows : 0);
  // A row that has gone leaves the way into the table at its beginning.
  const activeIndex = active.row === null ? -1 : ids.indexOf(active.row);
  const entry: Place = active.row !== null && activeIndex < 0 ? { row: null, column: active.column } : active;

  const go = (place: Place) => {
    const box = scroller.current;
    const index = place.row === null ? -1 : ids.indexOf(place.row);
    if (box !== null && index >= 0) {
      const top = topOf(index) * rowPx.current;
      const room = box.clientHeight - 2 * rowPx.current;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top > box.scrollTop + room) box.scrollTop = top - room;
    }
    wantsFocus.current = true;
    setActive({ ...place });
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPx.current) - 2);
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const next = placeAfter(event, entry, { ids, columns: columns.length, page, isRtl });
    if (next !== null) {
      event.preventDefault();
      go(next);
      return;
    }
    const target = event.target as HTMLElement;
    const isMenuKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
    const isEnter = event.key === 'Enter' && target.getAttribute('role') === 'gridcell';
    if (onMenu && entry.row !== null && (isMenuKey || isEnter)) {
      event.preventDefault();
      onMenu(entry.row, target);
    }
  };

  const drawn: number[] = [];
  const from = Math.max(0, range.first - Math.ceil(detailRows));
  for (let index = from; index < Math.min(ids.length, range.last); index++) drawn.push(index);
  if (activeIndex >= 0 && (activeIndex < from || activeIndex >= range.last)) drawn.push(activeIndex);

  // Columns are as wide as what they say needs; what room there is beyond stays at the end of the row.
  const tracks = {
    '--tracks': `${columns.map(({ width }) => width).join(' ')} minmax(0, 1fr)`,
  } as CSSProperties;
  return (
    // biome-ignore lint/a11y/useSemanticElements: rows are placed by their number, which a table cannot do
    <div
      role="grid"
      tabIndex={-1}
      aria-label={label}
      aria-rowcount={ids.length + 1}
      aria-colcount={columns.length}
      className="grid-scroll"
      ref={scroller}
      style={tracks}
      onScroll={look}
      onKeyDown={onKeyDown}
      onFocus={({ target }) => {
        order.hold('focus', true);
        const cell = target.closest<HTMLElement>('[data-column]');
        const row = cell?.parentElement?.dataset.row;
        if (!cell || row === undefined) return;
        const place = { row: row === HEAD ? null : row, column: Number(cell.dataset.column) };
        if (place.row !== active.row || place.column !== active.column) setActive(place);
      }}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) order.hold('focus', false);
      }}
      onPointerEnter={() => order.hold('pointer', true)}
      onPointerLeave={() => order.hold('pointer', false)}
    >
      <div className="grid-inside" style={{ minWidth: `${minWidth}rem` }}>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div role="row" tabIndex={-1} className="grid-row grid-head" aria-rowindex={1} data-row={HEAD}>
          {columns.map((column, index) => (
            <HeaderCell
              key={column.id}
              column={column}
              index={index}
              isActive={entry.row === null && entry.column === index}
              sorting={sorting}
              onSort={onSort}
            />
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div
          role="rowgroup"
          className="grid-body"
          style={{ height: `${(ids.length + detailRows) * ROW_REM}rem` }}
        >
          {drawn.map((index) => {
            const id = ids[index] as string;
            return (
              <GridRow
                key={id}
                id={id}
                index={index}
                topRem={topOf(index) * ROW_REM}
                columns={columns}
                rows={rows}
                activeColumn={id === entry.row ? entry.column : -1}
                onMenu={onMenu}
                detail={detail?.id === id ? detail.content : null}
                detailRem={detail?.id === id ? detail.rows * ROW_REM : 0}
              />
            );
          })}
        </div>
      </div>
      {ids.length === 0 ? <p className="hint grid-empty">{empty}</p> : null}
      <span className="visually-hidden">{t('grid.keys')}</span>
    </div>
  );
}

function HeaderCell<T>({
  column,
  index,
  isActive,
  sorting,
  onSort,
}: {
  column: Column<T>;
  index: number;
  isActive: boolean;
  sorting: Sorting;
  onSort: (sorting: Sorting) => void;
}) {
  const { t } = useMessages();
  const { id, label, isSortable, isFigure, isHeaderHidden } = column;
  const isSorted = sorting.column === id;
  const order = sorting.isDescending ? 'descending' : 'ascending';
  const name = <span className={isHeaderHidden ? 'visually-hidden' : undefined}>{t(label)}</span>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div
      role="columnheader"
      className={isFigure ? 'grid-cell figure' : 'grid-cell'}
      data-column={index}
      tabIndex={isSortable ? undefined : isActive ? 0 : -1}
      aria-sort={isSortable ? (isSorted ? order : 'none') : undefined}
    >
      {isSortable ? (
        <button
          type="button"
          className="grid-sort"
          data-cell-focus=""
          tabIndex={isActive ? 0 : -1}
          onClick={() => onSort({ column: id, isDescending: isSorted && !sorting.isDescending })}
        >
          <span className="grid-name">{name}</span>
          <span className="grid-arrow" data-order={isSorted ? order : undefined}>
            <Icon name="chevronDown" />
          </span>
        </button>
      ) : (
        name
      )}
    </div>
  );
}
