import type { Socket } from 'node:net';
import type { Clock } from '@poise/clock';
import type { ServerSessionLimits } from '@poise/ged188';
import { type CtiMessage, formatMessage } from '@poise/ged188';
import type { CallOptions } from './call-source.ts';
import { Connection, type EndReason, type SessionInfo } from './connection.ts';
import { ContactCentre } from './contact-centre.ts';
import type { Deployment, OnDisconnect } from './dialect.ts';
import type { AcdDirectory } from './directory.ts';
import { type CreateServer, Listener } from './listener.ts';
import type { Manners } from './manners.ts';
import { OUTBOX_LIMITS, type OutboxLimits } from './outbox.ts';

/** The embedded CTI server: GED-188 on TCP, side A and optionally side B, over one contact centre. */

export type Side = 'A' | 'B';

export interface CtiServerLimits extends OutboxLimits {
  /** Connections of both sides together; more are reset at once. Default 5,000. */
  readonly connectionsMax: number;
  /** How long {@link CtiServer.stop} waits for clients to close. Default 1 s. */
  readonly stopGraceMs: number;
  /** Times and limits of a session (time to open, malformed messages in a row, …). */
  readonly session: Partial<ServerSessionLimits>;
}

export const CTI_SERVER_LIMITS: CtiServerLimits = {
  ...OUTBOX_LIMITS,
  connectionsMax: 5_000,
  stopGraceMs: 1_000,
  session: {},
};

export interface CtiServerOptions extends CallOptions {
  readonly directory: AcdDirectory;
  readonly clock: Clock;
  readonly host: string;
  /** 0: any free port. Without it there is no side A. */
  readonly portA?: number | undefined;
  /** Without it there is no side B. */
  readonly portB?: number | undefined;
  readonly deployment: Deployment;
  readonly onDisconnect: OnDisconnect;
  /** One line of the CTI trace; time stamps are the caller's. Never holds a password. */
  readonly trace?: ((line: string) => void) | undefined;
  /** Plain sentences for the operator. */
  readonly log?: ((text: string) => void) | undefined;
  /** Checks ClientID and ClientPassword of OPEN_REQ; default: everybody who reaches the port. */
  readonly acceptClient?: ((clientId: string, password: string) => boolean) | undefined;
  readonly limits?: Partial<CtiServerLimits> | undefined;
  /** Where the listeners come from; default: node:net. */
  readonly createServer?: CreateServer | undefined;
  /** Liberties of real servers, for testing clients. */
  readonly manners?: Manners | undefined;
}

export interface CtiServerHealth {
  /** At least one side accepts clients. */
  readonly ready: boolean;
  /** One plain sentence when not ready. */
  readonly reason?: string;
  readonly sides: Readonly<Partial<Record<Side, { listening: boolean; port: number; connections: number }>>>;
  readonly sessions: number;
  readonly agentsSignedIn: number;
  /** Connections accepted since the start, and how they ended. */
  readonly connections: number;
  readonly ended: Readonly<Partial<Record<EndReason, number>>>;
  /** Connections refused for `connectionsMax`. */
  readonly refused: number;
  /** Messages answered with a failure because they were malformed. */
  readonly malformed: number;
}

export interface CtiServer {
  /** Ports in use; null (A: 0) for a side that is not there. */
  readonly ports: { readonly a: number; readonly b: number | null };
  /** The model and the rules, for the parts of the process that look into it (simulation, console). */
  readonly centre: ContactCentre;
  health(): CtiServerHealth;
  sessions(): readonly (SessionInfo & { readonly side: Side })[];
  /**
   * The side disappears; agents and their states stay. `orderly`: clients are asked to close
   * (FAILURE_EVENT 15) and have 5 s; `crash`: connections are reset. Resolves when none is left.
   */
  goOffline(side: Side, how?: 'orderly' | 'crash'): Promise<void>;
  /** The side listens again, on the same port. */
  comeBack(side: Side): Promise<void>;
  /** Idempotent. Ends both sides within `stopGraceMs`. */
  stop(): Promise<void>;
}

/** Starts the CTI server. Rejects with the system's error when a port cannot be had; nothing is left behind. */
export async function startCtiServer(options: CtiServerOptions): Promise<CtiServer> {
  const server = new EmbeddedCtiServer(options);
  await server.start();
  return server;
}

class EmbeddedCtiServer implements CtiServer {
  readonly centre: ContactCentre;
  readonly #options: CtiServerOptions;
  readonly #limits: CtiServerLimits;
  readonly #sides = new Map<Side, Listener>();
  readonly #ended: Partial<Record<EndReason, number>> = {};
  #accepted = 0;
  #refused = 0;
  #malformed = 0;
  #stopped: Promise<void> | null = null;

  constructor(options: CtiServerOptions) {
    this.#options = options;
    this.#limits = { ...CTI_SERVER_LIMITS, ...options.limits };
    this.centre = new ContactCentre(options);
    if (options.portA !== undefined) this.#addSide('A', options.portA);
    if (options.portB !== undefined) this.#addSide('B', options.portB);
  }

  async start(): Promise<void> {
    try {
      for (const listener of this.#sides.values()) await listener.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  get ports(): { a: number; b: number | null } {
    return { a: this.#sides.get('A')?.port ?? 0, b: this.#sides.get('B')?.port ?? null };
  }

  health(): CtiServerHealth {
    const sides: CtiServerHealth['sides'] = Object.fromEntries(
      [...this.#sides].map(([side, { listening, port, connections }]) => [
        side,
        { listening, port, connections: connections.size },
      ]),
    );
    const ready = [...this.#sides.values()].some((listener) => listener.listening);
    return {
      ready,
      ...(ready ? {} : { reason: 'No side of the CTI server accepts clients.' }),
      sides,
      sessions: this.centre.router.clients.size,
      agentsSignedIn: this.centre.model.signedIn,
      connections: this.#accepted,
      ended: { ...this.#ended },
      refused: this.#refused,
      malformed: this.#malformed,
    };
  }

  sessions(): (SessionInfo & { side: Side })[] {
    return [...this.#sides].flatMap(([side, { connections }]) =>
      [...connections].map((connection) => ({ ...connection.info(), side })),
    );
  }

  async goOffline(side: Side, how: 'orderly' | 'crash' = 'orderly'): Promise<void> {
    const listener = this.#side(side);
    listener.stopListening();
    for (const connection of [...listener.connections]) {
      if (how === 'crash') connection.reset('side-offline');
      else connection.goOffline();
    }
    await listener.empty();
  }

  async comeBack(side: Side): Promise<void> {
    if (this.#stopped) throw new Error('the CTI server was stopped');
    await this.#side(side).start();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.centre.close();
    const sides = [...this.#sides];
    const deadline = this.#options.clock.schedule(this.#limits.stopGraceMs, () => {
      for (const [, { connections }] of sides)
        for (const connection of [...connections]) connection.reset('side-offline');
    });
    await Promise.all(sides.map(([side]) => this.goOffline(side)));
    deadline.cancel();
  }

  #side(side: Side): Listener {
    const listener = this.#sides.get(side);
    if (!listener) throw new Error(`the CTI server has no side ${side}`);
    return listener;
  }

  #addSide(side: Side, port: number): void {
    const { host, createServer } = this.#options;
    const listener: Listener = new Listener(
      host,
      port,
      (socket) => this.#accept(listener, socket),
      createServer,
    );
    this.#sides.set(side, listener);
  }

  #accept(listener: Listener, socket: Socket): void {
    let total = 0;
    for (const { connections } of this.#sides.values()) total += connections.size;
    if (total >= this.#limits.connectionsMax) {
      this.#refused++;
      socket.on('error', () => {});
      socket.resetAndDestroy();
      return;
    }
    const { clock, acceptClient, log, trace } = this.#options;
    const connection: Connection = new Connection({
      id: ++this.#accepted,
      socket,
      centre: this.centre,
      clock,
      limits: this.#limits,
      acceptClient: acceptClient ?? (() => true),
      log: log ?? (() => {}),
      trace: trace && ((direction, message) => traceMessage(trace, direction, message)),
      onEnd: (reason) => {
        this.#ended[reason] = (this.#ended[reason] ?? 0) + 1;
        listener.ended(connection);
      },
      onMalformed: () => this.#malformed++,
    });
    listener.connections.add(connection);
  }
}

/** Requests and their answers; agent events have forms of their own, configuration would flood the trace. */
function traceMessage(trace: (line: string) => void, direction: 'in' | 'out', message: CtiMessage): void {
  const wanted = direction === 'in' ? message.name.endsWith('_REQ') : message.name.endsWith('_CONF');
  if (wanted) trace(formatMessage(message));
}
