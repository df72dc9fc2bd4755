/** The desk of the gadgets, for parts of the page that are there before it: null until there is a gadget. */
import { useSyncExternalStore } from 'react';
import type { GadgetDesk } from './gadget-desk.ts';

let open: GadgetDesk | null = null;
const listeners = new Set<() => void>();

export function openGadgetDesk(desk: GadgetDesk): void {
  open = desk;
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useGadgetDesk = (): GadgetDesk | null => useSyncExternalStore(subscribe, () => open);
