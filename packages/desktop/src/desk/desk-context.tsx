/** What an agent has on the desk besides the server's data: own settings, sounds, shortcuts. */
import { createContext, type ReactNode, useContext, useEffect, useSyncExternalStore } from 'react';
import type { ShortcutRegistry } from '../shortcuts/registry.ts';
import type { Command, Commands } from './commands.ts';
import type { IdleWatch } from './idle.ts';
import type { Notifier } from './notifier.ts';
import type { PopOverLayer, PopOverStop, PopOvers } from './pop-overs.ts';
import type { Settings, SettingsStore } from './settings.ts';
import type { Sounds } from './sounds.ts';

export interface Desk {
  readonly settings: SettingsStore;
  readonly commands: Commands;
  readonly registry: ShortcutRegistry;
  readonly sounds: Sounds;
  readonly notifier: Notifier;
  readonly popOvers: PopOvers;
  readonly idle: IdleWatch;
}

const Context = createContext<Desk | null>(null);

export function DeskProvider({ desk, children }: { desk: Desk; children: ReactNode }) {
  const { theme, density } = useSyncExternalStore(desk.settings.subscribe, desk.settings.snapshot);
  useEffect(() => {
    Object.assign(document.documentElement.dataset, { theme, density });
  }, [theme, density]);
  return <Context.Provider value={desk}>{children}</Context.Provider>;
}

export function useDesk(): Desk {
  const desk = useContext(Context);
  if (!desk) throw new Error('DeskProvider is missing');
  return desk;
}

export function useSettings(): Settings {
  const { settings } = useDesk();
  return useSyncExternalStore(settings.subscribe, settings.snapshot);
}

/** Offers a command while the component is on the page. @param name null: nothing is offered */
export function useCommand(name: string | null, run: Command): void {
  const { commands } = useDesk();
  useEffect(() => (name === null ? undefined : commands.offer(name, run)), [commands, name, run]);
}

/**
 * Puts a layer of pop-overs into the reach of the key `next-pop-over`.
 * @param isThere whether the layer shows anything now
 * @param stops the same function each time, or the layer is offered anew
 */
export function usePopOverLayer(
  layer: PopOverLayer,
  isThere: boolean,
  stops: () => readonly PopOverStop[],
): void {
  const { popOvers } = useDesk();
  useEffect(() => (isThere ? popOvers.offer(layer, stops) : undefined), [popOvers, layer, isThere, stops]);
  useCommand(isThere ? 'next-pop-over' : null, popOvers.next);
}
