/**
 * A binary heap of deadlines in which every entry knows its place, so that a cancelled timer is taken
 * out at once in O(log n). A server cancels nearly every timer it sets (idle limits, held requests);
 * entries that only lay dead until their hour came would pile up.
 */

/** One scheduled call. `index` is its place in the heap, -1 when it is no longer in it. */
export interface DeadlineEntry {
  /** Monotonic ms. */
  readonly deadline: number;
  /** Order of scheduling; decides between equal deadlines. */
  readonly sequence: number;
  readonly fn: () => void;
  index: number;
}

export class DeadlineHeap {
  readonly #entries: DeadlineEntry[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The entry that is due first, or undefined when there is none. */
  peek(): DeadlineEntry | undefined {
    return this.#entries[0];
  }

  push(entry: DeadlineEntry): void {
    this.#entries.push(entry);
    this.#rise(entry, this.#entries.length - 1);
  }

  /** Takes the entry out wherever it is; false when it is not in the heap. */
  remove(entry: DeadlineEntry): boolean {
    const { index } = entry;
    if (index < 0) return false;
    entry.index = -1;
    const last = this.#entries.pop()!;
    if (last === entry) return true;
    // The last leaf fills the gap and moves whichever way the order asks for.
    if (index > 0 && isBefore(last, this.#entries[(index - 1) >> 1]!)) this.#rise(last, index);
    else this.#sink(last, index);
    return true;
  }

  #rise(entry: DeadlineEntry, from: number): void {
    const entries = this.#entries;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = entries[parentIndex]!;
      if (!isBefore(entry, parent)) break;
      entries[index] = parent;
      parent.index = index;
      index = parentIndex;
    }
    entries[index] = entry;
    entry.index = index;
  }

  #sink(entry: DeadlineEntry, from: number): void {
    const entries = this.#entries;
    const { length } = entries;
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= length) break;
      const right = childIndex + 1;
      if (right < length && isBefore(entries[right]!, entries[childIndex]!)) childIndex = right;
      const child = entries[childIndex]!;
      if (!isBefore(child, entry)) break;
      entries[index] = child;
      child.index = index;
      index = childIndex;
    }
    entries[index] = entry;
    entry.index = index;
  }
}

function isBefore(a: DeadlineEntry, b: DeadlineEntry): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.sequence < b.sequence);
}

/** The delay as the clocks use it: below zero counts as zero; NaN is a bug of the caller. */
export function checkedDelay(delayMs: number): number {
  if (Number.isNaN(delayMs)) throw new RangeError('a timer needs a delay in ms, got NaN');
  return Math.max(delayMs, 0);
}
