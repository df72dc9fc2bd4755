/** The frame's end of the wire: to the page that holds it, and to nobody else. */
import { unwrap, type WireMessage, wrap } from '../hub/wire.ts';
import { marked, type RunMarks } from './run-marks.ts';

export interface Link {
  /** Whether a page holds this frame. */
  readonly hasContainer: boolean;
  send(message: WireMessage): void;
  listen(listener: (message: WireMessage) => void): void;
}

/**
 * @param frame the gadget's window. Both are served by one server; a sandboxed frame has that address too
 * @param marks what the gadget hears is a run of it
 */
export function linkOf(frame: Window, marks: RunMarks | null = null): Link {
  const container = frame.parent;
  const { origin } = frame.location;
  const listeners: ((message: WireMessage) => void)[] = [];
  const hear = marked(marks, (message: WireMessage) => {
    for (const listener of listeners) listener(message);
  });
  frame.addEventListener('message', (event) => {
    if (event.source !== container || event.origin !== origin) return;
    const message = unwrap(event.data);
    if (message !== null) hear(message);
  });
  return {
    hasContainer: container !== frame,
    send: (message) => {
      if (container !== frame) container.postMessage(wrap(message), origin);
    },
    listen: (listener) => listeners.push(listener),
  };
}
