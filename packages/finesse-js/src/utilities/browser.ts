import { local, session } from '../frame/gadgets.ts';

type Listener = (event: MessageEvent) => void;

const DOWNLOAD_FRAME = 'download_iframe';

/** What gadgets do with the browser: cookies, storages, messages between frames, downloads. */
export const browser = {
  /** Sets a cookie of this path; without days it ends with the browser. */
  addCookie(name: string, value: string, days?: number): void {
    const until =
      typeof days === 'number' ? `; expires=${new Date(Date.now() + days * 86_400_000).toUTCString()}` : '';
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
  deleteCookie: (name: string): void => browser.addCookie(name, '', -1),

  /** A value of the browser's localStorage; null without one. */
  getDOMStoreItem: (key: string): string | null => local()?.getItem(key) ?? null,
  /** @returns false: there is no storage */
  setDOMStoreItem(key: string, value: string): boolean {
    local()?.setItem(key, value);
    return local() !== undefined;
  },
  /** @returns false: there is no storage */
  removeDOMStoreItem(key: string): boolean {
    local()?.removeItem(key);
    return local() !== undefined;
  },
  /** A value of the session, shared with the desktop page. */
  getSessionItem: (key: string): string | null => session()?.getItem(key) ?? null,

  /** Sends a message to a frame or window (postMessage); by default to the page around this one, whatever its origin. */
  sendMessage(message: unknown, target?: Window, targetOrigin?: string): void {
    (target ?? window.parent).postMessage(message, targetOrigin || '*');
  },
  /**
   * Calls back for messages from this origin, from those for which the function says true, or without it from all.
   * @returns the listener, for removeEventListener
   * @throws Error when the callback is not a function
   */
  receiveMessage(callback: Listener, origin?: string | ((origin: string) => boolean)): Listener {
    if (typeof callback !== 'function') throw new Error('Callback is not a function.');
    const isMeant = (from: string): boolean =>
      typeof origin === 'function'
        ? origin(from)
        : typeof origin !== 'string' || from.toLowerCase() === origin.toLowerCase();
    const listener: Listener = (event) => {
      if (isMeant(event.origin)) callback(event);
    };
    window.addEventListener('message', listener);
    return listener;
  },

  /**
   * Lets the browser save what a URL answers (`Content-Disposition: attachment`), or a text as a file.
   * @param urlOrName the URL; the name of the file, where `content` is given
   */
  downloadFile(urlOrName: string, content?: string, type = 'text/plain'): void {
    if (content === undefined) {
      const known = document.getElementById(DOWNLOAD_FRAME) as HTMLIFrameElement | null;
      const frame = known ?? document.createElement('iframe');
      Object.assign(frame, { id: DOWNLOAD_FRAME, hidden: true, src: urlOrName });
      if (known === null) document.body.append(frame);
      return;
    }
    const url = URL.createObjectURL(new Blob([content], { type }));
    const link = Object.assign(document.createElement('a'), { href: url, download: urlOrName });
    link.click();
    URL.revokeObjectURL(url);
  },
};
