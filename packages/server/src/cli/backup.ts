/** `poise backup` and `poise restore`: the configuration as one file, with or without a running server. */
import { join, resolve } from 'node:path';
import { auditingRestore } from '../audit/trail.ts';
import { controlRequest, isNotRunning } from '../control/client.ts';
import { type ControlLocation, controlLocation } from '../control/location.ts';
import { PlainError, phrase, say } from '../messages/catalogue.ts';
import { type BackupTarget, openBackup } from '../store/backup.ts';
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
  const target: BackupTarget =
    file === undefined
      ? { start: join(settings.data, 'backup', timeStamp(now)) }
      : resolve(terminal.cwd, file);
  const store = await Store.open(storeOptions(settings));
  try {
    const { rows, path } = await store.backUp(target, now);
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
    const start = join(settings.data, 'backup', `${timeStamp(now)}-before-restore`);
    const { rows, made, before } = await store
      .restore(file, keepLive, auditingRestore(summary, Date.now), { target: { start }, nowMs: now })
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
    terminal.print(say(messages, 'cli.restoreBefore', { path: before!.path }));
    return EXIT.done;
  } finally {
    await store.close();
  }
}

/**
 * Servers that work on this data directory. One that is too busy to answer in time, or refuses, is one all the same: what it holds in memory must
 * be left alone.
 *
 * @param request asks one of them
 */
export async function runningServers(data: string, request = controlRequest): Promise<ControlLocation[]> {
  const locations = (['server', 'cti'] as const).map((role) => controlLocation(data, role));
  const answers = await Promise.all(
    locations.map((location) =>
      request(location, 'ping').then(
        () => true,
        (error: unknown) => !isNotRunning(error),
      ),
    ),
  );
  return locations.filter((_, at) => answers[at]);
}
