/**
 * The record of every sign-out that an agent did not ask for: made in memory, written behind in small
 * transactions, so that signing out never waits for the disk. Bounded in number and age by the store.
 */
import type { Clock } from '@poise/clock';
import type { Going } from '../commands/sign-out-witness.ts';
import type { Agent } from '../domain/agents.ts';
import type { SignOutOutcome, SignOutRecord } from '../domain/presence.ts';
import type { Deployment } from '../domain/profile.ts';
import type { Happenings } from '../happenings.ts';
import { WriteBehind } from '../store/write-behind.ts';

/** Which records are asked for; newest first. */
export interface SignOutQuery {
  /** Login ids; undefined: everybody's. */
  readonly agentIds?: readonly string[] | undefined;
  /** Wall ms, inclusive. */
  readonly since?: number | undefined;
  /** Wall ms, exclusive. */
  readonly until?: number | undefined;
  readonly limit: number;
}

/** A record that was read. */
export interface SignOutFound extends SignOutRecord {
  /** That wrote it; undefined: there is only one. */
  readonly node?: string;
}

/** Where records are kept; the store has it. */
export interface SignOutStore {
  /** Highest id that was ever given; 0 when none was. */
  lastId(): Promise<number>;
  /** Those that are not over, oldest first: the process that began them ended first. */
  open(): Promise<readonly SignOutRecord[]>;
  /** Adds, or replaces those of the same ids; forgets what is over the bounds. In one transaction. */
  save(records: readonly SignOutRecord[]): Promise<void>;
  /**
   * Ends what another node has begun whose process is gone, where the store is that of all nodes; elsewhere there is nothing of it.
   * @param endOf the record as it ended; undefined: it stays open
   * @returns those that ended
   */
  endOf(
    node: string,
    endOf: (record: SignOutRecord) => SignOutRecord | undefined,
  ): Promise<readonly SignOutRecord[]>;
  /** Of all nodes. */
  find(query: SignOutQuery): Promise<readonly SignOutFound[]>;
}

/** What is known of the session and its end. */
export type SignOutFacts = Pick<
  SignOutRecord,
  'session' | 'departure' | 'awaySince' | 'lastActiveAt' | 'graceMs'
>;

export interface SignOutLogOptions {
  readonly store: SignOutStore;
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly onProblem: (error: unknown) => void;
}

const WRITE_AFTER_MS = 500;
/** Records of one transaction. */
const BATCH = 200;
/** Records that wait for a store that cannot be written; the oldest are lost beyond it. */
export const WAITING_MAX = 10_000;

export class SignOutLog {
  readonly #options: SignOutLogOptions;
  /** Presence-driven sign-outs under way, by agent. */
  readonly #open = new Map<string, SignOutRecord>();
  /** Those of them that the process before this one began: nobody here waits for their outcome. */
  readonly #inherited = new Set<string>();
  /** The last presence-driven one of each agent that ended without a sign-out: the event that tells of it may come still. */
  readonly #unseen = new Map<string, SignOutRecord>();
  /** By id. */
  readonly #behind: WriteBehind<number, SignOutRecord>;
  #lastId: number;

  /**
   * @param lastId highest id that was ever given
   * @param open records of an earlier process that are not over, oldest first
   */
  constructor(options: SignOutLogOptions, lastId: number, open: readonly SignOutRecord[] = []) {
    const { store, clock, onProblem } = options;
    this.#options = options;
    this.#lastId = lastId;
    this.#behind = new WriteBehind({
      clock,
      onProblem,
      afterMs: WRITE_AFTER_MS,
      batch: BATCH,
      waitingMax: WAITING_MAX,
      write: (batch) => store.save(batch.map(([, record]) => record)),
      onLost: (count) => onProblem(new Error(`${count} records of forced sign-outs were lost meanwhile`)),
    });
    for (const record of open) {
      this.#overtaken(record.agentId);
      this.#open.set(record.agentId, record);
      this.#inherited.add(record.agentId);
    }
  }

  static async open(options: SignOutLogOptions): Promise<SignOutLog> {
    const { store } = options;
    return new SignOutLog(options, await store.lastId(), await store.open());
  }

  /**
   * The picture is complete: what an earlier process began ends as the CTI server tells of the agent, which is without a reason. Who is in a
   * call may still be signed out at its end; of whom nothing was told the record stays open.
   * @param mayFollow whether this is a state after which the sign-out may still come
   */
  settle(
    agent: (agentId: string) => Agent,
    deployment: Deployment,
    mayFollow: (agent: Agent) => boolean,
  ): void {
    for (const agentId of [...this.#inherited]) {
      const record = this.#open.get(agentId);
      const settled = record && this.#settled(record, agent(agentId), deployment, mayFollow);
      if (settled !== undefined) this.#close(settled);
    }
  }

  /**
   * The process of another node is gone, and this one takes over its users: what it began ends as at its own next start, and is told here.
   * Never rejects: what cannot be written now ends then. For the other parameters see {@link settle}.
   * @param node its name
   */
  async settleOf(
    node: string,
    ...[agent, deployment, mayFollow]: Parameters<SignOutLog['settle']>
  ): Promise<void> {
    const { store, onProblem } = this.#options;
    try {
      const ended = await store.endOf(node, (record) =>
        this.#settled(record, agent(record.agentId), deployment, mayFollow),
      );
      for (const record of ended) this.#tell(record);
    } catch (error) {
      onProblem(error);
    }
  }

  /** A record of a process that is gone, ended as the CTI server tells of the agent now; undefined: its end may still come. */
  #settled(
    record: SignOutRecord,
    now: Agent,
    deployment: Deployment,
    mayFollow: (agent: Agent) => boolean,
  ): SignOutRecord | undefined {
    if (!now.known || mayFollow(now)) return undefined;
    const { state } = now;
    const endedAt = this.#options.clock.now();
    if (state === 'LOGOUT') return { ...record, outcome: 'signedOut', state, endedAt };
    if (deployment === 'CCE' && state === 'NOT_READY')
      return { ...record, outcome: 'notReady', state, endedAt };
    return { ...record, outcome: 'unanswered', refusal: null, endedAt };
  }

  /** Whether an earlier process asked for a sign-out that has not been seen yet. */
  isInherited(agentId: string): boolean {
    return this.#inherited.has(agentId);
  }

  /** A presence-driven sign-out is about to be asked for, or once more. @returns its requestId */
  asked(agentId: string, newId: () => string, facts: SignOutFacts, attempts: number): string {
    const known = this.#open.get(agentId);
    // An absence that has outlived its process goes on; after another one the agent had come back.
    const isSame = this.#inherited.has(agentId)
      ? known?.awaySince === facts.awaySince
      : known?.outcome === 'requested';
    if (known !== undefined && isSame) {
      // From now on somebody here waits for its outcome.
      this.#inherited.delete(agentId);
      this.#change({ ...known, outcome: 'requested', attempts: Math.max(attempts, known.attempts + 1) });
      return known.requestId;
    }
    this.#overtaken(agentId);
    const record: SignOutRecord = {
      ...facts,
      id: ++this.#lastId,
      at: this.#options.clock.now(),
      agentId,
      cause: 'presence',
      actingId: '',
      requestId: newId(),
      invokeId: null,
      attempts,
      outcome: 'requested',
      state: null,
      reasonCode: null,
      refusal: null,
      endedAt: null,
    };
    this.#change(record);
    return record.requestId;
  }

  sent(agentId: string, invokeId: number | undefined): void {
    const record = this.#open.get(agentId);
    if (record !== undefined && invokeId !== undefined) this.#change({ ...record, invokeId });
  }

  /** Taken, and to be seen at the end of a call. */
  pending(agentId: string): void {
    const record = this.#open.get(agentId);
    if (record === undefined) return;
    this.#change({ ...record, outcome: 'pending' });
    this.#tell({ ...record, outcome: 'pending' });
  }

  /** The call is over, and he is not signed out: the same sign-out is asked for once more. */
  again(agentId: string): void {
    const record = this.#open.get(agentId);
    if (record?.outcome === 'pending') this.#change({ ...record, outcome: 'requested' });
  }

  /**
   * No event has told what became of a request that was confirmed.
   * @param found the agent in the state that it leads to; null: it has not come about
   */
  untold(agentId: string, requestId: string, found: Pick<Going, 'state' | 'reasonCode'> | null): void {
    const record = this.#open.get(agentId);
    if (record?.requestId !== requestId || record.outcome !== 'pending') return;
    if (found === null) this.ended(agentId, 'unanswered', null);
    else this.reached(agentId, found);
  }

  cancelled(agentId: string): void {
    if (this.#open.get(agentId)?.outcome === 'requested') this.ended(agentId, 'cancelled', null);
  }

  /** Signed out otherwise, or asked for once more after he had come back. A request under way ends its record itself. */
  #overtaken(agentId: string): void {
    const record = this.#open.get(agentId);
    if (record?.outcome === 'pending' || this.#inherited.has(agentId)) this.ended(agentId, 'cancelled', null);
  }

  /**
   * He is out of his call, and not signed out: on CCE, NOT_READY is how the sign-out of an earlier process ends; otherwise it has not come
   * about. A request under way ends its record itself.
   * @param isBack he has a session again
   */
  idle({ loginId, state, reasonCode }: Agent, deployment: Deployment, isBack: boolean): void {
    const record = this.#open.get(loginId);
    if (record?.outcome !== 'pending' && !this.#inherited.has(loginId)) return;
    if (deployment === 'CCE' && state === 'NOT_READY') this.reached(loginId, { state, reasonCode });
    else this.ended(loginId, isBack ? 'cancelled' : 'unanswered', null);
  }

  /** It is over without a change of the agent's state. */
  ended(agentId: string, outcome: SignOutOutcome, refusal: string | null): void {
    const record = this.#open.get(agentId);
    if (record !== undefined)
      this.#close({ ...record, outcome, refusal, endedAt: this.#options.clock.now() });
  }

  /** The CTI server told of the state once more in which the agent was already: no {@link signedOut} says that it is over. */
  reached(agentId: string, { state, reasonCode }: Pick<Going, 'state' | 'reasonCode'>): void {
    const record = this.#open.get(agentId);
    const outcome = state === 'LOGOUT' ? 'signedOut' : 'notReady';
    if (record !== undefined)
      this.#close({ ...record, outcome, state, reasonCode, endedAt: this.#options.clock.now() });
  }

  /**
   * An agent was signed out, or made NOT_READY. By others: recorded; by himself: whatever was pending is over. What was asked for at
   * another node is recorded there.
   */
  signedOut(going: Going, facts: SignOutFacts): void {
    const { agentId, by, actingId, requestId, state, reasonCode, node, stateSince } = going;
    const now = this.#options.clock.now();
    const outcome = state === 'LOGOUT' ? 'signedOut' : 'notReady';
    const told = { outcome, state, reasonCode, refusal: null, endedAt: now } as const;
    const isOurs =
      node === undefined && (by === 'presence' || (by === 'system' && this.#inherited.has(agentId)));
    const known = isOurs ? (this.#open.get(agentId) ?? this.#endedAs(agentId, requestId)) : undefined;
    if (known !== undefined) {
      this.#close({ ...known, ...told });
      return;
    }
    if (state === 'LOGOUT') this.#overtaken(agentId);
    if (by === 'agent' || node !== undefined) return;
    this.#close({
      ...facts,
      ...told,
      id: ++this.#lastId,
      at: now,
      agentId,
      cause: by,
      actingId: by === 'supervisor' || by === 'administrator' ? actingId : '',
      requestId,
      invokeId: null,
      attempts: by === 'system' ? 0 : 1,
      ...(by === 'system' && stateSince !== undefined ? { stateSince } : {}),
    });
  }

  /** The record of this request that ended without a sign-out: what is told now is its outcome, however late. */
  #endedAs(agentId: string, requestId: string): SignOutRecord | undefined {
    const record = this.#unseen.get(agentId);
    return record?.requestId === requestId ? record : undefined;
  }

  /** Records as asked for, those included that were made just now. */
  async find(query: SignOutQuery): Promise<readonly SignOutFound[]> {
    await this.flush();
    return this.#options.store.find(query);
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    return this.#behind.flush();
  }

  #change(record: SignOutRecord): void {
    this.#open.set(record.agentId, record);
    this.#wait(record);
  }

  #close(record: SignOutRecord): void {
    this.#open.delete(record.agentId);
    this.#inherited.delete(record.agentId);
    if (record.cause === 'presence' && record.outcome !== 'signedOut')
      this.#unseen.set(record.agentId, record);
    else this.#unseen.delete(record.agentId);
    this.#wait(record);
    this.#tell(record);
  }

  #tell(record: SignOutRecord): void {
    const { agentId: user, requestId } = record;
    this.#options.happenings.publish('signOut.forced', { record }, { user, requestId });
  }

  #wait(record: SignOutRecord): void {
    this.#behind.set(record.id, record);
  }
}
