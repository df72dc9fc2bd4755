/** Reads what the menus of an agent offer: reasons, then wrap-up reasons and layouts of variables. */
import type { ClientClock, ClientTimer } from '@poise/client';
import type { CallControl } from './call-control.ts';
import type { DesktopClient } from './desktop-client.ts';
import type { Store } from './store.ts';

/** Reasons that could not be fetched are asked for again, first and at most after. */
const REASONS_RETRY_MS = 5_000;
const REASONS_RETRY_MAX_MS = 60_000;

export class ReasonsReading {
  readonly #store: Store;
  readonly #clock: ClientClock;
  #timer: ClientTimer | undefined;

  constructor(store: Store, clock: ClientClock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Asks until the server tells them: without them the page cannot know whether a reason is needed. Never rejects.
   * @param current whether the sign-in still is the one that asked
   */
  async read(
    client: DesktopClient,
    calls: () => CallControl | null,
    current: () => boolean,
    retryMs: number = REASONS_RETRY_MS,
  ): Promise<void> {
    this.#timer?.cancel();
    try {
      const [signOut, notReady] = await Promise.all([
        client.reasonCodes('LOGOUT'),
        client.reasonCodes('NOT_READY'),
      ]);
      if (!current()) return;
      this.#store.dispatch({ type: 'reasons', notReady, signOut });
      await calls()?.loadReasons();
      await calls()?.loadLayouts();
    } catch {
      if (!current()) return;
      if (this.#store.snapshot().notReadyReasons === null) this.#store.dispatch({ type: 'reasons late' });
      this.#timer?.cancel();
      const nextMs = Math.min(retryMs * 2, REASONS_RETRY_MAX_MS);
      this.#timer = this.#clock.schedule(retryMs, () => void this.read(client, calls, current, nextMs));
    }
  }

  end(): void {
    this.#timer?.cancel();
  }
}
