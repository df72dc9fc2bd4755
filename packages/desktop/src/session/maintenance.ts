/**
 * The node that the page works with will be stopped for maintenance (desktop.md D101): what is shown of it, pure, and the move to
 * the other node.
 */
import type { ClientClock, ClientTimer, PoiseClient, SystemInfo } from '@poise/client';
import { type Hub, MAINTENANCE_MODE_EVENT } from './hub.ts';
import type { Store } from './store.ts';

export type MaintenanceState =
  /** The page will move, or there is no other node and it will wait. */
  | { readonly phase: 'announced'; readonly hasOther: boolean }
  /** It moves at this time, epoch ms by this computer's clock. */
  | { readonly phase: 'moving'; readonly at: number }
  /** Nobody can take over now. It is tried again. */
  | { readonly phase: 'stays' }
  /** It has moved. */
  | { readonly phase: 'moved'; readonly host: string };

export interface MaintenanceEvent {
  readonly type: 'maintenance';
  /** Null: there is none, or it has been told long enough. */
  readonly maintenance: MaintenanceState | null;
}

/** All pages of a node hear of it at once, and leave one by one (desktop.md D101). */
export const MOVE_MIN_MS = 5_000;
export const MOVE_MAX_MS = 15_000;
/** Between two attempts while nobody can take over, without what chance adds. */
export const RETRY_MS = 20_000;
/** How long the end is told. */
const MOVED_SHOWN_MS = 15_000;

export interface MaintenanceSurroundings {
  readonly store: Store;
  readonly clock: ClientClock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly hub: Pick<Hub, 'publish'>;
  readonly client: Pick<PoiseClient, 'moveAway' | 'host'>;
}

export class MaintenanceMove {
  readonly #o: MaintenanceSurroundings;
  #timer: ClientTimer | undefined;
  /** The host that the page left because of its maintenance; null: it is not on its way. */
  #left: string | null = null;
  /** The node that answers last spoke of no maintenance: the host may be a name that stands for several. */
  #isUntroubled = false;
  #hasEnded = false;

  constructor(surroundings: MaintenanceSurroundings) {
    this.#o = surroundings;
  }

  /** Whether the connection is between two nodes by our own wish: that is no loss. */
  get isOnItsWay(): boolean {
    return this.#left !== null;
  }

  /** What the node says of itself. */
  heard({ finesseMMode, secondaryNode }: Pick<SystemInfo, 'finesseMMode' | 'secondaryNode'>): void {
    const phase = this.#phase;
    this.#isUntroubled = finesseMMode === '';
    if (finesseMMode === 'INITIATING') {
      if (phase !== null && phase !== 'moved') return;
      this.#show({ phase: 'announced', hasOther: secondaryNode !== '' });
      this.#tellGadgets('SCHEDULED');
    } else if (finesseMMode === 'IN_PROGRESS') {
      if (phase === 'moving' || phase === 'stays') return;
      this.#tellGadgets('MIGRATING');
      this.#moveIn(MOVE_MIN_MS + this.#o.random() * (MOVE_MAX_MS - MOVE_MIN_MS));
    } else if (phase !== null && phase !== 'moved' && !this.isOnItsWay) this.#show(null);
  }

  /** All is well again after an interruption, or after the move. */
  recovered(): void {
    const left = this.#left;
    if (left === null) return;
    this.#left = null;
    const { client, clock } = this.#o;
    if (client.host === left && !this.#isUntroubled) {
      // The other node did not take this agent after all.
      this.#stay();
      return;
    }
    this.#show({ phase: 'moved', host: client.host });
    this.#timer = clock.schedule(MOVED_SHOWN_MS, () => this.#show(null));
  }

  end(): void {
    this.#hasEnded = true;
    this.#timer?.cancel();
  }

  get #phase(): MaintenanceState['phase'] | null {
    return this.#o.store.snapshot().maintenance?.phase ?? null;
  }

  #show(maintenance: MaintenanceState | null): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#o.store.dispatch({ type: 'maintenance', maintenance });
  }

  #tellGadgets(status: 'SCHEDULED' | 'MIGRATING'): void {
    this.#o.hub.publish(MAINTENANCE_MODE_EVENT, { status });
  }

  #moveIn(delayMs: number): void {
    this.#show({ phase: 'moving', at: this.#o.clock.now() + delayMs });
    this.#timer = this.#o.clock.schedule(delayMs, () => void this.#move());
  }

  /** Until somebody can take over. */
  #stay(): void {
    const { store, clock, random } = this.#o;
    // Without a connection another search goes on, and says so itself.
    if (store.snapshot().link === 'up') this.#show({ phase: 'stays' });
    this.#timer?.cancel();
    this.#timer = clock.schedule(RETRY_MS * (1 + random() / 2), () => void this.#move());
  }

  async #move(): Promise<void> {
    const { client } = this.#o;
    // Said before: while it is on its way, the connection tells that it is gone.
    this.#left = client.host;
    const moves = await client.moveAway();
    if (this.#hasEnded || moves) return;
    this.#left = null;
    const phase = this.#phase;
    // It may have been ended while the other node was asked.
    if (phase === 'moving' || phase === 'stays') this.#stay();
  }
}
