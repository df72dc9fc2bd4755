/**
 * Keeps the agent's tokens good: fetches them when the provider has sent the browser back, refreshes them at 75 % of
 * their life, warns of the end and tells it. The server's side is /desktop/sso (rest-api.md 7.2).
 */
import type { ClientClock, ClientTimer, MobileAgent } from '@poise/client';
import type { MessageKey } from '../messages/catalogue.ts';
import type { HandedTokens } from './handover.ts';
import type { Safe } from './kept-sign-in.ts';
import { SealedItem } from './sealed-item.ts';
import {
  endOf,
  nextAt,
  readKept,
  readTokens,
  refreshAt,
  type SsoKept,
  type SsoTokens,
  warningAt,
  withoutRefresh,
} from './sso.ts';
import type { Sentence, Store } from './store.ts';

const TOKEN_PATH = '/desktop/sso/token';
const KEPT = 'poise.sso';
/** The browser left for the provider. */
const GONE = 'poise.sso.gone';
/** A token is used no longer than until so long before its end. */
const MARGIN_MS = 5_000;
const RETRY_MS = 10_000;
const ANSWER_MS = 15_000;
/** Longest delay that timers of browsers know. */
const DELAY_MAX = 2 ** 31 - 1;

const PROBLEMS: Readonly<Record<string, MessageKey>> = {
  refused: 'error.sso.refused',
  noToken: 'error.sso.refused',
  unknownUser: 'error.sso.unknownUser',
  otherUser: 'error.sso.otherUser',
  expired: 'error.sso.expired',
  unavailable: 'error.sso.unavailable',
};

export interface SsoSurroundings {
  readonly origin: string;
  readonly fetch: typeof fetch;
  /** Of this tab. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Enciphers what the tab keeps. */
  readonly safe: Safe;
  /** Makes the name of a key. */
  readonly newName: () => string;
  /** Leaves the page. */
  readonly go: (path: string) => void;
  /** What the page of another node has left here; null: nothing. Never rejects. */
  readonly handedOver: () => Promise<HandedTokens | null>;
}

export class SsoSession {
  readonly #store: Store;
  readonly #clock: ClientClock;
  readonly #around: SsoSurroundings;
  /** The tab's memory of the tokens. */
  readonly #item: SealedItem;
  #kept: SsoKept | null = null;
  #timer: ClientTimer | undefined;
  #refreshing: Promise<SsoTokens> | null = null;
  #retryAt = 0;
  #seatTaken = false;
  #isHandedOver = false;
  #taking: Promise<Sentence | null> | null = null;
  #end: (() => void) | null = null;

  constructor(store: Store, clock: ClientClock, around: SsoSurroundings) {
    this.#store = store;
    this.#clock = clock;
    this.#around = around;
    const { storage, safe, newName } = around;
    this.#item = new SealedItem({ entry: KEPT, storage: () => storage, safe, newName });
  }

  /** Who has tokens; null: nobody. */
  get user(): string | null {
    return this.#kept?.tokens.user ?? null;
  }

  /** What works here now; null: nobody has tokens. */
  get kept(): SsoKept | null {
    return this.#kept;
  }

  /** Where the agent worked before the page was refreshed, or opened anew; null: he did not. Told once: later he is asked. */
  takeSeat(): { extension: string; mobile: MobileAgent | undefined; by: 'refresh' | 'handover' } | null {
    if (this.#seatTaken) return null;
    this.#seatTaken = true;
    const kept = this.#kept;
    if (kept === null || kept.extension === null) return null;
    const mobile =
      kept.dialNumber === '' ? undefined : ({ mode: kept.mode, dialNumber: kept.dialNumber } as MobileAgent);
    return { extension: kept.extension, mobile, by: this.#isHandedOver ? 'handover' : 'refresh' };
  }

  /** Leaves for the provider. @param locale '' : the browser's choice */
  login(user: string, locale: string): void {
    try {
      this.#around.storage.setItem(GONE, '1');
    } catch {
      // Without a storage nobody is known who comes back.
    }
    const query = new URLSearchParams({
      ...(user !== '' && { cc_username: user }),
      ...(locale !== '' && { locale }),
    });
    this.#around.go(`/desktop/sso/login?${query}`);
  }

  /**
   * Recalls the tokens that the page before this one had, and fetches what the provider sent the browser back with, if it
   * did. Once for each page, before anything else is asked here.
   * @returns what went wrong; null: tokens are here, or nobody was sent
   */
  take(): Promise<Sentence | null> {
    this.#taking ??= this.#take();
    return this.#taking;
  }

  /** A token that can be used now. Rejects when there is none. */
  readonly accessToken = async (): Promise<string> => {
    const tokens = this.#kept?.tokens;
    if (tokens === undefined) throw new Error('nobody has signed on');
    if (tokens.expiresAt - this.#clock.now() > MARGIN_MS) return tokens.token;
    return (await this.#refresh(tokens)).token;
  };

  /** The agent works from now on. @param end called when nothing can be refreshed any more */
  begin(extension: string, mobile: MobileAgent | undefined, end: () => void): void {
    if (this.#kept === null) return;
    this.#seatTaken = true;
    this.#end = end;
    this.#keep({
      tokens: this.#kept.tokens,
      extension,
      dialNumber: mobile?.dialNumber ?? '',
      mode: mobile?.mode ?? '',
    });
    this.#look();
  }

  /** Nobody works here for the moment: the tokens stay as they are. */
  stop(): void {
    this.#timer?.cancel();
    this.#end = null;
  }

  /** The tokens are forgotten. */
  clear(): void {
    this.stop();
    this.#kept = null;
    this.#item.forget();
  }

  /** The tab forgets them; this page goes on with them until it has left. */
  unkeep(): void {
    this.#item.forget();
  }

  /** Who has tokens here goes on with them, whatever the address says of somebody else. */
  async #recall(): Promise<SsoKept | null> {
    const left = await this.#around.handedOver();
    const own = readKept(await this.#item.recall(), this.#clock.now());
    const given = left && readKept(JSON.stringify(left.sso), this.#clock.now());
    if (given === null || (own !== null && own.tokens.user !== given.tokens.user)) return own;
    this.#isHandedOver = true;
    return given;
  }

  async #take(): Promise<Sentence | null> {
    const { storage } = this.#around;
    this.#kept = await this.#recall();
    if (!this.#wasGone()) return null;
    storage.removeItem(GONE);
    const answer = await this.#ask(`${TOKEN_PATH}?return_user=yes&return_refresh_token=true`, {});
    const tokens = answer?.ok === true ? readTokens(await bodyOf(answer), this.#clock.now(), null) : null;
    if (tokens !== null) {
      const seat = this.#kept;
      // Who renewed his sign-in works on where he was.
      const isSame = seat?.tokens.user === tokens.user;
      const nowhere = { extension: null, dialNumber: '', mode: '' };
      this.#keep({ ...(isSame ? seat : nowhere), tokens });
      return null;
    }
    const { problem } = ((await bodyOf(answer)) ?? {}) as { problem?: unknown };
    // Back by the browser's own button: nobody signed in, and nothing is wrong.
    if (answer?.status === 401 && problem === 'noToken') return null;
    return { key: PROBLEMS[String(problem)] ?? 'error.sso.unavailable' };
  }

  #look(): void {
    this.#timer?.cancel();
    const kept = this.#kept;
    if (kept === null || this.#end === null) return;
    const { tokens } = kept;
    const now = this.#clock.now();
    const end = endOf(tokens);
    if (end !== null && end <= now) {
      const told = this.#end;
      this.clear();
      told();
      return;
    }
    this.#store.dispatch({ type: 'sso', sso: warningAt(tokens, now) });
    const isDue = tokens.refreshToken !== '' && refreshAt(tokens) <= now;
    if (isDue && this.#retryAt <= now) void this.#refresh(tokens).catch(() => {});
    const moments = [nextAt(tokens, now, true), isDue ? Math.max(this.#retryAt, now + 1_000) : null];
    const next = Math.min(...moments.map((moment) => moment ?? Number.POSITIVE_INFINITY));
    if (next === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.schedule(Math.min(next - now, DELAY_MAX), () => this.#look());
  }

  #refresh(tokens: SsoTokens): Promise<SsoTokens> {
    this.#refreshing ??= this.#askForFresh(tokens).finally(() => {
      this.#refreshing = null;
      this.#look();
    });
    return this.#refreshing;
  }

  async #askForFresh(tokens: SsoTokens): Promise<SsoTokens> {
    this.#retryAt = this.#clock.now() + RETRY_MS;
    const body = new URLSearchParams({
      token: tokens.token,
      'refresh-token': tokens.refreshToken,
      return_user: 'yes',
    });
    const answer = tokens.refreshToken === '' ? null : await this.#ask(TOKEN_PATH, { method: 'POST', body });
    // Cleared meanwhile: nobody waits for tokens any more.
    if (this.#kept?.tokens !== tokens) throw new Error('signed out');
    const fresh = answer?.ok === true ? readTokens(await bodyOf(answer), this.#clock.now(), tokens) : null;
    if (fresh !== null) {
      this.#retryAt = 0;
      this.#keep({ ...this.#kept, tokens: fresh });
      return fresh;
    }
    // It is refused, not only late: this token is the last one.
    if (answer?.status === 400 || answer?.status === 401)
      this.#keep({ ...this.#kept, tokens: withoutRefresh(tokens) });
    throw new Error('the token could not be refreshed');
  }

  /** Asks this server; where it cannot be reached, the one that the page works with now. Null: nobody answers. */
  async #ask(path: string, init: RequestInit): Promise<Response | null> {
    const { origin, fetch } = this.#around;
    const other = new URL(origin);
    const { movedTo, host } = this.#store.snapshot();
    other.hostname = movedTo ?? (host || other.hostname);
    for (const base of new Set([origin, ...(init.method === 'POST' ? [other.origin] : [])])) {
      const abort = new AbortController();
      const timer = this.#clock.schedule(ANSWER_MS, () => abort.abort());
      try {
        const credentials = base === origin ? 'same-origin' : 'omit';
        return await fetch(`${base}${path}`, {
          ...init,
          credentials,
          cache: 'no-store',
          signal: abort.signal,
        });
      } catch {
        // The next one may answer.
      } finally {
        timer.cancel();
      }
    }
    return null;
  }

  #keep(kept: SsoKept): void {
    this.#kept = kept;
    // Where that is impossible a refresh of the page asks again, and nothing else is lost.
    void this.#item.keep(JSON.stringify(kept));
  }

  #wasGone(): boolean {
    try {
      return this.#around.storage.getItem(GONE) !== null;
    } catch {
      return false;
    }
  }
}

async function bodyOf(answer: Response | null): Promise<unknown> {
  try {
    return await answer?.json();
  } catch {
    return null;
  }
}
