/** `poise backup` and `poise restore`: the configuration as one file, with or without a running server. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { auditingRestore } from '../audit/trail.ts';
import { controlRequest } from '../control/client.ts';
import { type ControlLocation, controlLocation } from '../control/location.ts';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import { BACKUP_SUFFIX, openBackup } from '../store/backup.ts';
import { timeStamp } from '../store/data-directory.ts';
import { Store, storeOptions } from '../store/store.ts';
import { StoreError } from '../store/store-error.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

export async function backup(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const now = Date.now();
  const [file] = given.positionals;
  const path =
    file === undefined
      ? freePath(join(settings.data, 'backup', timeStamp(now)))
      : resolve(terminal.cwd, file);
  const store = await Store.open(storeOptions(settings));
  try {
    const { rows } = await store.backUp(path, now);
    terminal.print(say(terminal.messages, 'cli.backupDone', { rows, place: store.place, path }));
    return EXIT.done;
  } finally {
    await store.close();
  }
}

export async function restore(given: Arguments, terminal: Terminal): Promise<number> {
  const { settings } = await settingsFrom(given, terminal);
  const { messages } = terminal;
  const path = resolve(terminal.cwd, given.positionals[0]!);
  // Read as a whole first: a damaged file is refused before anything is opened.
  const file = await openBackup(path);
  const summary = { path: file.path, made: file.made };
  const now = Date.now();
  const store = await Store.open(storeOptions(settings));
  try {
    const running = await runningServers(settings.data);
    const keepLive = running.length > 0 || (await store.isShared());
    const before = freePath(join(settings.data, 'backup', `${timeStamp(now)}-before-restore`));
    await store.backUp(before, now);
    const { rows, made } = await store
      .restore(file, keepLive, auditingRestore(summary, Date.now))
      .catch((error: unknown) => {
        if (!(error instanceof StoreError)) throw error;
        throw new PlainError(phrase('backup.refused', { path, place: store.place, reason: error.message }), {
          cause: error,
        });
      });
    // It would find out by itself within two seconds, but not what happened.
    for (const server of running) await controlRequest(server, 'store.restored', summary).catch(() => {});
    terminal.print(say(messages, 'cli.restoreDone', { rows, made, place: store.place }));
    if (keepLive) terminal.print(say(messages, 'cli.restoreKept'));
    terminal.print(say(messages, 'cli.restoreBefore', { path: before }));
    return EXIT.done;
  } finally {
    await store.close();
  }
}

/** Servers that answer on this data directory. */
async function runningServers(data: string): Promise<ControlLocation[]> {
  const locations = (['server', 'cti'] as const).map((role) => controlLocation(data, role));
  const answers = await Promise.all(
    locations.map((location) =>
      controlRequest(location, 'ping').then(
        () => true,
        () => false,
      ),
    ),
  );
  return locations.filter((_, at) => answers[at]);
}

/**
 * A name that nothing has yet: of two backups within one second the second must not take the place of the first, which may be the very one that is
 * being restored.
 */
function freePath(start: string): string {
  for (let number = 1; ; number++) {
    const path = `${start}${number === 1 ? '' : `-${number}`}${BACKUP_SUFFIX}`;
    if (!existsSync(path)) return path;
  }
}
