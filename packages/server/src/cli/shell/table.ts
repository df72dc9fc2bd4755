/** Every command of `poise shell`. */
import { FILE_COMMANDS } from './files/commands.ts';
import { ABSENT_COMMANDS } from './finesse/absent.ts';
import { FIGURE_COMMANDS } from './finesse/figures.ts';
import { LIST_COMMANDS } from './finesse/lists.ts';
import { LOG_COLLECTION_COMMANDS } from './finesse/log-collection.ts';
import { PROPERTY_COMMANDS } from './finesse/properties.ts';
import type { ShellCommand } from './grammar.ts';
import { NOTIFICATION_LOG_COMMANDS } from './notification-log.ts';
import { PLATFORM_COMMANDS } from './platform/commands.ts';
import { SERVICE_COMMANDS } from './services.ts';

export const SHELL_COMMANDS: readonly ShellCommand[] = [
  ...FILE_COMMANDS,
  ...PLATFORM_COMMANDS,
  ...SERVICE_COMMANDS,
  ...NOTIFICATION_LOG_COMMANDS,
  ...FIGURE_COMMANDS,
  ...PROPERTY_COMMANDS,
  ...LIST_COMMANDS,
  ...LOG_COLLECTION_COMMANDS,
  ...ABSENT_COMMANDS,
];
