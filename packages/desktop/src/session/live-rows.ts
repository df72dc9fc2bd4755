import type { Frame } from './area.ts';

/** What a {@link LiveRows} tells, at once, to what keeps an order of its rows. */
export interface RowsObserver<T> {
  changed(id: string, before: T | undefined, after: T | undefined): void;
  /** Many at a time. */
  replaced(): void;
}

/** A row as it is to be drawn; another object whenever it is to be drawn anew. */
export interface Drawn<T> {
  readonly row: T;
}

/**
 * Rows by id, of which any may change at any moment. A change costs the same however many rows there are; who draws a
 * row is told of that row alone, once per frame.
 */
export class LiveRows<T> {
  readonly #rows = new Map<string, Drawn<T>>();
  readonly #frame: Frame;
  readonly #drawn = new Map<string, Set<() => void>>();
  /** Rows on the page that changed since the last frame. */
  readonly #changed = new Set<string>();
  readonly #observers = new Set<RowsObserver<T>>();

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): T | undefined {
    return this.#rows.get(id)?.row;
  }

  drawn(id: string): Drawn<T> | undefined {
    return this.#rows.get(id);
  }

  *entries(): IterableIterator<[string, T]> {
    for (const [id, { row }] of this.#rows) yield [id, row];
  }

  put(id: string, row: T): void {
    const before = this.get(id);
    this.#rows.set(id, { row });
    this.#drawAnew(id);
    for (const observer of this.#observers) observer.changed(id, before, row);
  }

  remove(id: string): void {
    const before = this.get(id);
    if (before === undefined) return;
    this.#rows.delete(id);
    this.#drawAnew(id);
    for (const observer of this.#observers) observer.changed(id, before, undefined);
  }

  /**
   * All rows as they were read.
   * @param overtaken ids that events have told of since the reading began: these stay as they are, there or not there
   */
  replace(rows: ReadonlyMap<string, T>, overtaken: ReadonlySet<string> = new Set()): void {
    for (const id of this.#rows.keys()) if (!rows.has(id) && !overtaken.has(id)) this.#rows.delete(id);
    for (const [id, row] of rows) if (!overtaken.has(id)) this.#rows.set(id, { row });
    for (const id of this.#drawn.keys()) this.#drawAnew(id);
    for (const observer of this.#observers) observer.replaced();
  }

  /** Draws all rows anew that are on the page: time has passed. */
  redraw(): void {
    for (const id of this.#drawn.keys()) {
      const row = this.get(id);
      if (row === undefined) continue;
      this.#rows.set(id, { row });
      this.#drawAnew(id);
    }
  }

  observe(observer: RowsObserver<T>): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** For who draws this row. */
  subscribe(id: string, listener: () => void): () => void {
    const listeners = this.#drawn.get(id) ?? new Set();
    this.#drawn.set(id, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#drawn.get(id) === listeners) this.#drawn.delete(id);
    };
  }

  #drawAnew(id: string): void {
    if (!this.#drawn.has(id)) return;
    this.#changed.add(id);
    if (this.#changed.size > 1) return;
    this.#frame(() => {
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const each of changed) for (const listener of this.#drawn.get(each) ?? []) listener();
    });
  }
}
