/** The XMPP server: streams, sessions and publish-subscribe behind three transports. */
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { type BoshOptions, type BoshService, createBoshHandler } from './bosh/handler.ts';
import type { BoshObserver } from './bosh/observer.ts';
import { Core, type CoreOptions, type PublishResult } from './core.ts';
import { parseJid } from './jid.ts';
import { maskedXml } from './masked.ts';
import { NS } from './namespaces.ts';
import type { XmppObserver } from './observer.ts';
import type { SocketHostOptions } from './socket/socket-host.ts';
import { ClientStream } from './stream/client-stream.ts';
import { listenTcp, type TcpListener, type TcpListenOptions } from './tcp/tcp-listener.ts';
import type { StreamCondition, StreamFactory, Transport, TransportKind } from './transport.ts';
import {
  type AcceptedPeer,
  type UpgradePeer,
  type UpgradeRequest,
  WebSocketHost,
} from './websocket/websocket-host.ts';

export interface XmppServerOptions extends CoreOptions {
  /** Settings of the BOSH service that the core does not share. */
  readonly bosh?: Pick<BoshOptions, 'limits' | 'cors' | 'sid' | 'ready'>;
  /** Proxies whose `X-Forwarded-Proto: https` is taken for TLS on BOSH and WebSocket, by address. Default none. */
  readonly trustsProxy?: (address: string) => boolean;
}

/** One bound session that has a connection. */
export interface SessionInfo {
  /** Full JID. */
  readonly jid: string;
  /** Login id. */
  readonly user: string;
  readonly resource: string;
  readonly transport: TransportKind;
  readonly address: string;
  /** Wall ms. */
  readonly connectedAt: number;
  readonly available: boolean;
}

export interface XmppHealth {
  readonly state: 'running' | 'stopped';
  /** Connections, signed in or not. */
  readonly streams: number;
  readonly sessions: number;
  /** Sessions without a connection that can be resumed. */
  readonly lost: number;
  readonly nodes: number;
  /** Stanzas that wait for slow clients. */
  readonly queuedStanzas: number;
  readonly listeners: ReadonlyArray<{ readonly port: number; readonly connections: number }>;
}

export interface XmppServer {
  /**
   * Publishes to all sessions that are subscribed to the node, without waiting for any of them.
   * @param node canonical node name
   * @param payload XML text; travels as escaped text
   */
  publish(node: string, payload: string): PublishResult;
  /** Whether anybody is subscribed to the node. */
  hasSubscribers(node: string): boolean;
  /** Presence of the service user, which clients watch; unavailable at first. */
  setServicePresence(available: boolean): void;
  readonly openStream: StreamFactory;
  sessions(): Iterable<SessionInfo>;
  /** Those of one user. */
  sessionsOf(user: string): Iterable<SessionInfo>;
  /** @returns whether there was such a session */
  endSession(fullJid: string, condition: StreamCondition): boolean;
  /** The user's nodes or rights changed: his subscriptions are brought up to date. */
  refreshUser(user: string): void;
  /** What is kept of a user's explicit subscriptions was changed by another process; who has no session finds it when he binds. */
  followKept(user: string): void;
  /** The user was deleted: his sessions end, his subscriptions go. */
  removeUser(user: string): void;
  listenTcp(options: TcpListenOptions): Promise<TcpListener>;
  /** WebSocket on `/ws/`. @returns false when the path is not ours */
  handleUpgrade(request: UpgradeRequest, socket: Duplex, head: Buffer, peer?: UpgradePeer): boolean;
  /**
   * The same for a connection that somebody else has upgraded: takes over both ends of it.
   * @param webSocket what the peer's frames come by
   * @param socket what our frames go out by
   */
  acceptWebSocket(webSocket: WebSocket, socket: Socket, peer: AcceptedPeer): void;
  /** `/http-bind/` */
  readonly bosh: BoshService;
  /**
   * Ends all sessions: `shutdown` tells clients that there is nowhere else to go (system-shutdown),
   * `failover` says nothing, so that they look for the other node.
   */
  stop(reason: 'shutdown' | 'failover'): Promise<void>;
  health(): XmppHealth;
}

function sessionInfo(session: ClientStream): SessionInfo {
  const { entry, fullJid, resource, connectedAt, available, transport } = session;
  return {
    jid: fullJid,
    user: entry.user,
    resource,
    transport: transport.kind,
    address: transport.remoteAddress,
    connectedAt,
    available,
  };
}

/** Makes a server without a port; see {@link XmppServer.listenTcp} and {@link XmppServer.handleUpgrade}. */
export function createXmppServer(options: XmppServerOptions): XmppServer {
  return new Server(options);
}

class Server implements XmppServer {
  readonly #core: Core;
  readonly #listeners: TcpListener[] = [];
  readonly #webSocket: WebSocketHost;
  /** Absent where nobody asks, so that it costs nothing. */
  readonly #sent: XmppObserver['socketSent'] | undefined;
  readonly #received: SocketHostOptions['received'];
  readonly openStream: StreamFactory;
  readonly bosh: BoshService;

  constructor(options: XmppServerOptions) {
    this.#core = new Core(options);
    if (options.observer?.socketSent) this.#sent = this.#core.observer.socketSent;
    if (options.observer?.socketReceived) {
      const { socketReceived } = this.#core.observer;
      this.#received = (id, element, jid) => socketReceived(id, maskedXml(element, NS.client), jid);
    }
    this.openStream = (transport: Transport) => new ClientStream(this.#core, transport);
    const trustsProxy = options.trustsProxy ?? (() => false);
    this.#webSocket = new WebSocketHost({ ...this.#shared('WebSocket'), saslPolicy: undefined }, trustsProxy);
    this.bosh = createBoshHandler({
      ...options.bosh,
      trustsProxy,
      openStream: this.openStream,
      clock: options.clock,
      standstill: this.#core.standstill,
      nextTurn: this.#core.nextTurn,
      random: options.random,
      domain: options.domain,
      observer: boshObserver(options.observer ?? {}, this.#core),
    });
  }

  #shared(kind: string) {
    const { domain, clock, nextTurn, standstill, limits, ids, observer } = this.#core;
    return {
      domain,
      clock,
      nextTurn,
      standstill,
      limits,
      ids,
      openStream: this.openStream,
      sent: this.#sent,
      received: this.#received,
      info: observer.info,
      refused: refusals(this.#core, kind),
    };
  }

  publish(node: string, payload: string): PublishResult {
    return this.#core.publish(node, payload);
  }

  hasSubscribers(node: string): boolean {
    return this.#core.pubsub.hasSubscribers(node);
  }

  setServicePresence(available: boolean): void {
    this.#core.presence.setService(available);
  }

  *sessions(): Iterable<SessionInfo> {
    for (const session of this.#core.router.sessions())
      if (session.state !== 'lost') yield sessionInfo(session);
  }

  *sessionsOf(user: string): Iterable<SessionInfo> {
    for (const session of this.#core.router.find(user)?.sessions ?? [])
      if (session.state !== 'lost') yield sessionInfo(session);
  }

  endSession(fullJid: string, condition: StreamCondition): boolean {
    const jid = parseJid(fullJid);
    if (jid === null) return false;
    for (const session of this.#core.router.sessions()) {
      if (session.resource !== jid.resource || session.foldedLocal !== jid.local) continue;
      session.close({ condition });
      return true;
    }
    return false;
  }

  refreshUser(user: string): void {
    if (this.#core.router.find(user) !== undefined) this.#core.pubsub.refresh(user);
  }

  followKept(user: string): void {
    if (this.#core.router.find(user) !== undefined) this.#core.pubsub.followKept(user);
  }

  removeUser(user: string): void {
    const entry = this.#core.router.find(user);
    // Those that have only signed in could bind still.
    for (const stream of [...(entry?.sessions ?? []), ...(entry?.unbound ?? [])])
      stream.close({ condition: 'not-authorized', text: 'the account is gone' });
    this.#core.pubsub.removeUser(user);
    this.#core.router.forget(user);
  }

  async listenTcp(options: TcpListenOptions): Promise<TcpListener> {
    const listener = await listenTcp(options, this.#shared('TCP'));
    this.#listeners.push(listener);
    return listener;
  }

  handleUpgrade(request: UpgradeRequest, socket: Duplex, head: Buffer, peer?: UpgradePeer): boolean {
    return this.#webSocket.handleUpgrade(request, socket, head, peer);
  }

  acceptWebSocket(webSocket: WebSocket, socket: Socket, peer: AcceptedPeer): void {
    this.#webSocket.accept(webSocket, socket, peer);
  }

  async stop(reason: 'shutdown' | 'failover'): Promise<void> {
    this.#core.stopping = true;
    this.#webSocket.stopped = true;
    this.bosh.stop(reason);
    const closing = this.#listeners.map((listener) => listener.close());
    for (const stream of [...this.#core.streams])
      stream.close(reason === 'shutdown' ? { condition: 'system-shutdown' } : undefined);
    for (const session of [...this.#core.router.sessions()]) session.close();
    await Promise.all(closing);
  }

  health(): XmppHealth {
    let queuedStanzas = 0;
    for (const { transport } of this.#core.streams) queuedStanzas += transport.queuedStanzas;
    return {
      state: this.#core.stopping ? 'stopped' : 'running',
      streams: this.#core.streams.size,
      sessions: this.#core.router.size - this.#core.management.lost,
      lost: this.#core.management.lost,
      nodes: this.#core.pubsub.size.nodes,
      queuedStanzas,
      listeners: this.#listeners.map(({ port, connections }) => ({ port, connections })),
    };
  }
}

/** The BOSH hooks of our observer; those that nobody asked for stay absent and cost nothing. */
function boshObserver(wanted: Partial<XmppObserver>, core: Core): Partial<BoshObserver> {
  const { observer: guarded, notices } = core;
  const hooks: Partial<BoshObserver> = {
    // A client that begins a new session after each offence is told of no more often for that.
    refused: refusals(core, 'BOSH'),
    notice: (sid, jid, text) => notices.tell(bareOf(jid), text, `BOSH session ${sid} ${jid}: ${text}`),
  };
  if (wanted.boshReceived) hooks.received = (sid, xml, rid, jid) => guarded.boshReceived(sid, xml, jid, rid);
  if (wanted.boshSent) hooks.sent = (sid, xml, rid, jid) => guarded.boshSent(sid, xml, jid, rid);
  if (wanted.boshConsume) hooks.consume = guarded.boshConsume;
  if (wanted.sessionActive) hooks.lastActive = guarded.sessionActive;
  if (wanted.sessionIdleClosed) hooks.idleClosed = guarded.sessionIdleClosed;
  if (wanted.stats)
    hooks.stats = ({ jid, msgsSent, msgsQueue, msgsDrop, bytesSent }) =>
      guarded.stats(jid, msgsSent, msgsQueue, msgsDrop, bytesSent);
  return hooks;
}

/** Lines about peers that are turned away, by their addresses. */
function refusals({ notices }: Core, kind: string): (address: string, reason: string) => void {
  return (address, reason) =>
    notices.tell(address, `${kind}: ${reason}`, `${address} is refused over ${kind}: ${reason}`);
}

/** The bare JID; empty before authentication. */
function bareOf(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}
