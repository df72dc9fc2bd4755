/**
 * Requests that a gadget makes itself, with XMLHttpRequest or fetch, for who develops it. The page looks at what the browser has measured
 * in the gadget's frame: nothing there is wrapped or replaced. Frames of another origin are closed to it.
 */
import type { GadgetNote } from '@poise/gadgets';

/** What the browser says of a request. */
export interface Measured {
  readonly name: string;
  readonly initiatorType: string;
  /** Ms. */
  readonly duration: number;
  /** 0: the browser does not know it, or may not tell. */
  readonly responseStatus?: number;
}

/** The browser tells no method: what made the request stands in its place. */
const MAKERS: Readonly<Record<string, string>> = { xmlhttprequest: 'XMLHttpRequest', fetch: 'fetch' };
/** Of the features themselves: what goes through the proxy is told by them, with the address that was asked for. */
const OF_THE_FEATURES = /^\/gadgets\/(makeRequest|changes)$/;

/** @returns null: no request of the gadget's own */
export function requestNote(entry: Measured): GadgetNote | null {
  const { name, initiatorType, duration, responseStatus = 0 } = entry;
  const method = Object.hasOwn(MAKERS, initiatorType) ? MAKERS[initiatorType] : undefined;
  if (method === undefined || !URL.canParse(name) || OF_THE_FEATURES.test(new URL(name).pathname))
    return null;
  return { kind: 'request', method, url: name, status: responseStatus, ms: Math.round(duration) };
}

/** For as long as the document is in the frame; what it has asked before now is told, too. */
export function watchRequests(frame: Window & typeof globalThis, noted: (note: GadgetNote) => void): void {
  const observer = new frame.PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const note = requestNote(entry as PerformanceResourceTiming & Measured);
      if (note !== null) noted(note);
    }
  });
  observer.observe({ type: 'resource', buffered: true });
}
