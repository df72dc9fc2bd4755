/** `poise config print` */
import { printSettings } from '../settings/print.ts';
import { type Arguments, EXIT } from './command.ts';
import { settingsFrom } from './settings-arguments.ts';
import type { Terminal } from './terminal.ts';

export async function printConfig(given: Arguments, terminal: Terminal): Promise<number> {
  terminal.write(printSettings(await settingsFrom(given, terminal, given.flags.has('demo'))));
  return EXIT.done;
}
