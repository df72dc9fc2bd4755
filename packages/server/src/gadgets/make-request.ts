/** `/gadgets/makeRequest` (gadgets.md 5): parameters in, the original's JSON out. Where a request may go is decided elsewhere. */
import { phrase } from '../messages/catalogue.ts';
import { GadgetError } from './gadget-error.ts';
import type { FetchRequest } from './guarded-fetcher.ts';
import { type HeaderLines, headerValue, readHeaderParameter } from './headers.ts';
import type { Answer } from './http-exchange.ts';

export interface ProxyRequest {
  /** Exactly as received: the key of the answer. */
  readonly url: string;
  readonly method: string;
  readonly headers: HeaderLines;
  readonly body: Buffer | undefined;
  readonly fullHeaders: boolean;
  readonly securityToken: string;
  /** The gadget that asks, as its frame's `url` parameter has it. */
  readonly gadgetUrl: string;
  /** Seconds that the browser may keep the answer; undefined: not said. */
  readonly refreshSeconds: number | undefined;
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE', 'HEAD']);
const REFRESH_MAX_S = 86_400;

/** What stands in front of every answer, so that no page can load one as a script. */
const ANSWER_PREFIX = "throw 1; < don't be evil' >";

/**
 * In whatever order the parameters come; of those that are given twice the first counts.
 * @throws GadgetError 400
 */
export function readProxyRequest(parameters: URLSearchParams): ProxyRequest {
  const url = parameters.get('url') ?? '';
  if (url === '') throw new GadgetError(400, phrase('gadget.badUrl'), 'no url');
  const method = (parameters.get('httpMethod') || 'GET').toUpperCase();
  if (!METHODS.has(method)) throw new GadgetError(400, phrase('gadget.badMethod'), method.slice(0, 32));
  const given = readHeaderParameter(parameters.get('headers') ?? '');
  const takesBody = method !== 'GET' && method !== 'HEAD';
  const postData = parameters.get('postData') ?? '';
  const headers: HeaderLines =
    method === 'POST' && headerValue(given, 'content-type') === undefined
      ? [...given, ['Content-Type', 'application/x-www-form-urlencoded']]
      : given;
  const gadget = parameters.get('gadget') ?? '';
  return {
    url,
    method,
    headers,
    body: takesBody && (postData !== '' || method !== 'DELETE') ? Buffer.from(postData) : undefined,
    fullHeaders: parameters.get('getFullHeaders') === 'true',
    securityToken: parameters.get('st') ?? '',
    gadgetUrl: gadget === 'undefined' ? '' : gadget,
    refreshSeconds: refreshOf(parameters.get('refresh')),
  };
}

export const fetchRequestOf = (
  { method, headers, body }: ProxyRequest,
  forwardedFor: string,
): FetchRequest => ({
  method,
  headers,
  forwardedFor,
  ...(body === undefined ? {} : { body }),
});

/** @param newToken a security token to be used from now on */
export function proxyAnswer(request: ProxyRequest, answer: Answer, newToken?: string): string {
  const headers = headersOf(answer.headers, request.fullHeaders);
  const result = {
    rc: answer.status,
    body: bodyText(answer),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(newToken === undefined ? {} : { st: newToken }),
  };
  return ANSWER_PREFIX + JSON.stringify({ [request.url]: result });
}

/** The answer where there was none: the code that libraries expect, and a plain sentence. */
export function failedAnswer(request: ProxyRequest, error: GadgetError): string {
  return proxyAnswer(request, {
    status: RESULT_CODES[error.status] ?? 500,
    headers: [['Content-Type', 'text/plain;charset=UTF-8']],
    body: Buffer.from(error.message),
  });
}

/** Our status to the original's `rc`: time-outs 504, too large 400, everything else 500; what is not allowed stays 403. */
const RESULT_CODES: Readonly<Record<number, number>> = { 403: 403, 413: 400, 503: 503, 504: 504 };

/** What may be kept without asking again: only what was asked for so, without credentials. */
export function cacheControlOf(request: ProxyRequest, viaGet: boolean, status: number): string {
  const seconds = request.refreshSeconds ?? 0;
  const isOpen =
    headerValue(request.headers, 'authorization') === undefined &&
    headerValue(request.headers, 'cookie') === undefined;
  return viaGet && seconds > 0 && isOpen && status === 200 ? `private, max-age=${seconds}` : 'no-store';
}

/** Names in lower case, each with all its values. Without `getFullHeaders` two of them. */
function headersOf(lines: HeaderLines, full: boolean): Record<string, string[]> {
  const headers = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    if (!full && key !== 'set-cookie' && key !== 'location') continue;
    headers[key] ??= [];
    headers[key].push(value);
  }
  return headers;
}

function bodyText({ body, headers }: Answer): string {
  const charset =
    /charset\s*=\s*"?([^\s;"]+)/i.exec(headerValue(headers, 'content-type') ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function refreshOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^-?\d{1,10}$/.test(text)) throw new GadgetError(400, phrase('gadget.badRefresh'));
  return Math.max(0, Math.min(Number(text), REFRESH_MAX_S));
}
