/**
 * What a user made of the columns of a tab (desktop.md D90): boxes on a grid of twelve columns. Each has the column at which it begins,
 * a width, and a height if it was given one; in its columns it moves up as far as there is room. Pure; where it is kept is not decided here.
 */
import type { Placement } from './component.ts';

/** Columns of the grid; the least width of a box is one of them. */
export const GRID_COLUMNS = 12;
/** Least height of a box, and how much one step of the keyboard adds, CSS pixels. */
export const HEIGHT = { least: 120, most: 2_000, step: 40 } as const;

export interface Box {
  /** Id of the entry. */
  readonly id: string;
  /** Column of the grid at which it begins, 0 to 11; with the width never past the twelfth. */
  readonly start: number;
  /** Columns of the grid, 1 to 12. */
  readonly width: number;
  /** CSS pixels; null: as high as its contents. */
  readonly height: number | null;
}

/** Boxes of a tab, in the order in which they are placed and read. */
export type Arrangement = readonly Box[];

/** As the layout has it: the columns side by side, row after row. */
export function arrangementOf(columns: readonly (readonly Placement[])[]): Arrangement {
  const filled = columns.filter((column) => column.length > 0);
  const width = Math.max(1, Math.floor(GRID_COLUMNS / Math.max(1, filled.length)));
  const rows = Math.max(0, ...filled.map(({ length }) => length));
  return Array.from({ length: rows }, (_, row) =>
    filled.flatMap((column, index) => {
      const entry = column[row];
      const start = Math.min(index * width, GRID_COLUMNS - width);
      return entry === undefined ? [] : [{ id: entry.id, start, width, height: null }];
    }),
  ).flat();
}

/** What was kept, as far as it fits the layout: boxes that are gone are left out, new ones stand at the end. */
export function fitted(kept: unknown, columns: readonly (readonly Placement[])[]): Arrangement {
  const byLayout = arrangementOf(columns);
  if (!Array.isArray(kept)) return byLayout;
  const known = new Map(byLayout.map((box) => [box.id, box]));
  const boxes = (kept as readonly unknown[]).flatMap((each): Box[] => {
    const { id, start, width, height } = (each ?? {}) as Partial<Record<keyof Box, unknown>>;
    const box = typeof id === 'string' ? known.get(id) : undefined;
    if (box === undefined) return [];
    known.delete(box.id);
    return [
      within12({
        id: box.id,
        start: typeof start === 'number' ? start : box.start,
        width: typeof width === 'number' ? width : box.width,
        height: typeof height === 'number' ? heightWithin(height) : null,
      }),
    ];
  });
  return [...boxes, ...known.values()];
}

/** The box takes the place of another one, in the column of that. */
export function moved(boxes: Arrangement, id: string, to: number): Arrangement {
  const box = boxes.find((each) => each.id === id);
  if (box === undefined) return boxes;
  const rest = boxes.filter((each) => each !== box);
  const place = Math.min(Math.max(0, to), rest.length);
  const other = boxes[place];
  if (other === box) return boxes;
  return [
    ...rest.slice(0, place),
    within12({ ...box, start: other?.start ?? box.start }),
    ...rest.slice(place),
  ];
}

/** The box goes to another column, below what is there. */
export function movedToColumn(boxes: Arrangement, id: string, start: number): Arrangement {
  const box = boxes.find((each) => each.id === id);
  if (box === undefined) return boxes;
  return [...boxes.filter((each) => each !== box), within12({ ...box, start })];
}

/** One that ends at the edge grows to the other side. @param height null: as high as its contents */
export function resized(boxes: Arrangement, id: string, width: number, height: number | null): Arrangement {
  return boxes.map((box) =>
    box.id === id ? within12({ ...box, width, height: height === null ? null : heightWithin(height) }) : box,
  );
}

/** Up and down past the next box that stands in the way; to the sides to where the next column begins, or to the edge. */
function stepped(boxes: Arrangement, box: Box, key: string): Arrangement {
  const index = boxes.indexOf(box);
  const isBeside = (other: Box) =>
    other.start < box.start + box.width && box.start < other.start + other.width;
  if (key === 'ArrowUp' || key === 'ArrowDown') {
    const by = key === 'ArrowUp' ? -1 : 1;
    for (let at = index + by; at >= 0 && at < boxes.length; at += by) {
      const other = boxes[at] as Box;
      if (isBeside(other)) {
        const rest = boxes.filter((each) => each !== box);
        return [...rest.slice(0, at), box, ...rest.slice(at)];
      }
    }
    return boxes;
  }
  const last = GRID_COLUMNS - box.width;
  const starts = [...new Set([0, ...boxes.map(({ start }) => start), last])]
    .filter((start) => start <= last)
    .sort((a, b) => a - b);
  const next =
    key === 'ArrowLeft'
      ? starts.filter((start) => start < box.start).at(-1)
      : starts.find((start) => start > box.start);
  return next === undefined ? boxes : boxes.map((each) => (each === box ? { ...box, start: next } : each));
}

const ARROWS: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown']);
/** Columns and pixels that an arrow with Shift adds. */
const GROWTH: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -HEIGHT.step],
  ArrowDown: [0, HEIGHT.step],
};

/** What a key does to a box; null: it means nothing. @param heightNow of the box as it is drawn, CSS pixels */
export function byKey(
  boxes: Arrangement,
  id: string,
  { key, shift, heightNow }: { key: string; shift: boolean; heightNow: () => number },
): Arrangement | null {
  const box = boxes.find((each) => each.id === id);
  if (box === undefined || !ARROWS.has(key)) return null;
  if (!shift) return stepped(boxes, box, key);
  const [columns, pixels] = GROWTH[key] as readonly [number, number];
  return resized(boxes, id, box.width + columns, pixels === 0 ? box.height : heightNow() + pixels);
}

const within = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : least;

/** The box, not past the edges of the grid. */
function within12(box: Box): Box {
  const width = within(box.width, 1, GRID_COLUMNS);
  return { ...box, start: within(box.start, 0, GRID_COLUMNS - width), width };
}
const heightWithin = (height: number): number => within(height, HEIGHT.least, HEIGHT.most);
