import { report } from '../frame/report.ts';
import { parseXml } from '../utilities/xml.ts';

/** What request handlers are given. */
export interface RestResponse {
  /** The HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** The body as text. */
  readonly content: string;
  /** The body as an object: of XML (see SaxParser) or JSON; `{}` of an empty one. */
  // biome-ignore lint/suspicious/noExplicitAny: gadgets reach into it as their release of the API documents
  readonly object: any;
  /** Where there was no answer, or one that cannot be read. */
  readonly error?: { readonly errorType: string; readonly errorMessage: string };
}

/** The handlers of a request. 202 counts as success; when the server refuses later, `error` follows with status 400. */
export interface RequestHandlers {
  readonly success?: ((response: RestResponse) => void) | undefined;
  readonly error?: ((response: RestResponse) => void) | undefined;
}

/** @throws Error unless the handler is a function or missing */
export function validateHandler(handler: unknown): void {
  if (handler !== undefined && handler !== null && typeof handler !== 'function')
    throw new Error('handler must be a function');
}

/** @throws Error unless both handlers are functions or missing */
export function validateHandlers(handlers: RequestHandlers | null | undefined): RequestHandlers {
  validateHandler(handlers?.success);
  validateHandler(handlers?.error);
  return handlers ?? {};
}

/** Calls a function of the gadget; what it throws is logged and stops nobody else. */
export function guarded(what: string, call: () => void): void {
  try {
    call();
  } catch (error) {
    report(`${what} handler failed`, error);
  }
}

/** The body of an answer as an object. @throws Error when it is neither XML nor JSON */
export function parseBody(content: string): unknown {
  const body = content.trim();
  if (body === '') return {};
  return /^[[{]/.test(body) ? JSON.parse(body) : parseXml(body);
}

/** The answer of `gadgets.io.makeRequest` as handlers get it. */
export function responseOf(status: number, content: string): RestResponse {
  try {
    return { status, content, object: parseBody(content) };
  } catch (error) {
    const errorMessage = error instanceof Error ? error.message : String(error);
    return { status, content, object: {}, error: { errorType: 'parseError', errorMessage } };
  }
}
