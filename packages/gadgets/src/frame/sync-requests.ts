/**
 * Requests for which a gadget waits (`XMLHttpRequest`, not asynchronous) after the page has moved to another node. The service worker that
 * leads all others there is passed by: Chromium asks the network itself, and the node that is gone. So their address is another one from the
 * start; that is by CORS and without cookies, as what the worker sends (`desktop/src/worker/gadget-relay.ts`).
 */

/** Name in the window of the page: a function that gives the origin of the node that it works with; undefined: none. */
export const NODE_OF_PAGE = 'poiseNode';

/** What of a frame is used. */
export interface WaitingFrame {
  readonly parent: unknown;
  readonly location: Pick<Location, 'origin'>;
  readonly document: Pick<Document, 'baseURI'>;
  readonly XMLHttpRequest: { readonly prototype: XMLHttpRequest };
}

/** Not for other nodes: tokens of windows of this browser. */
const NEVER = /^\/desktop\/sso\//;

export function leadWaitingRequests(frame: WaitingFrame): void {
  const { prototype } = frame.XMLHttpRequest;
  const open = prototype.open as (this: XMLHttpRequest, ...args: unknown[]) => void;
  prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
    const [method, url, isAsync = true, ...rest] = args;
    if (isAsync) return open.apply(this, args);
    open.call(this, method, ledTo(frame, String(url)), isAsync, ...rest);
  } as XMLHttpRequest['open'];
}

/** Where a request for this address goes. */
function ledTo(frame: WaitingFrame, url: string): string {
  const { origin } = frame.location;
  const node = nodeOf(frame);
  if (node === undefined || node === origin || !URL.canParse(url, frame.document.baseURI)) return url;
  const asked = new URL(url, frame.document.baseURI);
  if (asked.origin !== origin || NEVER.test(asked.pathname)) return url;
  return `${node}${asked.pathname}${asked.search}`;
}

/** Undefined: nobody is signed in, or the page is of another origin. */
function nodeOf({ parent }: WaitingFrame): string | undefined {
  try {
    const tell = (parent as Record<string, unknown>)[NODE_OF_PAGE];
    const node: unknown = typeof tell === 'function' ? tell() : undefined;
    return typeof node === 'string' ? node : undefined;
  } catch {
    return undefined;
  }
}
