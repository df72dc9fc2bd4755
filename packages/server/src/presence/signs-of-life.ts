/**
 * Signs of life in the database that nodes share: each node writes every few seconds that it lives, so that one which is cut off from NATS
 * and from the other nodes, but serves its agents, is not taken for dead. Whom it serves stands in the rows that it keeps there anyway. What
 * cannot be read says nothing: it is decided as without a database then. docs/cluster.md
 */
import type { Clock, Timer } from '@poise/clock';

/** How often a node writes that it lives, ms. */
export const SIGN_MS = 3_000;
/** A node that has written nothing for so long does not live, as far as the database can tell, ms. */
export const SILENT_MS = 10_000;
/** So long after the database was away a node that had lived before may not have written again yet, ms: the longest pause of its connection, and more. */
const BACK_MS = 15_000;
/** A database that takes longer than this to answer says nothing, ms. */
const ANSWER_MS = 2_000;
/** Questions are collected for so long, ms: after a failover 2,000 are due at one moment. */
const COLLECT_MS = 5;
/** Users of one query. */
const BATCH = 500;

/** A node has written that it lives. */
export interface SignOfLife {
  readonly node: string;
  /** Of its process. */
  readonly instance: string;
  readonly host: string;
  /** By the clock of the database, ms since 1970. */
  readonly atMs: number;
  /** How long ago by that clock, ms. */
  readonly ageMs: number;
}

/** What a node keeps of a user whom it watches. */
export interface KeptElsewhere {
  readonly node: string;
  readonly loginId: string;
  /** Null: he has a session there. Wall ms of that node. */
  readonly awaySince: number | null;
}

/** The database; all of it rejects when it cannot be reached. */
export interface SignTable {
  /** Of this node. */
  write(instance: string, host: string): Promise<void>;
  all(): Promise<readonly SignOfLife[]>;
  /** What nodes have written of these users; nothing of those whom they do not watch. */
  keptBy(nodes: readonly string[], loginIds: readonly string[]): Promise<readonly KeptElsewhere[]>;
  remove(instance: string): Promise<void>;
}

/** Where a user is, by what nodes that are cut off have written. */
export type Whereabouts =
  /** He has a session at one. */
  | { readonly type: 'present' }
  /** He has left one. `absence` is another one after each time he was there. */
  | { readonly type: 'left'; readonly absence: string }
  /** The database is back just now: whoever lives has not written again yet. */
  | { readonly type: 'unsure' }
  /** None has him, there is none, or the database cannot be read. */
  | { readonly type: 'nowhere' };

export interface SignsOfLifeOptions {
  readonly clock: Clock;
  readonly table: SignTable;
  readonly self: { readonly name: string; readonly instance: string };
  /** Under which this node is asked over HTTPS. */
  readonly host: string;
  /** Whether a node is seen to live otherwise: it is asked itself. */
  readonly isSeen: (node: string) => boolean;
  /** Writes what this node keeps of its users. @returns whether the database has it */
  readonly flush: () => Promise<boolean>;
}

interface Known {
  readonly host: string;
  /** Instance and time of the row as it was last read. */
  readonly mark: string;
  /** When it was written, by our monotonic clock. */
  readonly writtenAt: number;
}

type Told = (whereabouts: Whereabouts) => void;

const NOWHERE: Whereabouts = { type: 'nowhere' };

export class SignsOfLife {
  readonly #o: SignsOfLifeOptions;
  /** Rows of other nodes, by name. */
  #known: ReadonlyMap<string, Known> = new Map();
  /** When the last reading that succeeded began, monotonic ms. */
  #readAt: number | undefined;
  /** Something has failed since. */
  #isBroken = false;
  /** Since when all has succeeded without a break, monotonic ms. */
  #steadySince = 0;
  /** When it succeeded last before that break: whoever lived then may not have been able to write since. Infinity: there was none. */
  #lostAt = Number.POSITIVE_INFINITY;
  #timer: Timer | undefined;
  #isClosed = false;
  /** Nodes that have written once, and do so no more. Nothing is known of that while the database cannot be read. */
  #silent: ReadonlySet<string> = new Set();
  readonly #had = new Set<string>();
  readonly #listeners = new Set<() => void>();
  /** Those of the next query. */
  #next = new Map<string, Told[]>();
  #collecting: Timer | undefined;

  constructor(options: SignsOfLifeOptions) {
    this.#o = options;
  }

  /** Writes and reads from now on. */
  start(): void {
    this.#signLater(0);
  }

  /** Other nodes that have written lately, or may live: seen otherwise or not. */
  get hasOthers(): boolean {
    return [...this.#known.values()].some((row) => this.#lives(row) || this.#mayLive(row));
  }

  /** Hosts of those that are not seen otherwise. */
  hosts(): readonly string[] {
    return this.#cutOff().map(([, { host }]) => host);
  }

  /** Nodes that have written lately, and are not seen otherwise. */
  unseen(): readonly { readonly name: string; readonly host: string }[] {
    return this.#cutOff()
      .filter(([, row]) => this.#lives(row))
      .map(([name, { host }]) => ({ name, host }));
  }

  /** Whether a node has written that it lives once, and has stopped to, in order or not. */
  hasFallenSilent(node: string): boolean {
    return this.#silent.has(node);
  }

  /** Is told when {@link hasFallenSilent} is another one for some node. @returns ends it */
  onSilent(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Where a user is, of nodes that are not seen otherwise. Never rejects; takes {@link ANSWER_MS} twice, and a few, at most. */
  of(loginId: string): Promise<Whereabouts> {
    if (this.#isClosed) return Promise.resolve(NOWHERE);
    return new Promise((told) => {
      const waiting = this.#next.get(loginId);
      if (waiting === undefined) this.#next.set(loginId, [told]);
      else waiting.push(told);
      this.#collecting ??= this.#o.clock.schedule(COLLECT_MS, () => void this.#ask());
    });
  }

  /** Takes the sign back: this node ends in order. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#collecting?.cancel();
    this.#tell(this.#next, () => NOWHERE);
    const { table, self } = this.#o;
    await this.#inTime(table.remove(self.instance)).catch(() => {});
  }

  #signLater(ms: number): void {
    if (this.#isClosed) return;
    this.#timer = this.#o.clock.schedule(ms, () => void this.#sign().finally(() => this.#signLater(SIGN_MS)));
  }

  async #sign(): Promise<void> {
    const { table, self, host, flush } = this.#o;
    try {
      // Who is here is written first: others believe it while this sign is new.
      if ((await flush()) && !this.#isClosed) await table.write(self.instance, host);
      await this.#read();
    } catch {
      // The store tells of it, and has it in its health.
      this.#broken();
    }
  }

  /** @throws when the database cannot be read */
  async #read(): Promise<void> {
    const { clock, table, self } = this.#o;
    const from = clock.monotonic();
    const rows = await this.#inTime(table.all());
    const now = clock.monotonic();
    // Another reading that began later has told more.
    if (this.#readAt !== undefined && from < this.#readAt) return;
    const before = this.#readAt;
    if (this.#isBroken || now - (before ?? now) > 2 * SIGN_MS) {
      this.#isBroken = false;
      this.#steadySince = now;
      this.#lostAt = before ?? Number.POSITIVE_INFINITY;
    }
    this.#readAt = from;
    const known = new Map<string, Known>();
    for (const { node, instance, host, atMs, ageMs } of rows) {
      if (node === self.name) continue;
      const mark = `${instance} ${atMs}`;
      const old = this.#known.get(node);
      // By the clock of the database, within what we have seen ourselves: it may have been set, or be another server's now.
      const atOurs = Math.min(now, Math.max(before ?? Number.NEGATIVE_INFINITY, now - ageMs));
      known.set(node, { host, mark, writtenAt: old?.mark === mark ? old.writtenAt : atOurs });
    }
    this.#known = known;
    for (const node of known.keys()) this.#had.add(node);
    const lives = (row: Known | undefined): boolean =>
      row !== undefined && (this.#lives(row) || this.#mayLive(row));
    this.#silentNow([...this.#had].filter((node) => !lives(known.get(node))));
  }

  #broken(): void {
    this.#isBroken = true;
    this.#silentNow([]);
  }

  #silentNow(nodes: readonly string[]): void {
    const before = this.#silent;
    if (nodes.length === before.size && nodes.every((node) => before.has(node))) return;
    this.#silent = new Set(nodes);
    for (const listener of [...this.#listeners]) listener();
  }

  #lives({ writtenAt }: Known): boolean {
    return this.#o.clock.monotonic() - writtenAt <= SILENT_MS;
  }

  /** While the database was away nobody could write. */
  #mayLive({ writtenAt }: Known): boolean {
    const isSteady = this.#o.clock.monotonic() - this.#steadySince > BACK_MS;
    return !isSteady && writtenAt >= this.#lostAt - SILENT_MS;
  }

  #cutOff(): [string, Known][] {
    return [...this.#known].filter(
      ([node, row]) => !this.#o.isSeen(node) && (this.#lives(row) || this.#mayLive(row)),
    );
  }

  async #ask(): Promise<void> {
    this.#collecting = undefined;
    const all = [...this.#next];
    this.#next = new Map();
    try {
      await this.#read();
    } catch {
      this.#broken();
      this.#tell(new Map(all), () => NOWHERE);
      return;
    }
    for (let from = 0; from < all.length; from += BATCH) {
      const some = new Map(all.slice(from, from + BATCH));
      const found = await this.#find([...some.keys()]).catch(() => new Map<string, Whereabouts>());
      this.#tell(some, (loginId) => found.get(loginId) ?? NOWHERE);
    }
  }

  /** @throws when the database cannot be read */
  async #find(loginIds: readonly string[]): Promise<ReadonlyMap<string, Whereabouts>> {
    const cutOff = this.#cutOff();
    const found = new Map<string, Whereabouts>();
    if (cutOff.length === 0) return found;
    const isUnsure = cutOff.some(([, row]) => !this.#lives(row));
    const kept = await this.#inTime(
      this.#o.table.keptBy(
        cutOff.map(([node]) => node),
        loginIds,
      ),
    );
    for (const { node, loginId, awaySince } of [...kept].sort((a, b) => (a.node < b.node ? -1 : 1))) {
      const before = found.get(loginId);
      if (before?.type === 'present') continue;
      const others = before?.type === 'left' ? `${before.absence} ` : '';
      found.set(
        loginId,
        awaySince === null ? { type: 'present' } : { type: 'left', absence: `${others}${node} ${awaySince}` },
      );
    }
    // Whoever came there meanwhile is not in the rows yet.
    if (isUnsure)
      for (const loginId of loginIds)
        if (found.get(loginId)?.type !== 'present') found.set(loginId, { type: 'unsure' });
    return found;
  }

  #tell(asked: ReadonlyMap<string, readonly Told[]>, whereabouts: (loginId: string) => Whereabouts): void {
    for (const [loginId, all] of asked) for (const told of all) told(whereabouts(loginId));
  }

  /** What the database does not answer in time it does not say. */
  #inTime<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = this.#o.clock.schedule(ANSWER_MS, () =>
        reject(new Error('The database does not answer in time.')),
      );
      answer.then(resolve, reject).finally(() => timer.cancel());
    });
  }
}
