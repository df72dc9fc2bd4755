/** What `gadgets.io` needs of the browser. */
import type { IoDone, IoSettings } from './io.ts';

/** Requests of a frame that has the server's origin. */
export function browserSend(frame: Window & typeof globalThis): IoSettings['send'] {
  return (method, url, body, done) => {
    const request = new frame.XMLHttpRequest();
    request.open(method, url);
    if (body !== null) request.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    request.onload = () => done(request.status, request.responseText);
    request.onerror = () => done(0, '');
    request.ontimeout = () => done(0, '');
    request.send(body);
  };
}

/** An isolated frame has no origin that the server would answer: the container asks in its place. */
export function throughContainer(
  call: (service: string, callback: (answer: unknown) => void, ...args: unknown[]) => void,
): IoSettings['send'] {
  return (method, url, body, done: IoDone) =>
    call(
      'poise.request',
      (answer) => {
        const { status, text } = (answer ?? {}) as { status?: unknown; text?: unknown };
        done(typeof status === 'number' ? status : 0, typeof text === 'string' ? text : '');
      },
      method,
      url,
      body,
    );
}

/** @returns null where it is no XML */
export function browserXml(frame: Window & typeof globalThis): (text: string) => Document | null {
  return (text) => {
    const document = new frame.DOMParser().parseFromString(text, 'text/xml');
    return document.getElementsByTagName('parsererror').length > 0 ? null : document;
  };
}
