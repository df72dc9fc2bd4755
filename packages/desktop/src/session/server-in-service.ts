import { ApiError, type ClientClock } from '@poise/client';
import type { DesktopClient } from './desktop-client.ts';
import type { GadgetLink } from './gadget-link.ts';
import type { Store } from './store.ts';

/** How often an out-of-service server is asked again during sign-in. */
const SERVER_POLL_MS = 2_000;

export interface InServiceOptions {
  readonly store: Store;
  readonly clock: ClientClock;
  readonly gadgets: Pick<GadgetLink, 'serverTold'>;
  readonly client: DesktopClient;
  /** Whether the sign-in still is the one that asks. */
  readonly current: () => boolean;
  /** Nobody waits at the form: the other node may do. */
  readonly isKept: boolean;
}

/** Waits until the server is in service, and takes its clock on the way. Rejects with ApiError; with 503, too, where nobody waits. */
export async function untilInService(options: InServiceOptions): Promise<void> {
  const { store, clock, gadgets, client, current, isKept } = options;
  for (;;) {
    const sent = clock.now();
    const info = await client.systemInfo();
    if (!current()) return;
    if (info.currentTimestamp)
      store.dispatch({
        type: 'clock',
        drift: info.currentTimestamp.getTime() - (sent + clock.now()) / 2,
      });
    gadgets.serverTold(info);
    if (info.status === 'IN_SERVICE') return;
    if (isKept) throw new ApiError(503, []);
    store.dispatch({ type: 'waiting for server' });
    await new Promise<void>((done) => clock.schedule(SERVER_POLL_MS, done));
    if (!current()) return;
  }
}
