import type { Link } from '../src/frame/link.ts';
import type { WireMessage } from '../src/hub/wire.ts';

/** A wire whose other end is the test. */
export function fakeLink(hasContainer = true): Link & {
  sent: WireMessage[];
  tell(message: WireMessage): void;
} {
  const listeners: ((message: WireMessage) => void)[] = [];
  const sent: WireMessage[] = [];
  return {
    hasContainer,
    sent,
    send: (message) => void sent.push(message),
    listen: (listener) => void listeners.push(listener),
    tell: (message) => {
      for (const listener of listeners) listener(message);
    },
  };
}
