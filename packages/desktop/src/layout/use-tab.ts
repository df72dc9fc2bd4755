import { useCallback, useEffect, useState } from 'react';

/**
 * The tab that the address names (`#/home`), else the first. Choosing one changes the address, so that a reload comes back to it, and
 * the browser's Back goes to the tab before it, not away from the desktop.
 */
export function useTab(ids: readonly string[]): readonly [string, (id: string) => void] {
  const [asked, ask] = useState(() => tabOf(location.hash));
  useEffect(() => {
    const changed = () => ask(tabOf(location.hash));
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const choose = useCallback((id: string) => {
    if (id !== tabOf(location.hash)) history.pushState(null, '', `#/${id}`);
    ask(id);
  }, []);
  return [ids.includes(asked) ? asked : (ids[0] ?? ''), choose];
}

/** `#/home` → `home`. */
export function tabOf(hash: string): string {
  return /^#\/([a-zA-Z][-_:.a-zA-Z0-9]*)$/.exec(hash)?.[1] ?? '';
}
