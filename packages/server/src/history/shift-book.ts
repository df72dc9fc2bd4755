/**
 * The shifts of all agents: in memory what goes on, in the store what is over, both written behind, so that no event waits
 * for the disk; at most half a second is lost. Bounded per agent and in all; a shift is forgotten a day after its sign-out.
 */
import type { Clock, Timer } from '@poise/clock';
import type { Agent } from '../domain/agents.ts';
import type { DialogChange } from '../domain/dialog.ts';
import {
  type AgentNews,
  beginsShift,
  type Shift,
  type ShiftEntry,
  type ShiftListener,
  type ShiftState,
  type ShiftStep,
  shiftBegins,
  shiftHears,
  shiftRecovers,
  shiftSees,
} from '../domain/shift.ts';
import type { ShiftCall } from '../domain/shift-call.ts';
import type { DirectorySource } from '../store/directory.ts';
import { WriteBehind } from '../store/write-behind.ts';

export type ShiftChange =
  /** Entries of earlier shifts are forgotten. */
  | { readonly type: 'begun'; readonly loginId: string; readonly shiftId: number }
  | { readonly type: 'shift'; readonly shift: Shift }
  /** @property trim entries of the kind up to this ordinal are forgotten; 0: none */
  | {
      readonly type: 'entry';
      readonly id: number;
      readonly loginId: string;
      readonly shiftId: number;
      readonly entry: ShiftEntry;
      readonly trim: number;
    }
  | { readonly type: 'gone'; readonly loginId: string };

export interface EntriesQuery {
  /** Entries changed after this version of the shift. */
  readonly since?: number | undefined;
  /** Entries with a lower ordinal. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Where shifts are kept; the store has it. */
export interface ShiftStore {
  all(): Promise<readonly Shift[]>;
  /** Highest id of an entry; 0 when there is none. */
  lastId(): Promise<number>;
  /** In one transaction. */
  write(changes: readonly ShiftChange[]): Promise<void>;
  /** Entries that are over, newest first. */
  find(shift: Shift, kind: ShiftEntry['kind'], query: EntriesQuery): Promise<readonly ShiftEntry[]>;
}

export interface ShiftLimits {
  /** Entries of one shift. */
  readonly callsMax: number;
  readonly statesMax: number;
  readonly shiftsMax: number;
  /** After the sign-out, ms. */
  readonly keptMs: number;
}

const SHIFT_LIMITS: ShiftLimits = {
  callsMax: 1_000,
  statesMax: 4_000,
  shiftsMax: 20_000,
  keptMs: 24 * 3_600_000,
};

export interface ShiftBookOptions {
  readonly store: ShiftStore;
  readonly clock: Clock;
  readonly directory: DirectorySource;
  /** Users of whom nothing is recorded. */
  readonly isPassing?: (loginId: string) => boolean;
  readonly onProblem: (error: unknown) => void;
  readonly limits?: Partial<ShiftLimits>;
}

/** A part of the history, newest entry first. */
export interface ShiftPage<T> {
  readonly shift: Shift;
  readonly entries: readonly T[];
  /** There are more. */
  readonly more: boolean;
}

type Unwritten = Extract<ShiftChange, { type: 'entry' }>;

const WRITE_AFTER_MS = 500;
/** Changes of one transaction, some milliseconds' work, and the pause before the next one. */
const BATCH = 50;
const PAUSE_MS = 5;
/** Entries of one agent that are over and not written yet, as far as they are shown to readers. */
const UNWRITTEN_MAX = 64;
/** Changes that wait for a store that cannot be written. */
export const WAITING_MAX = 20_000;

export class ShiftBook implements ShiftListener {
  readonly #options: ShiftBookOptions;
  readonly #limits: ShiftLimits;
  /** In the order of their beginning. */
  readonly #shifts: Map<string, Shift>;
  /** Wall ms of the sign-out, in order. */
  readonly #ended = new Map<string, number>();
  readonly #behind: WriteBehind<string, ShiftChange>;
  /** By login id: entries that are over, and on their way to the store. Readers do not wait for the disk either. */
  readonly #unwritten = new Map<string, readonly Unwritten[]>();
  #lastEntry: number;
  #lastShift: number;
  #expiry: Timer | undefined;

  private constructor(options: ShiftBookOptions, shifts: readonly Shift[], lastEntry: number) {
    const { store, clock, onProblem } = options;
    this.#options = options;
    this.#limits = { ...SHIFT_LIMITS, ...options.limits };
    this.#shifts = new Map(shifts.map((shift) => [shift.loginId, shift]));
    this.#lastEntry = lastEntry;
    this.#lastShift = Math.max(0, ...shifts.map(({ id }) => id));
    this.#behind = new WriteBehind({
      clock,
      onProblem,
      afterMs: WRITE_AFTER_MS,
      batch: BATCH,
      pauseMs: PAUSE_MS,
      waitingMax: WAITING_MAX,
      write: async (batch) => {
        const changes = batch.map(([, change]) => change);
        await store.write(changes);
        this.#written(changes);
      },
      onLost: (count) => onProblem(new Error(`${count} changes of shifts were lost meanwhile`)),
    });
  }

  /** With the shifts of the process before, those of users who are gone excepted. */
  static async open(options: ShiftBookOptions): Promise<ShiftBook> {
    const { store, directory } = options;
    const known = [...(await store.all())].sort((a, b) => a.id - b.id);
    const book = new ShiftBook(options, known, await store.lastId());
    for (const { loginId } of known)
      if (directory.current.user(loginId)?.loginId !== loginId) book.forget(loginId);
    const ended = known.flatMap(({ loginId, endedAt }) => (endedAt === null ? [] : [{ loginId, endedAt }]));
    for (const { loginId, endedAt } of ended.sort((a, b) => a.endedAt - b.endedAt))
      if (book.#shifts.has(loginId)) book.#ended.set(loginId, endedAt);
    book.#expire();
    return book;
  }

  agentHeard(agent: Agent, at: number, live: boolean): void {
    const { loginId } = agent;
    if (this.#options.isPassing?.(loginId) === true) return;
    const news: AgentNews = { agent, reasonLabel: this.#labelOf(agent), at, live };
    const shift = this.#shifts.get(loginId);
    if (beginsShift(shift, news)) this.#begin(news);
    else if (shift !== undefined) this.#take(shift, shiftHears(shift, news));
  }

  dialogsChanged(changes: readonly DialogChange[], at: number, live: boolean): void {
    const merged = new Map<string, string>();
    for (const { dialog } of changes)
      if (dialog.secondaryId !== null) merged.set(dialog.secondaryId, dialog.id);
    for (const { viewer, kind, dialog, extension } of changes) {
      const shift = this.#shifts.get(viewer);
      if (shift === undefined) continue;
      const mergedInto = merged.get(dialog.id);
      this.#take(shift, shiftSees(shift, { kind, dialog, extension, at, live, mergedInto }));
    }
  }

  recovered(at: number, isThere: (loginId: string, dialogId: string) => boolean): void {
    for (const shift of this.#shifts.values()) {
      if (shift.calls.length === 0) continue;
      this.#take(
        shift,
        shiftRecovers(shift, at, (dialogId) => isThere(shift.loginId, dialogId)),
      );
    }
  }

  forget(loginId: string): void {
    this.#ended.delete(loginId);
    this.#unwritten.delete(loginId);
    if (this.#shifts.delete(loginId)) this.#behind.set(`shift ${loginId}`, { type: 'gone', loginId });
  }

  /** The shift of an agent; undefined when none is known. */
  shift(loginId: string): Shift | undefined {
    return this.#shifts.get(loginId);
  }

  calls(shift: Shift, query: EntriesQuery): Promise<ShiftPage<ShiftCall>> {
    return this.#page(shift, 'call', shift.calls, query);
  }

  states(shift: Shift, query: EntriesQuery): Promise<ShiftPage<ShiftState>> {
    return this.#page(shift, 'state', [shift.state], query);
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    return this.#behind.flush();
  }

  /** Ends what waits for time to pass, and writes the rest. */
  async close(): Promise<void> {
    this.#expiry?.cancel();
    await this.flush();
  }

  /** @param open entries that are not in the store */
  async #page<T extends ShiftCall | ShiftState>(
    shift: Shift,
    kind: ShiftEntry['kind'],
    open: readonly T[],
    { since, before, limit }: EntriesQuery,
  ): Promise<ShiftPage<T>> {
    const wanted = ({ version, ordinal }: T): boolean =>
      version <= shift.version &&
      (since === undefined || version > since) &&
      (before === undefined || ordinal < before);
    const unwritten = (this.#unwritten.get(shift.loginId) ?? []).flatMap(({ shiftId, entry }) =>
      shiftId === shift.id && entry.kind === kind ? [entry.entry as T] : [],
    );
    // One more than is asked for tells whether there are more.
    const found = await this.#options.store.find(shift, kind, { since, before, limit: limit + 1 });
    // What is written, or ends, while the store is asked stands in two places; `open` is as it was before.
    const entries = new Map<number, T>();
    for (const entry of [...found.map(({ entry }) => entry as T), ...unwritten, ...open])
      if (wanted(entry)) entries.set(entry.ordinal, entry);
    const sorted = [...entries.values()].sort((a, b) => b.ordinal - a.ordinal);
    return { shift, entries: sorted.slice(0, limit), more: sorted.length > limit };
  }

  #written(changes: readonly ShiftChange[]): void {
    for (const change of changes) {
      if (change.type !== 'entry') continue;
      const left = this.#unwritten.get(change.loginId)?.filter(({ id }) => id !== change.id) ?? [];
      if (left.length === 0) this.#unwritten.delete(change.loginId);
      else this.#unwritten.set(change.loginId, left);
    }
  }

  #begin(news: AgentNews): void {
    const { loginId } = news.agent;
    // Never used twice, also when all earlier ones are forgotten: clients remember it.
    this.#lastShift = Math.max(this.#lastShift + 1, this.#options.clock.now());
    const shift = shiftBegins(this.#lastShift, news);
    this.#ended.delete(loginId);
    this.#unwritten.delete(loginId);
    this.#shifts.delete(loginId);
    this.#behind.set(`begun ${loginId}`, { type: 'begun', loginId, shiftId: shift.id });
    this.#keep(shift);
    const [oldest] = this.#shifts.keys();
    if (this.#shifts.size > this.#limits.shiftsMax) this.forget(oldest!);
  }

  #take(before: Shift, { shift, over }: ShiftStep): void {
    if (shift === before) return;
    const { loginId, id: shiftId, endedAt } = shift;
    for (const entry of over) {
      const id = ++this.#lastEntry;
      const { callsMax, statesMax } = this.#limits;
      const trim = Math.max(0, entry.entry.ordinal - (entry.kind === 'call' ? callsMax : statesMax));
      const change: Unwritten = { type: 'entry', id, loginId, shiftId, entry, trim };
      this.#unwritten.set(loginId, [...(this.#unwritten.get(loginId) ?? []), change].slice(-UNWRITTEN_MAX));
      this.#behind.set(`entry ${id}`, change);
    }
    this.#keep(shift);
    if (endedAt === null || before.endedAt !== null) return;
    this.#ended.set(loginId, endedAt);
    this.#expire();
  }

  #keep(shift: Shift): void {
    this.#shifts.set(shift.loginId, shift);
    this.#behind.set(`shift ${shift.loginId}`, { type: 'shift', shift });
  }

  /** Forgets the shifts whose time has come, and waits for the next one's. */
  #expire(): void {
    const { clock } = this.#options;
    const now = clock.now();
    for (const [loginId, endedAt] of this.#ended) {
      const waitMs = endedAt + this.#limits.keptMs - now;
      if (waitMs <= 0) {
        this.forget(loginId);
        continue;
      }
      this.#expiry ??= clock.schedule(waitMs, () => {
        this.#expiry = undefined;
        this.#expire();
      });
      return;
    }
  }

  #labelOf({ state, reasonCode }: Agent): string {
    if (reasonCode === 0 || (state !== 'NOT_READY' && state !== 'LOGOUT')) return '';
    return this.#options.directory.current.reasonCodeByCode(state, reasonCode)?.label ?? '';
  }
}
