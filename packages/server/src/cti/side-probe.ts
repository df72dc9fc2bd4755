/**
 * Tries the other side beside an attempt that stands: one that has sent OPEN_REQ and hears nothing, or whose session is open
 * and delivers nothing. GED-188 lets a slow server take 30 to 60 s for OPEN_CONF (ged188.md 3.2), so the attempt goes on
 * meanwhile; the side that answers first is the one that is used. The probe decides nothing: it says when a session is open.
 */
import type { Clock, Timer } from '@poise/clock';
import type { ClientSessionEvent, CtiClientSession } from '@poise/ged188';
import type { ConnectionEvents, CtiConnection } from './connection.ts';
import { STATE_LIMITS_MS } from './link-state.ts';

export type ProbeState =
  | 'OFF'
  /** The next connection has its time. */
  | 'WAITING'
  /** TCP connection under way. */
  | 'CONNECTING'
  /** OPEN_REQ sent. */
  | 'OPENING';

export type ProbeEvent =
  | 'begin'
  | 'due'
  | 'connected'
  /** Refused, ended, or too late. */
  | 'failed'
  /** The link goes on with this side. */
  | 'taken'
  | 'end';

export const PROBE_TRANSITIONS: Readonly<
  Record<ProbeState, Readonly<Partial<Record<ProbeEvent, ProbeState>>>>
> = {
  OFF: { begin: 'WAITING' },
  WAITING: { due: 'CONNECTING', end: 'OFF' },
  CONNECTING: { connected: 'OPENING', failed: 'WAITING', end: 'OFF' },
  OPENING: { failed: 'WAITING', taken: 'OFF', end: 'OFF' },
};

/** From the end of one connection to the next, ms: as often as a side is tried while neither can be reached. */
export const PROBE_RETRY_MS = 800;
/** The same where the side opens sessions, and its peripheral is offline, ms. */
export const PROBE_OFFLINE_RETRY_MS = 5_000;

export type ProbeSide = 'A' | 'B';

export interface SideProbeDependencies {
  readonly clock: Clock;
  readonly connect: (side: ProbeSide, events: ConnectionEvents) => CtiConnection;
  readonly session: (side: ProbeSide) => Pick<CtiClientSession, 'connected' | 'received' | 'lost' | 'status'>;
  /** A session is open, and its peripheral online. The link may {@link SideProbe.take} the connection. */
  readonly opened: (event: Extract<ClientSessionEvent, { type: 'open' }>) => void;
  readonly refused: (event: Extract<ClientSessionEvent, { type: 'refused' }>) => void;
  /** The side could not be reached. */
  readonly unreachable: (side: ProbeSide) => void;
  /** OPEN_REQ will not be waited for, and may still be read. */
  readonly openingGivenUp: () => void;
}

export class SideProbe {
  readonly #d: SideProbeDependencies;
  #state: ProbeState = 'OFF';
  #side: ProbeSide = 'B';
  #connection: CtiConnection | null = null;
  #timer: Timer | null = null;
  /** Whether the OPEN_REQ of this connection has had an answer. */
  #isAnswered = false;

  constructor(dependencies: SideProbeDependencies) {
    this.#d = dependencies;
  }

  get state(): ProbeState {
    return this.#state;
  }

  /** @param delayMs until the first connection */
  begin(side: ProbeSide, delayMs: number): void {
    if (!this.#go('begin')) return;
    this.#side = side;
    this.#wait(delayMs);
  }

  end(): void {
    const isOpening = this.#state === 'OPENING';
    if (!this.#go('end')) return;
    this.#drop(isOpening);
  }

  /** Hands over side and connection; the session of the side goes on. Null: no OPEN_REQ is on its way. */
  take(): { readonly side: ProbeSide; readonly connection: CtiConnection } | null {
    const connection = this.#connection;
    if (connection === null || !this.#go('taken')) return null;
    this.#connection = null;
    return { side: this.#side, connection };
  }

  /** Of the connection that the probe has. */
  write(bytes: Uint8Array): void {
    // Nothing but OPEN_REQ is written here, to a connection that is new.
    this.#connection?.write(bytes);
  }

  /** What the session of the side says. */
  heard(event: ClientSessionEvent): void {
    if (this.#state !== 'OPENING') return;
    switch (event.type) {
      case 'open':
        this.#isAnswered = true;
        if (this.#d.session(this.#side).status.inService()) this.#d.opened(event);
        else this.#failed(PROBE_OFFLINE_RETRY_MS);
        break;
      case 'refused':
        this.#isAnswered = true;
        this.#d.refused(event);
        break;
      case 'reset':
      case 'closed':
        this.#failed(PROBE_RETRY_MS);
        break;
    }
  }

  #connect(): void {
    if (!this.#go('due')) return;
    this.#isAnswered = false;
    const side = this.#side;
    this.#timer = this.#d.clock.schedule(STATE_LIMITS_MS.CONNECTING!, () => this.#failed(PROBE_RETRY_MS));
    this.#connection = this.#d.connect(side, {
      connected: () => {
        if (this.#go('connected')) this.#d.session(side).connected();
      },
      frame: (frame) => this.#d.session(side).received(frame),
      lost: () => this.#failed(PROBE_RETRY_MS),
    });
  }

  #failed(retryMs: number): void {
    const was = this.#state;
    if (!this.#go('failed')) return;
    this.#drop(was === 'OPENING');
    if (was === 'CONNECTING') this.#d.unreachable(this.#side);
    this.#wait(retryMs);
  }

  #drop(isOpening: boolean): void {
    const connection = this.#connection;
    this.#connection = null;
    connection?.destroy();
    if (!isOpening) return;
    this.#d.session(this.#side).lost();
    if (!this.#isAnswered) this.#d.openingGivenUp();
  }

  #wait(delayMs: number): void {
    this.#timer = this.#d.clock.schedule(delayMs, () => {
      this.#timer = null;
      this.#connect();
    });
  }

  #go(event: ProbeEvent): boolean {
    const next = PROBE_TRANSITIONS[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    this.#timer?.cancel();
    this.#timer = null;
    return true;
  }
}
