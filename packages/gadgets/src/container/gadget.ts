/** One gadget on the page: what it asked for, and what is known of it. Who draws it looks at `snapshot`. */

/** How an entry of the layout names it. */
export interface GadgetEntry {
  /** DOM id of the entry. */
  readonly id: string;
  /** As in the layout, placeholders filled. */
  readonly url: string;
  /** Tab that holds it; null: it is on every tab. */
  readonly tabId: string | null;
  /** Hosts that are tried in turn when that of the address does not answer. */
  readonly alternateHosts: readonly string[];
  /** Further attributes: values of its preferences. */
  readonly preferences: Readonly<Record<string, string>>;
}

export interface GadgetState {
  /** Address that is shown now: another one after `reloadMyGadgetFromUrl`. */
  readonly url: string;
  /** Grows with each reload. */
  readonly loads: number;
  /** What it wants, px; null: it has not said. */
  readonly height: number | null;
  /** Empty: it has none yet. */
  readonly title: string;
  readonly view: 'default' | 'canvas';
  readonly isCollapsed: boolean;
  /** Its tab in a Multi-Tab gadget is hidden. */
  readonly isHidden: boolean;
  readonly wantsAttention: boolean;
  /** Its features have spoken: there is a gadget in the frame. */
  readonly isAlive: boolean;
  /** Why the server could not give it; null: it has given it, or is asked. */
  readonly refused: { readonly status: number; readonly sentence: string } | null;
  /** It kept the page from answering, and is not loaded before somebody wants it. */
  readonly isHeld: boolean;
  /** What went wrong in it, the latest first. */
  readonly errors: readonly string[];
}

/** More errors than these say nothing new. */
const ERRORS_MAX = 20;
/** Higher than any screen wall; a gadget that asks for more has an error in its arithmetic. */
const HEIGHT_MAX = 20_000;
const TITLE_LENGTH_MAX = 200;

export class Gadget {
  readonly entry: GadgetEntry;
  /** Number of the gadget on this page, `mid` (gadgets.md 3.1). */
  readonly mid: number;
  #nextUrl: string | undefined;
  #state: GadgetState;
  readonly #listeners = new Set<() => void>();

  constructor(entry: GadgetEntry, mid: number, isHidden: boolean) {
    this.entry = entry;
    this.mid = mid;
    this.#state = {
      url: entry.url,
      loads: 0,
      height: null,
      title: '',
      view: 'default',
      isCollapsed: false,
      isHidden,
      wantsAttention: false,
      isAlive: false,
      refused: null,
      isHeld: false,
      errors: [],
    };
  }

  /** Name of its client of the hub, and id of its frame (gadgets.md H3). */
  get clientId(): string {
    return `finesse_gadget_${this.mid}`;
  }

  readonly snapshot = (): GadgetState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  change(changes: Partial<GadgetState>): void {
    const names = Object.keys(changes) as (keyof GadgetState)[];
    if (names.every((name) => this.#state[name] === changes[name])) return;
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }

  resize(height: unknown): void {
    const wanted = typeof height === 'string' ? Number.parseInt(height, 10) : height;
    if (typeof wanted === 'number' && Number.isFinite(wanted) && wanted >= 0)
      this.change({ height: Math.min(Math.ceil(wanted), HEIGHT_MAX) });
  }

  setTitle(title: unknown): void {
    if (typeof title === 'string') this.change({ title: title.slice(0, TITLE_LENGTH_MAX) });
  }

  failed(text: string): void {
    this.change({ errors: [text, ...this.#state.errors].slice(0, ERRORS_MAX) });
  }

  /**
   * Its features have spoken, before its own scripts: the document is a new one if there was one, because it has loaded itself anew. What
   * was said of the one before is over.
   * @param title as its specification has it
   */
  begun(title: string): void {
    const { isAlive, refused } = this.#state;
    // At once: whoever draws it draws it once.
    this.change({
      title: title.slice(0, TITLE_LENGTH_MAX),
      isAlive: true,
      refused: null,
      ...((isAlive || refused !== null) && { errors: [] }),
    });
  }

  /** Has another address from its next reload on, whoever asks for that. */
  readdress(url: string): void {
    this.#nextUrl = url;
  }

  /** @param url another address from now on; undefined: the same, or what it has been readdressed to */
  reload(url = this.#nextUrl): void {
    this.#nextUrl = undefined;
    this.change({
      ...(url !== undefined && { url }),
      loads: this.#state.loads + 1,
      isAlive: false,
      refused: null,
      isHeld: false,
      errors: [],
    });
  }
}
