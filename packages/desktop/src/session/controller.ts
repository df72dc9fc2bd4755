/**
 * Between the store and the server: signs in as the original desktop does (SystemInfo, notification
 * connection, User, LOGIN, then reasons), and turns what the server tells into events of the store.
 */
import {
  ApiError,
  type ConnectionStatus,
  PoiseClient,
  type PoiseClientOptions,
  type User,
} from '@poise/client';
import { sentenceFor } from './sentences.ts';
import type { AgentUser, Link, Store } from './store.ts';

/** How often an out-of-service server is asked again during sign-in. */
const SERVER_POLL_MS = 2_000;

const LINKS: Readonly<Partial<Record<ConnectionStatus, Link>>> = {
  connected: 'up',
  recovered: 'up',
  disconnected: 'lost',
  reconnecting: 'lost',
  failing: 'lost',
  conflict: 'conflict',
  unauthorized: 'lost',
};

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
    roles: user.roles,
  };
}

export class DesktopController {
  readonly #store: Store;
  readonly #origin: string;
  readonly #options: Partial<PoiseClientOptions>;
  #client: PoiseClient | null = null;
  /** Grows with each sign-in, so that a late answer to an abandoned one changes nothing. */
  #attempt = 0;

  /** @param options for tests: transports, clock */
  constructor(store: Store, origin: string, options: Partial<PoiseClientOptions> = {}) {
    this.#store = store;
    this.#origin = origin;
    this.#options = options;
  }

  async signIn(user: string, password: string, extension: string): Promise<void> {
    this.close();
    const attempt = ++this.#attempt;
    const current = () => attempt === this.#attempt;
    this.#store.dispatch({ type: 'sign-in started', host: new URL(this.#origin).hostname });
    let client: PoiseClient | null = null;
    try {
      client = new PoiseClient({
        baseUrl: this.#origin,
        user,
        password,
        resource: 'desktop',
        ...this.#options,
      });
      this.#client = client;
      await this.#serverInService(client, current);
      this.#listen(client, current);
      await client.connect();
      let me = await client.user();
      // An agent who is signed in already (another page, a refresh) is taken over as is.
      if (me.state === 'LOGOUT') me = await client.signIn({ extension });
      if (!current()) return;
      this.#store.dispatch({ type: 'signed in', user: agentOf(me) });
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
    // The agent works from here on: what cannot be fetched now is said, and fetched after the next recovery.
    try {
      await this.#loadReasons(client, current);
    } catch (error) {
      if (current()) this.#store.dispatch({ type: 'answered', error: sentenceFor(error, extension) });
    }
  }

  changeState(state: 'READY' | 'NOT_READY', reasonCodeId?: number): Promise<void> {
    return this.#request((client) => client.setState(state, reasonCodeId));
  }

  signOut(reasonCodeId?: number): Promise<void> {
    return this.#request((client) => client.signOut(reasonCodeId));
  }

  /** Ends the connection, e.g. when the page goes. */
  close(): void {
    this.#attempt++;
    this.#client?.close();
    this.#client = null;
  }

  async #request(send: (client: PoiseClient) => Promise<User>): Promise<void> {
    const client = this.#client;
    if (!client) return;
    this.#store.dispatch({ type: 'requested' });
    try {
      this.#show(await send(client));
      this.#store.dispatch({ type: 'answered', error: null });
    } catch (error) {
      if (this.#client !== client) return;
      const extension = this.#store.snapshot().user?.extension ?? '';
      this.#store.dispatch({ type: 'answered', error: sentenceFor(error, extension) });
    }
  }

  async #serverInService(client: PoiseClient, current: () => boolean): Promise<void> {
    for (;;) {
      const sent = Date.now();
      const info = await client.systemInfo();
      if (info.currentTimestamp)
        this.#store.dispatch({
          type: 'clock',
          drift: info.currentTimestamp.getTime() - (sent + Date.now()) / 2,
        });
      if (info.status === 'IN_SERVICE' || !current()) return;
      this.#store.dispatch({ type: 'waiting for server' });
      await new Promise((done) => setTimeout(done, SERVER_POLL_MS));
    }
  }

  #listen(client: PoiseClient, current: () => boolean): void {
    client.on('update', ({ data, node, event }) => {
      if (!current()) return;
      if (data.type === 'user' && event !== 'DELETE' && /^\/finesse\/api\/User\/[^/]+$/.test(node))
        this.#show(data.user);
      if (data.type === 'systemInfo')
        this.#store.dispatch({
          type: 'link',
          link: data.systemInfo.status === 'IN_SERVICE' ? 'up' : 'out-of-service',
        });
    });
    client.on('connection', (status) => {
      const link = LINKS[status];
      if (!current() || link === undefined || this.#store.snapshot().phase !== 'signed-in') return;
      this.#store.dispatch({ type: 'link', link });
      // What happened meanwhile has no event any more: the server is asked.
      if (status === 'recovered' || status === 'connected') void this.#refresh(client, current);
    });
  }

  async #refresh(client: PoiseClient, current: () => boolean): Promise<void> {
    try {
      const me = await client.user();
      if (current()) this.#show(me);
      await this.#loadReasons(client, current);
    } catch {
      // The connection went again; its next recovery asks again.
    }
  }

  #show(user: User): void {
    this.#store.dispatch({ type: 'user', user: agentOf(user) });
    if (user.state === 'LOGOUT' && this.#store.snapshot().phase === 'signed-out') this.close();
  }

  async #loadReasons(client: PoiseClient, current: () => boolean): Promise<void> {
    await client.dialogs();
    const [signOut, notReady] = await Promise.all([
      client.reasonCodes('LOGOUT'),
      client.reasonCodes('NOT_READY'),
    ]);
    if (current()) this.#store.dispatch({ type: 'reasons', notReady, signOut });
  }
}

/** The notification service refuses accounts that are no agents as it refuses wrong passwords; REST tells them apart. */
async function isNoAgent(client: PoiseClient): Promise<boolean> {
  try {
    await client.user();
    return false;
  } catch (error) {
    return error instanceof ApiError && error.status === 404;
  }
}
