/** What every part of the page works with: the state, which it looks at, and the controller, which it asks. */
import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react';
import type { DesktopController } from './session/controller.ts';
import { type AgentUser, type DesktopState, isFinal, type Store } from './session/store.ts';

export interface Desktop {
  readonly store: Store;
  readonly controller: DesktopController;
}

const Context = createContext<Desktop | null>(null);

export function DesktopProvider({ store, controller, children }: Desktop & { children: ReactNode }) {
  const desktop = useMemo(() => ({ store, controller }), [store, controller]);
  return <Context.Provider value={desktop}>{children}</Context.Provider>;
}

export function useDesktop(): Desktop {
  const desktop = useContext(Context);
  if (!desktop) throw new Error('DesktopProvider is missing');
  return desktop;
}

/**
 * A part of the state; the component is drawn again only when this part is another one.
 * @param select must give the same value for the same state: no new objects
 */
export function useDesktopState<T>(select: (state: DesktopState) => T): T {
  const { store } = useDesktop();
  return useSyncExternalStore(store.subscribe, () => select(store.snapshot()));
}

const readsNoMore = ({ link }: DesktopState) => isFinal(link);

/** Whether this page has come to its end: what was not read is not being read. */
export function useReadsNoMore(): boolean {
  return useDesktopState(readsNoMore);
}

const theUser = (state: DesktopState) => state.user;

const theLoginId = (state: DesktopState) => state.user?.loginId ?? '';

/** Who is signed in; unlike `useAgent`, nothing is drawn again when that agent's state changes. */
export function useLoginId(): string {
  return useDesktopState(theLoginId);
}

/** The agent who is signed in; only for what is shown on the page of one. */
export function useAgent(): AgentUser {
  const user = useDesktopState(theUser);
  if (!user) throw new Error('nobody is signed in');
  return user;
}
