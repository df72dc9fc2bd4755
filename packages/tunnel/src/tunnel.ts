import type {
  ApiError,
  ClientClock,
  ClientTimer,
  SessionEvents,
  SessionOptions,
  StreamEnd,
} from '@poise/client';
import { ReconnectDelay } from '@poise/client';
import { type Element, element } from '@poise/xml';
import { readMessage, type TunnelStatus, TYPES, writeMessage } from './messages.ts';
import { TRANSITIONS, type TunnelEvent, type TunnelState } from './states.ts';
import {
  type Credentials,
  eventTexts,
  presenceText,
  readConnectionRequest,
  readJson,
  readPingProperties,
  refusalText,
} from './texts.ts';

export type ConnectionType = 'bosh' | 'websocket';

/** A signed-in stream, as far as the tunnel uses it; XmppSession is one. */
export interface TunnelSession {
  readonly jid: string;
  open(): void;
  request(type: 'get' | 'set', to: string | undefined, child: Element): Promise<Element>;
  close(): void;
}

export interface TunnelOptions {
  readonly clock: ClientClock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
  /** To the page around the tunnel. */
  post(message: string): void;
  openSession(type: ConnectionType, options: SessionOptions, events: SessionEvents): TunnelSession;
  /** A line for the browser's console, where the page asked for it. */
  trace(line: string): void;
}

const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
/** As the desktop's own connection is called: what the original's tunnel asks for, too. */
const DEFAULT_RESOURCE = 'desktop';
/** The presence of `finesse` comes with the answer to our own. */
const SERVICE_TIMEOUT_MS = 30_000;
const RECONNECT_BASE_MS = 1_000;
const RECONNECT_MAX_MS = 30_000;
const NODE_LENGTH_MAX = 1_024;
const NODES_MAX = 2_000;

/**
 * The event tunnel (notification-service.md 3.4) without its page: what comes in by `received` is answered by `post`. Keeps one
 * connection with the credentials that it was given, and makes it again, with its subscriptions, when it is lost.
 */
export class Tunnel {
  readonly #options: TunnelOptions;
  readonly #delay: ReconnectDelay;
  readonly #nodes = new Set<string>();
  #state: TunnelState = 'idle';
  #session: TunnelSession | undefined;
  #timer: ClientTimer | undefined;
  #given: Partial<Credentials> = {};
  /** Those of the connection; a password is used for one connection and its repairs. */
  #credentials: Credentials | undefined;
  #resource = DEFAULT_RESOURCE;
  #pubsub = '';
  #type: ConnectionType = 'bosh';
  #pings = { pingIntervalMs: 10_000, pingTimeoutMs: 10_000 };
  #isTracing = false;

  constructor(options: TunnelOptions) {
    this.#options = options;
    this.#delay = new ReconnectDelay(RECONNECT_BASE_MS, RECONNECT_MAX_MS, options.random);
  }

  get state(): TunnelState {
    return this.#state;
  }

  /** Says that credentials may come. */
  begin(): void {
    this.#post(TYPES.STATUS, 'loaded' satisfies TunnelStatus);
  }

  /** A message of the page; anything else is passed over. */
  received(data: unknown): void {
    const message = readMessage(data);
    if (message !== null) this.#handlers[message.type]?.(message.text);
  }

  /** The page goes away: goodbye, as far as there is time for it. */
  unload(): void {
    if (this.#state === 'idle') return;
    this.#status('unloading');
    this.#status('disconnecting');
    this.#move('disconnect');
    this.#release()?.close();
    this.#nodes.clear();
    this.#credentials = undefined;
    this.#status('disconnected');
  }

  readonly #handlers: Readonly<Record<number, (text: string) => void>> = {
    [TYPES.ID]: (id) => this.#give({ id }),
    [TYPES.PASSWORD]: (password) => this.#give({ password }),
    [TYPES.XMPPDOMAIN]: (xmppDomain) => this.#give({ xmppDomain }),
    [TYPES.RESOURCEID]: (resource) => {
      // The original's container sends what it has, also when that is nothing.
      if (resource !== '' && resource !== 'undefined' && resource !== 'null') this.#resource = resource;
    },
    [TYPES.PUBSUBDOMAIN]: (domain) => {
      this.#pubsub = domain.toLowerCase();
    },
    [TYPES.SUBSCRIBE]: (node) => void this.#subscribe(node),
    [TYPES.UNSUBSCRIBE]: (node) => void this.#unsubscribe(node),
    [TYPES.CONNECT_REQ]: (text) => {
      const request = readConnectionRequest(text);
      if (request === null) return this.#log('a request to connect lacks id, password or domain');
      if (request.connectionType !== '') this.#chooseType(request.connectionType);
      this.#connect(request);
    },
    [TYPES.DISCONNECT_REQ]: () => this.unload(),
    [TYPES.NOTIFICATION_CONNECTION_TYPE]: (type) => this.#chooseType(type),
    [TYPES.SUBSCRIPTIONS_REQ]: () => void this.#listSubscriptions(),
    [TYPES.XMPP_DISCONNECT_PROPERTIES]: (text) => {
      this.#pings = readPingProperties(text, this.#pings);
    },
    [TYPES.FINESSE_CONTAINER_CONFIG]: (text) => {
      this.#isTracing = String(readJson(text).enableConsoleTraceLogging) === 'true';
    },
  };

  #chooseType(type: string): void {
    this.#type = type.trim().toLowerCase() === 'websocket' ? 'websocket' : 'bosh';
  }

  #give(part: Partial<Credentials>): void {
    this.#given = { ...this.#given, ...part };
    const { id, password, xmppDomain } = this.#given;
    if (!id || !password || !xmppDomain) return;
    this.#given = { id, xmppDomain };
    this.#connect({ id, password, xmppDomain });
  }

  #connect(credentials: Credentials): void {
    this.#credentials = credentials;
    this.#delay.reset();
    this.#release()?.close();
    this.#move('connect');
    this.#open();
  }

  #open(): void {
    const { clock, openSession } = this.#options;
    const { id, password, xmppDomain } = this.#credentials as Credentials;
    this.#status('connecting');
    const isOwn = () => this.#session === session;
    const session: TunnelSession = openSession(
      this.#type,
      {
        domain: xmppDomain.toLowerCase(),
        user: id.toLowerCase(),
        password,
        accessToken: undefined,
        resource: this.#resource,
        clock,
        negotiationTimeoutMs: 30_000,
        iqTimeoutMs: 20_000,
        ...this.#pings,
      },
      {
        bound: (jid) => isOwn() && this.#bound(jid),
        message: (message) => isOwn() && this.#message(message),
        presence: (presence) => isOwn() && this.#presence(presence),
        doubtful: (isDoubtful, detail) =>
          isOwn() &&
          this.#log(isDoubtful ? `the connection may be lost: ${detail}` : 'the connection goes on'),
        ended: (end) => isOwn() && this.#ended(end),
      },
    );
    this.#session = session;
    session.open();
  }

  get #pubsubDomain(): string {
    return this.#pubsub || `pubsub.${this.#credentials?.xmppDomain.toLowerCase()}`;
  }

  #bound(jid: string): void {
    this.#resource = jid.slice(jid.indexOf('/') + 1);
    this.#move('bound');
    this.#timer = this.#options.clock.schedule(SERVICE_TIMEOUT_MS, () => {
      this.#session?.close();
      this.#ended({ reason: 'lost', detail: 'the service finesse is not present' });
    });
  }

  #message(message: Element): void {
    // Only the pubsub service speaks for the server; anybody may send messages in XMPP.
    if (message.attr('from')?.toLowerCase() !== this.#pubsubDomain) return;
    for (const text of eventTexts(message)) this.#post(TYPES.EVENT, text);
  }

  #presence(presence: Element): void {
    const from = presence.attr('from') ?? '';
    const type = presence.attr('type');
    if (from === '') return;
    const service = /^(finesse|.*(cuic|ccx)\..*)@/i.test(from);
    if (this.#state === 'bound' && service && type === undefined) this.#becomeConnected();
    this.#post(TYPES.PRESENCE, presenceText(presence));
  }

  #becomeConnected(): void {
    this.#timer?.cancel();
    this.#delay.reset();
    this.#move('service present');
    this.#status('connected');
    for (const node of this.#nodes) void this.#renew(node);
  }

  #ended({ reason, detail }: StreamEnd): void {
    this.#release();
    this.#log(`the connection ended: ${detail}`);
    if (reason === 'conflict' || reason === 'unauthorized') {
      this.#move(reason);
      this.#nodes.clear();
      this.#credentials = undefined;
      this.#status(reason);
      return;
    }
    this.#move('lost');
    this.#status('disconnected');
    this.#status('reconnecting');
    this.#timer = this.#options.clock.schedule(this.#delay.next(), () => {
      this.#move('delay over');
      this.#open();
    });
  }

  /** Lets go of session and timer; gives the session back, so that it can be closed. */
  #release(): TunnelSession | undefined {
    const session = this.#session;
    this.#session = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
    return session;
  }

  #move(event: TunnelEvent): void {
    this.#state = TRANSITIONS[this.#state][event] ?? this.#state;
  }

  async #subscribe(node: string): Promise<void> {
    const refused = (errorType: string, errorMessage: string) =>
      this.#post(TYPES.SUBSCRIBE, `${node}|${refusalText(node, { errorType, errorMessage })}`);
    if (node === '' || node.length > NODE_LENGTH_MAX)
      return refused('Bad Request', 'the node has no fitting name');
    if (this.#nodes.size >= NODES_MAX && !this.#nodes.has(node))
      return refused('Not Allowed', `a tunnel takes ${NODES_MAX} subscriptions`);
    if (this.#state !== 'connected') return refused('Not connected', 'Cannot subscribe without connection.');
    try {
      await this.#ask('subscribe', node);
      this.#nodes.add(node);
      this.#post(TYPES.SUBSCRIBE, node);
    } catch (error) {
      const { errorType, errorMessage } = error as ApiError;
      refused(errorType, errorMessage);
    }
  }

  async #unsubscribe(node: string): Promise<void> {
    this.#nodes.delete(node);
    try {
      if (this.#state !== 'connected') throw NOT_CONNECTED;
      await this.#ask('unsubscribe', node);
      this.#post(TYPES.UNSUBSCRIBE, node);
    } catch (error) {
      this.#post(TYPES.UNSUBSCRIBE, `${node}|${refusalText(node, error as ApiError)}`);
    }
  }

  /** After a loss the page is not told of subscriptions that are made again, only of those that are not. */
  async #renew(node: string): Promise<void> {
    const session = this.#session;
    try {
      await this.#ask('subscribe', node);
    } catch (error) {
      // What is lost with the connection is made with the next one.
      if (this.#session !== session || this.#state !== 'connected') return;
      this.#nodes.delete(node);
      this.#post(TYPES.SUBSCRIBE, `${node}|${refusalText(node, error as ApiError)}`);
    }
  }

  async #listSubscriptions(): Promise<void> {
    try {
      if (this.#session === undefined || this.#state !== 'connected') throw NOT_CONNECTED;
      const answer = await this.#session.request(
        'get',
        this.#pubsubDomain,
        element('pubsub', NS_PUBSUB, {}, [element('subscriptions', NS_PUBSUB)]),
      );
      const list =
        answer.child('pubsub', NS_PUBSUB)?.child('subscriptions', NS_PUBSUB)?.elements('subscription') ?? [];
      const rows = list.map((entry) => ({
        node: entry.attr('node') ?? '',
        jid: entry.attr('jid') ?? '',
        status: entry.attr('subscription') ?? '',
      }));
      this.#post(TYPES.SUBSCRIPTIONS_REQ, JSON.stringify(rows));
    } catch (error) {
      this.#post(TYPES.SUBSCRIPTIONS_REQ, `[]|${refusalText('', error as ApiError)}`);
    }
  }

  async #ask(action: 'subscribe' | 'unsubscribe', node: string): Promise<void> {
    const session = this.#session as TunnelSession;
    const request = element('pubsub', NS_PUBSUB, {}, [
      element(action, NS_PUBSUB, { node, jid: session.jid }),
    ]);
    await session.request('set', this.#pubsubDomain, request);
  }

  #status(status: TunnelStatus): void {
    this.#post(TYPES.RESOURCEID, this.#resource);
    this.#post(TYPES.STATUS, status);
    this.#log(`status ${status}`);
  }

  #log(line: string): void {
    this.#post(TYPES.LOGGING, `EventTunnel: ${line}`);
  }

  #post(type: number, text: string): void {
    const message = writeMessage(type, text);
    if (this.#isTracing) this.#options.trace(message);
    this.#options.post(message);
  }
}

const NOT_CONNECTED = { errorType: 'Not connected', errorMessage: 'There is no connection.' };
