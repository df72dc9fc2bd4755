// NATS and PostgreSQL as processes of the rig's own: killed, frozen, started again, with their data or without.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import { join } from 'node:path';
import { RigProcess } from '../process.mjs';

const READY_MS = 30_000;
const LOOK_MS = 50;

/** Of the newest version that is installed; Debian keeps them out of PATH. */
function postgresFolder() {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((one) => join(root, one, 'bin')), ...(process.env.PATH ?? '').split(':')];
  return folders.find((path) => ['initdb', 'postgres'].every((name) => existsSync(join(path, name)))) ?? null;
}

/** As whom PostgreSQL runs: it refuses root. Null: there is nobody. */
function postgresUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ask = (what) => Number(spawnSync('id', [what, name], { encoding: 'utf8' }).stdout?.trim() || -1);
    const [uid, gid] = [ask('-u'), ask('-g')];
    if (uid > 0 && gid >= 0) return { uid, gid };
  }
  return null;
}

/** Why there can be no PostgreSQL here, or null. */
export function withoutPostgres() {
  if (postgresFolder() === null) return 'PostgreSQL is not installed';
  return postgresUser() === null ? 'PostgreSQL refuses to run as root, and there is no user postgres' : null;
}

const natsProgram = () =>
  (process.env.PATH ?? '')
    .split(':')
    .concat('/usr/sbin')
    .map((path) => join(path, 'nats-server'))
    .find(existsSync) ?? null;

/** Why there can be no NATS here, or null. */
export const withoutNats = () => (natsProgram() === null ? 'nats-server is not installed' : null);

/** A port of 127.0.0.1 that nobody has. */
export async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** An engine behind one port of 127.0.0.1. */
class Engine {
  constructor(port, process) {
    this.port = port;
    this.process = process;
  }

  /** Starts it, and resolves when it accepts connections. */
  async start() {
    this.process.start();
    const end = performance.now() + READY_MS;
    while (!(await accepts(this.port))) {
      if (!this.process.running || performance.now() > end)
        throw new Error(`an engine did not start:\n${this.process.last}`);
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
    return this;
  }

  kill() {
    return this.process.kill();
  }

  freeze() {
    this.process.freeze();
  }

  thaw() {
    this.process.thaw();
  }
}

/** nats-server with JetStream, its data in the directory. */
export class Nats extends Engine {
  #directory;

  constructor(directory, port) {
    const command = [
      natsProgram(),
      '-a',
      '127.0.0.1',
      '-p',
      String(port),
      '-js',
      '-sd',
      join(directory, 'nats'),
    ];
    super(port, new RigProcess(command, { log: join(directory, 'nats.log') }));
    this.#directory = join(directory, 'nats');
  }

  /** Everything that it kept is gone; while it does not run. */
  forget() {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** A PostgreSQL cluster with one database; its log is in the directory. */
export class Postgres extends Engine {
  constructor(directory, port) {
    const folder = postgresFolder();
    const user = postgresUser();
    // In a place of its own: the rig's is for nobody else, and this is another user's.
    const data = mkdtempSync(join(os.tmpdir(), 'poise-rig-pg-'));
    process.on('exit', () => {
      // Whoever ends the rig ends the first process, and those that it has started.
      if (this.process?.running) this.#signal('SIGKILL', childrenOf(this.process.pid));
      rmSync(data, { recursive: true, force: true });
    });
    if (user.uid !== undefined) chownSync(data, user.uid, user.gid);
    const made = spawnSync(
      join(folder, 'initdb'),
      [
        '-D',
        join(data, 'data'),
        '-U',
        'poise',
        '--auth=trust',
        '--no-sync',
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
      ],
      { ...user, cwd: data, encoding: 'utf8' },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
    const command = [
      ...[join(folder, 'postgres'), '-D', join(data, 'data'), '-p', String(port)],
      ...['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${data}`],
      ...['-c', 'fsync=on', '-c', 'shared_buffers=16MB'],
    ];
    super(
      port,
      new RigProcess(command, { log: join(directory, 'postgres.log'), spawn: { ...user, cwd: data } }),
    );
    this.data = data;
  }

  /** A crash ends all of its processes, not the first alone. */
  async kill() {
    this.#signal('SIGKILL', childrenOf(this.process.pid));
    await this.process.kill();
  }

  /** Its processes, all of them, stand still. */
  freeze() {
    this.#signal('SIGSTOP', [this.process.pid, ...childrenOf(this.process.pid)]);
  }

  thaw() {
    this.#signal('SIGCONT', [this.process.pid, ...childrenOf(this.process.pid)]);
  }

  #signal(name, pids) {
    for (const pid of pids) {
      try {
        process.kill(pid, name);
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

/** Ids of the processes that this one has started. */
function childrenOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function accepts(port) {
  return new Promise((done) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    socket.on('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.on('error', () => done(false));
  });
}
