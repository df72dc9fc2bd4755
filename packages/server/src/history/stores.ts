/** What the store keeps for this room, in the words of this room. */
import type { Shift, ShiftEntry } from '../domain/shift.ts';
import type { ShiftEntryRow } from '../store/shift-repository.ts';
import type { Store } from '../store/store.ts';
import type { ShiftChange, ShiftStore } from './shift-book.ts';

export const shiftStore = (store: Store): ShiftStore => ({
  async all() {
    const rows = await store.repositories.shifts.all();
    return rows.flatMap((row) => parsed<Shift>(row) ?? []);
  },
  lastId: () => store.repositories.shifts.lastId(),
  write: (changes) =>
    store.change(async ({ shifts }) => {
      const entries = changes.filter(isOf('entry'));
      await shifts.addEntries(entries.map(rowOf));
      for (const change of entries) if (change.trim > 0) await shifts.trim(rowOf(change), change.trim);
      for (const { loginId, shiftId } of changes.filter(isOf('begun')))
        await shifts.keepShift(loginId, shiftId);
      await shifts.save(
        changes
          .filter(isOf('shift'))
          .map(({ shift }) => ({ loginId: shift.loginId, shift: JSON.stringify(shift) })),
      );
      for (const { loginId } of changes.filter(isOf('gone'))) await shifts.remove(loginId);
      if (entries.length > 0) await shifts.prune();
    }),
  async find({ loginId, id: shiftId }, kind, query) {
    const rows = await store.repositories.shifts.find({ loginId, shiftId, kind, ...query });
    return rows.flatMap((row) => {
      const entry = parsed<ShiftEntry['entry']>(row);
      return entry === undefined ? [] : [{ kind, entry } as ShiftEntry];
    });
  },
});

const isOf =
  <T extends ShiftChange['type']>(type: T) =>
  (change: ShiftChange): change is Extract<ShiftChange, { type: T }> =>
    change.type === type;

function rowOf({ id, loginId, shiftId, entry }: Extract<ShiftChange, { type: 'entry' }>): ShiftEntryRow {
  const { ordinal, version } = entry.entry;
  return { id, loginId, shiftId, kind: entry.kind, ordinal, version, entry: JSON.stringify(entry.entry) };
}

/** Rows may be written by hand: what cannot be read is left out. */
function parsed<T>(json: string): T | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
