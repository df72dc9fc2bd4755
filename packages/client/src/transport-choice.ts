import type { NodeAddress } from './node-address.ts';
import type { ClientSettings } from './options.ts';
import { BoshTransport } from './xmpp/bosh-transport.ts';
import { FallbackTransport } from './xmpp/fallback-transport.ts';
import type { Transport } from './xmpp/transport.ts';
import { WebSocketTransport } from './xmpp/websocket-transport.ts';

/**
 * Makes transports as the settings say. Where nobody chose one, a WebSocket that cannot be opened is replaced by BOSH,
 * and once BOSH was answered in its place, for as long as the client lives. Where a WebSocket has been open once,
 * a later failure is an outage, no proxy that refuses it.
 */
export class TransportChoice {
  readonly #settings: ClientSettings;
  readonly #log: (line: string) => void;
  #kind: 'websocket' | 'bosh';
  #mayFallBack: boolean;

  constructor(settings: ClientSettings, log: (line: string) => void) {
    this.#settings = settings;
    this.#log = log;
    this.#kind = settings.transport;
    this.#mayFallBack = settings.mayFallBack;
  }

  get kind(): 'websocket' | 'bosh' {
    return this.#kind;
  }

  create(node: NodeAddress, domain: string): Transport {
    const { WebSocket, clock, transport } = this.#settings;
    // Another transport than that of the settings is at its usual place.
    if (this.#kind === 'bosh')
      return this.#bosh(transport === 'bosh' ? node.notificationUrl : usualBoshUrl(node), domain);
    if (WebSocket === undefined)
      throw new TypeError('this platform has no WebSocket: pass one in the options');
    const webSocket = new WebSocketTransport(node.notificationUrl, domain, WebSocket, clock);
    if (!this.#mayFallBack) return webSocket;
    return new FallbackTransport(webSocket, () => this.#bosh(usualBoshUrl(node), domain), {
      opened: () => {
        this.#mayFallBack = false;
      },
      refused: (detail) =>
        this.#log(`${node.host}: the WebSocket cannot be opened (${detail}): BOSH is tried`),
      boshAnswered: () => {
        this.#kind = 'bosh';
      },
    });
  }

  #bosh(url: string, domain: string): Transport {
    const { fetch, clock, random, boshWaitSeconds } = this.#settings;
    return new BoshTransport({ url, domain, fetch, clock, random, waitSeconds: boshWaitSeconds });
  }
}

const usualBoshUrl = ({ baseUrl }: NodeAddress) => `${baseUrl}/http-bind/`;
