/**
 * State of one area of the page that changes too often for the page's own state: who looks at the page is not told of
 * it, and who looks at the area is told at most once per frame.
 */

/** Calls `run` before the next picture is drawn. */
export type Frame = (run: () => void) => void;

/** In a tab that is hidden nothing is drawn, and nothing is told until it is seen again. */
export const platformFrame: Frame = (run) => {
  requestAnimationFrame(run);
};

/** Listeners that are told once for all that happens until the next frame. */
export class FrameListeners {
  readonly #frame: Frame;
  readonly #listeners = new Set<() => void>();
  #isDue = false;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  changed(): void {
    if (this.#isDue || this.#listeners.size === 0) return;
    this.#isDue = true;
    this.#frame(() => {
      this.#isDue = false;
      for (const listener of this.#listeners) listener();
    });
  }
}

/** One value that is replaced as a whole. */
export class Area<T> {
  #state: T;
  readonly #listeners: FrameListeners;

  constructor(initial: T, frame: Frame) {
    this.#state = initial;
    this.#listeners = new FrameListeners(frame);
  }

  readonly snapshot = (): T => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.subscribe(listener);

  set(next: T): void {
    if (next === this.#state) return;
    this.#state = next;
    this.#listeners.changed();
  }
}
