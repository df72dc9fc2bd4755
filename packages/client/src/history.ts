/** Reads the history of a shift in pages, and of one that is known only what changed. */
import { localError } from './api-error.ts';
import {
  type History,
  type HistoryPage,
  readHistoryCall,
  readHistoryPage,
  readHistoryState,
} from './objects/history.ts';

/** GET below `/poise/api`, answered in JSON. */
export type GetJson = (path: string, query: Readonly<Record<string, string>>) => Promise<unknown>;

/** Entries of one answer, and answers of one reading, at most: more than a shift is kept with. */
const PAGE = 1_000;
const PAGES_MAX = 8;

/** @param known what was read before: only what changed since is asked for, and put in its place */
export async function fetchHistory(
  get: GetJson,
  userId: string,
  known: History | undefined,
): Promise<History> {
  const path = `/history/${encodeURIComponent(userId)}`;
  const [calls, states] = await Promise.all([
    fetchList(get, `${path}/calls`, 'calls', readHistoryCall, known, known?.callsVersion),
    fetchList(get, `${path}/states`, 'states', readHistoryState, known, known?.statesVersion),
  ]);
  const same = (shift: History['shift']) => known?.shift != null && shift?.id === known.shift.id;
  return {
    userId: states.userId,
    shift: states.shift,
    calls: same(calls.shift) ? merged(known!.calls, calls.entries) : calls.entries,
    states: same(states.shift) ? merged(known!.states, states.entries) : states.entries,
    callsVersion: calls.version,
    statesVersion: states.version,
  };
}

async function fetchList<T extends { readonly id: number }>(
  get: GetJson,
  path: string,
  list: string,
  read: Parameters<typeof readHistoryPage<T>>[2],
  known: History | undefined,
  since: number | undefined,
): Promise<HistoryPage<T>> {
  const query = {
    limit: String(PAGE),
    ...(known?.shift == null ? {} : { shift: String(known.shift.id), since: String(since) }),
  };
  const ask = async (more: Readonly<Record<string, string>>): Promise<HistoryPage<T>> => {
    const page = readHistoryPage(await get(path, { ...query, ...more }), list, read);
    if (page === null) throw localError(502, 'Bad Reply', 'the answer is no history');
    return page;
  };
  const first = await ask({});
  const entries = [...first.entries];
  let { more } = first;
  for (let pages = 1; more && pages < PAGES_MAX && entries.length > 0; pages += 1) {
    const next = await ask({ before: String(entries.at(-1)!.id) });
    // Another shift has begun meanwhile: the next reading gets all of it.
    if (next.shift?.id !== first.shift?.id) break;
    entries.push(...next.entries);
    more = next.more && next.entries.length > 0;
  }
  return { ...first, entries };
}

function merged<T extends { readonly id: number }>(before: readonly T[], news: readonly T[]): readonly T[] {
  if (news.length === 0) return before;
  const byId = new Map([...before, ...news].map((entry) => [entry.id, entry]));
  return [...byId.values()].sort((a, b) => b.id - a.id);
}
