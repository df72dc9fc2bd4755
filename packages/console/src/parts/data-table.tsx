/** A table with search, sorting and pages. Arrow keys go from row to row, Enter opens one. */
import { memo, type ReactNode, type RefObject, useId, useRef } from 'react';
import { Button, Cell, Column, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import { useMessages } from '../messages/index.tsx';
import { Typed } from './typed.tsx';

export interface TableColumn<T> {
  readonly id: string;
  readonly label: string;
  readonly isSortable?: boolean;
  /** Short words: no line ends within one. */
  readonly isOfWords?: boolean;
  readonly cell: (row: T) => ReactNode;
}

export interface View {
  readonly search: string;
  /** `name`, or `-name` for downwards; empty: as they come. */
  readonly sort: string;
  readonly page: number;
}

export const FIRST_VIEW: View = { search: '', sort: '', page: 0 };
export const PAGE_ROWS = 50;

export function DataTable<T>({
  label,
  columns,
  rows,
  total,
  keyOf,
  view,
  onView,
  onOpen,
  children,
}: {
  label: string;
  columns: readonly TableColumn<T>[];
  /** Of the page that is shown. */
  rows: readonly T[];
  total: number;
  keyOf: (row: T) => string;
  view: View;
  onView: (view: View) => void;
  onOpen?: (row: T) => void;
  children?: ReactNode;
}) {
  const { t, region } = useMessages();
  const search = useId();
  const pages = Math.max(1, Math.ceil(total / PAGE_ROWS));
  const latest = useRef<Latest<T>>({ view, onView, onOpen, keyOf });
  latest.current = { view, onView, onOpen, keyOf };
  return (
    <>
      <div className="table-tools">
        <div className="field search">
          <label htmlFor={search}>{t('table.search')}</label>
          <input
            id={search}
            type="search"
            value={view.search}
            maxLength={128}
            onChange={({ target }) => onView({ ...view, search: target.value, page: 0 })}
          />
        </div>
        {children}
        <p className="hint" role="status">
          {t('table.count', { count: new Intl.NumberFormat(region).format(total) })}
        </p>
      </div>
      <Grid
        label={label}
        columns={columns}
        rows={rows}
        sort={view.sort}
        opens={onOpen !== undefined}
        latest={latest}
      />
      {pages > 1 ? (
        <nav className="pager" aria-label={label}>
          <Button
            className="button"
            isDisabled={view.page === 0}
            onPress={() => onView({ ...view, page: view.page - 1 })}
          >
            {t('table.previous')}
          </Button>
          <span>{t('table.page', { page: String(view.page + 1), of: String(pages) })}</span>
          <Button
            className="button"
            isDisabled={view.page >= pages - 1}
            onPress={() => onView({ ...view, page: view.page + 1 })}
          >
            {t('table.next')}
          </Button>
        </nav>
      ) : null}
    </>
  );
}

/** What calls of the grid need at the moment at which they come. */
interface Latest<T> {
  readonly view: View;
  readonly onView: (view: View) => void;
  readonly onOpen: ((row: T) => void) | undefined;
  readonly keyOf: (row: T) => string;
}

interface GridProps<T> {
  readonly label: string;
  readonly columns: readonly TableColumn<T>[];
  readonly rows: readonly T[];
  readonly sort: string;
  readonly opens: boolean;
  readonly latest: RefObject<Latest<T>>;
}

/** Apart, because it takes long to draw: who types in the search waits for no row but the new ones. */
const Grid = memo(function Grid<T>({ label, columns, rows, sort, opens, latest }: GridProps<T>) {
  const { t } = useMessages();
  const isDescending = sort.startsWith('-');
  const keyed = rows.map((row) => ({ id: latest.current.keyOf(row), row }));
  return (
    <section className="table-scroll" aria-label={label}>
      <Table
        aria-label={label}
        className="table"
        {...(sort !== '' && {
          sortDescriptor: {
            column: sort.replace(/^-/, ''),
            direction: isDescending ? 'descending' : 'ascending',
          },
        })}
        onSortChange={({ column, direction }) => {
          const { view, onView } = latest.current;
          onView({ ...view, sort: `${direction === 'descending' ? '-' : ''}${column}`, page: 0 });
        }}
        onRowAction={(key) => {
          const found = keyed.find(({ id }) => id === key);
          if (found) latest.current.onOpen?.(found.row);
        }}
      >
        <TableHeader>
          {columns.map((column, index) => (
            <Column
              key={column.id}
              id={column.id}
              isRowHeader={index === 0}
              allowsSorting={column.isSortable === true}
            >
              {({ sortDirection }) => (
                <>
                  {column.label}
                  <span aria-hidden="true" className="arrow">
                    {sortDirection === 'descending' ? ' ↓' : sortDirection === 'ascending' ? ' ↑' : ''}
                  </span>
                </>
              )}
            </Column>
          ))}
        </TableHeader>
        <TableBody
          items={keyed}
          dependencies={[columns]}
          renderEmptyState={() => (
            <p className="hint">{t(latest.current.view.search === '' ? 'table.none' : 'table.noneFound')}</p>
          )}
        >
          {({ id, row }) => (
            <Row id={id} className={opens ? 'opens' : ''}>
              {columns.map((column) => {
                const content = column.cell(row);
                return (
                  <Cell key={column.id} className={column.isOfWords ? 'words' : ''}>
                    {typeof content === 'string' ? <Typed>{content}</Typed> : content}
                  </Cell>
                );
              })}
            </Row>
          )}
        </TableBody>
      </Table>
    </section>
  );
}) as <T>(props: GridProps<T>) => ReactNode;

/** The rows of a page of what is all there already. Pure. */
export function pageOf<T>(
  all: readonly T[],
  { search, sort, page }: View,
  textOf: (row: T, column?: string) => string,
): { readonly rows: readonly T[]; readonly total: number } {
  const wanted = search.trim().toLowerCase();
  const found = all.filter((row) => textOf(row).toLowerCase().includes(wanted));
  const column = sort.replace(/^-/, '');
  if (column !== '') {
    const sign = sort.startsWith('-') ? -1 : 1;
    found.sort(
      (a, b) => sign * textOf(a, column).localeCompare(textOf(b, column), undefined, { numeric: true }),
    );
  }
  return { rows: found.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS), total: found.length };
}
