/** The options that every command with settings shares. */
import type { LoadedSettings } from '../settings/settings.ts';
import { loadSettings } from '../settings/sources.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';

/** @throws SettingsError */
export function settingsFrom(given: Arguments, terminal: Terminal, demo = false): Promise<LoadedSettings> {
  return loadSettings({
    file: given.value('config'),
    data: given.value('data'),
    set: given.values('set'),
    env: terminal.env,
    cwd: terminal.cwd,
    demo,
    bench: given.value('bench') !== undefined,
  });
}
