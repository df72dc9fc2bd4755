/**
 * The notification service as a part of the server: @poise/xmpp with our accounts, policy, certificate and
 * ports. It can be stopped and started alone; sessions do not outlive it, nor do subscriptions of full JIDs.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import type { Clock } from '@poise/clock';
import {
  type BoshLimits,
  createXmppServer,
  type EventForm,
  type PlainInClear,
  type RequestPeer,
  type SaslPolicy,
  type SessionInfo,
  type UpgradeRequest,
  type XmppLimits,
  type XmppServer,
} from '@poise/xmpp';
import type { Accounts } from '../accounts/accounts.ts';
import type { Happenings } from '../happenings.ts';
import type { Part, PartHealth, PartState } from '../parts/part.ts';
import type { Directory, DirectorySource } from '../store/directory.ts';
import { type NodeRules, xmppAccess, xmppAuthenticator } from './access.ts';
import { type DebugLine, DebugRing } from './debug-ring.ts';
import type { StoredSubscriptions } from './kept-subscriptions.ts';
import { STARTED_LINE, STOPPED_LINE } from './notification-lines.ts';
import {
  notificationObserver,
  type PresencePlace,
  type PresenceSink,
  type StanzaFollower,
} from './observer.ts';

/** One TCP port of the notification service. */
export interface XmppPort {
  readonly host: string;
  /** 0 lets the system choose (tests). */
  readonly port: number;
}

export interface XmppHostOptions {
  readonly clock: Clock;
  readonly happenings: Happenings;
  readonly accounts: Accounts;
  readonly nodes: NodeRules;
  readonly directory: DirectorySource;
  readonly domain: string;
  /** Setting `compatibility`: form of event stanzas and lines. */
  readonly eventForm: EventForm;
  readonly version: string;
  /** 5222, STARTTLS when there is a certificate; absent: closed. */
  readonly xmpp?: XmppPort;
  /** 5223, TLS from the first byte; needs a certificate. */
  readonly xmppTls?: XmppPort;
  readonly secureContext?: SecureContextOptions;
  /** Default loopback. */
  readonly plainInClear?: PlainInClear;
  /** Listeners that offer SCRAM, over TLS only. Default none. */
  readonly scram?: readonly TlsListener[];
  /** Reverse proxies whose `X-Forwarded-Proto` is taken, by address. Default none. */
  readonly trustsProxy?: (address: string) => boolean;
  /** Form of BOSH session ids. Default `long`. */
  readonly sid?: 'long' | 'short';
  /** Explicit bare-JID subscriptions that outlive the service. Default: none do. */
  readonly subscriptions?: StoredSubscriptions;
  readonly limits?: Partial<XmppLimits>;
  readonly boshLimits?: Partial<BoshLimits>;
  /** The publisher of load tests (`--bench`): may create nodes and publish, from this machine only. */
  readonly serviceUser?: string;
  readonly presence?: PresenceSink;
  /** Who follows single stanzas on their way. */
  readonly follower?: StanzaFollower;
  /** Another node serves the same users: an orderly stop then sends clients there. */
  readonly hasPeer?: boolean;
  /** debug.log is written now: the wire log is worth its price. */
  readonly debugging?: () => boolean;
  /** The User object as GET prints it, for the wire log of a sign-in. */
  readonly userXml?: (loginId: string) => string | undefined;
  /** Default node:crypto. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Calls back when others have had their turn to be read. Default: the next turn of the event loop. */
  readonly nextTurn?: (goOn: () => void) => void;
}

/** Where BOSH and WebSocket requests come from. */
export type HttpListenerName = 'http' | 'https' | 'bosh' | 'boshTls';
/** Listeners that can have TLS, named as their ports. */
export type TlsListener = 'xmpp' | 'xmppTls' | 'https' | 'boshTls';

const MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-1'] as const;
const SCRAM: SaslPolicy = { scram: MECHANISMS };

interface Running {
  readonly server: XmppServer;
  /** `/http-bind/` of listeners that offer SCRAM. */
  readonly scramBosh: XmppServer['bosh']['handler'];
  readonly endObservation: () => void;
}

export class XmppHost implements Part {
  readonly name = 'notification';
  readonly #options: XmppHostOptions;
  readonly #ring = new DebugRing();
  #state: PartState = 'stopped';
  #reason = '';
  #running: Running | undefined;
  #servicePresence = false;
  #forGood = false;
  #xmppPort = 0;
  #xmppTlsPort = 0;

  constructor(options: XmppHostOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#state === 'running') return;
    this.#state = 'starting';
    const { xmpp, xmppTls, happenings } = this.#options;
    const running = this.#create();
    this.#running = running;
    try {
      if (xmpp !== undefined) this.#xmppPort = await this.#listen(running, xmpp, 'ports.xmpp', false);
      if (xmppTls !== undefined)
        this.#xmppTlsPort = await this.#listen(running, xmppTls, 'ports.xmppTls', true);
    } catch (error) {
      await this.#end(running);
      this.#state = 'failed';
      this.#reason = error instanceof Error ? error.message : String(error);
      throw error;
    }
    running.server.setServicePresence(this.#servicePresence);
    this.#state = 'running';
    happenings.publish('notification.info', { line: STARTED_LINE });
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#state = 'stopping';
    await this.#end(running);
    this.#state = 'stopped';
    this.#options.happenings.publish('notification.info', { line: STOPPED_LINE });
  }

  health(): PartHealth {
    const running = this.#running;
    if (this.#state !== 'running' || running === undefined) {
      return {
        state: this.#state,
        ready: false,
        reason: this.#reason || `The notification service is ${this.#state}.`,
      };
    }
    const { streams, sessions, nodes } = running.server.health();
    return {
      state: 'running',
      ready: true,
      detail: {
        streams,
        sessions,
        boshSessions: running.server.bosh.count,
        nodes,
        xmpp: this.#xmppPort,
        xmppTls: this.#xmppTlsPort,
      },
    };
  }

  /** Ports in use, 0 while closed. */
  get ports(): { readonly xmpp: number; readonly xmppTls: number } {
    return { xmpp: this.#xmppPort, xmppTls: this.#xmppTlsPort };
  }

  /** Sends an Update to a node's subscribers; dropped while the service is down (clients refresh by GET). */
  publish(node: string, payload: string): void {
    this.#running?.server.publish(node, payload);
  }

  /** Whether anybody is subscribed to the node now. */
  hasSubscribers(node: string): boolean {
    return this.#running?.server.hasSubscribers(node) ?? false;
  }

  /** The webservices' own presence, which clients take for a sign of life. */
  setServicePresence(available: boolean): void {
    this.#servicePresence = available;
    this.#running?.server.setServicePresence(available);
  }

  /**
   * The next stop is the end of the server: without another node clients are told that there is nowhere to go. A stop
   * of this part alone says nothing, because many clients never come back after system-shutdown.
   */
  stopsForGood(): void {
    this.#forGood = true;
  }

  sessions(): Iterable<SessionInfo> {
    return this.#running?.server.sessions() ?? [];
  }

  /** The last debug lines, oldest first, also of times when debug.log was off. */
  debugLines(): Iterable<DebugLine> {
    return this.#ring.lines();
  }

  /** `/http-bind/` of any HTTP listener. */
  bosh(req: IncomingMessage, res: ServerResponse, listener: HttpListenerName): void {
    if (this.#running !== undefined) {
      if (this.#offersScram(listener)) this.#running.scramBosh(req, res);
      else this.#running.server.bosh.handler(req, res);
      return;
    }
    const text = 'The notification service is not running.\n';
    req.resume();
    res.writeHead(503, {
      'Content-Type': 'text/plain; charset=utf-8',
      'Content-Length': text.length,
      'Retry-After': '5',
    });
    res.end(text);
  }

  /**
   * The body of a request to `/http-bind/` that the HTTP host has read itself.
   * @returns false when the request has to come by {@link bosh}, which then says why there is no service
   */
  boshBody(body: Buffer, peer: RequestPeer): boolean {
    return this.#running?.server.bosh.accept(body, peer) ?? false;
  }

  /** SASL settings of an HTTP listener; undefined: nothing beyond the usual. */
  saslPolicy(listener: HttpListenerName): SaslPolicy | undefined {
    return this.#offersScram(listener) ? SCRAM : undefined;
  }

  /** `/ws/` of any HTTP listener. @returns false when there is no service */
  upgrade(req: UpgradeRequest, socket: Duplex, head: Buffer, listener: HttpListenerName): boolean {
    const peer = this.#offersScram(listener) ? { saslPolicy: SCRAM } : {};
    return this.#running?.server.handleUpgrade(req, socket, head, peer) ?? false;
  }

  /** A WebSocket on `/ws/` that somebody else has upgraded. @returns false while the service is down */
  acceptWebSocket(...connection: Parameters<XmppServer['acceptWebSocket']>): boolean {
    this.#running?.server.acceptWebSocket(...connection);
    return this.#running !== undefined;
  }

  #offersScram(listener: HttpListenerName | TlsListener): boolean {
    return (this.#options.scram as readonly string[] | undefined)?.includes(listener) === true;
  }

  #create(): Running {
    const o = this.#options;
    const random = o.random ?? ((bytes: number) => randomBytes(bytes));
    const debugging = o.debugging ?? (() => false);
    const isService = (user: string) => o.serviceUser !== undefined && user === o.serviceUser;
    o.subscriptions?.prune(o.directory.current);
    const observer = notificationObserver({
      happenings: o.happenings,
      clock: o.clock,
      ring: this.#ring,
      debugging,
      presence: o.presence,
      place: (user, jid) => placeOf(this.#running?.server, user, jid),
      form: o.eventForm,
      follower: o.follower,
    });
    const server = createXmppServer({
      domain: o.domain,
      clock: o.clock,
      random,
      nextTurn: o.nextTurn,
      authenticator: xmppAuthenticator({
        accounts: o.accounts,
        directory: o.directory,
        isService,
        scram: (o.scram?.length ?? 0) > 0,
        onRefused: (user, reason) =>
          o.happenings.publish('auth.failed', { user, where: 'xmpp', reason }, { user }),
        onAccepted: (loginId) => this.#wireLog(loginId, debugging),
      }),
      access: xmppAccess(o.nodes, isService),
      eventForm: o.eventForm,
      version: o.version,
      keptSubscriptions: o.subscriptions,
      ...(o.plainInClear === undefined ? {} : { plainInClear: o.plainInClear }),
      observer,
      ...(o.trustsProxy === undefined ? {} : { trustsProxy: o.trustsProxy }),
      bosh: {
        // The HTTP host knows the policy of the whole origin and writes the headers itself.
        cors: { origin: () => null },
        sid: o.sid ?? 'long',
        ...(o.boshLimits === undefined ? {} : { limits: o.boshLimits }),
      },
      ...(o.limits === undefined ? {} : { limits: o.limits }),
    });
    let directory = o.directory.current;
    const endObservation = o.directory.onChange((next) => {
      const before = directory;
      directory = next;
      followDirectory(server, before, next);
    });
    const endFollowing = o.subscriptions?.onChange((user) => server.followKept(user));
    return {
      server,
      scramBosh: server.bosh.handlerFor(SCRAM),
      endObservation() {
        endObservation();
        endFollowing?.();
      },
    };
  }

  async #listen(running: Running, at: XmppPort, setting: string, direct: boolean): Promise<number> {
    const { secureContext } = this.#options;
    if (direct && secureContext === undefined) throw new Error(`${setting} needs a certificate.`);
    try {
      const listener = await running.server.listenTcp({
        host: at.host,
        port: at.port,
        direct,
        ...(secureContext === undefined ? {} : { tls: { ...secureContext, minVersion: 'TLSv1.2' } }),
        ...(this.#offersScram(direct ? 'xmppTls' : 'xmpp') ? { scram: MECHANISMS } : {}),
      });
      return listener.port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
        throw new Error(
          `Port ${at.port} on ${at.host} is used by another program. Stop that program, or choose another port with the setting ${setting} or ports.offset.`,
        );
      }
      throw new Error(`Cannot listen on ${at.host}:${at.port} (${setting}): ${(error as Error).message}.`);
    }
  }

  async #end(running: Running): Promise<void> {
    this.#running = undefined;
    this.#xmppPort = 0;
    this.#xmppTlsPort = 0;
    running.endObservation();
    // Clients do not come back after system-shutdown: with another node, or this one soon, they shall look for it.
    const nowhere = this.#forGood && this.#options.hasPeer !== true;
    await running.server.stop(nowhere ? 'shutdown' : 'failover');
  }

  /** The look at the user that the original makes over HTTP when somebody signs in. */
  #wireLog(loginId: string, debugging: () => boolean): void {
    if (!debugging()) return;
    const body = this.#options.userXml?.(loginId);
    if (body !== undefined)
      this.#options.happenings.publish('notification.wire', { user: loginId, body }, { user: loginId });
  }
}

function placeOf(server: XmppServer | undefined, user: string, jid: string): PresencePlace | undefined {
  for (const session of server?.sessionsOf(user) ?? [])
    if (session.jid === jid) return { jid, transport: session.transport, address: session.address };
  return undefined;
}

/** Users who are gone lose their sessions; those with other rights get their subscriptions looked over. */
function followDirectory(server: XmppServer, before: Directory, after: Directory): void {
  for (const user of before.users()) {
    const now = after.user(user.loginId);
    if (now === undefined || now.loginId !== user.loginId) server.removeUser(user.loginId);
    else if (now !== user) server.refreshUser(user.loginId);
  }
}
