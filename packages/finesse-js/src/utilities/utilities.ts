import { gadgetsIfAny, ownFrame } from '../frame/gadgets.ts';
import { hub } from '../frame/hub.ts';
import { ownTabId } from '../frame/own-gadget.ts';
import type { RestResponse } from '../restservices/handlers.ts';
import { authorization } from './authorization.ts';
import { browser } from './browser.ts';
import { text } from './text.ts';
import { time } from './time.ts';
import { parseXml, toMarkup, toXml, type XmlObject } from './xml.ts';

/** The one ApiError of a response, or the first of several. */
function apiError(response: RestResponse | undefined): Record<string, unknown> {
  const errors = (response?.object as { ApiErrors?: { ApiError?: unknown } } | null | undefined)?.ApiErrors
    ?.ApiError;
  return (Array.isArray(errors) ? errors[0] : errors) ?? {};
}

/** What the error says, else the status that the answer had. */
function of(response: RestResponse | undefined, ...fields: readonly string[]): string | undefined {
  const error = apiError(response);
  const value = fields.map((field) => error[field]).find((each) => typeof each === 'string');
  if (typeof value === 'string') return value;
  if (Object.keys(error).length > 0) return undefined;
  return response?.status ? `HTTP ${response.status}` : undefined;
}

/** The XML text of what gadgets have: a text, or the document or element that a parser made of it. */
const xmlText = (xml: string | Node): string =>
  typeof xml === 'string' ? xml : new XMLSerializer().serializeToString(xml);

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
  ...browser,

  /** The value as an array: itself, `[value]`, or `[]` for null and undefined. */
  getArray: <T>(value: T | readonly T[] | null | undefined): T[] =>
    value === null || value === undefined ? [] : Array.isArray(value) ? value : [value as T],

  isArray: (value: unknown): boolean => Array.isArray(value),

  /** @returns the handler. @throws Error unless it is a function or missing */
  validateHandler<Handler>(handler: Handler): Handler {
    if (handler !== undefined && handler !== null && typeof handler !== 'function')
      throw new Error('handler must be a function');
    return handler;
  },

  /**
   * XML of an object: `{User: {state: 'READY'}}`. Members `@name` are attributes.
   * @param escapeFlag true: every text is escaped. Else what is XML already stays as it is
   */
  json2xml: (object: unknown, escapeFlag = false): string =>
    escapeFlag === true ? toXml(object) : toMarkup(object),
  /** As json2xml. */
  js2xml: (object: unknown): string => toMarkup(object),
  /** The object of an XML text (see SaxParser); attributes are members `@name`. @throws Error when it is not well-formed */
  xml2js: (xml: string): XmlObject => parseXml(xml, true),
  /** The object of an XML text, document or element, as JSON. @throws Error when the text is not well-formed */
  xml2json: (xml: string | Node): string => JSON.stringify(parseXml(xmlText(xml), true)),
  /** As xml2js. */
  xml2JsObj: (xml: string): XmlObject => parseXml(xml, true),

  /** `JSON`, whatever the frame may have put in its place. */
  getJSONParser: (): JSON => JSON,

  /** ErrorType of a failed request; without one `HTTP` and the status, or undefined. */
  getErrCode: (response?: RestResponse): string | undefined => of(response, 'ErrorType'),
  /** ErrorData of a failed request; see getErrCode. */
  getErrData: (response?: RestResponse): string | undefined => of(response, 'ErrorData'),
  /** ErrorMessage of a failed request; see getErrCode. */
  getErrMessage: (response?: RestResponse): string | undefined => of(response, 'ErrorMessage'),
  /** The member `overrideable` of the error ("true" or "false"); see getErrCode. */
  getErrOverrideable: (response?: RestResponse): string | undefined =>
    of(response, 'Overrideable', 'overrideable'),

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

  /** Makes the gadget as high as its body, and 20 px more. */
  adjustGadgetHeight(): void {
    gadgetsIfAny()?.window?.adjustHeight?.(globalThis.document.body.offsetHeight + 20);
  },

  /** Questions to a number made of bits; bits are given one by one, or in an array. */
  bitMask: {
    isSet: (mask: number, bits: number): boolean => (mask & bits) === bits,
    all: (mask: number, ...bits: readonly (number | readonly number[])[]): boolean =>
      bits.flat().every((bit) => (mask & bit) === bit),
    any: (mask: number, ...bits: readonly (number | readonly number[])[]): boolean =>
      bits.flat().some((bit) => (mask & bit) === bit),
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
