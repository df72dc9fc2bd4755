/**
 * The calls and states of a shift: the own ones, and of an agent that a supervisor looks at (desktop.md 6, 7.3). Nothing
 * tells that a history changed but the Updates that it was made of: after each of them it is asked for what is new.
 */
import type { ClientTimer, History, PoiseClient, Update } from '@poise/client';
import { Area } from './area.ts';
import { type AreaOptions, isPassing, Reading } from './area-control.ts';
import { isUnknownToServer, sentenceFor } from './sentences.ts';
import type { Sentence } from './store.ts';

/** Several Updates of one happening make one question. */
const TOGETHER_MS = 300;

export type HistoryClient = Pick<PoiseClient, 'history'>;

export interface HistoryState {
  /** Null: not read yet. */
  readonly history: History | null;
  readonly error: Sentence | null;
}

const UNREAD: HistoryState = { history: null, error: null };

/** One history that somebody looks at. */
interface Shown {
  readonly area: Area<HistoryState>;
  readonly reading: Reading;
  users: number;
  timer: ClientTimer | undefined;
}

export class HistoryControl {
  readonly #o: AreaOptions;
  readonly #shown = new Map<string, Shown>();
  #client: HistoryClient | null = null;

  constructor(options: AreaOptions) {
    this.#o = options;
  }

  begin(client: HistoryClient): void {
    this.end();
    this.#client = client;
    for (const userId of this.#looked()) void this.#read(userId, false);
  }

  end(): void {
    for (const entry of this.#shown.values()) {
      entry.reading.stop();
      entry.timer?.cancel();
      entry.timer = undefined;
      entry.area.set(UNREAD);
    }
    this.#client = null;
  }

  /** The history of a user, as it is known. */
  of(userId: string): Area<HistoryState> {
    return this.#entry(userId).area;
  }

  /** Somebody looks at it. @returns what ends it */
  open(userId: string): () => void {
    const entry = this.#entry(userId);
    if (++entry.users === 1) void this.#read(userId, false);
    return () => {
      if (--entry.users > 0) return;
      entry.reading.stop();
      entry.timer?.cancel();
      entry.timer = undefined;
      // What nobody looks at needs no memory.
      entry.area.set(UNREAD);
    };
  }

  /** The user asks for another attempt. */
  again(userId: string): void {
    const { area } = this.#entry(userId);
    area.set({ ...area.snapshot(), error: null });
    void this.#read(userId, false);
  }

  async recover(): Promise<void> {
    await Promise.all(this.#looked().map((userId) => this.#read(userId, true)));
  }

  heard({ node, data }: Update): void {
    const ownId = this.#o.store.snapshot().user?.loginId ?? '';
    const isTeam = data.type === 'user' && node.startsWith('/finesse/api/Team/');
    const isOwn = node === `/finesse/api/User/${ownId}` || node === `/finesse/api/User/${ownId}/Dialogs`;
    if (isTeam && data.user.loginId !== ownId) this.#readSoon(data.user.loginId);
    else if (isOwn) this.#readSoon(ownId);
  }

  #looked(): readonly string[] {
    return [...this.#shown].filter(([, { users }]) => users > 0).map(([userId]) => userId);
  }

  #entry(userId: string): Shown {
    const known = this.#shown.get(userId);
    if (known !== undefined) return known;
    const entry = {
      area: new Area(UNREAD, this.#o.frame),
      reading: new Reading(),
      users: 0,
      timer: undefined,
    };
    this.#shown.set(userId, entry);
    return entry;
  }

  #readSoon(userId: string): void {
    const entry = this.#shown.get(userId);
    if (entry === undefined || entry.users === 0 || entry.timer !== undefined) return;
    entry.timer = this.#o.clock.schedule(TOGETHER_MS, () => {
      entry.timer = undefined;
      void this.#read(userId, false);
    });
  }

  async #read(userId: string, isRecovery: boolean): Promise<void> {
    const client = this.#client;
    const entry = this.#shown.get(userId);
    if (client === null || entry === undefined) return;
    const { area } = entry;
    let failure: unknown = null;
    await entry.reading.run(
      this.#o.clock,
      () => client.history(userId, area.snapshot().history ?? undefined),
      (history) => area.set({ history, error: null }),
      (error) => {
        failure = error;
        area.set({ ...area.snapshot(), error: historySentence(error) });
        return isPassing(error) && !isRecovery;
      },
    );
    if (isRecovery && failure !== null && isPassing(failure)) throw failure;
  }
}

function historySentence(error: unknown): Sentence {
  const { status } = error as { status?: number };
  if (status === 401 && !isUnknownToServer(error)) return { key: 'team.error.notYours' };
  return status === 404 ? { key: 'history.absent' } : sentenceFor(error, '');
}
