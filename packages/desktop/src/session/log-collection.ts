/**
 * The page's log, sent whenever the server asks for it by an event on the agent's ClientLog node (desktop.md D113). Nobody at the page
 * is told, and nothing is tried again: the server asks again.
 */
import { ApiError, type ClientClock, type PoiseClient, type Update } from '@poise/client';
import type { ClientLog } from './client-log.ts';
import { newest, REPORT_MAX, readable } from './error-report.ts';
import { maskCredentials } from './log-masking.ts';
import { zipOf } from './zip.ts';

/** With what a zip adds to a text that cannot be compressed, less than the server takes. */
const TEXT_BYTES_MAX = 1_400_000;

export type LogReceiver = Pick<PoiseClient, 'clientLog' | 'compressedClientLog'>;

export interface LogCollectionDependencies {
  readonly clock: ClientClock;
  readonly log: Pick<ClientLog, 'text'>;
  /** A line for the log itself. */
  readonly note: (line: string) => void;
  /** Default: the browser's. */
  readonly zip?: typeof zipOf;
}

export class LogCollection {
  readonly #d: LogCollectionDependencies;
  readonly #zip: typeof zipOf;
  #isUnderWay = false;

  constructor(dependencies: LogCollectionDependencies) {
    this.#d = dependencies;
    this.#zip = dependencies.zip ?? zipOf;
  }

  /**
   * Never rejects. What asks while a log is under way is passed over.
   * @param loginId of the agent whose page this is
   */
  async heard(update: Update, loginId: string, client: LogReceiver): Promise<void> {
    if (this.#isUnderWay || !asksForLog(update, loginId)) return;
    this.#isUnderWay = true;
    try {
      await this.#send(loginId, update.requestId, client);
    } catch (error) {
      const why = error instanceof ApiError ? `${error.status} ${error.errorType}` : String(error);
      this.#d.note(`The server asked for this log and did not get it: ${why}`);
    } finally {
      this.#isUnderWay = false;
    }
  }

  async #send(loginId: string, requestId: string, client: LogReceiver): Promise<void> {
    const { clock, log } = this.#d;
    const text = newest(readable(maskCredentials(log.text())), REPORT_MAX, TEXT_BYTES_MAX);
    // An empty one would be refused.
    if (text === '') return;
    const name = `clientlog.${loginId.replace(/[^A-Za-z0-9@_-]/g, '_')}.log`;
    const zip = await this.#zip(name, text, clock.now());
    if (zip === null) return client.clientLog(text);
    try {
      await client.compressedClientLog(zip, requestId || undefined);
    } catch (error) {
      // A server that has the older call only.
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      await client.clientLog(text);
    }
  }
}

/** An Update that carries a log was made by a page, and asks for nothing. */
function asksForLog({ node, event, data }: Update, loginId: string): boolean {
  if (node !== `/finesse/api/User/${loginId}/ClientLog` || event === 'DELETE') return false;
  if (data.type === 'none') return true;
  return (
    data.type === 'other' &&
    data.element.name.toLowerCase() === 'clientlog' &&
    data.element.child('logData') === undefined
  );
}
