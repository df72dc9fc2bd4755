/** Errors as people read them. */
import { PlainError, say, words } from '../messages/catalogue.ts';
import { SettingsError } from '../settings/settings.ts';
import { StoreError } from '../store/store-error.ts';
import type { Terminal } from './terminal.ts';

/** What people are told of an error: what they can mend in plain words, everything else as ours to mend. */
export function sentences(error: unknown, { messages, env }: Pick<Terminal, 'messages' | 'env'>): string[] {
  if (error instanceof PlainError) return [words(error.said, messages)];
  if (error instanceof SettingsError) return error.problems.map((problem) => words(problem, messages));
  // A full disk, or a database that is lost, is nobody's mistake here.
  if (error instanceof StoreError && error.code === 'unavailable') {
    const { message } = error.cause instanceof Error ? error.cause : error;
    return [say(messages, 'cli.storeUnavailable', { reason: message })];
  }
  const reason =
    error instanceof Error
      ? env.NODE_DEBUG
        ? (error.stack ?? error.message)
        : error.message
      : String(error);
  return [say(messages, 'cli.unexpected', { reason })];
}
