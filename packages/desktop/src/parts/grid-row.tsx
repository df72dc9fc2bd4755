import { type MouseEvent, memo, type ReactNode, useCallback, useSyncExternalStore } from 'react';
import type { LiveRows } from '../session/live-rows.ts';
import type { Column } from './data-grid.tsx';

interface Props<T> {
  readonly id: string;
  readonly index: number;
  readonly topRem: number;
  readonly columns: readonly Column<T>[];
  readonly rows: LiveRows<T>;
  /** Column that the keyboard is at; -1: none of this row. */
  readonly activeColumn: number;
  readonly onMenu: ((id: string, at: HTMLElement) => void) | undefined;
  readonly detail: ReactNode;
  readonly detailRem: number;
}

/** One row, drawn again when it changes, whatever the others do. */
function Row<T>({ id, index, topRem, columns, rows, activeColumn, onMenu, detail, detailRem }: Props<T>) {
  const subscribe = useCallback((listener: () => void) => rows.subscribe(id, listener), [rows, id]);
  const drawn = useSyncExternalStore(subscribe, () => rows.drawn(id));
  if (drawn === undefined) return null;
  const { row } = drawn;
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    if (!onMenu) return;
    event.preventDefault();
    onMenu(id, event.target as HTMLElement);
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: placed by its number, which a table cannot do */}
      <div
        role="row"
        tabIndex={-1}
        className="grid-row"
        data-row={id}
        aria-rowindex={index + 2}
        style={{ top: `${topRem}rem` }}
        onContextMenu={openMenu}
      >
        {columns.map((column, place) => {
          const tabIndex = place === activeColumn ? 0 : -1;
          const content = column.cell(row, id, tabIndex);
          return (
            // biome-ignore lint/a11y/useSemanticElements: see above
            <div
              key={column.id}
              role="gridcell"
              className={column.isFigure ? 'grid-cell figure' : 'grid-cell'}
              data-column={place}
              tabIndex={column.isWidget ? undefined : tabIndex}
            >
              {content}
            </div>
          );
        })}
      </div>
      {detail === null ? null : (
        // biome-ignore lint/a11y/useSemanticElements: see above
        <div
          role="row"
          tabIndex={-1}
          className="grid-detail"
          style={{ top: `${topRem + 2.5}rem`, height: `${detailRem}rem` }}
        >
          {/* biome-ignore lint/a11y/useSemanticElements: see above */}
          <div role="gridcell" tabIndex={-1} aria-colspan={columns.length}>
            {detail}
          </div>
        </div>
      )}
    </>
  );
}

export const GridRow = memo(Row) as typeof Row;
