/** What a gadget writes without `gadgets.io`: by `fetch` or XMLHttpRequest, as jQuery does. Reads that gadgets share must not be older. */

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What of a frame is used. */
export interface RequestingFrame {
  fetch: typeof fetch;
  readonly XMLHttpRequest: { readonly prototype: XMLHttpRequest };
  readonly Request: typeof Request;
}

/** @param changed told when a write begins and when it has ended: a read that began in between may not show it */
export function watchWrites(frame: RequestingFrame, changed: () => void): void {
  const isRead = (method: unknown) => READS.has(String(method ?? 'GET').toUpperCase());

  const own = frame.fetch;
  frame.fetch = function (this: unknown, input, init) {
    const asked = own.call(frame as unknown as typeof globalThis, input, init);
    if (isRead(init?.method ?? (input instanceof frame.Request ? input.method : 'GET'))) return asked;
    changed();
    void asked.then(changed, changed);
    return asked;
  } as typeof fetch;

  const { prototype } = frame.XMLHttpRequest;
  const open = prototype.open as (this: XMLHttpRequest, ...args: unknown[]) => void;
  prototype.open = function (this: XMLHttpRequest, ...args: unknown[]) {
    if (!isRead(args[0])) {
      this.addEventListener('loadstart', changed);
      this.addEventListener('loadend', changed);
    }
    open.apply(this, args);
  } as XMLHttpRequest['open'];
}
