/** A NATS server of the tests' own, on a port of loopback, with its data in a temporary directory: it can be killed and emptied. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

const READY_MS = 90_000;
const READY_POLL_MS = 20;

/** Debian keeps it in /usr/sbin, which is not in everybody's PATH. */
const PROGRAM = ['nats-server', '/usr/sbin/nats-server', '/usr/local/bin/nats-server'].find(
  (program) => spawnSync(program, ['--version']).status === 0,
);

/** Why there can be no NATS here; undefined: there can. */
export function natsMissing(): string | undefined {
  return PROGRAM === undefined ? 'nats-server is not installed (Debian: nats-server)' : undefined;
}

export class NatsServer {
  readonly port: number;
  readonly #directory: string;
  readonly #configuration: string;
  #server: ChildProcess | undefined;
  #said = '';

  readonly #jetStream: boolean;

  private constructor(port: number, configuration: string, jetStream = true) {
    this.port = port;
    this.#jetStream = jetStream;
    this.#directory = mkdtempSync(join(tmpdir(), 'poise-nats-'));
    this.#configuration = configuration;
    // Whatever becomes of the tests, nothing stays behind.
    process.once('exit', () => {
      this.#server?.kill('SIGKILL');
      rmSync(this.#directory, { recursive: true, force: true });
    });
  }

  /** @param configuration lines of its configuration file beside address and JetStream */
  static async start(configuration = ''): Promise<NatsServer> {
    const nats = await NatsServer.stopped(configuration);
    await nats.start();
    return nats;
  }

  /** One without JetStream. */
  static async startPlain(): Promise<NatsServer> {
    const nats = new NatsServer(await freePort(), '', false);
    await nats.start();
    return nats;
  }

  /** One that does not run yet. */
  static async stopped(configuration = ''): Promise<NatsServer> {
    return new NatsServer(await freePort(), configuration);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** The end of its log since the last start. */
  get log(): string {
    return this.#said;
  }

  /** Starts it, at the same port, with the data that it had. */
  async start(): Promise<void> {
    const file = join(this.#directory, 'nats.conf');
    const store = join(this.#directory, 'data');
    const jetStream = this.#jetStream ? `jetstream { store_dir: "${store}" }` : '';
    writeFileSync(file, `listen: "127.0.0.1:${this.port}"\n${jetStream}\n${this.#configuration}\n`);
    const server = spawn(PROGRAM as string, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#server = server;
    this.#said = '';
    server.stderr.on('data', (chunk) => {
      this.#said = (this.#said + String(chunk)).slice(-8000);
    });
    const deadline = performance.now() + READY_MS;
    while (!this.#said.includes('Server is ready') || !(await this.#answers())) {
      if (server.exitCode !== null || performance.now() > deadline)
        throw new Error(`nats-server did not start: ${this.#said}`);
      await new Promise((done) => setTimeout(done, READY_POLL_MS));
    }
  }

  /** As if the machine had lost power, but that what was written to its files is there. */
  async kill(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }

  /** Removes its data; only while it does not run. */
  lose(): void {
    rmSync(join(this.#directory, 'data'), { recursive: true, force: true });
  }

  /** For good. */
  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }
}
