import { ApiError, type ClientClock, type PoiseClientOptions } from '@poise/client';
import type { DesktopClient } from './desktop-client.ts';
import type { SignInKeeper } from './kept-sign-in.ts';
import { NodeSearch } from './node-search.ts';
import type { Credentials } from './sign-in-again.ts';
import type { Store } from './store.ts';

/** How long a node may take to answer that is looked for. */
const SEARCH_ANSWER_MS = 5_000;

/** The page that the node has, where the browser may have kept an older one. */
export interface NewerPage {
  isThere(): Promise<boolean>;
  load(): void;
}

export interface NodeWaitOptions {
  readonly store: Store;
  readonly clock: ClientClock;
  readonly random: () => number;
  /** The page's own node. */
  readonly origin: string;
  readonly kept: Pick<SignInKeeper, 'keep' | 'stay'> | undefined;
  readonly newerPage: NewerPage | undefined;
  readonly clientOf: (
    credentials: Credentials,
    origin: string,
    more: Partial<PoiseClientOptions>,
  ) => DesktopClient;
  readonly signIn: (credentials: Credentials, origin: string) => Promise<void>;
  /** Another value after each sign-in that was begun. */
  readonly attempt: () => number;
}

/** A page that was loaded anew while its node is down goes on as soon as it finds one, and says so meanwhile (desktop.md 12). */
export class NodeWait {
  readonly #o: NodeWaitOptions;
  #search: NodeSearch | undefined;

  constructor(options: NodeWaitOptions) {
    this.#o = options;
  }

  /** Whether a node is being looked for. */
  get isOn(): boolean {
    return this.#search !== undefined;
  }

  /** Begins, or goes on after a node that was found has turned out to be of no use. @param error what was wrong with it */
  begin(credentials: Credentials, error: unknown): void {
    const { store, kept } = this.#o;
    this.#search ??= this.#searchFor({ ...credentials, hasWaited: true });
    kept?.stay();
    const link = error instanceof ApiError && error.status === 503 ? 'out-of-service' : 'lost';
    store.dispatch({ type: 'link', link });
    store.dispatch({ type: 'alarm' });
    this.#search.next();
  }

  end(): void {
    this.#search?.stop();
    this.#search = undefined;
  }

  #searchFor(credentials: Credentials): NodeSearch {
    const { store, clock, random, origin: own, kept, clientOf } = this.#o;
    const { other } = credentials;
    return new NodeSearch({
      clock,
      random,
      own,
      other,
      ask: (node) => clientOf(credentials, node, { requestTimeoutMs: SEARCH_ANSWER_MS }).systemInfo(),
      told: ({ origin, isReached }) => {
        kept?.stay();
        if (origin === other)
          store.dispatch({ type: 'searched', other: { host: new URL(origin).hostname, isReached } });
      },
      found: (origin) => void this.#goOnWith(credentials, origin),
    });
  }

  async #goOnWith(credentials: Credentials, origin: string): Promise<void> {
    const { origin: own, kept, newerPage, signIn } = this.#o;
    const attempt = this.#o.attempt();
    const isNewer = origin === own && (await newerPage?.isThere()) === true;
    if (attempt !== this.#o.attempt()) return;
    if (!isNewer) return signIn(credentials, origin);
    const { user, password, seat, other } = credentials;
    if (password !== null) await kept?.keep({ user, password, seat, other, hasWaited: true });
    newerPage?.load();
  }
}
