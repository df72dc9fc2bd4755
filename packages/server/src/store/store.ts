/**
 * The configuration store: SQL behind repositories, in front of it the directory in memory. Changes are
 * transactions; after each one the directory is replaced and everybody told.
 */
import type { Clock, Timer } from '@poise/clock';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Backend } from './backend.ts';
import {
  type BackupFile,
  type BackupSummary,
  type BackupTarget,
  holdForRestore,
  restoreInto,
  writeBackup,
} from './backup.ts';
import { claimRows } from './claim.ts';
import type { CredentialRecord } from './credential-repository.ts';
import { newer } from './data-directory.ts';
import type { DirectorySource, UserRecord } from './directory.ts';
import { MIGRATION_STEPS } from './migrations.ts';
import {
  formatProblem,
  openPostgresStore,
  openSqliteStore,
  type StoreOptions,
  snapshotOf,
} from './opening.ts';
import { Refusal } from './refusal.ts';
import { loadData, type Repositories, repositoriesOver, SECTIONS } from './repositories.ts';
import type { Section } from './repository.ts';
import { changedCredentials, unlessSame } from './same.ts';
import type { Schema } from './schema.ts';
import { type DirectoryData, EMPTY_DIRECTORY, foldId } from './snapshot.ts';
import { LayeredDirectory } from './source.ts';
import { isConnectionLost, reasonOf, StoreError, storeErrorOf } from './store-error.ts';

export { type StoreOptions, storeOptions } from './opening.ts';

/** Below the 2 s within which a change of another process is to be seen. */
const WATCH_INTERVAL_MS = 1500;
/** The row that is written to see whether the database can be written again. */
const PROBE = 'store.probe';

/** Tells of changed passwords; null when anybody's may have changed. */
export type CredentialListener = (loginId: string | null) => void;

/** Whether the database can be written; null: yes. */
export type StoreProblem = string | null;

/** What a change came to, before it is durable. */
export interface StoredChange {
  readonly before: DirectoryData;
  readonly after: DirectoryData;
  /** What was touched. */
  readonly sections: ReadonlySet<Section>;
  /** Login ids of users whose keys were set or removed. */
  readonly credentials: ReadonlySet<string>;
}

/** What came back, and the backup of what was there before. */
export interface RestoreSummary extends BackupSummary {
  readonly before: BackupSummary | undefined;
}

/** Looks at a change and may write beside it. What it throws undoes the change. */
export type ChangeWitness = (change: StoredChange, repositories: Repositories) => Promise<void>;

export class Store {
  readonly #backend: Backend;
  readonly #format: number;
  readonly #node: string;
  readonly #repositories: Repositories;
  readonly #directory: LayeredDirectory;
  readonly #credentialListeners = new Set<CredentialListener>();
  readonly #subscriptionListeners = new Set<(loginIds: readonly string[] | null) => void>();
  readonly #problemListeners = new Set<(problem: StoreProblem) => void>();
  /** By name. Nothing takes them away while a server runs: a restore beside one leaves facts as they are. */
  readonly #secrets = new Map<string, Uint8Array>();
  /** Changes happen one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #data: DirectoryData = EMPTY_DIRECTORY;
  #storedUsers: ReadonlySet<UserRecord> = new Set();
  /** Of a database that may be lost: by folded login id, so that people can sign in meanwhile. */
  #credentials: ReadonlyMap<string, CredentialRecord> | undefined;
  /** Something was written that is not in the directory. */
  #stale = false;
  readonly #refusal = new Refusal();
  /** A newer release has made of the database what this one cannot work on. */
  #outgrown: Error | null = null;
  #told: StoreProblem = null;
  /** Of whoever watches, ms. */
  #monotonic: () => number = () => performance.now();
  #closed = false;
  #endWatch: (() => void) | undefined;

  private constructor(backend: Backend, format: number, node: string) {
    this.#backend = backend;
    this.#format = format;
    this.#node = node;
    this.#repositories = this.#over(backend.db, new Set(), new Set());
    this.#directory = new LayeredDirectory();
  }

  /** Opens, creates or migrates the data. @throws PlainError with one plain sentence */
  static async open(options: StoreOptions = {}): Promise<Store> {
    const steps = options.steps ?? MIGRATION_STEPS;
    const backend =
      options.postgres === undefined
        ? await openSqliteStore(options, steps)
        : await openPostgresStore(options.postgres, options, steps);
    try {
      const store = new Store(backend, steps.length, options.node ?? 'node1');
      backend.changed();
      await store.#load(store.#repositories, SECTIONS);
      return store;
    } catch (error) {
      await backend.close();
      throw error;
    }
  }

  /** The directory: what is stored, with the layer given to {@link layBeside} beside it. */
  get directory(): DirectorySource {
    return this.#directory;
  }

  /** For reading. Writing goes through {@link change}. */
  get repositories(): Repositories {
    return this.#repositories;
  }

  /** For people: file, or host and database. */
  get place(): string {
    return this.#backend.place;
  }

  /** Why nothing can be written at the moment, as a part of a sentence; null: as far as is known it can. */
  get problem(): StoreProblem {
    const problem = this.#backend.lost ?? this.#outgrown ?? this.#refusal.error;
    return problem === null ? null : reasonOf(problem);
  }

  /** @returns the function that ends the observation */
  onProblem(listener: (problem: StoreProblem) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  /**
   * Tells when another process has changed subscriptions: of these users, by folded login id; null: of anybody.
   * @returns the function that ends the observation
   */
  onSubscriptions(listener: (loginIds: readonly string[] | null) => void): () => void {
    this.#subscriptionListeners.add(listener);
    return () => this.#subscriptionListeners.delete(listener);
  }

  /** Whether a login id belongs to a stored user. */
  isStored(loginId: string): boolean {
    const found = this.#directory.current.user(loginId);
    return found !== undefined && this.#storedUsers.has(found);
  }

  /** Keys of a stored user; out of memory where the database may be lost. */
  credentialOf(loginId: string): Promise<CredentialRecord | undefined> {
    return this.#credentials === undefined
      ? this.#repositories.credentials.find(loginId)
      : Promise.resolve(this.#credentials.get(foldId(loginId)));
  }

  /** Puts records beside the stored ones that live in memory only. */
  layBeside(data: DirectoryData): void {
    this.#directory.replaceBeside(data);
  }

  /**
   * Runs `work` in one transaction and, when it is durable, replaces the directory.
   *
   * @param witness sees what the change came to, in the same transaction
   * @throws StoreError for what the database refuses, or `unavailable` at once while it cannot be reached; nothing is
   * changed then, unless the connection was lost at the very end: that is found out when the database is back
   */
  change<T>(work: (repositories: Repositories) => Promise<T>, witness?: ChangeWitness): Promise<T> {
    return this.#inTransaction(
      (transaction, touched, credentials) => work(this.#over(transaction, touched, credentials)),
      witness,
    );
  }

  /**
   * As {@link change}, but no other process does what has the same name at the same time: what `work` reads first, no other has begun to
   * change. For what several nodes would do when they start together.
   */
  changeAlone<T>(name: string, work: (repositories: Repositories) => Promise<T>): Promise<T> {
    return this.#inTransaction(async (transaction, touched, credentials) => {
      // A transaction of SQLite that writes is alone from its beginning.
      if (this.#backend.engine === 'postgres')
        await sql`select pg_advisory_xact_lock(hashtext(${`poise.${name}`}))`.execute(transaction);
      return work(this.#over(transaction, touched, credentials));
    });
  }

  /** Rows of one node that no server has claimed are this one's from now on: those from before nodes shared a database. For its start. */
  claim(): Promise<void> {
    const { engine, db } = this.#backend;
    return claimRows(engine, this.#node, db, (work) => this.#inTransaction(work));
  }

  #inTransaction<T>(
    work: (transaction: Transaction<Schema>, touched: Set<Section>, credentials: Set<string>) => Promise<T>,
    witness?: ChangeWitness,
  ): Promise<T> {
    return this.#inTurn(async () => {
      const touched = new Set<Section>();
      const credentials = new Set<string>();
      // What the directory gets is read before the end: after it, the connection may be lost.
      const [result, publish] = await this.#backend.db.transaction().execute(async (transaction) => {
        const done = await work(transaction, touched, credentials);
        const repositories = this.#over(transaction, new Set(), new Set());
        const { data, publish } = await this.#read(repositories, touched);
        await witness?.({ before: this.#data, after: data, sections: touched, credentials }, repositories);
        return [done, publish] as const;
      });
      publish();
      for (const loginId of credentials) for (const listener of this.#credentialListeners) listener(loginId);
      return result;
    });
  }

  /**
   * Gives away the next `count` numbers of the row `name`, durably. @returns the first of them, counted from 0
   *
   * @throws StoreError
   */
  reserveNumbers(name: string, count: number): Promise<number> {
    // One statement by itself, not a transaction: another process on these data never waits for our event loop.
    return this.#inTurn(() => this.#repositories.facts.reserve(name, count));
  }

  /**
   * Writes one statement that may not wait behind others: a long change would make this node look dead. Nothing of the directory.
   *
   * @throws StoreError `unavailable` at once while the database cannot be reached, or is not this release's any more; else what the driver says
   */
  async aside<T>(write: (repositories: Repositories) => Promise<T>): Promise<T> {
    const lost = this.#backend.lost ?? this.#outgrown;
    if (lost !== null) throw cannotWrite(lost);
    return write(this.#repositories);
  }

  /** One write after the other, each with its failure in our terms. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(async () => {
      const lost = this.#backend.lost ?? this.#outgrown;
      try {
        if (lost !== null) throw lost;
        const result = await write();
        this.#refusal.written(this.#monotonic());
        this.#tellProblem();
        return result;
      } catch (error) {
        if (lost !== null) throw cannotWrite(lost);
        const told = storeErrorOf(error);
        if (!(told instanceof StoreError) || told.code !== 'unavailable') throw told;
        // It may have been written all the same.
        this.#stale = true;
        this.#refusal.refused(told, this.#monotonic());
        this.#tellProblem();
        throw cannotWrite(told);
      }
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  #tellProblem(): void {
    const { problem } = this;
    if ((problem === null) === (this.#told === null)) return;
    this.#told = problem;
    for (const listener of [...this.#problemListeners]) listener(problem);
  }

  /**
   * A secret that this installation keeps: made when it is first asked for, and then the same at all nodes. Known from then on also while the
   * database is lost.
   * @param make called at most once
   */
  async secret(name: string, make: () => Uint8Array): Promise<Uint8Array> {
    const known = this.#secrets.get(name);
    if (known !== undefined) return known;
    const text =
      (await this.#repositories.facts.get(name)) ??
      (await this.change(async ({ facts }) => {
        // Another process on the same data may be first, also at this moment.
        await facts.setOnce(name, Buffer.from(make()).toString('base64'));
        return (await facts.get(name)) as string;
      }));
    const secret = Buffer.from(text, 'base64');
    this.#secrets.set(name, secret);
    return secret;
  }

  /** Sets the keys of a stored user and tells those who remember its credentials. */
  async setCredential(
    loginId: string,
    credential: Parameters<Repositories['credentials']['save']>[1],
  ): Promise<void> {
    await this.change(({ credentials }) => credentials.save(loginId, credential));
  }

  /** @returns the function that ends the observation */
  onCredentialChange(listener: CredentialListener): () => void {
    this.#credentialListeners.add(listener);
    return () => this.#credentialListeners.delete(listener);
  }

  /** Takes over what another process wrote (`poise user set-password` beside a running server). @returns whether there was anything */
  async refresh(): Promise<boolean> {
    // In its turn: inside of a transaction of ours SQLite does not tell what others wrote since it began, and what is written
    // while the sections are read must be found by whoever asks next.
    const done = this.#queue.then(async () => {
      if (this.#closed || (!this.#backend.changed() && !this.#stale)) return false;
      this.#stale = true;
      this.#outgrown = await formatProblem(this.#backend, this.#format);
      this.#tellProblem();
      if (this.#outgrown !== null) return false;
      const known = this.#credentials;
      await this.#load(this.#repositories, SECTIONS);
      this.#stale = false;
      // Where it is not known whose password has changed, it may be anybody's.
      const changed = known === undefined ? [null] : changedCredentials(known, this.#credentials);
      for (const loginId of changed) for (const listener of this.#credentialListeners) listener(loginId);
      return true;
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  /**
   * Takes over what other processes write, within 2 s, and looks whether a database that could not be written can be again,
   * until the store is closed.
   */
  watch(clock: Clock, intervalMs = WATCH_INTERVAL_MS, onProblem: (error: unknown) => void = () => {}): void {
    this.#endWatch?.();
    this.#monotonic = () => clock.monotonic();
    let again: Timer | undefined;
    const look = (): void => {
      again?.cancel();
      again = undefined;
      this.refresh().catch((error: unknown) => {
        const isLost = error instanceof StoreError || isConnectionLost(error);
        // A database that is lost is told of by itself, and read when it is back. One connection of several that broke is no such loss.
        if (!isLost) onProblem(error);
        else if (!this.#closed) again ??= clock.schedule(intervalMs, look);
      });
    };
    const end = this.#backend.watch(clock, intervalMs, {
      changed: look,
      subscribed: (loginIds) => {
        for (const listener of [...this.#subscriptionListeners]) listener(loginIds);
      },
      reached: () => {
        this.#tellProblem();
        if (this.#backend.lost === null) look();
      },
    });
    let timer = clock.schedule(intervalMs, () => probe());
    const probe = (): void => {
      timer = clock.schedule(intervalMs, () => probe());
      if (this.#refusal.error === null || this.#backend.lost !== null) return;
      // Whether there is room again, or a lock is gone, only a write can tell.
      this.change(({ facts }) => facts.set(PROBE, String(clock.now()))).then(look, () => {});
    };
    this.#endWatch = () => {
      timer.cancel();
      again?.cancel();
      end();
    };
  }

  /**
   * Writes a consistent copy of everything to a file, in a form that is the same for all databases.
   * @throws PlainError when it cannot be written
   */
  backUp(target: BackupTarget, nowMs: number): Promise<BackupSummary> {
    return this.#reading(async (transaction) => {
      await this.#requireOwnFormat();
      return writeBackup(target, transaction, this.#backend.engine, this.#format, nowMs);
    });
  }

  /** Of a database that a newer release has added to, this one does not know everything. @throws PlainError */
  async #requireOwnFormat(): Promise<void> {
    const { engine, db, place } = this.#backend;
    if (engine === 'sqlite') return;
    const { stepsDone } = await import('./postgres.ts');
    const found = await stepsDone(db);
    if (found > this.#format) throw newer(engine, place, found, this.#format);
  }

  /** @param work sees one state of the database, whoever writes meanwhile */
  #reading<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    const done = this.#queue.then(() => snapshotOf(this.#backend, work));
    this.#queue = done.catch(() => {});
    return done;
  }

  /**
   * Puts what a backup holds in the place of what is stored, in one transaction: all or nothing.
   *
   * @param keepLive leaves alone what a running server holds in memory and writes itself (who is here, shifts, sign-outs,
   * subscriptions, messages, secrets, numbers given)
   * @param witness sees what the restore came to, in the same transaction
   * @param before where what was there is written first, in the same transaction: nothing that others write can come between the two
   * @throws PlainError when the file is none, damaged or newer, or `before` cannot be written; StoreError
   */
  async restore(
    file: BackupFile,
    keepLive: boolean,
    witness?: ChangeWitness,
    before?: { readonly target: BackupTarget; readonly nowMs: number },
  ): Promise<RestoreSummary> {
    const { engine } = this.#backend;
    const summary = await this.#inTransaction(async (transaction, touched) => {
      await this.#requireOwnFormat();
      await holdForRestore(transaction, engine, keepLive);
      const saved =
        before && (await writeBackup(before.target, transaction, engine, this.#format, before.nowMs));
      const done = await restoreInto(transaction, engine, file, keepLive);
      for (const section of SECTIONS) touched.add(section);
      return { ...done, before: saved };
    }, witness);
    for (const listener of this.#credentialListeners) listener(null);
    return summary;
  }

  /** Whether another server than this process works on the database; always false for a file, whose directory has a lock. */
  async isShared(): Promise<boolean> {
    if (this.#backend.engine === 'sqlite') return false;
    const { rows } = await sql<{ others: number }>`select count(*) as others from pg_stat_activity
      where datname = current_database() and application_name like 'poise-%'
      and application_name <> current_setting('application_name')`.execute(this.#backend.db);
    return Number(rows[0]?.others ?? 0) > 0;
  }

  /** Waits for changes under way, then closes. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endWatch?.();
    await this.#queue;
    await this.#backend.close();
  }

  #over(db: Kysely<Schema>, touched: Set<Section>, credentials: Set<string>): Repositories {
    return repositoriesOver({
      db,
      engine: this.#backend.engine,
      node: this.#node,
      touched,
      credentials,
    });
  }

  async #load(repositories: Repositories, sections: Iterable<Section>): Promise<void> {
    (await this.#read(repositories, sections, true)).publish();
  }

  /**
   * @param byOthers what has changed is not known, and found out
   * @returns the data with these sections read anew, and what puts them into the directory
   */
  async #read(
    repositories: Repositories,
    sections: Iterable<Section>,
    byOthers = false,
  ): Promise<{ readonly data: DirectoryData; readonly publish: () => void }> {
    const wanted = [...sections];
    if (wanted.length === 0) return { data: this.#data, publish: () => {} };
    const loaded = await loadData(repositories, wanted, this.#data);
    const { data, changed } = byOthers
      ? unlessSame(this.#data, loaded, wanted)
      : { data: loaded, changed: new Set<Section>(wanted) };
    const credentials =
      this.#backend.engine === 'postgres' && wanted.includes('users')
        ? await repositories.credentials.all()
        : undefined;
    if (byOthers && changedCredentials(this.#credentials ?? new Map(), credentials).length > 0)
      changed.add('users');
    const publish = () => {
      this.#data = data;
      if (credentials !== undefined) this.#credentials = credentials;
      this.#storedUsers = new Set(this.#data.users);
      this.#directory.replaceStored(this.#data, changed);
    };
    return { data, publish };
  }
}

const cannotWrite = (cause: Error): StoreError =>
  new StoreError('unavailable', `The database cannot be written now: ${reasonOf(cause)}`, [], { cause });
