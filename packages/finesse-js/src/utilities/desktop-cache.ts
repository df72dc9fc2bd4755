/** `finesse.utilities.DesktopCache`: data of a gadget that survive a reload, kept in the browser (IndexedDB) by group and key. */

const DATABASE = 'finesse-desktop-cache';
const STORE = 'entries';

export interface CacheEntry {
  readonly key: string;
  readonly data: unknown;
}

/** Called with the error, or with null and what was asked for (undefined: nothing there). */
export type CacheCallback = (error: Error | null, data?: unknown) => void;

let group = '';
let database: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  database ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  database.catch(() => {
    database = undefined;
  });
  return database;
}

function run(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest | undefined,
  callback: CacheCallback | undefined,
): void {
  open()
    .then(
      (db) =>
        new Promise<unknown>((resolve, reject) => {
          const transaction = db.transaction(STORE, mode);
          const request = act(transaction.objectStore(STORE));
          transaction.oncomplete = () => resolve(request?.result);
          transaction.onabort = () => reject(transaction.error);
        }),
    )
    .then(
      (data) => callback?.(null, data),
      (error: unknown) => callback?.(error instanceof Error ? error : new Error(String(error))),
    )
    // What the callback throws is the gadget's: shown as an error of its page, as any other.
    .catch((error: unknown) =>
      queueMicrotask(() => {
        throw error;
      }),
    );
}

const named = (): string => {
  if (group === '') throw new Error('DesktopCache: setGroup comes first');
  return group;
};

export const DesktopCache = {
  /** The name under which this gadget keeps its data; gadgets of one group share them. Comes before all else. */
  setGroup(name: string): void {
    if (typeof name !== 'string' || name === '') throw new Error('DesktopCache: the group needs a name');
    group = name;
  },

  /** Keeps each entry, in place of an older one of the same key. */
  saveOrUpdateData(entries: readonly CacheEntry[], callback?: CacheCallback): void {
    const of = named();
    run(
      'readwrite',
      (store) => {
        for (const { key, data } of entries) store.put(data, [of, key]);
        return undefined;
      },
      callback,
    );
  },

  /** Hands over the data of a key; undefined when there are none. */
  fetchData(key: string, callback: CacheCallback): void {
    const of = named();
    run('readonly', (store) => store.get([of, key]), callback);
  },

  /** Forgets a key. */
  deleteData(key: string, callback?: CacheCallback): void {
    const of = named();
    run('readwrite', (store) => store.delete([of, key]), callback);
  },

  /** Forgets everything of the group. */
  clearData(callback?: CacheCallback): void {
    const of = named();
    run('readwrite', (store) => store.delete(IDBKeyRange.bound([of], [of, []])), callback);
  },
};
