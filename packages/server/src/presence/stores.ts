/** What the store keeps for this room, in the words of this room. */
import type { SignOutRecord } from '../domain/presence.ts';
import type { Store } from '../store/store.ts';
import type { PresenceStore } from './kept-presences.ts';
import type { SignOutFound, SignOutStore } from './sign-out-log.ts';
import type { SignTable } from './signs-of-life.ts';
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

/** Of a store that nodes share. */
export const signTable = (store: Store): SignTable => ({
  write: (instance, host) => store.aside(({ signsOfLife }) => signsOfLife.write(instance, host)),
  all: () => store.repositories.signsOfLife.all(),
  async keptBy(nodes, loginIds) {
    const rows = await store.repositories.presences.ofNodes(nodes, loginIds);
    return rows.flatMap(({ node, loginId, watched }) => {
      const kept = parsed<KeptPresence>(watched);
      return kept === undefined ? [] : [{ node, loginId, awaySince: kept.awaySince ?? null }];
    });
  },
  remove: (instance) => store.aside(({ signsOfLife }) => signsOfLife.remove(instance)),
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
      await signOuts.save(records.map(rowOf));
      await signOuts.prune(now());
    }),
  endOf: (node, endOf) =>
    store.change(async ({ signOuts }) => {
      const rows = await signOuts.open(node);
      const ended = rows.flatMap(({ record }) => {
        const read = parsed<SignOutRecord>(record);
        return (read && endOf(read)) ?? [];
      });
      await signOuts.save(ended.map(rowOf), node);
      return ended;
    }),
  async find({ agentIds, ...bounds }) {
    // Each node may have written the same one.
    const { limit } = bounds;
    const search = { ...bounds, loginIds: agentIds, limit: limit * NODES_READ };
    const rows = await store.repositories.signOuts.find(search);
    const records = rows.flatMap(({ node, record }) => {
      const read = parsed<SignOutRecord>(record);
      return read === undefined ? [] : [{ ...read, node }];
    });
    return withoutDoubles(records)
      .slice(0, limit)
      .map(({ stateSince: _, ...record }) => record);
  },
});

const rowOf = (record: SignOutRecord) => ({
  id: record.id,
  at: record.at,
  loginId: record.agentId,
  record: JSON.stringify(record),
});

/** Of so many nodes the records of one sign-out are found together. */
const NODES_READ = 4;
/** Nodes hear of the same sign-out within this time, ms; their clocks may differ a little, too. */
const SAME_WITHIN_MS = 10_000;

/**
 * Each node hears every agent, and records whom it did not sign out itself as signed out by the system. Of several records of different nodes the
 * one stays that knows more: who asked.
 *
 * @param records newest first
 */
export function withoutDoubles(records: readonly SignOutFound[]): SignOutFound[] {
  const kept: SignOutFound[] = [];
  for (const record of records) {
    const at = kept.findIndex((other) => isSame(other, record));
    if (at === -1) kept.push(record);
    else if (kept[at]!.cause === 'system' && record.cause !== 'system') kept[at] = record;
  }
  return kept;
}

function isSame(one: SignOutFound, other: SignOutFound): boolean {
  if (one.node === other.node || one.agentId !== other.agentId) return false;
  if (one.requestId !== '' && one.requestId === other.requestId) return true;
  // Two nodes that asked have each their own.
  if (one.cause !== 'system' && other.cause !== 'system') return false;
  return one.state === other.state && (mayBe(one, other) || mayBe(other, one));
}

/** Whether what `other` tells of may be what `heard` tells of, which may have been heard of long after it happened. */
function mayBe(heard: SignOutFound, other: SignOutFound): boolean {
  const [until, at] = [heard.endedAt ?? heard.at, other.endedAt ?? other.at];
  if (Math.abs(until - at) < SAME_WITHIN_MS) return true;
  return heard.stateSince !== undefined && heard.stateSince <= at && at < until;
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
