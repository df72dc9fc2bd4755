/**
 * What a user made of the columns of a tab (desktop.md D90): a row of boxes that flows over a grid of twelve columns, each box with a
 * width, and a height if it was given one. Pure; where it is kept is not decided here.
 */
import type { Placement } from './component.ts';

/** Columns of the grid; the least width of a box is one of them. */
export const GRID_COLUMNS = 12;
/** Least height of a box, and how much one step of the keyboard adds, CSS pixels. */
export const HEIGHT = { least: 120, most: 2_000, step: 40 } as const;

export interface Box {
  /** Id of the entry. */
  readonly id: string;
  /** Columns of the grid, 1 to 12. */
  readonly width: number;
  /** CSS pixels; null: as high as its contents. */
  readonly height: number | null;
}

/** Boxes of a tab, in the order in which they flow. */
export type Arrangement = readonly Box[];

/** As the layout has it: the columns side by side, row after row. */
export function arrangementOf(columns: readonly (readonly Placement[])[]): Arrangement {
  const filled = columns.filter((column) => column.length > 0);
  const width = Math.max(1, Math.floor(GRID_COLUMNS / Math.max(1, filled.length)));
  const rows = Math.max(0, ...filled.map(({ length }) => length));
  return Array.from({ length: rows }, (_, row) =>
    filled.flatMap((column) => {
      const entry = column[row];
      return entry === undefined ? [] : [{ id: entry.id, width, height: null }];
    }),
  ).flat();
}

/** What was kept, as far as it fits the layout: boxes that are gone are left out, new ones stand at the end. */
export function fitted(kept: unknown, columns: readonly (readonly Placement[])[]): Arrangement {
  const byLayout = arrangementOf(columns);
  if (!Array.isArray(kept)) return byLayout;
  const known = new Map(byLayout.map((box) => [box.id, box]));
  const boxes = (kept as readonly unknown[]).flatMap((each): Box[] => {
    const { id, width, height } = (each ?? {}) as Partial<Record<keyof Box, unknown>>;
    const box = typeof id === 'string' ? known.get(id) : undefined;
    if (box === undefined) return [];
    known.delete(box.id);
    return [
      {
        id: box.id,
        width: typeof width === 'number' ? widthWithin(width) : box.width,
        height: typeof height === 'number' ? heightWithin(height) : null,
      },
    ];
  });
  return [...boxes, ...known.values()];
}

/** The box takes the place of another one. */
export function moved(boxes: Arrangement, id: string, to: number): Arrangement {
  const box = boxes.find((each) => each.id === id);
  if (box === undefined) return boxes;
  const rest = boxes.filter((each) => each !== box);
  const place = Math.min(Math.max(0, to), rest.length);
  if (boxes[place] === box) return boxes;
  return [...rest.slice(0, place), box, ...rest.slice(place)];
}

/** @param height null: as high as its contents */
export function resized(boxes: Arrangement, id: string, width: number, height: number | null): Arrangement {
  return boxes.map((box) =>
    box.id === id
      ? { ...box, width: widthWithin(width), height: height === null ? null : heightWithin(height) }
      : box,
  );
}

/** Places that an arrow moves a box by. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowUp: -1,
  ArrowRight: 1,
  ArrowDown: 1,
};
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
  const index = boxes.findIndex((box) => box.id === id);
  const box = boxes[index];
  if (box === undefined || !Object.hasOwn(STEPS, key)) return null;
  if (!shift) return moved(boxes, id, index + (STEPS[key] as number));
  const [columns, pixels] = GROWTH[key] as readonly [number, number];
  return resized(boxes, id, box.width + columns, pixels === 0 ? box.height : heightNow() + pixels);
}

const within = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.min(most, Math.max(least, Math.round(value))) : least;

const widthWithin = (width: number): number => within(width, 1, GRID_COLUMNS);
const heightWithin = (height: number): number => within(height, HEIGHT.least, HEIGHT.most);
