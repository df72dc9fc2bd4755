/** What the page keeps in this browser. A storage that is full, forbidden or broken costs the memory, never the page. */

type Keep = Pick<Storage, 'getItem' | 'setItem'>;

/** Touching `localStorage` alone may throw, where cookies are blocked. */
const browsers = () => localStorage;

/** Null when there is nothing, or nothing can be read. */
export function recall(key: string, storage: () => Keep = browsers): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

/** @returns whether it was kept */
export function keep(key: string, value: string, storage: () => Keep = browsers): boolean {
  try {
    storage().setItem(key, value);
    return true;
  } catch {
    return false;
  }
}
