import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { useDesk, useSettings } from '../desk/desk-context.tsx';
import { en, type MessageKey } from '../messages/catalogue.ts';
import { useMessages } from '../messages/index.tsx';
import { type Keymap, keymap } from './keymap.ts';
import { shownKeys } from './keys.ts';
import { isMac } from './listener.ts';
import type { Shortcut } from './shortcut.ts';

/** Writes keys as they are written on the caps of keyboards of the page's language. */
export function useShownKeys(): (keys: string) => string {
  const { t } = useMessages();
  return useCallback(
    (keys) =>
      shownKeys(keys, ON_MAC, (key) =>
        Object.hasOwn(en, `key.${key}`) ? t(`key.${key}` as MessageKey) : null,
      ),
    [t],
  );
}

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
