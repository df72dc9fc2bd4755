/**
 * The page's side of the watchdog: it gives frames their marks, answers for the page, and holds back a gadget that kept the page
 * before from answering until somebody wants it.
 */
import { type Gadget, type GadgetContainer, RUN_MARKS, type RunMarks } from '@poise/gadgets';
import { forgetStall, lastStall, type StallRecord } from './stall-record.ts';
import { MARK, type Stall } from './watchdog.ts';
import type { WatchdogFacts } from './watchdog-worker.ts';

/** Gadgets that are done without, for this tab's session. */
const WITHOUT = 'poise.gadgets.without';

export interface GadgetWatchOptions {
  readonly loginId: () => string;
  readonly notice: () => WatchdogFacts['notice'];
  /** It answers again, or did not before: a line for the log, and the gadget's own. */
  readonly stalled: (gadget: Gadget | null, ms: number) => void;
  /** Null: there are no workers. */
  readonly worker: () => Worker | null;
}

export class GadgetWatch {
  readonly #container: GadgetContainer;
  readonly #options: GadgetWatchOptions;
  readonly #worker: Worker | null;
  #last: Promise<unknown> | null = null;
  #held: StallRecord | null = null;
  #asked: Gadget | null = null;
  /** What the worker knows, as JSON: a dozen gadgets that are loaded together tell mostly the same. */
  #told = '';
  readonly #listeners = new Set<() => void>();

  constructor(container: GadgetContainer, options: GadgetWatchOptions) {
    this.#container = container;
    this.#options = options;
    this.#worker = options.worker();
    const worker = this.#worker;
    if (worker === null) return;
    worker.addEventListener('message', ({ data }: MessageEvent<'ping' | { readonly recovered: Stall }>) => {
      if (data === 'ping') worker.postMessage(MARK.alive);
      else {
        const { mid, ms } = data.recovered;
        options.stalled(mid === null ? null : container.byMid(mid), ms);
      }
    });
    Object.assign(window, { [RUN_MARKS]: (name: string) => this.#marks(worker, name) });
  }

  /** What a gadget's frame is waited for with: whether it is held is known then. */
  async ready(gadget: Gadget): Promise<void> {
    this.#tell();
    if (this.#without().includes(gadget.entry.id)) gadget.change({ isHeld: true });
    this.#last ??= lastStall(this.#options.loginId(), Date.now()).then((record) => {
      this.#held = record;
    });
    await this.#last;
    if (this.#held === null || gadget.entry.id !== this.#held.entryId) return;
    // It will not say itself what it is called.
    gadget.setTitle(this.#held.title);
    gadget.change({ isHeld: true });
    this.#ask(gadget);
  }

  /** Another user: what is known is not his. */
  forget(): void {
    this.#last = null;
    this.#held = null;
    this.#ask(null);
  }

  /** It is wanted in spite of all. */
  load(gadget: Gadget): void {
    this.#settle(
      gadget,
      this.#without().filter((id) => id !== gadget.entry.id),
    );
    gadget.change({ isHeld: false });
  }

  /** It is not wanted, as long as this tab is open. */
  doWithout(gadget: Gadget): void {
    this.#settle(gadget, [...new Set([...this.#without(), gadget.entry.id])]);
  }

  /** The gadget of which somebody has still to choose. */
  readonly asked = (): Gadget | null => this.#asked;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #ask(gadget: Gadget | null): void {
    this.#asked = gadget;
    for (const listener of this.#listeners) listener();
  }

  #settle(gadget: Gadget, without: readonly string[]): void {
    try {
      sessionStorage.setItem(WITHOUT, JSON.stringify(without));
    } catch {
      // Asked again next time.
    }
    if (this.#held?.entryId === gadget.entry.id) this.#held = null;
    if (this.#asked === gadget) this.#ask(null);
    void forgetStall().catch(() => {});
  }

  #without(): readonly string[] {
    try {
      const kept: unknown = JSON.parse(sessionStorage.getItem(WITHOUT) ?? '[]');
      return Array.isArray(kept) ? kept.map(String) : [];
    } catch {
      return [];
    }
  }

  #marks(worker: Worker, name: string): RunMarks | null {
    const mid = Number(/^finesse_gadget_(\d{1,5})$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(mid)) return null;
    this.#tell();
    worker.postMessage(MARK.loading + mid);
    const begin = MARK.begin + mid;
    return {
      begin: () => worker.postMessage(begin),
      end: () => worker.postMessage(MARK.end),
      loaded: () => {
        this.#tell();
        worker.postMessage(MARK.loaded + mid);
      },
    };
  }

  /** Who the gadgets are, by name. */
  #tell(): void {
    const gadgets = Object.fromEntries(
      this.#container.gadgets.map((gadget) => [
        gadget.mid,
        { entryId: gadget.entry.id, title: gadget.snapshot().title || gadget.entry.id },
      ]),
    );
    const facts: WatchdogFacts = {
      loginId: this.#options.loginId(),
      gadgets,
      notice: this.#options.notice(),
    };
    const written = JSON.stringify(facts);
    if (written === this.#told) return;
    this.#told = written;
    this.#worker?.postMessage(facts);
  }
}

export function watchdogWorker(): Worker | null {
  try {
    return new Worker(new URL('./watchdog-worker.ts', import.meta.url), { type: 'module' });
  } catch {
    return null;
  }
}
