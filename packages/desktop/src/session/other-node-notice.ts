import type { ClientClock } from '@poise/client';
import { OtherNode } from './other-node.ts';
import type { Store } from './store.ts';

/** How long it pops up that the other node cannot be reached; the notification centre keeps it. */
const OTHER_SHOWN_MS = 30_000;

/** Tells the agent that the node that would take over cannot be reached, with the way to its certificate, and when it can. */
export class OtherNodeNotice {
  readonly #store: Store;
  readonly #clock: ClientClock;
  readonly #node: OtherNode | null;
  #host = '';
  /** Where agents accept its certificate. */
  #page = '';

  /** @param reaches whether this browser can reach an origin; undefined: it is not asked */
  constructor(store: Store, clock: ClientClock, reaches?: (origin: string) => Promise<boolean>) {
    this.#store = store;
    this.#clock = clock;
    this.#node = reaches
      ? new OtherNode({ clock, reaches, told: (isReached) => this.#tell(isReached) })
      : null;
  }

  /** The agent has signed in, and this is the other node. */
  watch(origin: string): void {
    this.#host = new URL(origin).hostname;
    this.#page = `${origin}/desktop/certificate`;
    this.#node?.begin(origin);
  }

  /** The page came to the front again: the certificate may have been accepted in another tab. */
  again(): void {
    this.#node?.again();
  }

  end(): void {
    this.#node?.end();
  }

  #tell(isReached: boolean): void {
    const values = { host: this.#host };
    this.#store.dispatch({
      type: 'notice',
      notice: isReached
        ? { kind: 'other', sentence: { key: 'notices.otherReached', values } }
        : {
            kind: 'other',
            sentence: { key: 'notices.otherUnreached', values },
            page: { url: this.#page, windowName: '' },
            popUpMs: OTHER_SHOWN_MS,
          },
      at: this.#clock.now(),
    });
  }
}
