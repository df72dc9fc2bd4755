/**
 * A binary heap whose entries know their place, so that one that is no longer wanted leaves at once in
 * O(log n): callers hang up and agents go away from the middle of a queue.
 */
export class RankedHeap<T> {
  readonly #items: T[] = [];
  readonly #index = new Map<T, number>();
  readonly #before: (a: T, b: T) => boolean;

  /** @param before whether `a` is served before `b`; a strict total order of the items in the heap */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  first(): T | undefined {
    return this.#items[0];
  }

  has(item: T): boolean {
    return this.#index.has(item);
  }

  /** In no particular order. */
  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }

  add(item: T): void {
    if (this.#index.has(item)) return;
    this.#items.push(item);
    this.#rise(item, this.#items.length - 1);
  }

  /** False when the item is not in the heap. */
  delete(item: T): boolean {
    const index = this.#index.get(item);
    if (index === undefined) return false;
    this.#index.delete(item);
    const last = this.#items.pop()!;
    if (last === item) return true;
    if (index > 0 && this.#before(last, this.#items[(index - 1) >> 1]!)) this.#rise(last, index);
    else this.#sink(last, index);
    return true;
  }

  #put(item: T, index: number): void {
    this.#items[index] = item;
    this.#index.set(item, index);
  }

  #rise(item: T, from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(item, this.#items[parent]!)) break;
      this.#put(this.#items[parent]!, index);
      index = parent;
    }
    this.#put(item, index);
  }

  #sink(item: T, from: number): void {
    const { length } = this.#items;
    let index = from;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#before(this.#items[child + 1]!, this.#items[child]!)) child++;
      if (!this.#before(this.#items[child]!, item)) break;
      this.#put(this.#items[child]!, index);
      index = child;
    }
    this.#put(item, index);
  }
}
