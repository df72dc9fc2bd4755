/** The control socket of a running server. Whoever can read the token file may command it. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { makeDirectories } from '../directories/make-directories.ts';
import { PlainError, phrase } from '../messages/catalogue.ts';
import { controlRequest, isNotRunning } from './client.ts';
import type { ControlLocation } from './location.ts';
import { type Lock, takeLock } from './lock.ts';
import { type ControlAnswer, LineReader, parseRequest } from './protocol.ts';

/** What the server does when it is told to. A rejection's message is given to whoever asked. */
export type ControlCommands = Readonly<
  Record<string, (argument: Readonly<Record<string, unknown>>) => unknown | Promise<unknown>>
>;

const CONNECTIONS_MAX = 16;
const IDLE_MS = 30_000;

export class ControlServer {
  readonly #location: ControlLocation;
  readonly #token = randomBytes(32).toString('hex');
  readonly #sockets = new Set<Socket>();
  #commands: ControlCommands;
  #server: Server | undefined;
  #lock: Lock | undefined;

  constructor(location: ControlLocation, commands: ControlCommands) {
    this.#location = location;
    this.#commands = commands;
  }

  /** Takes the directory and listens. @throws PlainError when another server has it */
  async start(): Promise<void> {
    const { data, socket, token, lock } = this.#location;
    try {
      makeDirectories(data, 0o700);
      // Who is too busy to answer within a second has the directory nevertheless.
      const answers = (): Promise<boolean> =>
        controlRequest(this.#location, 'ping', {}, 1000).then(
          () => true,
          (error: unknown) => !isNotRunning(error),
        );
      const taken = await takeLock({ path: lock, answers });
      if (!taken.ok) throw new PlainError(phrase('control.inUse', { pid: taken.pid, path: data }));
      this.#lock = taken.lock;
      rmSync(token, { force: true });
      writeFileSync(token, `${this.#token}\n`, { mode: 0o600 });
      await this.#listen(socket);
    } catch (error) {
      await this.stop();
      if (error instanceof PlainError) throw error;
      const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
      throw new PlainError(phrase('store.cannotOpen', { path: data, reason }), { cause: error });
    }
  }

  /** Adds commands of parts that started later. */
  addCommands(commands: ControlCommands): void {
    this.#commands = { ...this.#commands, ...commands };
  }

  /** Closes at once; idempotent. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    for (const socket of this.#sockets) socket.destroy();
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
    if (this.#lock === undefined) return;
    rmSync(this.#location.token, { force: true });
    if (!this.#location.socket.startsWith('\\\\')) rmSync(this.#location.socket, { force: true });
    this.#lock.release();
    this.#lock = undefined;
  }

  #listen(path: string): Promise<void> {
    const isPipe = path.startsWith('\\\\');
    // The lock is ours, so a socket that is still there was left behind.
    if (!isPipe) rmSync(path, { force: true });
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = CONNECTIONS_MAX;
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => {
        server.off('error', reject);
        server.on('error', () => {});
        if (!isPipe) chmodSync(path, 0o600);
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const lines = new LineReader();
    // Commands of one connection are answered in their order.
    let turn: Promise<void> = Promise.resolve();
    socket.setEncoding('utf8');
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: string) => {
      const complete = lines.push(chunk);
      if (complete === null) {
        socket.end(line({ ok: false, error: 'the line is too long' }));
        return;
      }
      for (const text of complete) {
        turn = turn.then(async () => {
          const answer = await this.#answer(text);
          if (!socket.destroyed && socket.writable) socket.write(line(answer));
        });
      }
    });
  }

  async #answer(text: string): Promise<ControlAnswer> {
    const request = parseRequest(text);
    if (request === null) return { ok: false, error: 'this is no command' };
    if (!sameText(request.token, this.#token)) return { ok: false, error: 'the token is wrong' };
    if (request.command === 'ping') return { ok: true, result: { pid: process.pid } };
    const run = Object.hasOwn(this.#commands, request.command) ? this.#commands[request.command] : undefined;
    if (run === undefined)
      return { ok: false, error: `there is no command ${JSON.stringify(request.command.slice(0, 64))}` };
    try {
      return { ok: true, result: (await run(request.arguments)) ?? null };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }
}

const line = (answer: ControlAnswer): string => `${JSON.stringify(answer)}\n`;

function sameText(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
