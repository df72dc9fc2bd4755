import { local, ownFrame, session } from '../frame/gadgets.ts';
import { hub } from '../frame/hub.ts';
import { ownTabId } from '../frame/own-gadget.ts';
import type { RestResponse } from '../restservices/handlers.ts';
import { authorization } from './authorization.ts';
import { text } from './text.ts';
import { time } from './time.ts';
import { parseXml, toXml, type XmlObject } from './xml.ts';

/** The one ApiError of a response, or the first of several. */
function apiError(response: RestResponse | undefined): Record<string, unknown> {
  const errors = (response?.object as { ApiErrors?: { ApiError?: unknown } } | null | undefined)?.ApiErrors
    ?.ApiError;
  return (Array.isArray(errors) ? errors[0] : errors) ?? {};
}

const of = (response: RestResponse | undefined, field: string): string => {
  const value = apiError(response)[field];
  return typeof value === 'string' ? value : '';
};

interface JQueryOfFrame {
  when(...all: unknown[]): unknown;
  Deferred(): { resolve(): void };
}

const jQueryOf = (): JQueryOfFrame | undefined => (globalThis as { jQuery?: JQueryOfFrame }).jQuery;

/** `finesse.utilities.Utilities`: small helpers that gadgets use. */
export const Utilities = {
  ...text,
  ...time,
  ...authorization,

  /** The value as an array: itself, `[value]`, or `[]` for null and undefined. */
  getArray: <T>(value: T | readonly T[] | null | undefined): T[] =>
    value === null || value === undefined ? [] : Array.isArray(value) ? [...value] : [value as T],

  isArray: (value: unknown): boolean => Array.isArray(value),

  /** @throws Error unless the handler is a function or missing */
  validateHandler(handler: unknown): void {
    if (handler !== undefined && handler !== null && typeof handler !== 'function')
      throw new Error('handler must be a function');
  },

  /** XML of an object: `{User: {state: 'READY'}}`. */
  json2xml: (object: unknown): string => toXml(object),
  /** As json2xml. */
  js2xml: (object: unknown): string => toXml(object),
  /** The object of an XML text (see SaxParser). @throws Error when it is not well-formed */
  xml2js: (xml: string): XmlObject => parseXml(xml),
  /** The object of an XML text as JSON. */
  xml2json: (xml: string): string => JSON.stringify(parseXml(xml)),
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

  /** ErrorType of a failed request; "" without one. */
  getErrCode: (response?: RestResponse): string => of(response, 'ErrorType'),
  /** ErrorData of a failed request; "" without one. */
  getErrData: (response?: RestResponse): string => of(response, 'ErrorData'),
  /** ErrorMessage of a failed request; "" without one. */
  getErrMessage: (response?: RestResponse): string => of(response, 'ErrorMessage'),
  /** The member `overrideable` of the error ("true" or "false"); "" without one. */
  getErrOverrideable: (response?: RestResponse): string => of(response, 'overrideable'),

  /** Sets a cookie of this path; without days it ends with the browser. */
  addCookie(name: string, value: string, days?: number): void {
    const until = days ? `; expires=${new Date(Date.now() + days * 86_400_000).toUTCString()}` : '';
    // biome-ignore lint/suspicious/noDocumentCookie: this is what the function is for
    document.cookie = `${encodeURIComponent(name)}=${encodeURIComponent(value)}${until}; path=/; SameSite=Lax`;
  },
  /** The value of a cookie; undefined without one. */
  getCookie(name: string): string | undefined {
    const found = document.cookie
      .split(/;\s*/)
      .find((each) => each.startsWith(`${encodeURIComponent(name)}=`));
    return found === undefined ? undefined : decodeURIComponent(found.slice(found.indexOf('=') + 1));
  },
  deleteCookie: (name: string): void => Utilities.addCookie(name, '', -1),

  /** A value of the browser's localStorage; null without one. */
  getDOMStoreItem: (key: string): string | null => local()?.getItem(key) ?? null,
  setDOMStoreItem: (key: string, value: string): void => local()?.setItem(key, value),
  removeDOMStoreItem: (key: string): void => local()?.removeItem(key),
  /** A value of the session, shared with the desktop page. */
  getSessionItem: (key: string): string | null => session()?.getItem(key) ?? null,

  /** Sends a message to a frame or window (postMessage). */
  sendMessage(message: unknown, target: Window, targetOrigin: string): void {
    target.postMessage(message, targetOrigin);
  },
  /** Calls back for messages from this origin, or from those for which the function says true. */
  receiveMessage(
    callback: (event: MessageEvent) => void,
    origin?: string | ((origin: string) => boolean),
  ): void {
    window.addEventListener('message', (event) => {
      const meant =
        typeof origin === 'function' ? origin(event.origin) : event.origin === (origin ?? location.origin);
      if (meant) callback(event);
    });
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
