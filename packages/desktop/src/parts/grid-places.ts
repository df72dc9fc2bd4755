/** Where the keys of a grid lead (ARIA grid pattern). */

/** A cell; `row` null: the header. */
export interface Place {
  readonly row: string | null;
  readonly column: number;
}

export interface GridSize {
  readonly ids: readonly string[];
  readonly columns: number;
  /** Rows that Page Up and Page Down pass. */
  readonly page: number;
  /** Whether the columns run from right to left. */
  readonly isRtl: boolean;
}

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
}

/** @returns null: the key leads nowhere and is left to others */
export function placeAfter(key: Key, { row, column }: Place, size: GridSize): Place | null {
  if (key.altKey || key.metaKey || key.shiftKey) return null;
  const { ids, columns, page, isRtl } = size;
  const index = row === null ? -1 : ids.indexOf(row);
  const at = (place: number, col = column): Place => {
    const to = Math.min(Math.max(place, -1), ids.length - 1);
    return { row: to < 0 ? null : (ids[to] as string), column: Math.min(Math.max(col, 0), columns - 1) };
  };
  const onwards = isRtl ? -1 : 1;
  switch (key.key) {
    case 'ArrowDown':
      return at(index + 1);
    case 'ArrowUp':
      return at(index - 1);
    case 'ArrowRight':
      return at(index, column + onwards);
    case 'ArrowLeft':
      return at(index, column - onwards);
    case 'PageDown':
      return at(index + page);
    case 'PageUp':
      return at(Math.max(index - page, Math.min(index, 0)));
    case 'Home':
      return key.ctrlKey ? at(0, 0) : at(index, 0);
    case 'End':
      return key.ctrlKey ? at(ids.length - 1, columns - 1) : at(index, columns - 1);
    default:
      return null;
  }
}
