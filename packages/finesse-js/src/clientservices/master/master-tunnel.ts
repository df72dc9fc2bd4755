import { report } from '../../frame/report.ts';
import { toXml } from '../../utilities/xml.ts';
import { TUNNEL } from './messages.ts';

export interface TunnelCredentials {
  readonly id: string;
  /** Or an access token. */
  readonly password: string;
  readonly xmppDomain: string;
  readonly pubsubDomain: string;
  /** Asked for at the notification service; `desktop` without. */
  readonly resource?: string | undefined;
  /** `websocket` or `bosh`; the tunnel's choice without. */
  readonly connectionType?: string | undefined;
}

export interface TunnelListener {
  /** Node, encoded, and right after it the text of the Update. */
  event(text: string): void;
  presence(xml: string): void;
  status(status: string, resource: string | null): void;
  /** The answer to a request for a node. */
  answered(action: 'subscribe' | 'unsubscribe', node: string, error: string | undefined): void;
}

/** A frame that does not say `loaded` within this time is loaded anew. */
const LOADED_WITHIN_MS = 30_000;

/** The page's end of the event tunnel: a hidden frame of the server, and messages to and from it. */
export class MasterTunnel {
  /** The address of the frame. */
  readonly url: string;
  isLoaded = false;
  readonly #origin: string;
  readonly #listener: TunnelListener;
  #frame: HTMLIFrameElement | undefined;
  #credentials: TunnelCredentials | undefined;
  #resource: string | null = null;
  #overdue: ReturnType<typeof setTimeout> | undefined;

  /** @param origin of the server, where `/tunnel/` is */
  constructor(origin: string, listener: TunnelListener) {
    this.#origin = origin;
    this.url = `${origin}/tunnel/`;
    this.#listener = listener;
  }

  get resource(): string | null {
    return this.#resource;
  }

  /** Opens the frame; the credentials follow as soon as it has said `loaded`. */
  open(credentials: TunnelCredentials): void {
    this.#credentials = credentials;
    window.addEventListener('message', this.#received);
    if (document.body) this.#createFrame();
    else document.addEventListener('DOMContentLoaded', () => this.#createFrame(), { once: true });
  }

  subscribe(node: string): void {
    this.#say(TUNNEL.SUBSCRIBE, node);
  }

  unsubscribe(node: string): void {
    this.#say(TUNNEL.UNSUBSCRIBE, node);
  }

  /** Connects anew, with other credentials. */
  connect(id: string, password: string, xmppDomain: string): void {
    this.#say(TUNNEL.CONNECT_REQ, toXml({ connInfo: { id, password, xmppDomain } }));
  }

  #createFrame(): void {
    const frame = document.createElement('iframe');
    // Names by which programs look for it.
    frame.id = window === window.top ? 'tunnel-frame' : 'autopilot-tunnel-frame';
    frame.name = frame.id;
    frame.title = 'Event tunnel';
    frame.style.display = 'none';
    frame.setAttribute('aria-hidden', 'true');
    frame.src = this.url;
    document.body.append(frame);
    this.#frame = frame;
    this.#awaitLoaded();
  }

  #awaitLoaded(): void {
    this.#overdue = setTimeout(() => {
      report(
        `${this.url} does not answer. Is the server there, and may pages of ${location.origin} use it (http.corsOrigins)?`,
      );
      this.#listener.status('disconnected', null);
      if (this.#frame) this.#frame.src = this.url;
      this.#awaitLoaded();
    }, LOADED_WITHIN_MS);
  }

  #say(type: number, text: string): void {
    this.#frame?.contentWindow?.postMessage(`${type}|${text}`, this.#origin);
  }

  readonly #received = (event: MessageEvent): void => {
    if (event.origin !== this.#origin || event.source !== this.#frame?.contentWindow) return;
    const match = /^(\d+)\|/.exec(typeof event.data === 'string' ? event.data : '');
    if (match === null) return;
    this.#take(Number(match[1]), (event.data as string).slice(match[0].length));
  };

  #take(type: number, text: string): void {
    if (type === TUNNEL.EVENT) this.#listener.event(text);
    else if (type === TUNNEL.PRESENCE) this.#listener.presence(text);
    else if (type === TUNNEL.RESOURCEID) this.#resource = text;
    else if (type === TUNNEL.SUBSCRIBE) this.#answered('subscribe', text);
    else if (type === TUNNEL.UNSUBSCRIBE) this.#answered('unsubscribe', text);
    else if (type === TUNNEL.STATUS && text === 'loaded') this.#loaded();
    else if (type === TUNNEL.STATUS) this.#listener.status(text, this.#resource);
  }

  #loaded(): void {
    clearTimeout(this.#overdue);
    this.isLoaded = true;
    const { id, password, xmppDomain, pubsubDomain, resource, connectionType } = this
      .#credentials as TunnelCredentials;
    if (resource) this.#say(TUNNEL.RESOURCEID, resource);
    if (connectionType) this.#say(TUNNEL.NOTIFICATION_CONNECTION_TYPE, connectionType);
    this.#say(TUNNEL.ID, id);
    this.#say(TUNNEL.XMPPDOMAIN, xmppDomain);
    this.#say(TUNNEL.PUBSUBDOMAIN, pubsubDomain);
    this.#say(TUNNEL.PASSWORD, password);
  }

  #answered(action: 'subscribe' | 'unsubscribe', text: string): void {
    const bar = text.indexOf('|');
    this.#listener.answered(
      action,
      bar === -1 ? text : text.slice(0, bar),
      bar === -1 ? undefined : text.slice(bar + 1),
    );
  }
}
