/**
 * PostgreSQL: a bounded pool, a connection that listens for what other processes write, and a pool that refuses at once
 * while the database is lost.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock, Timer } from '@poise/clock';
import {
  type DataTypeNode,
  Kysely,
  type KyselyPlugin,
  OperationNodeTransformer,
  type PluginTransformQueryArgs,
  PostgresDialect,
  type PostgresPoolClient,
  type QueryResult,
  type RootOperationNode,
  sql,
  type UnknownRow,
} from 'kysely';
import pg from 'pg';
import { addressesIn } from '../settings/pg-addresses.ts';
import type { Backend, BackendListener } from './backend.ts';
import { FORMAT_TABLE } from './migrations.ts';
import { PgHosts, probe } from './pg-hosts.ts';
import { tablesOf } from './repository.ts';
import type { Schema } from './schema.ts';
import { isConnectionLost, reasonOf, StoreError } from './store-error.ts';
import { SUBSCRIPTION_CHANNEL } from './subscription-repository.ts';

export interface PostgresOptions {
  /**
   * `postgres://user:password@host:port/database?…`; what is missing comes from the variables of libpq (PGPASSWORD, …). Several hosts, parted
   * by commas: the one is worked with that can be written.
   */
  readonly url: string;
  /** Connections at most, besides the one that listens. Default 4. */
  readonly poolMax?: number;
  /** A statement that takes longer is given up, ms. Default 10 s. */
  readonly statementTimeoutMs?: number;
}

const POOL_MAX = 4;
const STATEMENT_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** The server gives a statement up itself; when not even that is heard, the connection is taken for dead. */
const SILENCE_MS = 2_000;
const PING_TIMEOUT_MS = 3_000;
/** A transaction of ours that says nothing for so long holds its locks for nobody. */
const IDLE_IN_TRANSACTION_MS = 60_000;
/** Pauses before a lost database is tried again; the last one is repeated. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 5_000] as const;
export const CHANNEL = 'poise_change';

/** Hosts and database of an address, without user and password. */
export function placeOf(url: string): string {
  const places = addressesIn(url).urls.map((each) => {
    const { hostname, port, pathname, searchParams } = new URL(each);
    const host = searchParams.get('host') ?? (decodeURIComponent(hostname) || 'localhost');
    return { host: `${host}${port === '' ? '' : `:${port}`}`, database: pathname === '' ? '/' : pathname };
  });
  return `${places.map(({ host }) => host).join(',')}${places[0]!.database}`;
}

/** Whole numbers of 64 bits are numbers here, as in SQLite: ids and times in ms are far below 2^53. */
const INT8 = 20;
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
};

/**
 * Gives columns the properties that they have in SQLite: whole numbers of 64 bits, and texts that are ordered by code
 * point, whatever the locale of the database is.
 */
class SqliteLikeTypes extends OperationNodeTransformer implements KyselyPlugin {
  transformQuery({ node }: PluginTransformQueryArgs): RootOperationNode {
    return this.transformNode(node);
  }

  transformResult({ result }: { result: QueryResult<UnknownRow> }): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }

  protected override transformDataType(node: DataTypeNode): DataTypeNode {
    if (node.dataType === 'integer') return { ...node, dataType: 'bigint' };
    if (node.dataType === 'text') return { ...node, dataType: 'text collate "C"' as 'text' };
    return node;
  }
}

/** For migrations: the tables are the same as those of SQLite. */
export const withSqliteLikeTypes = (db: Kysely<Schema>): Kysely<Schema> =>
  db.withPlugin(new SqliteLikeTypes());

/** Tables whose changes other processes have no use for: what a running server alone writes, and often. */
const UNHEARD = new Set([
  'audit',
  'fact',
  'presence',
  'shift',
  'shift_entry',
  'sign_of_life',
  'sign_out',
  'subscription',
  'team_message',
]);

/** Lets each table tell who changed it, however it was changed. Runs after migrations. */
export function hearChanges(database: Kysely<Schema>): Promise<void> {
  return database.transaction().execute(async (db) => {
    // Two that start at the same time would stand in each other's way.
    await sql`select pg_advisory_xact_lock(hashtext(${CHANNEL}))`.execute(db);
    await sql`create or replace function poise_changed() returns trigger language plpgsql as $$
      begin perform pg_notify(${sql.lit(CHANNEL)}, current_setting('application_name')); return null; end $$`.execute(
      db,
    );
    for (const name of (await tablesOf(db, 'postgres')).keys()) {
      if (UNHEARD.has(name)) continue;
      await sql`create or replace trigger poise_changed after insert or update or delete or truncate on ${sql.table(name)}
        for each statement execute function poise_changed()`.execute(db);
    }
  });
}

/** Steps that were run; 0 in a new database. */
export async function stepsDone(db: Kysely<Schema>): Promise<number> {
  const { rows } = await sql<{
    known: string | null;
  }>`select to_regclass('kysely_migration')::text as known`.execute(db);
  if (rows[0]?.known === null || rows[0] === undefined) return 0;
  const last = await sql<{ name: string | null }>`select max(name) as name from kysely_migration`.execute(db);
  return Number(last.rows[0]?.name ?? 0);
}

/** The oldest format whose releases can work on the database; of one that tells nothing, its own. */
export async function compatibleOf(db: Kysely<Schema>): Promise<number> {
  const known = await sql<{
    known: string | null;
  }>`select to_regclass(${FORMAT_TABLE})::text as known`.execute(db);
  if (known.rows[0]?.known == null) return stepsDone(db);
  const { rows } = await sql<{
    compatible: number | null;
  }>`select max(compatible) as compatible from ${sql.table(FORMAT_TABLE)}`.execute(db);
  return Number(rows[0]?.compatible ?? (await stepsDone(db)));
}

/** Connects to the first server that may be worked with. @throws what the driver says of the last one when there is none */
export async function openPostgres(options: PostgresOptions): Promise<PostgresBackend> {
  const backend = new PostgresBackend(options);
  try {
    await backend.find();
    return backend;
  } catch (error) {
    await backend.close();
    throw error;
  }
}

export class PostgresBackend implements Backend {
  readonly engine = 'postgres';
  readonly db: Kysely<Schema>;
  readonly place: string;
  /** By this our own changes are told from those of others. */
  readonly #name = `poise-${randomUUID()}`;
  readonly #config: pg.ClientConfig;
  readonly #hosts: PgHosts;
  readonly #pool: pg.Pool;
  /** Where each connection of the pool leads. */
  readonly #leadsTo = new WeakMap<object, number>();
  /** Connections on which a statement waits for its answer. */
  readonly #waiting = new Set<pg.PoolClient>();
  #lost: Error | null = null;
  #heard = true;
  #watch: Watch | undefined;

  constructor({ url, poolMax = POOL_MAX, statementTimeoutMs = STATEMENT_TIMEOUT_MS }: PostgresOptions) {
    this.place = placeOf(url);
    const hosts = new PgHosts(addressesIn(url));
    this.#hosts = hosts;
    this.#config = {
      application_name: this.#name,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + SILENCE_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
      keepAlive: true,
      types,
    };
    const leadsTo = this.#leadsTo;
    class Client extends pg.Client {
      constructor(config: pg.ClientConfig) {
        super(hosts.config(config));
        leadsTo.set(this, hosts.at);
      }
    }
    this.#pool = new pg.Pool({
      ...this.#config,
      max: poolMax,
      idleTimeoutMillis: 60_000,
      Client: Client as unknown as new () => pg.ClientBase,
    });
    // An idle connection that breaks is noticed here; without a listener the process would end.
    this.#pool.on('error', (error) => this.#missed(error));
    this.db = new Kysely<Schema>({
      dialect: new PostgresDialect({
        pool: { connect: () => this.#connect(), end: () => this.#pool.end() },
      }),
    });
  }

  get lost(): Error | null {
    return this.#lost;
  }

  /** Looks for the server that may be worked with. @throws what the driver says of the last one when there is none */
  async find(): Promise<void> {
    for (let tries = this.#hosts.count; ; tries--) {
      try {
        const client = await this.#connect();
        try {
          await probe(client as unknown as Parameters<typeof probe>[0], this.#hosts.wantsWritable);
        } finally {
          client.release();
        }
        return;
      } catch (error) {
        if (tries <= 1) throw error;
        this.#hosts.use(this.#hosts.at + 1);
      }
    }
  }

  changed(): boolean {
    // Whoever does not listen cannot know.
    const changed = this.#heard;
    if (this.#watch?.listening === true) this.#heard = false;
    return changed;
  }

  watch(clock: Clock, intervalMs: number, listener: BackendListener): () => void {
    this.#watch?.end();
    const watch = new Watch(
      { ...this.#config, statement_timeout: PING_TIMEOUT_MS, query_timeout: PING_TIMEOUT_MS },
      this.#hosts,
      clock,
      intervalMs,
      {
        told: (channel, [who, ...rest]) => {
          if (who === this.#name) return;
          if (channel === SUBSCRIPTION_CHANNEL) return listener.subscribed?.(usersIn(rest.join(' ')));
          this.#heard = true;
          listener.changed();
        },
        lost: (error) => this.#setLost(error, listener),
        reached: () => {
          // What was told meanwhile was not heard.
          this.#heard = true;
          if (this.#lost === null) listener.changed();
          else this.#setLost(null, listener);
          listener.subscribed?.(null);
        },
      },
    );
    this.#watch = watch;
    watch.begin();
    return () => watch.end();
  }

  async close(): Promise<void> {
    this.#watch?.end();
    await this.db.destroy();
    if (!this.#pool.ended) await this.#pool.end();
  }

  #setLost(error: Error | null, listener: BackendListener): void {
    const changed = (error === null) !== (this.#lost === null);
    this.#lost = error;
    // Of a server that stands still no answer comes; nobody waits for it until the statement's own time is over.
    if (error !== null) for (const client of this.#waiting) breakOff(client, error);
    if (changed) listener.reached();
  }

  /** A connection broke: whether the database is lost is for the watch to find out, at once. */
  #missed(error: Error): void {
    this.#watch?.look(error);
  }

  /** A connection of the pool that is thrown away when it breaks, and says nothing more then. */
  async #connect(): Promise<PostgresPoolClient> {
    if (this.#lost !== null) throw unavailable(this.#lost);
    let client: pg.PoolClient;
    for (;;) {
      try {
        client = await this.#pool.connect();
      } catch (error) {
        this.#missed(error as Error);
        throw error;
      }
      if (this.#leadsTo.get(client) === this.#hosts.at) break;
      // To a server that was worked with before.
      client.release(true);
    }
    let broken: Error | undefined;
    const failed = (error: Error): void => {
      broken ??= error;
      this.#missed(error);
    };
    client.on('error', failed);
    const query = async (text: string, parameters: readonly unknown[] = []) => {
      if (broken !== undefined) throw broken;
      try {
        this.#waiting.add(client);
        return await client.query(text, [...parameters]);
      } catch (error) {
        if (isConnectionLost(error)) failed(error as Error);
        throw error;
      } finally {
        this.#waiting.delete(client);
      }
    };
    return {
      query: query as unknown as PostgresPoolClient['query'],
      release: () => {
        client.off('error', failed);
        client.release(broken);
      },
    };
  }
}

/** The driver has no word for it: `end` would wait for the server. */
function breakOff(client: pg.PoolClient, error: Error): void {
  (client as unknown as { connection: { stream: Socket } }).connection.stream.destroy(
    new Error(`Connection terminated: ${reasonOf(error)}`),
  );
}

const unavailable = (cause: Error): StoreError =>
  new StoreError('unavailable', `The database cannot be reached: ${reasonOf(cause)}`, [], { cause });

/** Notices may be sent by hand: what cannot be read may be anybody. */
function usersIn(text: string): readonly string[] | null {
  try {
    const users: unknown = JSON.parse(text);
    return Array.isArray(users) ? users.map(String) : null;
  } catch {
    return null;
  }
}

interface WatchEvents {
  /** @param words of the notice: the first one is who sent it */
  told(channel: string, words: readonly string[]): void;
  lost(error: Error): void;
  reached(): void;
}

/** The connection that listens. While it cannot be made, the database is lost; it is tried again with growing pauses. */
class Watch {
  readonly #config: pg.ClientConfig;
  readonly #hosts: PgHosts;
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #events: WatchEvents;
  #client: pg.Client | undefined;
  #timer: Timer | undefined;
  #attempts = 0;
  #ended = false;
  #looking = false;
  /** The last sign of a broken connection that came while it was being looked at. */
  #again: Error | undefined;

  constructor(
    config: pg.ClientConfig,
    hosts: PgHosts,
    clock: Clock,
    intervalMs: number,
    events: WatchEvents,
  ) {
    this.#config = config;
    this.#hosts = hosts;
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#events = events;
  }

  get listening(): boolean {
    return this.#client !== undefined;
  }

  begin(): void {
    void this.#check();
  }

  /** Something broke: looks whether the database is there. */
  look(cause: Error): void {
    if (this.#looking) {
      this.#again = cause;
      return;
    }
    // Where it is lost already, the next try is planned.
    if (this.#attempts === 0) void this.#check();
  }

  end(): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#drop();
  }

  async #check(): Promise<void> {
    if (this.#ended || this.#looking) return;
    this.#looking = true;
    this.#timer?.cancel();
    try {
      const { wantsWritable } = this.#hosts;
      let first = this.#hosts.at;
      if (this.#client !== undefined)
        await probe(this.#client, wantsWritable).catch(() => {
          this.#drop();
          // What does not answer is tried last.
          first += 1;
        });
      if (this.#client === undefined) {
        await this.#listen(first);
        if (!this.#ended) this.#events.reached();
      }
      this.#attempts = 0;
    } catch (error) {
      if (!this.#ended) this.#events.lost(error as Error);
      this.#attempts += 1;
    } finally {
      this.#looking = false;
    }
    if (this.#ended) return this.#drop();
    const pause =
      this.#attempts === 0
        ? this.#again === undefined
          ? this.#intervalMs
          : 0
        : PAUSES_MS[Math.min(this.#attempts, PAUSES_MS.length) - 1]!;
    this.#again = undefined;
    this.#timer = this.#clock.schedule(pause, () => void this.#check());
  }

  /** Tries one server after the other, once each. @throws what was said of the last one */
  async #listen(first: number): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        await this.#listenAt(first + tries);
        this.#hosts.use(first + tries);
        return;
      } catch (error) {
        if (tries + 1 >= this.#hosts.count || this.#ended) throw error;
      }
    }
  }

  async #listenAt(at: number): Promise<void> {
    const client = new pg.Client(this.#hosts.config(this.#config, at));
    client.on('error', (error) => {
      if (this.#client !== client) return;
      this.#drop();
      this.look(error);
    });
    client.on('notification', ({ channel, payload = '' }) => this.#events.told(channel, payload.split(' ')));
    try {
      await client.connect();
      await probe(client, this.#hosts.wantsWritable);
      await client.query(`listen ${CHANNEL}; listen ${SUBSCRIPTION_CHANNEL}`);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    this.#client = client;
  }

  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    void client?.end().catch(() => {});
  }
}
