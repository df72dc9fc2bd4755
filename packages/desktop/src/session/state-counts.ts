/** How many agents of a team are in each state. Told at a calm beat: figures that flicker cannot be read. */
import type { ClientClock, ClientTimer } from '@poise/client';
import { Area, type Frame } from './area.ts';
import type { LiveRows } from './live-rows.ts';

/** Groups of states in the order in which they are shown; each is named as the state that stands for it. */
export const STATE_GROUPS = ['READY', 'RESERVED', 'TALKING', 'HOLD', 'WORK', 'NOT_READY', 'LOGOUT'] as const;
export type StateGroup = (typeof STATE_GROUPS)[number];
export type StateCounts = Readonly<Record<StateGroup, number>>;

/** Between two changes of the figures, ms. */
export const COUNTS_EVERY_MS = 1_000;

const GROUP_OF: Readonly<Record<string, StateGroup>> = {
  READY: 'READY',
  RESERVED: 'RESERVED',
  RESERVED_OUTBOUND: 'RESERVED',
  RESERVED_OUTBOUND_PREVIEW: 'RESERVED',
  TALKING: 'TALKING',
  HOLD: 'HOLD',
  WORK: 'WORK',
  WORK_READY: 'WORK',
  NOT_READY: 'NOT_READY',
  LOGOUT: 'LOGOUT',
};

/** Null: a state that this page has no word for; such an agent is among all, and in no group. */
export function groupOf(state: string): StateGroup | null {
  return Object.hasOwn(GROUP_OF, state) ? (GROUP_OF[state] as StateGroup) : null;
}

const none = (): Record<StateGroup, number> =>
  Object.fromEntries(STATE_GROUPS.map((group) => [group, 0])) as Record<StateGroup, number>;

interface InState {
  readonly state: string;
}

export class StateCountsOf<T extends InState> {
  /** What is shown. */
  readonly shown: Area<StateCounts>;
  readonly #rows: LiveRows<T>;
  #counts = none();
  #timer: ClientTimer | undefined;

  constructor(rows: LiveRows<T>, clock: ClientClock, frame: Frame) {
    this.#rows = rows;
    this.shown = new Area<StateCounts>(none(), frame);
    rows.observe({
      changed: (_id, before, after) => {
        if (before?.state === after?.state) return;
        this.#add(before, -1);
        this.#add(after, 1);
        this.#timer ??= clock.schedule(COUNTS_EVERY_MS, () => this.#show());
      },
      // Another team, or the first reading: the figures come with the rows.
      replaced: () => this.#countAnew(),
    });
  }

  #countAnew(): void {
    this.#counts = none();
    for (const [, row] of this.#rows.entries()) this.#add(row, 1);
    this.#timer?.cancel();
    this.#show();
  }

  #add(row: T | undefined, by: number): void {
    const group = row === undefined ? null : groupOf(row.state);
    if (group !== null) this.#counts[group] += by;
  }

  #show(): void {
    this.#timer = undefined;
    const before = this.shown.snapshot();
    if (STATE_GROUPS.some((group) => before[group] !== this.#counts[group]))
      this.shown.set({ ...this.#counts });
  }
}
