/** Agents and calls of scripts, one step a second, with the shifts that come of them. */
import type { DialogChange } from '../../src/domain/dialog.ts';
import {
  beginsShift,
  type Shift,
  type ShiftEntry,
  type ShiftState,
  type ShiftStep,
  shiftBegins,
  shiftHears,
  shiftRecovers,
  shiftSees,
} from '../../src/domain/shift.ts';
import type { ShiftCall } from '../../src/domain/shift-call.ts';
import { Picture, type Step, type Style } from './call-script.ts';

const STEP_MS = 1_000;

export class ShiftPicture {
  readonly picture = new Picture();
  readonly shifts = new Map<string, Shift>();
  readonly #over = new Map<string, ShiftEntry[]>();
  #heard = 0;
  #ids = 0;

  play(steps: readonly Step[], style: Style = 'perDevice'): this {
    for (const step of steps) {
      if ('agent' in step) this.#before(step.agent, () => this.picture.play([step], style));
      else this.picture.play([step], style);
      this.#see(true);
      this.picture.clock.advance(STEP_MS - 1);
      this.#see(true);
    }
    return this;
  }

  /** The link is lost for some time; `calls` are there afterwards, and what `meanwhile` tells is heard at its return. */
  away(ms: number, calls: Readonly<Record<string, boolean>>, meanwhile: readonly Step[] = []): this {
    const { picture } = this;
    picture.suspend();
    picture.clock.advance(ms);
    picture.book.keep(Object.keys(calls));
    picture.play(meanwhile);
    picture.resume();
    this.#see(false);
    const at = picture.clock.now();
    for (const [loginId, shift] of this.shifts)
      this.#take(
        loginId,
        shiftRecovers(shift, at, (id) => picture.book.get(id) !== undefined),
      );
    return this;
  }

  /** Calls of the shift, in the order of their beginning, those that go on included. */
  calls(loginId: string): readonly ShiftCall[] {
    const over = this.#entries(loginId).flatMap(({ kind, entry }) => (kind === 'call' ? [entry] : []));
    return [...over, ...(this.shifts.get(loginId)?.calls ?? [])].sort((a, b) => a.ordinal - b.ordinal);
  }

  states(loginId: string): readonly ShiftState[] {
    const over = this.#entries(loginId).flatMap(({ kind, entry }) => (kind === 'state' ? [entry] : []));
    const now = this.shifts.get(loginId)?.state;
    return now === undefined ? over : [...over, now];
  }

  #entries(loginId: string): readonly ShiftEntry[] {
    return this.#over.get(loginId) ?? [];
  }

  /** The agent is heard of before the dialogs that change with it. */
  #before(loginId: string, play: () => void): void {
    const at = this.picture.clock.now();
    play();
    const agent = this.picture.agents.get(loginId);
    const news = { agent, reasonLabel: '', at, live: true };
    const shift = this.shifts.get(loginId);
    if (beginsShift(shift, news)) this.shifts.set(loginId, shiftBegins(++this.#ids, news));
    else if (shift !== undefined) this.#take(loginId, shiftHears(shift, news));
  }

  /** What the dialog book told since. */
  #see(live: boolean): void {
    const changes = this.picture.all.slice(this.#heard);
    this.#heard = this.picture.all.length;
    const merged = new Map(changes.map(({ dialog }) => [dialog.secondaryId, dialog.id]));
    for (const change of changes) this.#change(change, live, merged.get(change.dialog.id));
  }

  #change({ viewer, kind, dialog, extension }: DialogChange, live = true, mergedInto?: string): void {
    const shift = this.shifts.get(viewer);
    const at = this.picture.clock.now();
    if (shift !== undefined)
      this.#take(viewer, shiftSees(shift, { kind, dialog, extension, at, live, mergedInto }));
  }

  #take(loginId: string, { shift, over }: ShiftStep): void {
    this.shifts.set(loginId, shift);
    this.#over.set(loginId, [...this.#entries(loginId), ...over]);
  }
}
