/** What workflows do outside the page: windows of the browser, and requests to other servers. */

/** A request to another server; it bears neither authorisation nor cookies. */
export interface OutsideRequest {
  readonly method: string;
  readonly url: string;
  readonly contentType: string | null;
  readonly body: string | null;
}

export interface Outside {
  /** Windows will be opened: a click before that counts for them. */
  prepare(): void;
  /**
   * Opens a window, or uses the one of this name again; empty: a new one.
   * @returns false: the browser did not let it. Throws where the address cannot be read
   */
  openWindow(url: string, windowName: string): boolean;
  /** @returns the status of the answer. Rejects where there is none */
  request(request: OutsideRequest, signal: AbortSignal): Promise<number>;
}

export function browserOutside(): Outside {
  let frame: HTMLIFrameElement | null = null;
  /**
   * A frame of its own opens the windows. A named one must know who opened it, or the name would find it no more; what it
   * could lead elsewhere through that is an empty frame, and not the desktop.
   */
  const opener = (): Window | null => {
    // One that was led elsewhere opens nothing any more.
    if (!frame?.isConnected || frame.contentDocument === null) {
      frame?.remove();
      frame = document.createElement('iframe');
      frame.hidden = true;
      document.body.append(frame);
    }
    return frame.contentWindow;
  };
  return {
    prepare: () => void opener(),
    openWindow(url, windowName) {
      const address = new URL(url, document.baseURI).href;
      const opened = opener()?.open(address, windowName === '' ? '_blank' : windowName) ?? null;
      if (opened !== null && windowName === '') opened.opener = null;
      return opened !== null;
    },
    async request({ method, url, contentType, body }, signal) {
      const response = await fetch(url, {
        method,
        ...(contentType !== null && { headers: { 'Content-Type': contentType } }),
        ...(body !== null && { body }),
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        signal,
      });
      await response.body?.cancel();
      return response.status;
    },
  };
}
