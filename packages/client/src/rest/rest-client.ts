import { type Element, parse, type XmlError } from '@poise/xml';
import { ApiError, localError, readApiErrors, timeoutError } from '../api-error.ts';
import type { NodeAddress } from '../node-address.ts';
import type { TokenSource } from '../options.ts';
import { base64, type ClientClock, type FetchLike } from '../platform.ts';

export interface RestOptions {
  readonly node: NodeAddress;
  readonly user: string;
  readonly password: string;
  readonly accessToken: TokenSource | undefined;
  readonly fetch: FetchLike;
  readonly clock: ClientClock;
  readonly timeoutMs: number;
}

export type RestMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

export interface RestRequest {
  readonly method: RestMethod;
  /** Below `/finesse/api`, each segment percent-encoded: `/User/2001`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Element;
  readonly requestId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** SystemInfo is asked for without credentials. */
  readonly anonymous?: boolean;
  /** Default: the current one. */
  readonly node?: NodeAddress;
  /** How long the answer may take. Default: that of the options. */
  readonly timeoutMs?: number | undefined;
}

/** A request whose form somebody else decides, e.g. the action of a workflow. */
export interface TextRequest {
  readonly method: RestMethod;
  /** From the root of the server, with query: `/finesse/api/Dialog/1`. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

export interface RestReply {
  readonly status: number;
  /** Root of the answer; null when it is empty, as after 202. */
  readonly root: Element | null;
  readonly location: string | null;
}

/** A list of six thousand contacts is about two megabytes. */
const REPLY_LIMITS = { bytesMax: 16_777_216, textLengthMax: 4_194_304, depthMax: 64 } as const;

/** The REST side: one request, one reply, every failure an ApiError. Passwords and tokens never leave it. */
export class RestClient {
  readonly #options: RestOptions;
  /** Of a user with a password. */
  readonly #basic: string;
  /** The node that requests go to. */
  node: NodeAddress;

  constructor(options: RestOptions) {
    this.#options = options;
    this.node = options.node;
    this.#basic = `Basic ${base64(`${options.user}:${options.password}`)}`;
  }

  async send(request: RestRequest): Promise<RestReply> {
    const requestId = request.requestId ?? '';
    const { response, text } = await this.#exchange(request, '/finesse/api');
    if (!response.ok) throw failure(response, text, requestId);
    return {
      status: response.status,
      root: readRoot(text, requestId),
      location: response.headers.get('Location'),
    };
  }

  /** A GET of what Poise adds to Finesse, answered in JSON. @param path below `/poise/api` */
  async getJson(
    path: string,
    query: Readonly<Record<string, string>>,
    options: Pick<RestRequest, 'anonymous' | 'timeoutMs'> = {},
  ): Promise<unknown> {
    const { response, text } = await this.#exchange({ method: 'GET', path, query, ...options }, '/poise/api');
    const json = readJson(text);
    if (!response.ok) throw jsonFailure(response, json);
    if (json === undefined) throw localError(502, 'Bad Reply', 'the answer is no JSON');
    return json;
  }

  /** Credentials go to the current node and nowhere else: a redirection is a failure. Of the answer only its status counts. */
  async sendText({ method, path, contentType, body }: TextRequest): Promise<void> {
    const { origin } = new URL(this.node.baseUrl);
    const url = /^\/(?![/\\])/.test(path) ? new URL(path, origin) : null;
    if (url?.origin !== origin) throw localError(400, 'Bad Request', 'the path does not lead to this server');
    const response = await this.#fetched(
      url.href,
      {
        method,
        headers: {
          Authorization: await this.#authorization(''),
          ...(contentType !== undefined && { 'Content-Type': contentType }),
        },
        ...(body !== undefined && { body }),
        redirect: 'error',
      },
      this.#options.timeoutMs,
      '',
      async (answer) => {
        await answer.body?.cancel();
        return answer;
      },
    );
    if (!response.ok) throw localError(response.status, response.statusText || `HTTP ${response.status}`, '');
  }

  async #exchange(request: RestRequest, api: string): Promise<{ response: Response; text: string }> {
    const requestId = request.requestId ?? '';
    const authorization = request.anonymous === true ? null : await this.#authorization(requestId);
    const init: RequestInit = {
      method: request.method,
      headers: headersOf(request, authorization),
      ...(request.body !== undefined && { body: request.body.toString() }),
    };
    const timeoutMs = request.timeoutMs ?? this.#options.timeoutMs;
    return this.#fetched(this.#url(request, api), init, timeoutMs, requestId, async (response) => ({
      response,
      text: await response.text(),
    }));
  }

  async #authorization(requestId: string): Promise<string> {
    const { accessToken } = this.#options;
    return accessToken === undefined ? this.#basic : `Bearer ${await tokenFrom(accessToken, requestId)}`;
  }

  async #fetched<T>(
    url: string,
    init: RequestInit,
    timeoutMs: number,
    requestId: string,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { fetch, clock } = this.#options;
    const abort = new AbortController();
    let timedOut = false;
    const timer = clock.schedule(timeoutMs, () => {
      timedOut = true;
      abort.abort();
    });
    try {
      // Credentials are in the header. Without cookies a browser does not ask for a password by itself.
      return await read(await fetch(url, { ...init, credentials: 'omit', signal: abort.signal }));
    } catch (error) {
      throw timedOut
        ? timeoutError('answer', `no answer within ${timeoutMs} ms`, requestId, error)
        : localError(0, 'Unreachable', 'the server cannot be reached', requestId, error);
    } finally {
      timer.cancel();
    }
  }

  #url({ method, path, query, node = this.node }: RestRequest, api: string): string {
    const parts = Object.entries(query ?? {}).map(([key, value]) =>
      value === '' ? encodeURIComponent(key) : `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
    );
    // Proxies have been seen to keep answers; the number also finds a GET in the server's log.
    if (method === 'GET') parts.push(`nocache=${this.#options.clock.now()}`);
    const suffix = parts.length === 0 ? '' : `?${parts.join('&')}`;
    return `${node.baseUrl}${api}${path}${suffix}`;
  }
}

/** @param authorization null: nobody's */
function headersOf(
  { body, requestId, headers }: RestRequest,
  authorization: string | null,
): Record<string, string> {
  return {
    ...(authorization !== null && { Authorization: authorization }),
    ...(body !== undefined && { 'Content-Type': 'application/xml' }),
    ...(requestId !== undefined && { requestId }),
    ...headers,
  };
}

async function tokenFrom(source: TokenSource, requestId: string): Promise<string> {
  try {
    return await source();
  } catch (error) {
    throw localError(401, 'Authorization Failure', 'there is no access token', requestId, error);
  }
}

function readRoot(text: string, requestId: string): Element | null {
  if (text.trim() === '') return null;
  let root: Element;
  try {
    root = parse(text, { ...REPLY_LIMITS, declaration: 'allow', comments: 'skip' });
  } catch (error) {
    throw localError(
      502,
      'Bad Reply',
      `the answer is no XML: ${(error as XmlError).message}`,
      requestId,
      error,
    );
  }
  // Networks that ask for a log-on of their own answer in the server's place, some with 200.
  if (root.name.toLowerCase() === 'html')
    throw localError(502, 'Bad Reply', 'the answer is a web page', requestId);
  return root;
}

function failure(response: Response, text: string, requestId: string): ApiError {
  const echoed = response.headers.get('requestId') ?? requestId;
  try {
    const root = readRoot(text, requestId);
    if (root?.name === 'ApiErrors') return new ApiError(response.status, readApiErrors(root), echoed);
  } catch {
    // A proxy's page, for example: the status has to do.
  }
  return localError(response.status, response.statusText || `HTTP ${response.status}`, '', echoed);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of our own API: one plain sentence, and a word for programs. */
function jsonFailure({ status, statusText }: Response, json: unknown): ApiError {
  const { error, problem } = (json ?? {}) as Readonly<Record<string, unknown>>;
  return typeof error === 'string' && typeof problem === 'string'
    ? new ApiError(status, [{ errorType: problem, errorData: '', errorMessage: error }])
    : localError(status, statusText || `HTTP ${status}`, '');
}
