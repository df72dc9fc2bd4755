import { useMemo, useSyncExternalStore } from 'react';
import { useDesk, useSettings } from '../desk/desk-context.tsx';
import { type Keymap, keymap } from './keymap.ts';
import { isMac } from './listener.ts';
import type { Shortcut } from './shortcut.ts';

/** Keys are shown and read as on a Mac. */
export const ON_MAC = isMac(navigator.platform);

/** The shortcuts of this user, and which keys stand for them now. */
export function useKeymap(isSupervisor: boolean): {
  readonly shortcuts: readonly Shortcut[];
  readonly map: Keymap;
} {
  const { registry } = useDesk();
  const { shortcuts: own } = useSettings();
  const all = useSyncExternalStore(registry.subscribe, registry.snapshot);
  return useMemo(() => {
    const shortcuts = all.filter(({ forSupervisors }) => isSupervisor || !forSupervisors);
    return { shortcuts, map: keymap(shortcuts, own) };
  }, [all, own, isSupervisor]);
}
