import { local, ownFrame, session } from '../frame/gadgets.ts';
import { hub } from '../frame/hub.ts';
import { ownTabId } from '../frame/own-gadget.ts';
import type { RestResponse } from '../restservices/handlers.ts';
import { authorization } from './authorization.ts';
import { text } from './text.ts';
import { time } from './time.ts';
import { parseXml, toXml, type XmlObject } from './xml.ts';

/** The one ApiError of a response, or the first of several. */
function apiError(response: RestResponse | undefined): Record<string, unknown> | undefined {
  const errors = (response?.object as { ApiErrors?: { ApiError?: unknown } } | null | undefined)?.ApiErrors
    ?.ApiError;
  return (Array.isArray(errors) ? errors[0] : errors) ?? undefined;
}

/** A member of the error; without an error the status, `HTTP 503`; undefined without either. */
function of(response: RestResponse | undefined, ...names: readonly string[]): string | undefined {
  const error = apiError(response);
  if (error === undefined) return response?.status ? `HTTP ${response.status}` : undefined;
  const value = names.map((name) => error[name]).find((each) => typeof each === 'string');
  return typeof value === 'string' ? value : '';
}

interface JQueryOfFrame {
  when(...all: unknown[]): unknown;
  Deferred(): { resolve(): void };
}

const jQueryOf = (): JQueryOfFrame | undefined => (globalThis as { jQuery?: JQueryOfFrame }).jQuery;

function stored(act: (store: Storage) => void): boolean {
  const store = local();
  if (store) act(store);
  return store !== undefined;
}

/** `finesse.utilities.Utilities`: small helpers that gadgets use. */
export const Utilities = {
  ...text,
  ...time,
  ...authorization,

  /** The value as an array: itself, `[value]`, or `[]` for null and undefined. */
  getArray: <T>(value: T | readonly T[] | null | undefined): T[] =>
    value === null || value === undefined ? [] : Array.isArray(value) ? [...value] : [value as T],

  isArray: (value: unknown): boolean => Array.isArray(value),

  /** The handler itself. @throws Error unless it is a function or missing */
  validateHandler<T>(handler: T): T {
    if (handler !== undefined && handler !== null && typeof handler !== 'function')
      throw new Error('handler must be a function');
    return handler;
  },

  /** XML of an object: `{User: {state: 'READY'}}`. */
  json2xml: (object: unknown): string => toXml(object),
  /** As json2xml. */
  js2xml: (object: unknown): string => toXml(object),
  /** The object of an XML text (see SaxParser). @throws Error when it is not well-formed */
  xml2js: (xml: string): XmlObject => parseXml(xml),
  /** The object of an XML text, or of a document or element, as JSON. */
  xml2json: (xml: string | Node): string =>
    JSON.stringify(parseXml(typeof xml === 'string' ? xml : new XMLSerializer().serializeToString(xml))),
  /** As xml2js; null when the text is not well-formed. */
  xml2JsObj(xml: string): XmlObject | null {
    try {
      return parseXml(xml);
    } catch {
      return null;
    }
  },

  /** `JSON`, whatever the frame may have put in its place. */
  getJSONParser: (): JSON => JSON,

  /** ErrorType of a failed request; `HTTP <status>` where the answer has no ApiErrors. */
  getErrCode: (response?: RestResponse): string | undefined => of(response, 'ErrorType'),
  /** ErrorData; else as getErrCode. */
  getErrData: (response?: RestResponse): string | undefined => of(response, 'ErrorData'),
  /** ErrorMessage; else as getErrCode. */
  getErrMessage: (response?: RestResponse): string | undefined => of(response, 'ErrorMessage'),
  /** Whether the error can be overridden ("true" or "false"); else as getErrCode. */
  getErrOverrideable: (response?: RestResponse): string | undefined =>
    of(response, 'Overrideable', 'overrideable'),

  /** Sets a cookie of this path; without days it ends with the browser. */
  addCookie(name: string, value: string, days?: number): void {
    const until = days ? `; expires=${new Date(Date.now() + days * 86_400_000).toUTCString()}` : '';
    // biome-ignore lint/suspicious/noDocumentCookie: this is what the function is for
    document.cookie = `${encodeURIComponent(name)}=${encodeURIComponent(value)}${until}; path=/; SameSite=Lax`;
  },
  /** The value of a cookie; null without one. */
  getCookie(name: string): string | null {
    const found = document.cookie
      .split(/;\s*/)
      .find((each) => each.startsWith(`${encodeURIComponent(name)}=`));
    return found === undefined ? null : decodeURIComponent(found.slice(found.indexOf('=') + 1));
  },
  deleteCookie: (name: string): void => Utilities.addCookie(name, '', -1),

  /** A value of the browser's localStorage; null without one. */
  getDOMStoreItem: (key: string): string | null => local()?.getItem(key) ?? null,
  /** @returns whether there is a localStorage */
  setDOMStoreItem: (key: string, value: string): boolean => stored((store) => store.setItem(key, value)),
  removeDOMStoreItem: (key: string): boolean => stored((store) => store.removeItem(key)),
  /** A value of the session, shared with the desktop page. */
  getSessionItem: (key: string): string | null => session()?.getItem(key) ?? null,

  /** Sends a message to a frame or window (postMessage): by default to the one around this frame, whichever its origin. */
  sendMessage(message: unknown, target: Window = window.parent, targetOrigin = '*'): void {
    target.postMessage(message, targetOrigin);
  },
  /**
   * Calls back for messages from this origin, or from those for which the function says true. Without either for all: then the function
   * that is called back looks at `event.origin`.
   * @returns the listener, for removeEventListener
   */
  receiveMessage(
    callback: (event: MessageEvent) => void,
    origin?: string | ((origin: string) => boolean),
  ): (event: MessageEvent) => void {
    if (typeof callback !== 'function') throw new Error('Callback is not a function.');
    const isMeant =
      typeof origin === 'function'
        ? origin
        : (from: string) => origin === undefined || from.toLowerCase() === origin.toLowerCase();
    const listener = (event: MessageEvent) => {
      if (isMeant(event.origin)) callback(event);
    };
    window.addEventListener('message', listener);
    return listener;
  },

  /** Lets the browser save a text as a file. */
  downloadFile(fileName: string, content: string, type = 'text/plain'): void {
    const url = URL.createObjectURL(new Blob([content], { type }));
    const link = Object.assign(document.createElement('a'), { href: url, download: fileName });
    link.click();
    URL.revokeObjectURL(url);
  },

  /** Calls back once, as soon as the tab of this gadget is the active one; at once where the gadget is in no tab. */
  onGadgetFirstVisible(callback: () => void): void {
    if (!ownFrame() || ownTabId() === undefined) {
      callback();
      return;
    }
    const leave = hub.listen('finesse.containerservices.activeTab', (tab) => {
      if (tab !== ownTabId()) return;
      leave();
      callback();
    });
    hub.request('finesse.containerservices.requests', 'ActiveTabReq', {});
  },

  /** Questions to a number made of bits. */
  bitMask: {
    isSet: (mask: number, bits: number): boolean => (mask & bits) === bits,
    all: (mask: number, ...bits: readonly number[]): boolean => bits.every((bit) => (mask & bit) === bit),
    any: (mask: number, ...bits: readonly number[]): boolean => bits.some((bit) => (mask & bit) !== 0),
  },

  /** A jQuery promise that is done when all are, whether they succeed or fail. Needs jQuery in the frame. */
  whenAllDone(...all: readonly { then(done: () => void, failed: () => void): unknown }[]): unknown {
    const jQuery = jQueryOf();
    if (!jQuery) throw new Error('whenAllDone needs jQuery');
    const done = all.map((each) => {
      const deferred = jQuery.Deferred();
      each.then(
        () => deferred.resolve(),
        () => deferred.resolve(),
      );
      return deferred;
    });
    return jQuery.when(...done);
  },
};
