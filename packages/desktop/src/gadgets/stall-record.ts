/** What the watchdog leaves for the next page: which gadget held the last one. Page and worker write the same place. */

export interface StallRecord {
  /** Entry of the layout. */
  readonly entryId: string;
  readonly title: string;
  readonly loginId: string;
  /** Epoch ms. */
  readonly at: number;
}

const DATABASE = 'poise-watchdog';
const STORE = 'stalls';
const KEY = 'last';
/** Older ones say nothing of today's gadgets, ms. */
export const STALL_KEPT_MS = 12 * 3_600_000;

export async function keepStall(record: StallRecord): Promise<void> {
  await withStore('readwrite', (store) => store.put(record, KEY));
}

export async function forgetStall(): Promise<void> {
  await withStore('readwrite', (store) => store.delete(KEY));
}

/** Null: none, none that counts any more, or the browser keeps nothing. */
export async function lastStall(loginId: string, now: number): Promise<StallRecord | null> {
  try {
    const record = (await withStore('readonly', (store) => store.get(KEY))) as StallRecord | undefined;
    if (!record || record.loginId !== loginId || now - record.at > STALL_KEPT_MS) return null;
    return record;
  } catch {
    return null;
  }
}

async function withStore(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  const database = await settled<IDBDatabase>(() => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    return opening;
  });
  try {
    return await settled(() => act(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function settled<T>(ask: () => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = ask();
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
