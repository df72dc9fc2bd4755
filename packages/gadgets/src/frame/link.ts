/** The frame's end of the wire: to the page that holds it, and to nobody else. */
import { unwrap, type WireMessage, wrap } from '../hub/wire.ts';

export interface Link {
  /** Whether a page holds this frame. */
  readonly hasContainer: boolean;
  send(message: WireMessage): void;
  listen(listener: (message: WireMessage) => void): void;
}

/** @param frame the gadget's window. Both are served by one server; a sandboxed frame has that address too */
export function linkOf(frame: Window): Link {
  const container = frame.parent;
  const { origin } = frame.location;
  const listeners: ((message: WireMessage) => void)[] = [];
  frame.addEventListener('message', (event) => {
    if (event.source !== container || event.origin !== origin) return;
    const message = unwrap(event.data);
    if (message !== null) for (const listener of listeners) listener(message);
  });
  return {
    hasContainer: container !== frame,
    send: (message) => {
      if (container !== frame) container.postMessage(wrap(message), origin);
    },
    listen: (listener) => listeners.push(listener),
  };
}
