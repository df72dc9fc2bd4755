/** Requests of the console to its server. */
import type { Item, Schema } from './schema.ts';

export interface FieldFault {
  /** `label`; inside lists and objects with the way there: `columns.0.2.mediaProperty`. Empty: the object as a whole. */
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** What the server refused, or `UNREACHABLE` and `UNREADABLE` where it did not answer as it should. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: readonly FieldFault[];

  constructor(status: number, code: string, title: string, errors: readonly FieldFault[] = []) {
    super(title);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }
}

export interface Tagged {
  readonly item: Item;
  readonly etag: string;
}

export interface Page {
  readonly items: readonly Item[];
  readonly total: number;
  /** Stands for the whole list, where it can be imported; else empty. */
  readonly etag: string;
}

export interface Wish {
  readonly search?: string;
  readonly sort?: string;
  readonly offset?: number;
  readonly limit?: number;
}

export type ImportMode = 'replace' | 'add';

/** What came of a test. */
export interface CtiTest {
  readonly ok: boolean;
  readonly code: string;
  /** In English. */
  readonly text: string;
  readonly detail: string;
}

/** What lies below `/3rdpartygadget/files`. */
export interface GadgetFolder {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly changedAt: string;
  /** Addresses of gadgets, as a layout names them. */
  readonly gadgets: readonly string[];
}

interface Ask {
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly file?: Blob;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Session {
  readonly user: string;
  readonly csrf: string;
  /** After the last request. */
  readonly expiresInSeconds: number;
}

const SESSION = '/poise/api/console/session';
const CONFIG = '/poise/api/config';
const LOG_CASES = '/poise/api/logCases';
const GADGET_FILES = '/poise/api/gadgetFiles';

export class Api {
  #csrf = '';
  #expiresInSeconds = 0;
  /** The session has ended; a request that was refused for that is sent again once somebody is signed in. */
  readonly #onLost: () => void;

  constructor(onLost: () => void) {
    this.#onLost = onLost;
  }

  /** A session without requests lasts so long, in minutes, as the server said of the last one. */
  get idleMinutes(): number {
    return Math.round(this.#expiresInSeconds / 60);
  }

  async signIn(username: string, password: string): Promise<Session> {
    const { body } = await this.#ask(SESSION, { method: 'POST', body: { username, password } }, false);
    return this.#known(body as Session);
  }

  /** Whoever is signed in already, in another tab or before the page was loaded anew. */
  async session(): Promise<Session | null> {
    try {
      return this.#known((await this.#ask(SESSION, {}, false)).body as Session);
    } catch (error) {
      if (error instanceof Refusal && error.status === 401) return null;
      throw error;
    }
  }

  async signOut(): Promise<void> {
    await this.#ask(SESSION, { method: 'DELETE' }, false);
    this.#csrf = '';
  }

  async schema(): Promise<Schema> {
    return (await this.#ask(`${CONFIG}/schema`)).body as Schema;
  }

  async list(path: string, wish: Wish & Readonly<Record<string, string | number>> = {}): Promise<Page> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(wish)) if (value !== '') query.set(name, String(value));
    const { body, etag } = await this.#ask(`${CONFIG}/${path}?${query}`);
    return { ...(body as Omit<Page, 'etag'>), etag };
  }

  async get(path: string): Promise<Tagged> {
    return tagged(await this.#ask(`${CONFIG}/${path}`));
  }

  async create(path: string, item: Item): Promise<Tagged> {
    return tagged(await this.#ask(`${CONFIG}/${path}`, { method: 'POST', body: item }));
  }

  async update(path: string, item: Item, etag: string): Promise<Tagged> {
    const headers = { 'if-match': etag };
    return tagged(await this.#ask(`${CONFIG}/${path}`, { method: 'PUT', body: item, headers }));
  }

  /** Many at once: all of them or none. @param etag of the list that is replaced @returns how many there are now */
  async import(path: string, items: readonly Item[], mode: ImportMode, etag: string): Promise<number> {
    const headers = mode === 'replace' && etag !== '' ? { 'if-match': etag } : {};
    const { body } = await this.#ask(`${CONFIG}/${path}`, { method: 'PUT', body: { items, mode }, headers });
    return (body as { readonly total: number }).total;
  }

  /** @param etag of the version that was seen */
  async remove(path: string, etag: string): Promise<void> {
    await this.#ask(`${CONFIG}/${path}`, { method: 'DELETE', headers: { 'if-match': etag } });
  }

  /** @param path below `/poise/api` */
  async read<T>(path: string): Promise<T> {
    return (await this.#ask(`/poise/api/${path}`)).body as T;
  }

  /** @param path below `/poise/api` */
  async readTagged(path: string): Promise<Tagged> {
    return tagged(await this.#ask(`/poise/api/${path}`));
  }

  /** @param path below `/poise/api` */
  async send(path: string, method: 'PUT' | 'POST' | 'DELETE', body?: unknown): Promise<void> {
    await this.#ask(`/poise/api/${path}`, { method, body });
  }

  /**
   * Unpacks an archive of gadgets.
   * @param name of the folder; '': the one that the archive has
   * @param replaces whether a folder that is there may go
   */
  async unpackGadgets(archive: Blob, name: string, replaces: boolean): Promise<GadgetFolder> {
    const wishes = { ...(name !== '' && { name }), ...(replaces && { replace: 'true' }) };
    return this.#sendFile(
      `${GADGET_FILES}?${new URLSearchParams(wishes)}`,
      'POST',
      archive,
      'application/zip',
    );
  }

  /** @param path below the folder */
  async writeGadgetFile(file: Blob, name: string, path: string): Promise<GadgetFolder> {
    const at = `${GADGET_FILES}/${encodeURIComponent(name)}?${new URLSearchParams({ path })}`;
    return this.#sendFile(at, 'PUT', file, 'application/octet-stream');
  }

  async #sendFile(url: string, method: string, file: Blob, type: string): Promise<GadgetFolder> {
    const { body } = await this.#ask(url, { method, file, headers: { 'content-type': type } });
    return body as GadgetFolder;
  }

  /** @returns the id of a new case of logs */
  async createCase(): Promise<string> {
    const { body } = await this.#ask(LOG_CASES, { method: 'POST' });
    return (body as { readonly id: string }).id;
  }

  async addToCase(id: string, file: File): Promise<void> {
    const url = `${LOG_CASES}/${id}/files/${encodeURIComponent(file.name)}`;
    await this.#ask(url, { method: 'PUT', file, headers: { 'content-type': 'application/octet-stream' } });
  }

  /** @returns where the report is */
  async askCase(id: string, question: object): Promise<{ readonly url: string }> {
    const { body } = await this.#ask(`${LOG_CASES}/${id}/reports`, { method: 'POST', body: question });
    return body as { readonly url: string };
  }

  async removeCase(id: string): Promise<void> {
    await this.#ask(`${LOG_CASES}/${id}`, { method: 'DELETE' });
  }

  /** Whether a CTI server takes a session; an address that cannot be is refused. */
  async testCti(side: Item): Promise<CtiTest> {
    const asked = { method: 'POST', body: side };
    return (await this.#ask(`${CONFIG}/settings/cti/test`, asked)).body as CtiTest;
  }

  /** @param path below `/poise/api` @param etag of the version that is to be changed @returns what is there now */
  async change(path: string, body: unknown, etag: string): Promise<Tagged> {
    const headers = { 'if-match': etag };
    return tagged(await this.#ask(`/poise/api/${path}`, { method: 'PUT', body, headers }));
  }

  async signOutAgent(loginId: string): Promise<void> {
    await this.#ask(`/poise/api/connected/${encodeURIComponent(loginId)}/signOut`, { method: 'POST' });
  }

  #known(session: Session): Session {
    this.#csrf = session.csrf;
    this.#expiresInSeconds = session.expiresInSeconds;
    return session;
  }

  /** @throws Refusal */
  async #ask(
    url: string,
    { method = 'GET', body, file, headers = {} }: Ask = {},
    tellsLoss = true,
  ): Promise<{ body: unknown; etag: string }> {
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: {
          'x-requested-with': 'poise-console',
          ...(this.#csrf !== '' && { 'x-poise-csrf': this.#csrf }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(file !== undefined && { body: file }),
      });
    } catch {
      throw new Refusal(0, 'UNREACHABLE', '');
    }
    const text = await response.text();
    let read: unknown;
    try {
      read = text === '' ? undefined : JSON.parse(text);
    } catch {
      throw new Refusal(response.status, 'UNREADABLE', '');
    }
    if (response.ok) return { body: read, etag: response.headers.get('etag') ?? '' };
    const told = (read ?? {}) as { title?: string; code?: string; errors?: readonly FieldFault[] };
    if (response.status === 401 && tellsLoss) this.#onLost();
    throw new Refusal(response.status, told.code ?? 'UNREADABLE', told.title ?? '', told.errors ?? []);
  }
}

const tagged = ({ body, etag }: { body: unknown; etag: string }): Tagged => ({ item: body as Item, etag });
