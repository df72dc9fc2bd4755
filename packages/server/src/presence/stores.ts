/** What the store keeps for this room, in the words of this room. */
import type { SignOutRecord } from '../domain/presence.ts';
import type { Store } from '../store/store.ts';
import type { PresenceStore } from './kept-presences.ts';
import type { SignOutStore } from './sign-out-log.ts';
import type { KeptPresence } from './watch.ts';

export const presenceStore = (store: Store): PresenceStore => ({
  async all() {
    const rows = await store.repositories.presences.all();
    return rows.flatMap(({ loginId, watched }) => {
      const kept = parsed<Omit<KeptPresence, 'loginId'>>(watched);
      return kept === undefined ? [] : [{ ...kept, loginId }];
    });
  },
  write: (saved, removed) =>
    store.change(async ({ presences }) => {
      await presences.save(
        saved.map(({ loginId, ...watched }) => ({ loginId, watched: JSON.stringify(watched) })),
      );
      await presences.remove(removed);
    }),
});

/** @param now wall ms, for the age of records */
export const signOutStore = (store: Store, now: () => number): SignOutStore => ({
  lastId: () => store.repositories.signOuts.lastId(),
  async open() {
    const rows = await store.repositories.signOuts.open();
    return rows.flatMap(({ record }) => parsed<SignOutRecord>(record) ?? []);
  },
  save: (records) =>
    store.change(async ({ signOuts }) => {
      await signOuts.save(
        records.map((record) => ({
          id: record.id,
          at: record.at,
          loginId: record.agentId,
          record: JSON.stringify(record),
        })),
      );
      await signOuts.prune(now());
    }),
  async find({ agentIds, ...bounds }) {
    const rows = await store.repositories.signOuts.find({ ...bounds, loginIds: agentIds });
    return rows.flatMap(({ record }) => parsed<SignOutRecord>(record) ?? []);
  },
});

/** Rows may be written by hand: what cannot be read is left out. */
function parsed<T>(json: string): T | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
