/**
 * The configuration store: SQL behind repositories, in front of it the directory in memory. Changes are
 * transactions; after each one the directory is replaced and everybody told.
 */
import { existsSync } from 'node:fs';
import type { Clock, Timer } from '@poise/clock';
import { Kysely } from 'kysely';
import { backUp, cannotOpen, type DataDirectory, inspectDataDirectory, migrate } from './data-directory.ts';
import type { DirectorySource, UserRecord } from './directory.ts';
import { MIGRATION_STEPS, type MigrationStep } from './migrations.ts';
import { loadData, type Repositories, repositoriesOver, SECTIONS } from './repositories.ts';
import type { Section } from './repository.ts';
import type { Schema } from './schema.ts';
import { type DirectoryData, EMPTY_DIRECTORY } from './snapshot.ts';
import { LayeredDirectory } from './source.ts';
import { type Database, dataVersion, openDatabase, sqliteDialect } from './sqlite.ts';
import { storeErrorOf } from './store-error.ts';

export interface StoreOptions {
  /** Data directory; undefined: in memory, for tests. */
  readonly path?: string;
  /** Wall time, for the name of a backup. */
  readonly now?: () => number;
  /** A backup was made because the data had an older format. */
  readonly onBackup?: (backup: { path: string; from: number; to: number }) => void;
  /** For tests: the steps of another release. */
  readonly steps?: readonly MigrationStep[];
}

const WATCH_INTERVAL_MS = 2000;

/** Tells of changed passwords; null when anybody's may have changed. */
export type CredentialListener = (loginId: string | null) => void;

/** What a change came to, before it is durable. */
export interface StoredChange {
  readonly before: DirectoryData;
  readonly after: DirectoryData;
  /** What was touched. */
  readonly sections: ReadonlySet<Section>;
  /** Login ids of users whose keys were set or removed. */
  readonly credentials: ReadonlySet<string>;
}

/** Looks at a change and may write beside it. What it throws undoes the change. */
export type ChangeWitness = (change: StoredChange, repositories: Repositories) => Promise<void>;

export class Store {
  readonly #database: Database;
  readonly #db: Kysely<Schema>;
  readonly #repositories: Repositories;
  readonly #directory: LayeredDirectory;
  readonly #credentialListeners = new Set<CredentialListener>();
  /** Changes happen one after the other. */
  #queue: Promise<unknown> = Promise.resolve();
  #data: DirectoryData = EMPTY_DIRECTORY;
  #storedUsers: ReadonlySet<UserRecord> = new Set();
  #seenVersion = 0;
  #closed = false;
  #watch: Timer | undefined;

  private constructor(database: Database, db: Kysely<Schema>) {
    this.#database = database;
    this.#db = db;
    this.#repositories = repositoriesOver({ db, touched: new Set(), credentials: new Set() });
    this.#directory = new LayeredDirectory();
  }

  /** Opens, creates or migrates the data. @throws PlainError with one plain sentence */
  static async open(options: StoreOptions = {}): Promise<Store> {
    const steps = options.steps ?? MIGRATION_STEPS;
    const place = options.path === undefined ? undefined : inspectDataDirectory(options.path, steps.length);
    const isNew = place === undefined || !existsSync(place.databasePath);
    let database: Database;
    try {
      database = openDatabase(place?.databasePath ?? ':memory:');
    } catch (error) {
      throw cannotOpen(options.path ?? ':memory:', error);
    }
    const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
    try {
      if (isNew || place.format !== steps.length)
        await Store.#bringUp(place, isNew, database, db, options, steps);
      const store = new Store(database, db);
      await store.#load(SECTIONS);
      store.#seenVersion = dataVersion(database);
      return store;
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }

  static async #bringUp(
    place: DataDirectory | undefined,
    isNew: boolean,
    database: Database,
    db: Kysely<Schema>,
    options: StoreOptions,
    steps: readonly MigrationStep[],
  ): Promise<void> {
    if (place !== undefined && !isNew && place.format !== null) {
      const path = backUp(place, database, (options.now ?? Date.now)());
      options.onBackup?.({ path, from: place.format, to: steps.length });
    }
    if (place !== undefined) await migrate(place, db, 'sqlite', steps);
    else for (const step of steps) await step(db as unknown as Kysely<unknown>, 'sqlite');
  }

  /** The directory: what is stored, with the layer given to {@link layBeside} beside it. */
  get directory(): DirectorySource {
    return this.#directory;
  }

  /** For reading. Writing goes through {@link change}. */
  get repositories(): Repositories {
    return this.#repositories;
  }

  /** Whether a login id belongs to a stored user. */
  isStored(loginId: string): boolean {
    const found = this.#directory.current.user(loginId);
    return found !== undefined && this.#storedUsers.has(found);
  }

  /** Puts records beside the stored ones that live in memory only. */
  layBeside(data: DirectoryData): void {
    this.#directory.replaceBeside(data);
  }

  /**
   * Runs `work` in one transaction and, when it is durable, replaces the directory.
   *
   * @param witness sees what the change came to, in the same transaction
   * @throws StoreError for what the database refuses; nothing is changed then
   */
  change<T>(work: (repositories: Repositories) => Promise<T>, witness?: ChangeWitness): Promise<T> {
    const done = this.#queue.then(async () => {
      const touched = new Set<Section>();
      const credentials = new Set<string>();
      try {
        let loaded: DirectoryData | undefined;
        const result = await this.#db.transaction().execute(async (transaction) => {
          const repositories = repositoriesOver({ db: transaction, touched, credentials });
          const worked = await work(repositories);
          if (witness === undefined) return worked;
          const sections = new Set(touched);
          const after = await loadData(repositories, sections, this.#data);
          await witness({ before: this.#data, after, sections, credentials }, repositories);
          loaded = after;
          return worked;
        });
        if (loaded === undefined) await this.#load(touched);
        else this.#take(loaded, touched);
        for (const loginId of credentials)
          for (const listener of this.#credentialListeners) listener(loginId);
        return result;
      } catch (error) {
        throw storeErrorOf(error);
      }
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  /**
   * Gives away the next `count` numbers of the row `name`, durably. @returns the first of them, counted from 0
   *
   * @throws StoreError
   */
  reserveNumbers(name: string, count: number): Promise<number> {
    // One statement by itself, not a transaction: another process on these data never waits for our event loop.
    const done = this.#queue.then(() =>
      this.#repositories.facts.reserve(name, count).catch((error) => {
        throw storeErrorOf(error);
      }),
    );
    this.#queue = done.catch(() => {});
    return done;
  }

  /** A secret that this installation keeps: made when it is first asked for. @param make called at most once */
  async secret(name: string, make: () => Uint8Array): Promise<Uint8Array> {
    const text =
      (await this.#repositories.facts.get(name)) ??
      (await this.change(async ({ facts }) => {
        // Another process on the same data may have been first.
        const known = await facts.get(name);
        if (known !== undefined) return known;
        const made = Buffer.from(make()).toString('base64');
        await facts.set(name, made);
        return made;
      }));
    return Buffer.from(text, 'base64');
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
    if (this.#closed || dataVersion(this.#database) === this.#seenVersion) return false;
    const done = this.#queue.then(async () => {
      if (this.#closed) return false;
      this.#seenVersion = dataVersion(this.#database);
      await this.#load(SECTIONS);
      for (const listener of this.#credentialListeners) listener(null);
      return true;
    });
    this.#queue = done.catch(() => {});
    return done;
  }

  /** Looks for what other processes wrote, again and again until the store is closed. One number is read each time. */
  watch(clock: Clock, intervalMs = WATCH_INTERVAL_MS, onProblem: (error: unknown) => void = () => {}): void {
    this.#watch?.cancel();
    this.#watch = clock.schedule(intervalMs, () => {
      this.refresh().catch(onProblem);
      this.watch(clock, intervalMs, onProblem);
    });
  }

  /** Waits for changes under way, then closes. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch?.cancel();
    await this.#queue;
    await this.#db.destroy();
  }

  async #load(sections: Iterable<Section>): Promise<void> {
    const wanted = [...sections];
    if (wanted.length === 0) return;
    this.#take(await loadData(this.#repositories, wanted, this.#data), new Set(wanted));
  }

  #take(data: DirectoryData, changed: ReadonlySet<Section>): void {
    if (changed.size === 0) return;
    this.#data = data;
    this.#storedUsers = new Set(data.users);
    this.#directory.replaceStored(data, changed);
  }
}
