import { BoshTransport, platformClock, WebSocketTransport, XmppSession } from '@poise/client';
import { Tunnel } from './tunnel.ts';

const BOSH_WAIT_SECONDS = 30;

/**
 * The tunnel in its frame: messages of the page around it in, answers out to the origin that the credentials came from. Pages of
 * which origins may put it in a frame is told by the server (Content-Security-Policy of `/tunnel/`).
 */
export class EventTunnel {
  readonly #origin: string;

  /** @param origin of the server: where this script is from */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Listens, and says `loaded` to the page around the frame. */
  init(): void {
    const { parent } = window;
    // Nobody is there yet who could have been asked for a name; nothing but `loaded` is said to everybody.
    let target = '*';
    const tunnel = new Tunnel({
      clock: platformClock,
      random: Math.random,
      post: (message) => parent.postMessage(message, target),
      trace: (line) => console.log(line),
      openSession: (type, options, events) => {
        const { domain, clock } = options;
        const transport =
          type === 'websocket'
            ? new WebSocketTransport(`${this.#origin.replace(/^http/, 'ws')}/ws/`, domain, WebSocket, clock)
            : new BoshTransport({
                url: `${this.#origin}/http-bind/`,
                domain,
                clock,
                fetch: (url, init) => fetch(url, init),
                random: Math.random,
                waitSeconds: BOSH_WAIT_SECONDS,
              });
        return new XmppSession(transport, options, events);
      },
    });
    window.addEventListener('message', (event) => {
      if (event.source !== parent || parent === window) return;
      // A page that keeps its origin to itself (`null`) can be answered in no other way than to everybody.
      if (target === '*' && event.origin !== 'null') target = event.origin;
      if (target === '*' || event.origin === target) tunnel.received(event.data);
    });
    window.addEventListener('pagehide', () => tunnel.unload());
    tunnel.begin();
  }
}
