/** `gadgets.io`: requests through the server's proxy (gadgets.md 5, H10, H11). */
import { type SharedReader, sharedKey } from './shared-read.ts';

const names = <Name extends string>(...list: readonly Name[]) =>
  Object.fromEntries(list.map((name) => [name, name])) as Readonly<Record<Name, Name>>;

/** Every value equals its name. */
const REQUEST_PARAMETERS = names(
  'METHOD',
  'CONTENT_TYPE',
  'POST_DATA',
  'HEADERS',
  'AUTHORIZATION',
  'NUM_ENTRIES',
  'GET_SUMMARIES',
  'GET_FULL_HEADERS',
  'REFRESH_INTERVAL',
  'OAUTH_SERVICE_NAME',
  'OAUTH_USE_TOKEN',
  'OAUTH_TOKEN_NAME',
  'OAUTH_REQUEST_TOKEN',
  'OAUTH_REQUEST_TOKEN_SECRET',
  'OAUTH_RECEIVED_CALLBACK',
);
const METHOD_TYPE = names('GET', 'PUT', 'POST', 'HEAD', 'DELETE');
export const CONTENT_TYPE = names('TEXT', 'DOM', 'JSON', 'FEED');
const AUTHORIZATION_TYPE = names('NONE', 'SIGNED', 'OAUTH');

/** How long a GET may be answered from a cache, in seconds, when nobody says. */
const REFRESH_SECONDS = 3_600;
/** What the proxy writes before its JSON. */
const UNPARSEABLE = "throw 1; < don't be evil' >";

/** What a gadget's callback gets. */
export interface IoResponse {
  text: string;
  rc: number;
  headers?: Readonly<Record<string, readonly string[]>>;
  data?: unknown;
  errors: string[];
  oauthApprovalUrl?: unknown;
  oauthError?: unknown;
  oauthErrorText?: unknown;
}

export interface IoSettings {
  /** Answers with status and text of the proxy; status 0: there was no answer. */
  readonly send: (method: 'GET' | 'POST', url: string, body: string | null, done: IoDone) => void;
  /** Path or address of the proxy; known once the configuration is there. */
  readonly proxyUrl: () => string;
  readonly resourceProxyUrl: () => string;
  /** Security token of the gadget; empty: it has none. */
  readonly token: () => string;
  /** Tells the next one, which some answers bring. */
  readonly renew: (token: string) => void;
  /** The `url` parameter of the frame. */
  readonly gadgetUrl: string | undefined;
  readonly parseXml: (text: string) => unknown;
  readonly log: (text: string, error: unknown) => void;
  /** Where reads are made together with other gadgets; null: nowhere. */
  readonly shared?: SharedReader | null;
  /** Told of every request with its headers. @returns to be called when the gadget has the answer */
  readonly began?: (headers: unknown) => () => void;
  /** A request has ended, for who develops gadgets. No headers, no bodies. */
  readonly asked?: (request: { method: string; url: string; status: number; ms: number }) => void;
}

export type IoDone = (status: number, text: string) => void;
type Callback = (response: IoResponse) => void;
type Parameters = Readonly<Record<string, unknown>>;

export interface Io {
  makeRequest(url: string, callback: Callback, parameters?: Parameters): void;
  makeNonProxiedRequest(url: string, callback: Callback, parameters?: Parameters): void;
  encodeValues(fields: Parameters): string;
  getProxyUrl(url: string, parameters?: Parameters): string;
  readonly RequestParameters: typeof REQUEST_PARAMETERS;
  readonly MethodType: typeof METHOD_TYPE;
  readonly ContentType: typeof CONTENT_TYPE;
  readonly AuthorizationType: typeof AUTHORIZATION_TYPE;
  readonly ProxyUrlRequestParameters: Readonly<Record<string, string>>;
  readonly preloaded_: Record<string, unknown>;
  clearOAuthState(): void;
}

export function io(settings: IoSettings): Io {
  const tell = (callback: Callback, response: IoResponse) => {
    if (typeof callback !== 'function') return;
    try {
      callback(response);
    } catch (error) {
      settings.log('the callback of a request threw', error);
    }
  };
  const begun = (method: string, url: string) => {
    const at = performance.now();
    return (status: number) =>
      settings.asked?.({
        method,
        url: withoutSecrets(url),
        status,
        ms: Math.round(performance.now() - at),
      });
  };
  return {
    makeRequest(url, callback, parameters = {}) {
      const { method, query, refresh, key, isRead } = proxied(String(url), parameters, settings);
      const isGet = method === 'GET';
      const address = isGet ? `${settings.proxyUrl()}?refresh=${refresh}&${query}` : settings.proxyUrl();
      const contentType = String(parameters.CONTENT_TYPE ?? 'TEXT');
      const ended = begun(String(parameters.METHOD ?? 'GET').toUpperCase(), String(url));
      const answered = settings.began?.(parameters.HEADERS);
      const done = (status: number, text: string, isJoined = false) => {
        const own = isJoined ? { ...settings, renew: () => {} } : settings;
        const answer = readAnswer(String(url), contentType, status, text, own);
        ended(answer.rc);
        tell(callback, answer);
        answered?.();
      };
      const { shared } = settings;
      if (!isRead) shared?.changed();
      if (shared && key !== null && !isGet) shared.read(key, query, done);
      else settings.send(method, address, isGet ? null : query, done);
    },
    makeNonProxiedRequest(url, callback, parameters = {}) {
      const method = String(parameters.METHOD ?? 'GET') === 'POST' ? 'POST' : 'GET';
      const body = method === 'POST' ? String(parameters.POST_DATA ?? '') : null;
      const contentType = String(parameters.CONTENT_TYPE ?? 'TEXT');
      const ended = begun(method, String(url));
      if (method !== 'GET') settings.shared?.changed();
      settings.send(method, String(url), body, (status, text) => {
        ended(status);
        tell(callback, responseOf({ rc: status, body: text }, contentType, settings));
      });
    },
    encodeValues,
    getProxyUrl(url, parameters = {}) {
      const refresh = String(parameters.REFRESH_INTERVAL ?? REFRESH_SECONDS);
      const fields = { container: 'default', refresh, gadget: settings.gadgetUrl ?? '', url };
      return `${settings.resourceProxyUrl()}?${encodeValues(fields)}`;
    },
    RequestParameters: REQUEST_PARAMETERS,
    MethodType: METHOD_TYPE,
    ContentType: CONTENT_TYPE,
    AuthorizationType: AUTHORIZATION_TYPE,
    ProxyUrlRequestParameters: { REFRESH_INTERVAL: 'REFRESH_INTERVAL' },
    preloaded_: {},
    clearOAuthState() {},
  };
}

/** An address without what signs somebody in. */
export function withoutSecrets(url: string): string {
  return url
    .replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, '$1')
    .replace(/([?&;][^=&;#]*(?:auth|pass|token|secret|key)[^=&;#]*=)[^&;#]*/gi, '$1***');
}

/** `name=value&…`, both encoded. */
function encodeValues(fields: Parameters): string {
  return Object.entries(fields)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value ?? ''))}`)
    .join('&');
}

/** What is asked of the proxy; the order is that of the original, which logs show. */
function proxied(
  url: string,
  parameters: Parameters,
  { token, gadgetUrl }: IoSettings,
): {
  method: 'GET' | 'POST';
  query: string;
  refresh: number;
  /** See {@link sharedKey}. */
  key: string | null;
  /** Nothing changes with it. */
  isRead: boolean;
} {
  const httpMethod = String(parameters.METHOD ?? 'GET').toUpperCase();
  const authorization = String(parameters.AUTHORIZATION ?? 'NONE');
  const isSigned = authorization !== 'NONE';
  const asked = parameters.REFRESH_INTERVAL;
  const refresh =
    asked === undefined || asked === null || asked === ''
      ? isSigned
        ? 0
        : REFRESH_SECONDS
      : Number(asked) || 0;
  const headers = parameters.HEADERS;
  const data = parameters.POST_DATA;
  const fields = {
    url,
    httpMethod,
    headers: typeof headers === 'object' && headers !== null ? encodeValues(headers as Parameters) : '',
    postData: data ?? '',
    authz: isSigned ? authorization.toLowerCase() : '',
    st: token(),
    contentType: parameters.CONTENT_TYPE ?? 'TEXT',
    numEntries: parameters.NUM_ENTRIES ?? '3',
    getSummaries: !!parameters.GET_SUMMARIES,
    signOwner: parameters.OWNER_SIGNED !== false,
    signViewer: parameters.VIEWER_SIGNED !== false,
    gadget: gadgetUrl ?? 'undefined',
    container: 'default',
    bypassSpecCache: '',
    getFullHeaders: !!parameters.GET_FULL_HEADERS,
  };
  return {
    method: httpMethod === 'GET' && refresh > 0 ? 'GET' : 'POST',
    query: encodeValues(fields),
    refresh,
    key: sharedKey(fields),
    isRead: httpMethod === 'GET' || httpMethod === 'HEAD',
  };
}

function readAnswer(
  url: string,
  contentType: string,
  status: number,
  text: string,
  settings: IoSettings,
): IoResponse {
  // The proxy itself refused, or nobody answered: what the upstream says comes within 200.
  if (status !== 200) return { text, rc: status, errors: [`${status}${text === '' ? '' : ` ${text}`}`] };
  try {
    const json = text.startsWith(UNPARSEABLE) ? text.slice(UNPARSEABLE.length) : text;
    const answers = JSON.parse(json) as Readonly<Record<string, Upstream | undefined>>;
    const answer = answers[url] ?? Object.values(answers)[0];
    if (typeof answer !== 'object' || answer === null) throw new Error('no answer for this address');
    if (typeof answer.st === 'string' && answer.st !== '') settings.renew(answer.st);
    return responseOf(answer, contentType, settings);
  } catch {
    return { text, rc: 500, errors: ['500 the answer of the proxy cannot be read'] };
  }
}

interface Upstream {
  readonly rc?: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, readonly string[]>>;
  readonly st?: unknown;
  readonly oauthApprovalUrl?: unknown;
  readonly oauthError?: unknown;
  readonly oauthErrorText?: unknown;
}

function responseOf(upstream: Upstream, contentType: string, { parseXml }: IoSettings): IoResponse {
  const text = upstream.body ?? '';
  const response: IoResponse = {
    text,
    rc: upstream.rc ?? 200,
    headers: upstream.headers ?? {},
    errors: [],
    oauthApprovalUrl: upstream.oauthApprovalUrl,
    oauthError: upstream.oauthError,
    oauthErrorText: upstream.oauthErrorText,
  };
  if (response.rc < 200 || response.rc >= 400) response.errors = [`${response.rc} Error`];
  // An error has its text, and nothing is parsed of it.
  if (response.errors.length > 0) return response;
  const fail = (what: string) => {
    response.rc = 500;
    response.data = null;
    response.errors.push(`500 Failed to parse ${what}`);
  };
  if (contentType === 'JSON' || contentType === 'FEED') {
    try {
      response.data = JSON.parse(text);
    } catch {
      fail('JSON');
    }
  } else if (contentType === 'DOM') {
    response.data = parseXml(text);
    if (response.data === null) fail('XML');
  } else response.data = text;
  return response;
}
