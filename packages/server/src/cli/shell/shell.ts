/** What a command of `poise shell` has to do with: the terminal, the running server, the logs, this machine. Handed in, so that tests need none of them. */

import type { Deployment } from '../../domain/profile.ts';
import type { Catalogue, Phrase } from '../../messages/catalogue.ts';
import { PlainError } from '../../messages/catalogue.ts';
import type { Terminal } from '../terminal.ts';
import type { SftpConnect } from './files/sftp.ts';
import type { Machine } from './machine.ts';

/** The node that the commands are about: as the running server says, else as the settings do. */
export interface ShellNode {
  /** Data directory: an absolute path. */
  readonly data: string;
  readonly deployment: Deployment;
  /** Name of this node for people and clients. */
  readonly host: string;
  readonly store: 'sqlite' | 'postgres';
  /** Path of the certificate in the settings; empty: the one in the data directory. */
  readonly certificate: string;
}

export interface Shell {
  /** What people are told about a command; what a command prints is English in every language, because scripts read it. */
  readonly messages: Catalogue;
  /** Somebody sits there: long outputs stop after a page. */
  readonly interactive: boolean;
  readonly node: ShellNode;
  /** Root of `activelog`: an absolute path. */
  readonly logs: string;
  /** Base of directories that are asked for. */
  readonly cwd: string;
  readonly machine: Machine;
  /** Aborted when somebody presses Ctrl+C while the command runs. */
  readonly signal: AbortSignal;
  /** For commands that exist on the command line, too. */
  readonly terminal: Terminal;
  /** Wall ms. */
  now(): number;
  /** One line; control characters in it are made visible. */
  print(line?: string): void;
  /** Null: end of input. @param keys letters each of which is an answer as soon as it is pressed */
  ask(question: string, keys?: string): Promise<string | null>;
  /** As {@link ask}, for what nobody may see on the screen. */
  askSecret(question: string): Promise<string | null>;
  readonly sftp: SftpConnect;
  /** Gives a command to the running server. @param timeoutMs default 10 s @throws PlainError */
  control(
    command: string,
    argument?: Readonly<Record<string, unknown>>,
    timeoutMs?: number,
  ): Promise<unknown>;
}

/** Exit statuses, as those of the command line. */
export const DONE = 0;
export const FAILED = 1;
export const NOT_UNDERSTOOD = 2;

/** A refusal in the language of the reader. */
export const refusal = (said: Phrase): PlainError => new PlainError(said);

/** A question that only a clear yes answers. */
export async function confirmed(shell: Pick<Shell, 'ask'>, question: string): Promise<boolean> {
  return /^\s*y(?:es)?\s*$/i.test((await shell.ask(question)) ?? '');
}
