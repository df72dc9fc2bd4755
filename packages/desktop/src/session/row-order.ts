/**
 * In which order rows stand, and which are shown. Rows keep their places while somebody is at them: what a row says
 * changes where it stands; new ones come last, and those that no longer belong there stay, until the order is made
 * anew. That happens when the user asks for another order, and otherwise by the beat of the area, when neither the
 * pointer nor the focus is among the rows.
 */
import { type Frame, FrameListeners } from './area.ts';
import type { LiveRows } from './live-rows.ts';

export interface Arrangement<T> {
  readonly belongs: (row: T) => boolean;
  readonly compare: (a: T, b: T) => number;
}

export interface OrderState {
  readonly ids: readonly string[];
  /** Another order would be made now. */
  readonly isStale: boolean;
}

export class RowOrder<T> {
  readonly #rows: LiveRows<T>;
  readonly #listeners: FrameListeners;
  #arrangement: Arrangement<T>;
  #state: OrderState = { ids: [], isStale: false };
  #shown = new Set<string>();
  /** Rows that came since the last frame: many may come at once, and the list is copied once for all. */
  #newcomers: string[] = [];
  #isStale = false;
  readonly #holds = new Set<string>();

  /** @param arrangement default: all rows, by their ids */
  constructor(
    rows: LiveRows<T>,
    frame: Frame,
    arrangement: Arrangement<T> = { belongs: () => true, compare: () => 0 },
  ) {
    this.#rows = rows;
    this.#listeners = new FrameListeners(frame);
    this.#arrangement = arrangement;
    rows.observe({
      changed: (id, before, after) => this.#changed(id, before, after),
      replaced: () => (this.#holds.size === 0 || this.#shown.size === 0 ? this.renew() : this.#fill()),
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.subscribe(listener);

  readonly snapshot = (): OrderState => {
    if (this.#newcomers.length > 0) {
      this.#state = { ids: [...this.#state.ids, ...this.#newcomers], isStale: this.#isStale };
      this.#newcomers = [];
    } else if (this.#state.isStale !== this.#isStale)
      this.#state = { ...this.#state, isStale: this.#isStale };
    return this.#state;
  };

  /** Another order, or other rows: at once, for the user asked. */
  arrange(arrangement: Arrangement<T>): void {
    this.#arrangement = arrangement;
    this.renew();
  }

  /** Keeps the order while somebody is at the rows. @param by what keeps it, e.g. `pointer` */
  hold(by: string, isHeld: boolean): void {
    if (isHeld) this.#holds.add(by);
    else this.#holds.delete(by);
  }

  /** The beat: makes the order anew, if there is need and nobody is at the rows. */
  beat(): void {
    if (this.#isStale && this.#holds.size === 0) this.renew();
  }

  renew(): void {
    const { belongs, compare } = this.#arrangement;
    const rows = [...this.#rows.entries()].filter(([, row]) => belongs(row));
    // Equals stand by their ids, so that the same rows give the same order.
    rows.sort(([idA, a], [idB, b]) => compare(a, b) || (idA < idB ? -1 : 1));
    this.#put(rows.map(([id]) => id));
    this.#isStale = false;
  }

  /** After a reading while somebody is at the rows: those that are gone go, new ones come last. */
  #fill(): void {
    this.#put(this.snapshot().ids.filter((id) => this.#rows.get(id) !== undefined));
    for (const [id, row] of this.#rows.entries()) this.#changed(id, undefined, row);
    this.#isStale = true;
  }

  #put(ids: readonly string[]): void {
    this.#state = { ids, isStale: this.#state.isStale };
    this.#newcomers = [];
    this.#shown = new Set(ids);
    this.#listeners.changed();
  }

  #changed(id: string, before: T | undefined, after: T | undefined): void {
    const { belongs, compare } = this.#arrangement;
    const isShown = this.#shown.has(id);
    if (after === undefined) {
      if (isShown) this.#put(this.snapshot().ids.filter((other) => other !== id));
      return;
    }
    if (!isShown) {
      if (!belongs(after)) return;
      this.#shown.add(id);
      this.#newcomers.push(id);
      this.#isStale = true;
      this.#listeners.changed();
    } else if (
      !this.#isStale &&
      (!belongs(after) || (before !== undefined && compare(before, after) !== 0))
    ) {
      this.#isStale = true;
      this.#listeners.changed();
    }
  }
}
