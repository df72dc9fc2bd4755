/** A server that starts before its PostgreSQL, as after a power cut, waits for it: nobody has to start it again. */
import type { Clock } from '@poise/clock';
import { PlainError, say } from '../messages/catalogue.ts';
import { comesLater } from '../store/store-error.ts';
import type { Terminal } from './terminal.ts';

/** Pauses between two tries; the last one is repeated. */
const PAUSES_MS = [500, 1_000, 2_000] as const;

/**
 * Opens a store as soon as its database can be used. Says why it waits: at first, and whenever the reason is another one.
 *
 * @param clock what keeps the process running while it waits
 * @param stopped nobody waits any longer; absent: until it can be used
 * @throws what `open` throws and waiting does not mend: a wrong password, a database that does not exist or has a newer format;
 *   and, when it was stopped, the last that was thrown
 */
export async function awaitDatabase<Opened>(
  open: () => Promise<Opened>,
  { messages, printError }: Pick<Terminal, 'messages' | 'printError'>,
  clock: Clock,
  stopped?: Promise<void>,
): Promise<Opened> {
  let told = '';
  let isStopped = false;
  void stopped?.then(() => {
    isStopped = true;
  });
  for (let tries = 0; ; tries++) {
    try {
      return await open();
    } catch (error) {
      const isAway =
        error instanceof PlainError && error.said.id === 'store.cannotConnect' && comesLater(error.cause);
      if (!isAway || isStopped) throw error;
      const { place, reason } = error.said.values as { place: string; reason: string };
      const words = say(messages, 'store.awaited', { place, reason });
      if (words !== told) printError(words);
      told = words;
    }
    await new Promise<void>((done) => {
      const timer = clock.schedule(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]!, done);
      void stopped?.then(() => {
        timer.cancel();
        done();
      });
    });
  }
}
