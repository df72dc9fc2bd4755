/** `poise config print` */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PlainError, say, words } from '../messages/catalogue.ts';
import { printSettings } from '../settings/print.ts';
import type { LoadedSettings } from '../settings/settings.ts';
import { DATABASE_FILE } from '../store/data-directory.ts';
import { StoreError } from '../store/store-error.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom, startSettings } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

/** With what the next start will find: what an administrator has stored is part of it. */
export async function printConfig(given: Arguments, terminal: Terminal): Promise<number> {
  terminal.write(printSettings(await inEffect(given, terminal, given.flags.has('demo'))));
  return EXIT.done;
}

async function inEffect(given: Arguments, terminal: Terminal, demo: boolean): Promise<LoadedSettings> {
  const loaded = await settingsFrom(given, terminal, demo);
  const { data, store } = loaded.settings;
  // Whoever looks before the first start shall not find a database made by looking.
  if (store.url === '' && !existsSync(join(data, DATABASE_FILE))) return loaded;
  try {
    return await startSettings(given, terminal, demo);
  } catch (error) {
    if (!(error instanceof PlainError) && !(error instanceof StoreError)) throw error;
    terminal.printError(say(terminal.messages, 'settings.notRead', { why: sentenceOf(error, terminal) }));
    return loaded;
  }
}

const sentenceOf = (error: Error, { messages }: Terminal): string =>
  error instanceof PlainError ? words(error.said, messages) : error.message;
