/**
 * What lies over the work and never takes the focus by itself: calls that ring, pop-overs of gadgets, pop-ups. One key
 * (`next-pop-over`) goes through all of them, whichever part has drawn them; when the one that has the focus goes, the focus goes on
 * to the next one, or back to where it came from.
 */

/** In the order of the key: what rings comes first, what has only been told last. */
const LAYERS = ['calls', 'gadgets', 'pop-ups'] as const;
export type PopOverLayer = (typeof LAYERS)[number];

/** One stop of the key. */
export interface PopOverStop {
  /** The focus anywhere in it counts as being here. */
  readonly box: Pick<HTMLElement, 'contains'>;
  readonly target: Pick<HTMLElement, 'focus'>;
}

export class PopOvers {
  readonly #document: Pick<Document, 'activeElement' | 'body'>;
  readonly #layers = new Map<PopOverLayer, () => readonly PopOverStop[]>();
  /** What had the focus before the key took it away. */
  #cameFrom: Element | null = null;

  constructor(document: Pick<Document, 'activeElement' | 'body'>) {
    this.#document = document;
  }

  /** @param stops what the layer shows when it is asked @returns what takes the offer back */
  offer(layer: PopOverLayer, stops: () => readonly PopOverStop[]): () => void {
    this.#layers.set(layer, stops);
    return () => {
      if (this.#layers.get(layer) === stops) this.#layers.delete(layer);
    };
  }

  /** Takes the focus to the first of them, or from one to the next. */
  readonly next = (): void => {
    const stops = this.#stops();
    const now = this.#document.activeElement;
    const focused = stops.findIndex(({ box }) => box.contains(now));
    if (focused < 0) this.#cameFrom = now;
    stops[(focused + 1) % stops.length]?.target.focus();
  };

  /**
   * To be called when one of them has gone, or is left, with the focus on it.
   * @param otherwise where the focus goes when none is left, and the place where it came from has gone, too
   */
  leave(otherwise?: Pick<HTMLElement, 'focus'> | null): void {
    const [first] = this.#stops();
    const before = this.#cameFrom;
    if (first !== undefined) {
      first.target.focus();
      return;
    }
    this.#cameFrom = null;
    if (isPlace(before) && before !== this.#document.body && before.isConnected) before.focus();
    if (this.#isLost()) otherwise?.focus();
  }

  #isLost(): boolean {
    const { activeElement, body } = this.#document;
    return activeElement === null || activeElement === body;
  }

  #stops(): readonly PopOverStop[] {
    return LAYERS.flatMap((layer) => this.#layers.get(layer)?.() ?? []);
  }
}

const isPlace = (element: Element | null): element is HTMLElement => element !== null && 'focus' in element;
