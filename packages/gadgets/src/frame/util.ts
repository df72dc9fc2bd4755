/** `gadgets.util` (gadgets.md 4). */
import type { Config } from './config.ts';
import { escapeString, unescapeString } from './escape.ts';
import { sanitizeHtml } from './sanitize.ts';
import { urlParameters } from './url-parameters.ts';

type Callback = (...args: unknown[]) => unknown;

export interface Util {
  getUrlParameters(url?: string): Record<string, string>;
  registerOnLoadHandler(handler: () => void): void;
  runOnLoadHandlers(): void;
  hasFeature(name: string): boolean;
  getFeatureParameters(name: string): Readonly<Record<string, unknown>> | null;
  escapeString(text: unknown): string;
  unescapeString(text: string): string;
  escape(value: unknown, withObjects?: boolean): unknown;
  makeClosure(scope: unknown, callback: Callback, ...args: unknown[]): Callback;
  makeEnum(values: readonly string[]): Record<string, string>;
  attachBrowserEvent(element: EventTarget, name: string, handler: EventListener, capture?: boolean): void;
  removeBrowserEvent(element: EventTarget, name: string, handler: EventListener, capture?: boolean): void;
  sanitizeHtml(html: string): string;
}

export function util(frame: Window, settings: Config, log: (text: string, error?: unknown) => void): Util {
  const handlers: (() => void)[] = [];
  let hasRun = false;
  const run = (handler: () => void) => {
    try {
      handler();
    } catch (error) {
      log('an on-load handler threw', error);
    }
  };
  const own = urlParameters(frame.location.href);
  return {
    getUrlParameters: (url) => (url === undefined ? { ...own } : urlParameters(url)),
    registerOnLoadHandler(handler) {
      if (hasRun) run(handler);
      else handlers.push(handler);
    },
    runOnLoadHandlers() {
      hasRun = true;
      for (const handler of handlers.splice(0)) run(handler);
    },
    hasFeature: (name) => Object.hasOwn(settings.get('core.util') as object, name),
    getFeatureParameters: (name) => {
      const features = settings.get('core.util') as Readonly<
        Record<string, Readonly<Record<string, unknown>>>
      >;
      return Object.hasOwn(features, name) ? (features[name] ?? {}) : null;
    },
    escapeString,
    unescapeString,
    escape: escapeValue,
    makeClosure:
      (scope, callback, ...args) =>
      (...more) =>
        callback.apply(scope, [...args, ...more]),
    makeEnum: (values) => Object.fromEntries(values.map((value) => [value, value])),
    attachBrowserEvent: (element, name, handler, capture) =>
      element.addEventListener(name, handler, capture ?? false),
    removeBrowserEvent: (element, name, handler, capture) =>
      element.removeEventListener(name, handler, capture ?? false),
    sanitizeHtml: (html) => sanitizeHtml(String(html), frame.document),
  };
}

function escapeValue(value: unknown, withObjects: boolean = false): unknown {
  if (typeof value === 'string') return escapeString(value);
  if (Array.isArray(value)) return value.map((each) => escapeValue(each, withObjects));
  if (typeof value !== 'object' || value === null || !withObjects) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [escapeString(name), escapeValue(each, true)]),
  );
}
