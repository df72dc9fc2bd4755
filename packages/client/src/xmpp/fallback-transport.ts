import type { Element } from '@poise/xml';
import type { Transport, TransportEvents } from './transport.ts';
import type { WebSocketTransport } from './websocket-transport.ts';

export interface FallbackEvents {
  /** The WebSocket was open: whoever is on the way lets it pass. */
  opened(): void;
  /** It could not be opened, and BOSH is tried. */
  refused(detail: string): void;
  /** BOSH was answered where the WebSocket could not be opened. */
  boshAnswered(): void;
}

/**
 * A WebSocket; where it cannot be opened, as behind a proxy that refuses the upgrade, BOSH in its place. The session
 * above sees one transport. What was open once ends as any transport ends.
 */
export class FallbackTransport implements Transport {
  readonly #webSocket: WebSocketTransport;
  readonly #makeBosh: () => Transport;
  readonly #fallback: FallbackEvents;
  #current: Transport;

  constructor(webSocket: WebSocketTransport, makeBosh: () => Transport, fallback: FallbackEvents) {
    this.#webSocket = webSocket;
    this.#makeBosh = makeBosh;
    this.#fallback = fallback;
    this.#current = webSocket;
  }

  get canPing(): boolean {
    return this.#current.canPing;
  }

  open(events: TransportEvents): void {
    this.#webSocket.open({
      ...events,
      features: (features) => {
        this.#fallback.opened();
        events.features(features);
      },
      ended: (end) => {
        if (this.#webSocket.hasOpened) this.#fallback.opened();
        else if (end.reason === 'lost') {
          this.#goOn(events, end.detail);
          return;
        }
        events.ended(end);
      },
    });
  }

  send(element: Element): void {
    this.#current.send(element);
  }

  restart(): void {
    this.#current.restart();
  }

  refresh(): boolean {
    return this.#current.refresh();
  }

  close(last?: Element): void {
    this.#current.close(last);
  }

  abandon(): void {
    this.#current.abandon();
  }

  #goOn(events: TransportEvents, detail: string): void {
    this.#fallback.refused(detail);
    const bosh = this.#makeBosh();
    this.#current = bosh;
    bosh.open({
      ...events,
      features: (features) => {
        this.#fallback.boshAnswered();
        events.features(features);
      },
    });
  }
}
