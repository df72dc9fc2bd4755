/** Team messages between the store and the server: read, heard, sent, deleted, and ended when their time is up. */
import type { ApiError, ClientTimer, PoiseClient, TeamMessage, Update } from '@poise/client';
import { type AreaOptions, isPassing, Reading } from './area-control.ts';
import { isMissing, isUnknownToServer, sentenceFor } from './sentences.ts';
import type { Sentence } from './store.ts';
import { expiresAt, toldId } from './team-messages.ts';

/** The part of the SDK that team messages need. */
export type MessageClient = Pick<
  PoiseClient,
  'teamMessages' | 'sentTeamMessages' | 'createTeamMessage' | 'deleteTeamMessage'
>;

/** Longest time a timer is set for, ms: clocks of computers jump, and the server's clock may be measured anew. */
const LOOK_AGAIN_MS = 60_000;
const MESSAGES_NODE = /^\/finesse\/api\/Team\/\d+\/TeamMessages$/;

export class MessageControl {
  readonly #o: AreaOptions;
  readonly #reading = new Reading();
  #client: MessageClient | null = null;
  #timer: ClientTimer | undefined;

  constructor(options: AreaOptions) {
    this.#o = options;
  }

  begin(client: MessageClient): void {
    this.end();
    this.#client = client;
  }

  end(): void {
    this.#reading.stop();
    this.#timer?.cancel();
    this.#client = null;
  }

  /** After the sign-in; a recovery reads them again anyway. */
  load(): void {
    void this.#read(false);
  }

  async recover(): Promise<void> {
    await this.#read(true);
  }

  /** The user asks for another attempt. */
  again(): void {
    this.#o.store.dispatch({ type: 'messages unread', error: null });
    void this.#read(false);
  }

  heard(update: Update): void {
    if (!MESSAGES_NODE.test(update.node)) return;
    this.#reading.heard(toldId(update));
    this.#o.store.dispatch({ type: 'message told', update });
    this.#expireLater();
  }

  /** @param durationSeconds how long it is shown */
  send(content: string, teamIds: readonly number[], durationSeconds: number): Promise<void> {
    return this.#request((client) => client.createTeamMessage(content, teamIds, durationSeconds), true);
  }

  delete(ids: readonly string[]): Promise<void> {
    return this.#request(async (client) => {
      for (const id of ids)
        await client.deleteTeamMessage(id).catch((error: ApiError) => {
          // What has expired meanwhile is gone as it should be.
          if (!isMissing(error)) throw error;
        });
    }, false);
  }

  async #request(send: (client: MessageClient) => Promise<unknown>, isSent: boolean): Promise<void> {
    const client = this.#client;
    const { store } = this.#o;
    if (client === null || store.snapshot().link !== 'up' || store.snapshot().messages.isBusy) return;
    store.dispatch({ type: 'message requested' });
    let error: Sentence | null = null;
    try {
      await send(client);
    } catch (failure) {
      error = messageSentence(failure);
    }
    if (this.#client === client) store.dispatch({ type: 'message answered', error, isSent });
  }

  async #read(isRecovery: boolean): Promise<void> {
    const client = this.#client;
    const { user } = this.#o.store.snapshot();
    if (client === null || user === null) return;
    let failure: unknown = null;
    await this.#reading.run(
      this.#o.clock,
      async () => {
        const lists: readonly Promise<readonly TeamMessage[]>[] = [
          ...(user.teamId === null ? [] : [client.teamMessages(user.teamId)]),
          ...(user.roles.includes('Supervisor') ? [client.sentTeamMessages()] : []),
        ];
        return (await Promise.all(lists)).flat();
      },
      (messages, overtaken) => {
        this.#o.store.dispatch({ type: 'messages read', messages, overtaken });
        this.#expireLater();
      },
      (error) => {
        failure = error;
        // A server that has no messages has none that could be missed.
        const isAbsent = (error as Partial<ApiError>).status === 404;
        this.#o.store.dispatch({ type: 'messages unread', error: isAbsent ? null : messageSentence(error) });
        return isPassing(error) && !isRecovery;
      },
    );
    if (isRecovery && failure !== null && isPassing(failure)) throw failure;
  }

  #expireLater(): void {
    this.#timer?.cancel();
    const { store, clock } = this.#o;
    const { messages, drift } = store.snapshot();
    if (messages.list.length === 0) return;
    const next = Math.min(...messages.list.map(expiresAt)) - (clock.now() + drift);
    this.#timer = clock.schedule(Math.min(Math.max(0, next), LOOK_AGAIN_MS), () => {
      store.dispatch({ type: 'messages expired', now: clock.now() + store.snapshot().drift });
      this.#expireLater();
    });
  }
}

function messageSentence(error: unknown): Sentence {
  const { status, errorType } = error as Partial<ApiError>;
  if (errorType === 'System Resource Limit Exceeded') return { key: 'messages.error.limit' };
  const isRefused = status === 401 && !isUnknownToServer(error);
  return isRefused ? { key: 'messages.error.notYours' } : sentenceFor(error, '');
}
