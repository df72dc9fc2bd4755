/** The time of the maintenance mode: notice, migration, and its limit. The table is `domain/maintenance.ts`. */
import type { Clock, Timer } from '@poise/clock';
import {
  applyToMaintenance,
  type MaintenanceEvent,
  type MaintenanceState,
  NO_MAINTENANCE,
} from '../domain/maintenance.ts';

/** How often it is looked whether desktops are left. */
export const LOOK_MS = 5_000;
/** The same before they move: a node without any need not be waited for. */
export const IDLE_LOOK_MS = 1_000;
/** The last desktop leaves so long after the notice: pages spread themselves over 5 to 15 s. */
export const SPREAD_MS = 15_000;

/** Who is connected to this node. */
export interface ConnectedUsers {
  readonly desktop: number;
  readonly fippa: number;
  readonly thirdparty: number;
}

export interface MaintenanceOptions {
  readonly clock: Clock;
  /** From the announcement until desktops move, ms. */
  readonly noticeMs: number;
  /** From the announcement until it has failed, ms. */
  readonly limitMs: number;
  readonly connected: () => ConnectedUsers;
  /** Users without a session who may come back here, because their grace runs. Default: nobody. */
  readonly awaited?: () => number;
}

/** What the API tells of it. */
export interface MaintenanceReport {
  readonly status: NonNullable<MaintenanceState['outcome']>;
  readonly connected: ConnectedUsers;
  /** Desktops that have to leave still. */
  readonly pending: number;
  /** Wall ms; null: it is over. */
  readonly completionAt: number | null;
}

export class MaintenanceMode {
  readonly #o: MaintenanceOptions;
  #state = NO_MAINTENANCE;
  /** Monotonic ms: the wall clock may be set meanwhile. */
  #movesAt = 0;
  readonly #timers = new Set<Timer>();
  readonly #listeners = new Set<() => void>();

  constructor(options: MaintenanceOptions) {
    this.#o = options;
  }

  get state(): MaintenanceState {
    return this.#state;
  }

  /** Whole seconds since the announcement; -1: the node works as ever. */
  get seconds(): number {
    const { since } = this.#state;
    return since === null ? -1 : Math.floor((this.#o.clock.monotonic() - since) / 1000);
  }

  /** Null: there was none since the start. */
  get report(): MaintenanceReport | null {
    const { outcome, mode } = this.#state;
    if (outcome === null) return null;
    const { clock } = this.#o;
    const connected = this.#o.connected();
    // Whoever has come since moves, too: as long as he is here nobody may think that the node could be stopped.
    const goesOn = outcome === 'IN_PROGRESS' || (mode !== null && connected.desktop > 0);
    return {
      status: goesOn ? 'IN_PROGRESS' : outcome,
      connected,
      pending: mode === null ? 0 : connected.desktop,
      completionAt: goesOn ? clock.now() + Math.max(0, this.#movesAt - clock.monotonic()) + SPREAD_MS : null,
    };
  }

  /**
   * Where it was empty and desktops have come since, the wait for these begins, with a limit of its own.
   * @returns false: it is on already
   */
  start(): boolean {
    const { clock, noticeMs, limitMs } = this.#o;
    if (this.#state.mode !== null) return this.#again();
    this.#movesAt = clock.monotonic() + noticeMs;
    this.#apply({ type: 'announced', at: clock.monotonic() });
    this.#later(noticeMs, () => {
      if (this.#apply({ type: 'begun' })) this.#look();
    });
    this.#lookIdle(false);
    this.#later(limitMs, () => this.#apply({ type: 'late' }));
    return true;
  }

  #again(): boolean {
    if (this.#o.connected().desktop === 0 || !this.#apply({ type: 'occupied' })) return false;
    // The limit of the first time.
    this.close();
    this.#movesAt = this.#o.clock.monotonic();
    this.#look();
    this.#later(this.#o.limitMs, () => this.#apply({ type: 'late' }));
    return true;
  }

  /** Desktops may come again. @returns false: it is not on */
  end(): boolean {
    return this.#apply({ type: 'ended' });
  }

  /** Ends its timers. */
  close(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** @returns the function that ends the observation */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Without anybody who could be warned or moved the notice is for nobody. Twice, because a page may be on its way here.
   * @param wasIdle so it was at the last look
   */
  #lookIdle(wasIdle: boolean): void {
    this.#later(IDLE_LOOK_MS, () => {
      if (this.#state.mode !== 'INITIATING') return;
      const isIdle = this.#o.connected().desktop === 0 && (this.#o.awaited?.() ?? 0) === 0;
      if (!isIdle || !wasIdle) return this.#lookIdle(isIdle);
      this.#apply({ type: 'begun' });
      this.#apply({ type: 'empty' });
    });
  }

  /** Not at once: who moves is still here for a moment, and who is between two connections comes back. */
  #look(): void {
    this.#later(LOOK_MS, () => {
      if (this.#o.connected().desktop === 0 && this.#o.clock.monotonic() >= this.#movesAt + SPREAD_MS)
        this.#apply({ type: 'empty' });
      if (this.#state.outcome === 'IN_PROGRESS') this.#look();
    });
  }

  #later(delayMs: number, work: () => void): void {
    const timer = this.#o.clock.schedule(delayMs, () => {
      this.#timers.delete(timer);
      work();
    });
    this.#timers.add(timer);
  }

  #apply(event: MaintenanceEvent): boolean {
    const before = this.#state;
    this.#state = applyToMaintenance(before, event);
    if (this.#state === before) return false;
    if (this.#state.mode === null) this.close();
    // How it went is asked for; what desktops do follows from the mode.
    if (this.#state.mode !== before.mode) for (const listener of this.#listeners) listener();
    return true;
  }
}
