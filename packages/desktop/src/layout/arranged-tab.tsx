import { type PointerEvent, type ReactNode, useRef, useState } from 'react';
import { useMessages } from '../messages/index.tsx';
import { type Arrangement, byKey, GRID_COLUMNS, HEIGHT, moved, resized } from './arrangement.ts';
import type { Placement } from './component.ts';

/** What a box offers to its frame: the handle that moves it, by pointer and by keys. */
export interface BoxHandle {
  readonly label: string;
  readonly onDragStart: () => void;
  readonly onDragEnd: () => void;
  /** @returns whether the key meant something */
  onKey(key: string, shift: boolean): boolean;
}

/** A tab whose boxes can be moved and resized: dragged by their handles, or with the arrow keys; with Shift they change the size. */
export function ArrangedTab({
  boxes,
  entries,
  titleOf,
  onChange,
  maximised,
  draw,
}: {
  boxes: Arrangement;
  entries: ReadonlyMap<string, Placement>;
  titleOf: (placement: Placement) => string;
  onChange: (boxes: Arrangement) => void;
  /** Id of the box that fills the tab; null: none does. */
  maximised: string | null;
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
        }),
      );
  };
  return (
    <div className="arranged" ref={grid} data-dragging={dragged === null ? undefined : ''}>
      {boxes.map((box, index) => {
        const placement = entries.get(box.id);
        if (placement === undefined) return null;
        const heightNow = (): number =>
          box.height ?? document.getElementById(box.id)?.offsetHeight ?? HEIGHT.least;
        const handle: BoxHandle = {
          label: t('arrange.handle', { title: titleOf(placement) }),
          onDragStart: () => setDragged(box.id),
          onDragEnd: () => setDragged(null),
          onKey(key, shift) {
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
            hidden={maximised !== null && maximised !== box.id}
            data-dragged={dragged === box.id ? '' : undefined}
            style={{
              ['--span' as string]: maximised === null ? box.width : GRID_COLUMNS,
              ...(box.height === null || maximised !== null ? {} : { height: `${box.height}px` }),
            }}
            onDragOver={(event) => {
              if (dragged !== null && dragged !== box.id) event.preventDefault();
            }}
            onDrop={(event) => {
              if (dragged === null || dragged === box.id) return;
              event.preventDefault();
              change(moved(boxes, dragged, index), dragged);
              setDragged(null);
            }}
          >
            {draw(placement, handle)}
            <Corner
              begin={() => ({
                width: box.width,
                height: heightNow(),
                columnWidth: (grid.current?.clientWidth ?? GRID_COLUMNS) / GRID_COLUMNS,
              })}
              onSize={(width, height) => onChange(resized(boxes, box.id, width, height))}
            />
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
