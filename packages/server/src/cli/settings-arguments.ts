/** The options that every command with settings shares. */
import type { Clock } from '@poise/clock';
import { say } from '../messages/catalogue.ts';
import { sealerIn } from '../settings/seal.ts';
import type { LoadedSettings, RawSetting } from '../settings/settings.ts';
import { loadSettings } from '../settings/sources.ts';
import { storedSettings } from '../settings/stored.ts';
import { awaitDatabase } from './await-database.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';

/** @throws SettingsError */
export function settingsFrom(
  given: Arguments,
  terminal: Terminal,
  demo = false,
  stored: readonly RawSetting[] = [],
): Promise<LoadedSettings> {
  return loadSettings({
    stored,
    file: given.value('config'),
    data: given.value('data'),
    set: given.values('set'),
    env: terminal.env,
    cwd: terminal.cwd,
    demo,
    bench: given.value('bench') !== undefined,
  });
}

/**
 * The settings with which a server starts: those that an administrator has stored are among them.
 *
 * @param clock with it a database that is away is waited for
 * @throws SettingsError, PlainError
 */
export async function startSettings(
  given: Arguments,
  terminal: Terminal,
  demo: boolean,
  clock?: Clock,
): Promise<LoadedSettings> {
  const loaded = await settingsFrom(given, terminal, demo);
  const { settings } = loaded;
  const { Store, storeOptions } = await import('../store/store.ts');
  const open = () =>
    Store.open({
      ...storeOptions(settings),
      onBackup: ({ path, from, to }) =>
        terminal.printError(say(terminal.messages, 'store.backup', { path, from, to })),
      onWait: (place) => terminal.printError(say(terminal.messages, 'store.waits', { place })),
    });
  const store = await (clock === undefined ? open() : awaitDatabase(open, terminal, clock));
  try {
    const { raw, unusable } = storedSettings(
      await store.repositories.settings.all(),
      sealerIn(settings.data, settings.node.secret),
    );
    for (const key of unusable)
      terminal.printError(say(terminal.messages, 'settings.unusable', { key: JSON.stringify(key) }));
    return raw.length === 0 ? loaded : await settingsFrom(given, terminal, demo, raw);
  } finally {
    await store.close();
  }
}
