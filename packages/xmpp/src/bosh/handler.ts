/** The BOSH service as a handler for node:http and anything that speaks its request and response. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Standstill } from '@poise/clock';
import type { SaslPolicy, StreamFactory } from '../transport.ts';
import { readBody, UNREADABLE } from './body.ts';
import { ANY_ORIGIN, addOriginHeaders, type CorsPolicy, preflightHeaders } from './cors.ts';
import { DeadlineList } from './deadline-list.ts';
import { Exchange, type ExchangeHost } from './exchange.ts';
import { type BoshLimits, boshLimitsWith } from './limits.ts';
import type { BoshObserver } from './observer.ts';
import { BoshSessions, type RequestPeer, type StopReason } from './service.ts';

export interface BoshOptions {
  readonly openStream: StreamFactory;
  readonly clock: Clock;
  /** Default: one of its own. */
  readonly standstill?: Standstill;
  /** Calls back when the others have had their turn. Default: setImmediate. */
  readonly nextTurn?: (goOn: () => void) => void;
  /** Cryptographically strong random bytes. */
  readonly random: (bytes: number) => Uint8Array;
  /** XMPP domain, for the creation response. */
  readonly domain: string;
  readonly limits?: Partial<BoshLimits>;
  readonly observer?: Partial<BoshObserver>;
  /** Default: any origin, without credentials. */
  readonly cors?: CorsPolicy;
  /** Proxies whose `X-Forwarded-Proto: https` is taken for TLS, by address; they must set the header themselves. */
  readonly trustsProxy?: (address: string) => boolean;
  /** While false every request gets 503. */
  readonly ready?: () => boolean;
  /** `short`: session ids of 8 hexadecimal digits, as in logs of the original; they can be guessed. */
  readonly sid?: 'long' | 'short';
}

export interface BoshSessionInfo {
  readonly sid: string;
  readonly jid: string;
  readonly remoteAddress: string;
  readonly secure: boolean;
  readonly idleMs: number;
  readonly queuedStanzas: number;
}

export interface BoshService {
  /** Answers one HTTP request on the BOSH path; never throws. */
  handler(req: IncomingMessage, res: ServerResponse): void;
  /** {@link handler} for a listener with SASL settings of its own. Make it once per listener. */
  handlerFor(saslPolicy: SaslPolicy): (req: IncomingMessage, res: ServerResponse) => void;
  /**
   * The same for a request that somebody else has read from the connection: the whole body, and the way
   * back. The peer answers for what the header said; `connectionLost` of its `held` tells of a closed connection.
   * @returns false when the service is not ready or the body too large, and {@link handler} is to say so: such
   * an answer is the last of its connection. The peer is not used then.
   */
  accept(body: Buffer, peer: RequestPeer): boolean;
  /**
   * Ends all sessions and answers every held request: with `shutdown` by system-shutdown, after which
   * clients do not come back; with `failover` without a condition, so that they look for another node.
   */
  stop(reason: StopReason): void;
  sessions(): Iterable<BoshSessionInfo>;
  readonly count: number;
}

const EXPLANATION =
  'This is the BOSH address (XMPP over HTTP, XEP-0124) of the notification service: it answers POST requests of its clients, and there is nothing else to see here.\n';

export function createBoshHandler(options: BoshOptions): BoshService {
  const { clock } = options;
  const limits = boshLimitsWith(options.limits);
  const sessions = new BoshSessions({
    openStream: options.openStream,
    clock,
    standstill: options.standstill,
    nextTurn: options.nextTurn,
    random: options.random,
    domain: options.domain,
    limits,
    observer: options.observer ?? {},
    sid: options.sid ?? 'long',
  });
  const cors = options.cors ?? ANY_ORIGIN;
  const host: ExchangeHost = {
    sessions,
    cors,
    trustsProxy: options.trustsProxy ?? (() => false),
    saslPolicy: undefined,
    // Slow senders: the connection is worth more than the patience.
    reading: new DeadlineList(
      clock,
      limits.bodySeconds * 1000,
      (entry) => (entry as Exchange).abandon(408),
      0,
      sessions.standstill,
    ),
  };
  const isReady = options.ready ?? (() => true);

  const handlerOf =
    (shared: ExchangeHost) =>
    (req: IncomingMessage, res: ServerResponse): void => {
      if (req.method !== 'POST') answerOther(req, res, cors);
      else if (sessions.stopped || !isReady()) new Exchange(shared, res).abandon(503);
      else Exchange.start(shared, req, res);
    };

  return {
    handler: handlerOf(host),
    handlerFor: (saslPolicy) => handlerOf({ ...host, saslPolicy }),
    accept(bytes, peer) {
      if (sessions.stopped || !isReady() || bytes.length > limits.bodyBytesMax) return false;
      const body = readBody(bytes, limits);
      if (body === undefined) sessions.refuse(peer, 400, UNREADABLE);
      else sessions.request(body, peer);
      return true;
    },
    stop(reason) {
      sessions.stop(reason);
      host.reading.clear();
    },
    *sessions() {
      const now = clock.monotonic();
      for (const session of sessions.sessions()) {
        yield {
          sid: session.id,
          jid: session.stream.jid,
          remoteAddress: session.remoteAddress,
          secure: session.secure,
          idleMs: session.idleMs(now),
          queuedStanzas: session.queuedStanzas,
        };
      }
    },
    get count() {
      return sessions.count;
    },
  };
}

/** Everything but POST: the pre-flight of browsers, and people who open the address. */
function answerOther(req: IncomingMessage, res: ServerResponse, cors: CorsPolicy): void {
  const { origin } = req.headers;
  req.resume();
  if (req.method === 'OPTIONS') {
    res.writeHead(200, [
      ...preflightHeaders(cors, origin),
      'Allow',
      'POST, GET, OPTIONS',
      'Content-Length',
      '0',
    ]);
    res.end();
    return;
  }
  const known = req.method === 'GET' || req.method === 'HEAD';
  const text = known ? EXPLANATION : 'POST only.\n';
  const headers = ['Content-Type', 'text/plain;charset=UTF-8', 'Content-Length', String(text.length)];
  headers.push('Cache-Control', 'no-store');
  if (!known) headers.push('Allow', 'POST, GET, OPTIONS');
  if (origin !== undefined) addOriginHeaders(headers, cors, origin);
  res.writeHead(known ? 404 : 405, headers);
  res.end(req.method === 'HEAD' ? undefined : text);
}
