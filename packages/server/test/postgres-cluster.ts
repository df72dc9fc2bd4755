/**
 * A PostgreSQL of the tests' own: a cluster in a temporary directory, on a socket that nobody else sees and a port of loopback, with
 * fsync on as in production. One for each process of tests; each test gets a database of its own.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';

const READY_MS = 90_000;
const READY_POLL_MS = 50;

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** Of the newest version that is installed; Debian keeps them out of PATH. */
function findPrograms(): Programs | undefined {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(root, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
  ];
  const folder = folders.find((path) => ['initdb', 'postgres'].every((name) => existsSync(join(path, name))));
  return folder === undefined
    ? undefined
    : { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

/** PostgreSQL refuses to run as root. Undefined: nobody else is here either. */
function findIdentity(): Identity | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ask = (what: string): number =>
      Number(spawnSync('id', [what, name], { encoding: 'utf8' }).stdout.trim() || -1);
    const [uid, gid] = [ask('-u'), ask('-g')];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  return undefined;
}

/** Why there can be no PostgreSQL here; undefined: there can. */
export function postgresMissing(): string | undefined {
  if (process.platform === 'win32') return 'PostgreSQL is not looked for on Windows';
  if (findPrograms() === undefined)
    return 'PostgreSQL is not installed (initdb and postgres; Debian: postgresql-15)';
  if (findIdentity() === undefined)
    return 'PostgreSQL refuses to run as root, and there is no user postgres or nobody';
  return undefined;
}

export class PostgresCluster {
  readonly #programs: Programs;
  readonly #identity: Identity;
  readonly #directory: string;
  readonly port: number;
  #server: ChildProcess | undefined;
  #databases = 0;

  private constructor(programs: Programs, identity: Identity, directory: string, port: number) {
    this.#programs = programs;
    this.#identity = identity;
    this.#directory = directory;
    this.port = port;
  }

  /** Makes a cluster and starts it. */
  static async start(): Promise<PostgresCluster> {
    const programs = findPrograms();
    const identity = findIdentity();
    if (programs === undefined || identity === undefined) throw new Error(postgresMissing());
    const directory = mkdtempSync(join(tmpdir(), 'poise-pg-'));
    if (identity.uid !== undefined) chownSync(directory, identity.uid, identity.gid!);
    const made = spawnSync(
      programs.initdb,
      [
        '-D',
        join(directory, 'data'),
        '-U',
        'poise',
        '--auth=trust',
        '--no-sync',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
      ],
      { ...identity, cwd: directory, encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    const cluster = new PostgresCluster(programs, identity, directory, await freePort());
    // Whatever becomes of the tests, nothing stays behind.
    process.once('exit', () => cluster.#remove());
    // Workers of tests are ended so, and then nothing tells of their exit.
    process.once('SIGTERM', () => {
      cluster.#remove();
      process.exit(143);
    });
    await cluster.up();
    return cluster;
  }

  /** Starts it, also after {@link down}; resolves when it answers. */
  async up(): Promise<void> {
    const server = spawn(
      this.#programs.postgres,
      [
        ['-D', join(this.#directory, 'data')],
        ['-p', String(this.port)],
        ['-c', 'listen_addresses=127.0.0.1'],
        ['-c', `unix_socket_directories=${this.#directory}`],
        ['-c', 'fsync=on'],
        ['-c', 'synchronous_commit=on'],
        ['-c', 'shared_buffers=16MB'],
      ].flat(),
      { ...this.#identity, cwd: this.#directory, stdio: 'ignore' },
    );
    this.#server = server;
    const until = performance.now() + READY_MS;
    while (!(await this.#answers())) {
      if (server.exitCode !== null || performance.now() > until) throw new Error('PostgreSQL did not start');
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
  }

  /** Ends it: `SIGINT` in order (fast), `SIGQUIT` as if it crashed. */
  async down(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  /** Lets it stand still: connections stay, and nothing answers. Linux alone. */
  freeze(): void {
    this.#signal('SIGSTOP');
  }

  /** Lets it go on after {@link freeze}. */
  thaw(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#server?.pid;
    if (pid === undefined) return;
    // Each connection has a process of its own.
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/);
    for (const each of [String(pid), ...children]) {
      if (each === '') continue;
      try {
        process.kill(Number(each), signal);
      } catch (error) {
        // One of its helpers has ended by itself meanwhile.
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
  }

  /** A new, empty database. @returns its address */
  async database(): Promise<string> {
    const name = `test_${process.pid}_${++this.#databases}`;
    await this.query(`create database ${name}`);
    return this.url(name);
  }

  url(name: string): string {
    return `postgres://poise@127.0.0.1:${this.port}/${name}`;
  }

  /** Runs a statement by hand. */
  async query(text: string, url = this.url('postgres')): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.down();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return this.query('select 1').then(
      () => true,
      () => false,
    );
  }

  #remove(): void {
    this.#server?.kill('SIGQUIT');
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

let shared: Promise<PostgresCluster> | undefined;

/** The cluster of this process of tests; it goes with the process. */
export const postgresCluster = (): Promise<PostgresCluster> => {
  shared ??= PostgresCluster.start();
  return shared;
};
