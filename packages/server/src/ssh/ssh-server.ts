/**
 * `poise shell` over SSH, for administrators with the password of the console. Only where the setting `ports.ssh` names a port. Nothing but
 * the command line is offered: no forwarding, no agent, no files, no commands of the machine. docs/shell.md describes it.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock, Timer } from '@poise/clock';
import ssh2, { type AuthContext, type Connection, type Session } from 'ssh2';
import type { Accounts, Principal } from '../accounts/accounts.ts';
import { decide, lockScopeOf } from '../accounts/policy.ts';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import type { DirectorySource } from '../store/directory.ts';
import type { HostKey } from './host-key.ts';
import { type ShellProcess, serve } from './shell-channel.ts';

/** What is told of a session or a command before it begins. */
export interface SshNote {
  readonly who: string;
  readonly address: string;
  /** The command line; null: the prompt, whose command lines are in platform/log/cli. */
  readonly command: string | null;
}

export interface SshServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly directory: DirectorySource;
  readonly hostKey: () => Promise<HostKey>;
  /** Begins the command line. @param command null: the prompt @param columns of the terminal; undefined: there is none */
  readonly spawn: (command: string | null, columns: number | undefined) => ShellProcess;
  readonly note: (note: SshNote) => Promise<void>;
  readonly info: (text: string) => void;
}

/** The console's operation: its accounts, its lock-out. */
const OPERATION = 'console.signIn';
const METHODS = ['password', 'keyboard-interactive'] as const;
const USER_MAX = 255;
const PASSWORD_MAX = 1_024;
/** Wrong passwords of one connection; the lock-out counts over all. */
export const ATTEMPTS_MAX = 3;
export const CONNECTIONS_MAX = 16;
/** Of one address, as long as they have not signed in: who says nothing leaves room for others. */
const WAITING_PER_ADDRESS_MAX = 8;
/** Each is a process. */
const SHELLS_MAX = 4;
/** To sign in. */
export const SIGN_IN_MS = 30_000;
/** As the console's session. */
export const IDLE_MS = 30 * 60_000;
const COLUMNS_MAX = 1_000;

export class SshServer implements Part {
  readonly name = 'ssh';
  readonly #options: SshServerOptions;
  readonly #sockets = new Set<Socket>();
  /** Connections that have not signed in, with their addresses. */
  readonly #waiting = new Map<Socket, string>();
  readonly #shells = new Set<ShellProcess>();
  #server: Server | null = null;
  #state: PartState = 'stopped';
  #reason = '';

  constructor(options: SshServerOptions) {
    this.#options = options;
  }

  /** The port in use, 0 while closed. */
  get port(): number {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port ?? 0;
  }

  async start(): Promise<void> {
    if (this.#server !== null) return;
    this.#state = 'starting';
    try {
      const { privateKey, fingerprint } = await this.#options.hostKey();
      // The library's own listener keeps sockets that speak no SSH; ours knows them all.
      let socket: Socket;
      const protocol = new ssh2.Server({ hostKeys: [privateKey], ident: 'Poise' }, (client, { ip }) =>
        this.#connected(client, socket, ip),
      );
      const server = createServer((accepted) => {
        accepted.on('error', () => {});
        const address = accepted.remoteAddress ?? '';
        const waiting = [...this.#waiting.values()].filter((other) => other === address).length;
        if (this.#sockets.size >= CONNECTIONS_MAX || waiting >= WAITING_PER_ADDRESS_MAX) {
          accepted.destroy();
          return;
        }
        this.#sockets.add(accepted);
        this.#waiting.set(accepted, address);
        accepted.on('close', () => {
          this.#sockets.delete(accepted);
          this.#waiting.delete(accepted);
        });
        socket = accepted;
        protocol.injectSocket(accepted);
      });
      await listening(server, this.#options.host, this.#options.port);
      this.#server = server;
      this.#options.info(`SSH on port ${this.port} has the host key ${fingerprint} (ED25519).`);
      this.#state = 'running';
    } catch (error) {
      this.#state = 'failed';
      this.#reason = failure(error as NodeJS.ErrnoException, this.#options.port);
      throw new Error(this.#reason, { cause: error });
    }
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    this.#state = 'stopped';
    for (const shell of this.#shells) shell.kill();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  health(): PartHealth {
    const detail = { port: this.port, connections: this.#sockets.size, shells: this.#shells.size };
    if (this.#state === 'running') return { state: 'running', ready: true, detail };
    return { state: this.#state, ready: false, reason: this.#reason || `SSH is ${this.#state}.` };
  }

  #connected(client: Connection, socket: Socket, address: string): void {
    // Whoever breaks the protocol has nothing more to say.
    client.on('error', () => socket.destroy());
    let principal: Principal | null = null;
    let attempts = 0;
    const wait = this.#patience(() => socket.destroy());
    wait(SIGN_IN_MS);
    socket.on('close', () => wait(null));
    client.on('authentication', (context) => {
      void this.#authenticate(context).then((found) => {
        if (found !== null && found !== 'wrong') {
          principal = found;
          context.accept();
          return;
        }
        if (found === 'wrong' && ++attempts > ATTEMPTS_MAX) socket.destroy();
        else context.reject([...METHODS]);
      });
    });
    client.on('ready', () => {
      this.#waiting.delete(socket);
      wait(IDLE_MS);
    });
    client.on('session', (accept) => {
      if (principal !== null) this.#session(accept(), principal, address, () => wait(IDLE_MS));
    });
  }

  /** @param end of a connection that nothing comes from or goes to for a while */
  #patience(end: () => void): (ms: number | null) => void {
    let timer: Timer | null = null;
    return (ms) => {
      timer?.cancel();
      timer = ms === null ? null : this.#options.clock.schedule(ms, end);
    };
  }

  /** @returns null: no password was offered */
  async #authenticate(context: AuthContext): Promise<Principal | 'wrong' | null> {
    const password = await passwordOf(context);
    if (password === null) return null;
    if (context.username.length > USER_MAX || password === '' || password.length > PASSWORD_MAX)
      return 'wrong';
    const { accounts, directory } = this.#options;
    // That somebody is locked, or no administrator, is not told: as at the console.
    try {
      const known = await accounts.authenticate(lockScopeOf(OPERATION), context.username, password);
      const may = known.ok && decide(known.principal, OPERATION, {}, directory.current) === 'allow';
      return may ? known.principal : 'wrong';
    } catch {
      return 'wrong';
    }
  }

  #session(session: Session, principal: Principal, address: string, active: () => void): void {
    let columns: number | undefined;
    session.on('pty', (accept, _reject, { cols }) => {
      columns = Math.min(COLUMNS_MAX, Math.max(1, cols || 80));
      accept?.();
    });
    session.on('window-change', (accept) => accept?.());
    const begin = async (channel: ssh2.ServerChannel, command: string | null): Promise<void> => {
      if (!this.#isStillAdministrator(principal) || this.#shells.size >= SHELLS_MAX) {
        channel.stderr.write('The command line cannot be used now. Try again later.\r\n');
        channel.exit(1);
        channel.end();
        return;
      }
      // Written down first: where that cannot be, nothing is done.
      try {
        await this.#options.note({ who: principal.loginId, address, command });
      } catch {
        channel.stderr.write('The audit log cannot be written.\r\n');
        channel.exit(1);
        channel.end();
        return;
      }
      const shell = this.#options.spawn(command, columns);
      this.#shells.add(shell);
      serve(channel, shell, columns !== undefined, active, () => this.#shells.delete(shell));
    };
    session.on('shell', (accept) => void begin(accept(), null));
    session.on('exec', (accept, _reject, { command }) => void begin(accept(), command));
  }

  #isStillAdministrator({ loginId }: Principal): boolean {
    return this.#options.directory.current.user(loginId)?.roles.includes('Administrator') === true;
  }
}

/** Null: another method, which is refused. */
function passwordOf(context: AuthContext): Promise<string | null> | string | null {
  if (context.method === 'password') return context.password;
  if (context.method !== 'keyboard-interactive') return null;
  return new Promise((resolve) => {
    context.prompt([{ prompt: 'Password: ', echo: false }], (answers) => resolve(answers?.[0] ?? ''));
  });
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function failure(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} (ports.ssh) is used by another program. Choose another one, or switch SSH off with ports.ssh=off.`;
  return `SSH cannot start (ports.ssh): ${error.message}.`;
}
