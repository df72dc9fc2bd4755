/** What a command is: a row of the table in `commands.ts`. */
import type { MessageId } from '../messages/catalogue.ts';
import type { Terminal } from './terminal.ts';

export interface CommandOption {
  readonly type: 'boolean' | 'string';
  readonly multiple?: boolean;
  /** The command cannot run without it. */
  readonly required?: boolean;
  /** Name of the value in the usage, e.g. `FILE`. */
  readonly value?: string;
  readonly help: MessageId;
}

/** What the arguments said; options by name. */
export interface Arguments {
  readonly flags: ReadonlySet<string>;
  /** The last value of an option. */
  value(name: string): string | undefined;
  values(name: string): readonly string[];
  readonly positionals: readonly string[];
}

export interface Command {
  /** One to four words, as typed. */
  readonly name: string;
  readonly help: MessageId;
  /** What stands below the options, and once below the overview of its group: how to begin. */
  readonly more?: MessageId;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Names of positional arguments, for the usage; all are required. A name in brackets is not. */
  readonly positionals?: readonly string[];
  /** Loaded only when the command runs, so that each starts fast. @returns the exit status */
  readonly run: (given: Arguments, terminal: Terminal) => Promise<number>;
}

/** Exit statuses: done, failed, not understood. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** The arguments cannot be understood; the usage of the command is shown. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
