import { clientRequest } from '../clientservices/client-request.ts';
import { text } from '../utilities/text.ts';
import { toXml } from '../utilities/xml.ts';
import { guarded, type RequestHandlers, responseOf, validateHandlers } from './handlers.ts';
import { accepted, expect, forget } from './pending.ts';

export interface RestRequestOptions extends RequestHandlers {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE' | undefined;
  /** The body: an object that is written as XML, `{User: {state: 'READY'}}`, or a text as it is. */
  readonly content?: unknown;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

const written = (content: unknown): string | undefined =>
  content === undefined ? undefined : toXml(content);

/** The address with a `nocache` parameter, which keeps caches out of the way. */
const uncached = (url: string): string => `${url}${url.includes('?') ? '&' : '?'}nocache=${Date.now()}`;

/**
 * A request to the REST API. Success is a status of 200–299 with a body that can be read; a 202 that turns out as an error later
 * calls `error` after `success`.
 */
export function restRequest(url: string, options: RestRequestOptions = {}): void {
  const { success, error } = validateHandlers(options);
  const method = options.method ?? 'GET';
  const requestId = method === 'GET' ? '' : text.generateUUID();
  const body = typeof options.content === 'string' ? options.content : written(options.content);
  if (requestId !== '') expect(requestId, (response) => error?.(response));
  clientRequest(
    method === 'GET' ? uncached(url) : url,
    ({ rc, text: content }) => {
      const status = rc ?? 0;
      const response = responseOf(status, content ?? '');
      const well = status >= 200 && status <= 299 && response.error === undefined;
      if (status !== 202) forget(requestId);
      if (well) guarded('success', () => success?.(response));
      else guarded('error', () => error?.(status === 0 ? unanswered(content ?? '') : response));
      if (status === 202) accepted(requestId);
    },
    {
      ...options.params,
      METHOD: method,
      HEADERS: {
        ...(requestId !== '' && { requestId }),
        ...(body !== undefined && { 'Content-Type': 'application/xml' }),
      },
      ...(body !== undefined && { POST_DATA: body }),
    },
  );
}

const unanswered = (content: string) => ({
  status: 0,
  content,
  object: {},
  error: { errorType: 'connectionError', errorMessage: 'The request was not answered.' },
});
