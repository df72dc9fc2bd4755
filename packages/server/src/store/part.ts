/** The store among the parts: it is open before all others and closed after them; here it only says how it is. */
import type { Part, PartHealth } from '../parts/part.ts';
import type { Store } from './store.ts';

export class StorePart implements Part {
  readonly name = 'store';
  readonly #store: Pick<Store, 'problem' | 'place'>;
  #running = false;

  constructor(store: Pick<Store, 'problem' | 'place'>) {
    this.#store = store;
  }

  start(): Promise<void> {
    this.#running = true;
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#running = false;
    return Promise.resolve();
  }

  /** Not ready while nothing can be written; what is read comes out of memory all the same. */
  health(): PartHealth {
    if (!this.#running) return { state: 'stopped', ready: false, reason: 'It is stopped.' };
    const { problem, place } = this.#store;
    const detail = { place };
    return problem === null
      ? { state: 'running', ready: true, detail }
      : { state: 'running', ready: false, reason: `Nothing can be written: ${problem}.`, detail };
  }
}
