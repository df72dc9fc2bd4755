import { type PointerEvent, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useMessages } from '../messages/index.tsx';
import {
  type Arrangement,
  byKey,
  GRID_COLUMNS,
  HEIGHT,
  moved,
  movedToColumn,
  resized,
} from './arrangement.ts';
import type { Placement } from './component.ts';
import { keepInOrder } from './keep-in-order.ts';
import { followHeights } from './row-spans.ts';

/** What a box offers to its frame: the handle that moves it, by pointer and by keys. */
export interface BoxHandle {
  /** Nothing is moved: a box fills the tab. */
  readonly isBlocked: boolean;
  readonly onDragStart: () => void;
  readonly onDragEnd: () => void;
  /** @returns whether the key meant something */
  onKey(key: string, shift: boolean): boolean;
}

/** A tab whose boxes can be moved and resized: dragged by their handles, or with the arrow keys; with Shift they change the size. */
export function ArrangedTab({
  boxes,
  entries,
  onChange,
  maximised,
  isSeen,
  draw,
}: {
  boxes: Arrangement;
  entries: ReadonlyMap<string, Placement>;
  onChange: (boxes: Arrangement) => void;
  /** Id of the box that fills the tab; null: none does. */
  maximised: string | null;
  /** Whether it is shown while another box fills the tab. */
  isSeen: (placement: Placement) => boolean;
  draw: (placement: Placement, handle: BoxHandle) => ReactNode;
}) {
  const { t } = useMessages();
  const grid = useRef<HTMLDivElement>(null);
  const [dragged, setDragged] = useState<string | null>(null);
  const [said, say] = useState('');
  const change = (next: Arrangement, id: string) => {
    onChange(next);
    const index = next.findIndex((box) => box.id === id);
    const box = next[index];
    if (box)
      say(
        t('arrange.told', {
          place: String(index + 1),
          of: String(next.length),
          width: String(box.width),
          columns: String(GRID_COLUMNS),
          column: String(box.start + 1),
        }),
      );
  };
  useEffect(() => (grid.current ? followHeights(grid.current) : undefined), []);
  const order = boxes.map(({ id }) => id).join(' ');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the order is what has changed
  useLayoutEffect(() => {
    if (grid.current) keepInOrder(grid.current);
  }, [order]);
  /** The column of the grid under the pointer. */
  const columnAt = (x: number): number => {
    const { left, right, width } = grid.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1);
    const isRtl = grid.current !== null && getComputedStyle(grid.current).direction === 'rtl';
    return Math.floor((isRtl ? right - x : x - left) / (width / GRID_COLUMNS));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is done with the handle by keyboard
    <div
      className="arranged"
      ref={grid}
      data-dragging={dragged === null ? undefined : ''}
      onDragOver={(event) => {
        if (dragged !== null) event.preventDefault();
      }}
      onDrop={(event) => {
        if (dragged === null) return;
        event.preventDefault();
        if (event.target === grid.current)
          change(movedToColumn(boxes, dragged, columnAt(event.clientX)), dragged);
        setDragged(null);
      }}
    >
      {/* In the order of the layout, which does not change: a frame that React moved would be loaded anew. */}
      {[...entries.values()].map((placement) => {
        const index = boxes.findIndex(({ id }) => id === placement.id);
        const box = boxes[index];
        if (box === undefined) return null;
        const isSlim = maximised !== null && maximised !== box.id;
        const heightNow = (): number =>
          box.height ?? document.getElementById(box.id)?.offsetHeight ?? HEIGHT.least;
        const handle: BoxHandle = {
          isBlocked: maximised !== null,
          onDragStart: () => setDragged(box.id),
          onDragEnd: () => setDragged(null),
          onKey(key, shift) {
            if (maximised !== null) return false;
            const next = byKey(boxes, box.id, { key, shift, heightNow });
            if (next !== null) change(next, box.id);
            return next !== null;
          },
        };
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: dropping is done with the handle by keyboard
          <div
            className="arranged-box"
            key={box.id}
            hidden={!isSeen(placement)}
            data-order={index}
            data-slim={isSlim ? '' : undefined}
            data-dragged={dragged === box.id ? '' : undefined}
            style={{
              order: isSlim ? -1 : index,
              ['--start' as string]: maximised === null ? box.start + 1 : 1,
              ['--span' as string]: maximised === null ? box.width : GRID_COLUMNS,
              ...(box.height === null || maximised !== null ? {} : { height: `${box.height}px` }),
            }}
            onDrop={(event) => {
              if (dragged === null || dragged === box.id) return;
              event.preventDefault();
              event.stopPropagation();
              change(moved(boxes, dragged, index), dragged);
              setDragged(null);
            }}
          >
            {draw(placement, handle)}
            {maximised === null ? (
              <Corner
                begin={() => ({
                  width: box.width,
                  height: heightNow(),
                  columnWidth: (grid.current?.clientWidth ?? GRID_COLUMNS) / GRID_COLUMNS,
                })}
                onSize={(width, height) => onChange(resized(boxes, box.id, width, height))}
              />
            ) : null}
          </div>
        );
      })}
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
}

interface Beginning {
  readonly width: number;
  readonly height: number;
  readonly columnWidth: number;
}

/** The corner by which a pointer changes the size; keys do it at the handle. */
function Corner({
  begin,
  onSize,
}: {
  begin: () => Beginning;
  onSize: (width: number, height: number) => void;
}) {
  const start = useRef<(Beginning & { readonly x: number; readonly y: number }) | null>(null);
  const end = () => {
    start.current = null;
  };
  return (
    <span
      className="corner"
      aria-hidden="true"
      onPointerDown={(event: PointerEvent<HTMLSpanElement>) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { ...begin(), x: event.clientX, y: event.clientY };
      }}
      onPointerMove={(event) => {
        const from = start.current;
        if (from === null) return;
        // In pages that run from right to left the width grows to the left.
        const sign = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
        const columns = (sign * (event.clientX - from.x)) / from.columnWidth;
        onSize(from.width + columns, from.height + event.clientY - from.y);
      }}
      onPointerUp={end}
      onPointerCancel={end}
    />
  );
}
