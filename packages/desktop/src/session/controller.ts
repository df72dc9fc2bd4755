/**
 * Between the store and the server: signs in as the original desktop does (SystemInfo, notification
 * connection, User, LOGIN, then reasons), and turns what the server tells into events of the store.
 */
import {
  ApiError,
  type ClientClock,
  type ClientTimer,
  type ConnectionDetail,
  type ConnectionStatus,
  PoiseClient,
  type PoiseClientOptions,
  platformClock,
  type User,
} from '@poise/client';
import { type CallClient, CallControl } from './call-control.ts';
import { sentenceFor } from './sentences.ts';
import type { AgentUser, Link, Store } from './store.ts';

/** How often an out-of-service server is asked again during sign-in. */
const SERVER_POLL_MS = 2_000;
/** Reasons that could not be fetched are asked for again, first and at most after. */
const REASONS_RETRY_MS = 5_000;
const REASONS_RETRY_MAX_MS = 60_000;

const LINKS: Readonly<Record<ConnectionStatus, Link | null>> = {
  connecting: null,
  connected: 'up',
  recovered: 'up',
  disconnected: 'lost',
  reconnecting: 'lost',
  failing: 'lost',
  conflict: 'conflict',
  unauthorized: 'unauthorized',
};

function linkOf(status: ConnectionStatus, detail: ConnectionDetail): Link | null {
  const link = LINKS[status];
  return link === 'lost' && detail.status === 503 ? 'out-of-service' : link;
}

export function agentOf(user: User): AgentUser {
  return {
    loginId: user.loginId,
    firstName: user.firstName,
    lastName: user.lastName,
    extension: user.extension,
    teamName: user.teamName,
    state: user.state,
    stateChangeTime: user.stateChangeTime?.getTime() ?? null,
    reasonCodeId: user.reasonCode?.id ?? (user.reasonCodeId === -1 ? null : user.reasonCodeId),
    reasonLabel: user.reasonCode?.label ?? null,
    pendingState: user.pendingState,
    roles: user.roles,
  };
}

/** The part of the SDK that the desktop uses. */
export type DesktopClient = Pick<
  PoiseClient,
  | 'systemInfo'
  | 'connect'
  | 'close'
  | 'on'
  | 'user'
  | 'signIn'
  | 'setState'
  | 'signOut'
  | 'reasonCodes'
  | 'dialogs'
  | 'wrapUpReasons'
> &
  CallClient;

export interface ControllerOptions {
  /** Default: the platform's. */
  readonly clock?: ClientClock;
  /** Default: a PoiseClient. */
  readonly createClient?: (options: PoiseClientOptions) => DesktopClient;
}

export class DesktopController {
  readonly #store: Store;
  readonly #origin: string;
  readonly #clock: ClientClock;
  readonly #createClient: (options: PoiseClientOptions) => DesktopClient;
  #client: DesktopClient | null = null;
  #calls: CallControl | null = null;
  #reasonsTimer: ClientTimer | undefined;
  /** Grows with each sign-in, so that a late answer to an abandoned one changes nothing. */
  #attempt = 0;

  constructor(store: Store, origin: string, options: ControllerOptions = {}) {
    this.#store = store;
    this.#origin = origin;
    this.#clock = options.clock ?? platformClock;
    this.#createClient = options.createClient ?? ((clientOptions) => new PoiseClient(clientOptions));
  }

  async signIn(user: string, password: string, extension: string): Promise<void> {
    this.close();
    const attempt = ++this.#attempt;
    const current = () => attempt === this.#attempt;
    this.#store.dispatch({ type: 'sign-in started', host: new URL(this.#origin).hostname });
    let client: DesktopClient | null = null;
    try {
      client = this.#createClient({ baseUrl: this.#origin, user, password, resource: 'desktop' });
      this.#client = client;
      await this.#serverInService(client, current);
      if (!current()) return;
      this.#calls = new CallControl(this.#store, client, current);
      this.#listen(client, current, this.#calls);
      await client.connect();
      if (!current()) return;
      let me = await client.user();
      if (!current()) return;
      // An agent who is signed in already (another page, a refresh) is taken over as is.
      if (me.state === 'LOGOUT') me = await client.signIn({ extension });
      if (!current()) return;
      this.#store.dispatch({ type: 'signed in', user: agentOf(me) });
      this.#endWhenSignedOut();
    } catch (error) {
      if (!current()) return;
      const sentence =
        error instanceof ApiError && error.status === 401 && client && (await isNoAgent(client))
          ? ({ key: 'error.notAgent' } as const)
          : sentenceFor(error, extension);
      if (!current()) return;
      this.close();
      this.#store.dispatch({ type: 'sign-in failed', error: sentence });
      return;
    }
    // The agent works from here on.
    if (!current()) return;
    void this.#calls?.load();
    await this.#loadReasons(client, current);
  }

  changeState(state: 'READY' | 'NOT_READY', reasonCodeId?: number): Promise<void> {
    return this.#request('state', (client) => client.setState(state, reasonCodeId), reasonCodeId);
  }

  signOut(reasonCodeId?: number): Promise<void> {
    return this.#request('sign-out', (client) => client.signOut(reasonCodeId));
  }

  /** Calls a number. */
  makeCall(number: string): Promise<void> {
    return this.#calls?.make(number) ?? Promise.resolve();
  }

  /** Asks something of one dialog; what goes wrong is shown with it. */
  call(dialogId: string, send: (calls: CallClient['calls']) => Promise<unknown>): Promise<void> {
    return this.#calls?.request(dialogId, send) ?? Promise.resolve();
  }

  /** Back to the sign-in page, without signing the agent out. */
  leave(): void {
    this.close();
    this.#store.dispatch({ type: 'left' });
  }

  /** Ends the connection, e.g. when the page goes. */
  close(): void {
    this.#attempt++;
    this.#reasonsTimer?.cancel();
    const client = this.#client;
    this.#client = null;
    this.#calls = null;
    client?.close();
  }

  async #request(
    what: 'state' | 'sign-out',
    send: (client: DesktopClient) => Promise<User>,
    reasonId: number | null = null,
  ): Promise<void> {
    const client = this.#client;
    if (!client || this.#store.snapshot().pending) return;
    this.#store.dispatch({ type: 'requested', what, reasonId });
    try {
      const user = await send(client);
      if (this.#client !== client) return;
      this.#show(user, 'read');
      if (this.#client === client) this.#store.dispatch({ type: 'answered', error: null });
    } catch (error) {
      if (this.#client !== client) return;
      const extension = this.#store.snapshot().user?.extension ?? '';
      this.#store.dispatch({ type: 'answered', error: sentenceFor(error, extension) });
    }
  }

  async #serverInService(client: DesktopClient, current: () => boolean): Promise<void> {
    for (;;) {
      const sent = this.#clock.now();
      const info = await client.systemInfo();
      if (!current()) return;
      if (info.currentTimestamp)
        this.#store.dispatch({
          type: 'clock',
          drift: info.currentTimestamp.getTime() - (sent + this.#clock.now()) / 2,
        });
      if (info.status === 'IN_SERVICE') return;
      this.#store.dispatch({ type: 'waiting for server' });
      await new Promise<void>((done) => this.#clock.schedule(SERVER_POLL_MS, done));
      if (!current()) return;
    }
  }

  #listen(client: DesktopClient, current: () => boolean, calls: CallControl): void {
    client.on('update', (update) => {
      const { data, node, event } = update;
      if (!current()) return;
      if (/^\/finesse\/api\/User\/[^/]+\/Dialogs$/.test(node)) {
        calls.heard();
        this.#store.dispatch({ type: 'dialog update', update });
      }
      if (data.type === 'user' && event !== 'DELETE' && /^\/finesse\/api\/User\/[^/]+$/.test(node))
        this.#show(data.user, 'event');
    });
    // The end of the service and its return come this way, too, as `failing` and `recovered`.
    client.on('connection', (status, detail) => {
      const link = linkOf(status, detail);
      if (!current() || link === null || this.#store.snapshot().phase !== 'signed-in') return;
      this.#store.dispatch({ type: 'link', link });
      if (link === 'conflict' || link === 'unauthorized') this.close();
      // What happened meanwhile has no event any more: the server is asked.
      else if (status === 'recovered') void this.#refresh(client, current);
    });
  }

  async #refresh(client: DesktopClient, current: () => boolean): Promise<void> {
    void this.#loadReasons(client, current);
    void this.#calls?.load();
    try {
      const me = await client.user();
      if (current()) this.#show(me, 'read');
    } catch {
      // The connection went again; its next recovery asks again.
    }
  }

  #show(user: User, origin: 'event' | 'read'): void {
    this.#store.dispatch({ type: 'user', user: agentOf(user), origin });
    this.#endWhenSignedOut();
  }

  #endWhenSignedOut(): void {
    if (this.#store.snapshot().phase === 'signed-out') this.close();
  }

  /** Asks until the server tells them: without them the page cannot know whether a reason is needed. Never rejects. */
  async #loadReasons(
    client: DesktopClient,
    current: () => boolean,
    retryMs: number = REASONS_RETRY_MS,
  ): Promise<void> {
    this.#reasonsTimer?.cancel();
    try {
      const [signOut, notReady] = await Promise.all([
        client.reasonCodes('LOGOUT'),
        client.reasonCodes('NOT_READY'),
      ]);
      if (current()) this.#store.dispatch({ type: 'reasons', notReady, signOut });
    } catch {
      if (!current()) return;
      this.#store.dispatch({ type: 'reasons late' });
      this.#reasonsTimer?.cancel();
      const nextMs = Math.min(retryMs * 2, REASONS_RETRY_MAX_MS);
      this.#reasonsTimer = this.#clock.schedule(
        retryMs,
        () => void this.#loadReasons(client, current, nextMs),
      );
    }
  }
}

/** The notification service refuses accounts that are no agents as it refuses wrong passwords; REST tells them apart. */
async function isNoAgent(client: DesktopClient): Promise<boolean> {
  try {
    await client.user();
    return false;
  } catch (error) {
    return error instanceof ApiError && error.status === 404;
  }
}
