/** A {@link Safe} of WebCrypto and IndexedDB: the browser hands the key to nobody, not even to this page. */
import type { Safe } from '../session/kept-sign-in.ts';

const DATABASE = 'poise';
const STORE = 'keys';
/** Keys of tabs that were closed without a sign-out are thrown away by the next sign-in after so many ms. */
const KEY_LIVES_MS = 86_400_000;
const IV_BYTES = 12;

interface StoredKey {
  readonly key: CryptoKey;
  readonly at: number;
}

const done = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function keys(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

async function inKeys<T>(run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await keys();
  try {
    return await done(run(database.transaction(STORE, 'readwrite').objectStore(STORE)));
  } finally {
    database.close();
  }
}

async function throwAwayOld(): Promise<void> {
  const names = await inKeys((store) => store.getAllKeys());
  for (const name of names) {
    const stored = (await inKeys((store) => store.get(name))) as StoredKey | undefined;
    if (stored === undefined || Date.now() - stored.at > KEY_LIVES_MS)
      await inKeys((store) => store.delete(name));
  }
}

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const base64Of = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

export const browserSafe: Safe = {
  async seal(name, text) {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
      'encrypt',
      'decrypt',
    ]);
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text));
    await throwAwayOld();
    await inKeys((store) => store.put({ key, at: Date.now() } satisfies StoredKey, name));
    return base64Of(new Uint8Array([...iv, ...new Uint8Array(data)]));
  },
  async open(name, sealed) {
    const { key } = (await inKeys((store) => store.get(name))) as StoredKey;
    const bytes = bytesOf(sealed);
    const iv = bytes.slice(0, IV_BYTES);
    const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes.slice(IV_BYTES));
    return new TextDecoder().decode(text);
  },
  async forget(name) {
    await inKeys((store) => store.delete(name));
  },
};
