/**
 * What gadgets do, kept for who develops them: the last so many things of each, without credentials. It is there only where the layout's
 * `developerTools` says so.
 */
import type { Gadget, GadgetNote } from '@poise/gadgets';

export type DeveloperKind = GadgetNote['kind'] | 'published';

export interface DeveloperEntry {
  readonly id: number;
  /** Epoch ms. */
  readonly at: number;
  readonly gadget: Gadget;
  readonly kind: DeveloperKind;
  readonly text: string;
  /** Status of a request, or why something failed; empty: nothing to say. */
  readonly result: string;
  /** How long it took; null: no time. */
  readonly ms: number | null;
}

export const DEVELOPER_KINDS: readonly DeveloperKind[] = [
  'request',
  'published',
  'subscribed',
  'node',
  'error',
  'preference',
  'height',
  'connected',
];

/** Entries of one gadget; the oldest go. */
export const ENTRIES_MAX = 300;
const TEXT_MAX = 400;
/** How often who looks is told, ms: a flood is not drawn message by message. */
const TELL_MS = 250;

const SECRET =
  /("(?:[^"\\]|\\.)*(?:auth|pass|token|secret)(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*"?|[^,}\]]+)/gi;

interface Clock {
  now(): number;
  schedule(ms: number, run: () => void): unknown;
}

export class DeveloperLog {
  readonly #clock: Clock;
  readonly #byGadget = new Map<Gadget, DeveloperEntry[]>();
  /** When each was begun to be loaded, and for how long that took, ms. */
  readonly #loads = new Map<Gadget, { begun: number; ms: number | null }>();
  readonly #listeners = new Set<() => void>();
  #all: readonly DeveloperEntry[] | null = [];
  #isTelling = false;
  #lastId = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Oldest first. */
  readonly snapshot = (): readonly DeveloperEntry[] => {
    this.#all ??= [...this.#byGadget.values()].flat().sort((a, b) => a.id - b.id);
    return this.#all;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Its frame gets an address. */
  begun(gadget: Gadget): void {
    this.#loads.set(gadget, { begun: this.#clock.now(), ms: null });
  }

  /** From the address to the hub; null: it has not got so far. */
  loadMs(gadget: Gadget): number | null {
    return this.#loads.get(gadget)?.ms ?? null;
  }

  published(gadget: Gadget, topic: string, payload: string | undefined): void {
    const shown = payload === undefined ? '' : ` ${withoutSecrets(payload.slice(0, 2 * TEXT_MAX))}`;
    this.#add(gadget, 'published', topic + shown);
  }

  noted(gadget: Gadget, note: GadgetNote): void {
    const load = this.#loads.get(gadget);
    if (note.kind === 'connected' && load && load.ms === null) load.ms = this.#clock.now() - load.begun;
    const { text, result = '', ms = null } = shownAs(note, gadget, load?.ms ?? null);
    this.#add(gadget, note.kind, text, result, ms);
  }

  clear(): void {
    this.#byGadget.clear();
    this.#changed();
  }

  #add(
    gadget: Gadget,
    kind: DeveloperKind,
    text: string,
    result: string = '',
    ms: number | null = null,
  ): void {
    const entries = this.#byGadget.get(gadget) ?? [];
    this.#byGadget.set(gadget, entries);
    const id = ++this.#lastId;
    entries.push({ id, at: this.#clock.now(), gadget, kind, text: text.slice(0, TEXT_MAX), result, ms });
    if (entries.length > ENTRIES_MAX) entries.shift();
    this.#changed();
  }

  #changed(): void {
    this.#all = null;
    if (this.#isTelling || this.#listeners.size === 0) return;
    this.#isTelling = true;
    this.#clock.schedule(TELL_MS, () => {
      this.#isTelling = false;
      for (const listener of this.#listeners) listener();
    });
  }
}

interface Shown {
  readonly text: string;
  readonly result?: string;
  readonly ms?: number | null;
}

function shownAs(note: GadgetNote, gadget: Gadget, loadMs: number | null): Shown {
  switch (note.kind) {
    case 'request':
      return {
        text: `${note.method} ${addressWithoutSecrets(note.url)}`,
        result: note.status === 0 ? '' : String(note.status),
        ms: note.ms,
      };
    case 'subscribed':
      return { text: note.topic };
    case 'node':
      return { text: note.node, result: note.error ?? '' };
    case 'preference':
      return { text: note.name };
    case 'height':
      return { text: `${note.px} px` };
    case 'error':
      return { text: note.text };
    case 'connected':
      return { text: gadget.snapshot().url, ms: loadMs };
  }
}

/** Values of names that speak of passwords and tokens are not shown. */
export const withoutSecrets = (json: string): string => json.replace(SECRET, '$1"***"');

/** The same for the parameters of an address. */
export const addressWithoutSecrets = (url: string): string =>
  url.replace(/([?&][^=&#]*(?:auth|pass|token|secret)[^=&#]*=)[^&#]*/gi, '$1***');

/** As it is copied: one line for each, parted by tabs. */
export const linesOf = (entries: readonly DeveloperEntry[]): string =>
  entries
    .map(({ at, gadget, kind, text, result, ms }) =>
      [
        new Date(at).toISOString(),
        gadget.snapshot().title || gadget.entry.id,
        kind,
        text,
        result,
        ms === null ? '' : `${ms} ms`,
      ]
        .join('\t')
        .replaceAll('\n', ' '),
    )
    .join('\n');
