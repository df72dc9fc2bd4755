/** What the XMPP server tells, as happenings and log lines. */

import type { Clock } from '@poise/clock';
import type { Departure, XmppObserver } from '@poise/xmpp';
import type { Happenings } from '../happenings.ts';
import type { DebugRing } from './debug-ring.ts';
import {
  activeLine,
  consumeLine,
  idleClosedLine,
  receivedLine,
  routedLine91,
  sentLine,
  sessionClosedLine,
  socketReceivedLine,
  socketSentLine,
  statsLine,
  unroutableLine,
} from './notification-lines.ts';

/** Where a session is. */
export interface PresencePlace {
  readonly jid: string;
  /** `bosh`, `websocket`, `tcp`. */
  readonly transport: string;
  readonly address: string;
}

/** Takes presences; publishes their happenings itself. */
export interface PresenceSink {
  presenceChanged(
    user: string,
    jid: string,
    type: 'available' | 'unavailable',
    last: boolean,
    news: {
      /** With `available`. */
      readonly place?: PresencePlace | undefined;
      /** With `unavailable`. */
      readonly how?: Departure | undefined;
      /** With `unavailable`, where it was longer ago: wall ms. */
      readonly lastActiveAt?: number | undefined;
    },
  ): void;
}

/** Sees stanzas pass; both are called for each, so they must cost next to nothing. */
export interface StanzaFollower {
  /** A stanza is about to go to the sessions of one user. */
  addressed(stanzaXml: string): void;
  /** An answer of BOSH went out. */
  sent(sid: string, xml: string, jid: string, rid: number): void;
  /** A TCP or WebSocket connection has written these stanzas. */
  sentBySocket(id: string, pieces: readonly string[], jid: string): void;
}

export interface ObserverDependencies {
  readonly happenings: Happenings;
  readonly clock: Clock;
  readonly ring: DebugRing;
  /** debug.log is written now. */
  readonly debugging: () => boolean;
  /** Without it the host publishes `presence` and `unsubscribe`. */
  readonly presence: PresenceSink | undefined;
  /** Who follows single stanzas on their way. */
  readonly follower?: StanzaFollower | undefined;
  /** Where an available session is. */
  readonly place?: (user: string, jid: string) => PresencePlace | undefined;
  readonly form: '9.1' | '11.6' | '12.6';
}

export function notificationObserver(dependencies: ObserverDependencies): Partial<XmppObserver> {
  const { happenings, clock, ring, debugging, presence, form, follower } = dependencies;
  // The sweep says how long a session has been silent right before it ends it.
  let lastSwept = { jid: '', activeAt: 0 };
  const info = (line: string) => happenings.publish('notification.info', { line });
  const debug = <Args extends (string | number)[]>(line: (...args: Args) => string, ...args: Args) => {
    ring.push(clock.now(), line, ...args);
    if (debugging()) happenings.publish('notification.debug', { line: line(...args) });
  };

  return {
    presence(user, fullJid, type, last, how) {
      if (presence !== undefined)
        presence.presenceChanged(user, fullJid, type, last, {
          how,
          ...(type === 'available' ? { place: dependencies.place?.(user, fullJid) } : {}),
          ...(how === 'idle' && lastSwept.jid === fullJid ? { lastActiveAt: lastSwept.activeAt } : {}),
        });
      else happenings.publish('presence', { jid: fullJid, type }, { user });
    },
    unsubscribed(node, bareJid) {
      if (presence === undefined) happenings.publish('unsubscribe', { node, jid: bareJid });
    },
    boshReceived: (sid, xml) => debug(receivedLine, sid, xml),
    boshSent: (sid, xml, jid, rid) => {
      debug(sentLine, sid, xml);
      follower?.sent(sid, xml, jid, rid);
    },
    socketReceived: (id, xml, jid) => debug(socketReceivedLine, id, jid, xml),
    socketSent: (id, pieces, jid) => {
      debug(socketSentLine, id, jid, pieces.length === 1 ? (pieces[0] as string) : pieces.join(''));
      follower?.sentBySocket(id, pieces, jid);
    },
    boshConsume: (sid, jid, status, presenceXml, rid) =>
      debug(consumeLine, sid, jid, status, presenceXml, rid),
    sessionActive: (sid, msAgo, jid) => {
      lastSwept = { jid, activeAt: clock.now() - msAgo };
      debug(activeLine, sid, msAgo, jid);
    },
    sessionIdleClosed: (sid, jid, threshold) => info(idleClosedLine(sid, jid, threshold)),
    sessionClosed: (jid) => info(sessionClosedLine(jid)),
    stats: (jid, sent, queued, dropped, bytes) =>
      debug(statsLine, clock.now(), jid, sent, queued, dropped, bytes),
    ...(form === '9.1' || follower !== undefined
      ? {
          addressedToUser: (stanzaXml: string) => {
            if (form === '9.1') debug(routedLine91, stanzaXml);
            follower?.addressed(stanzaXml);
          },
        }
      : {}),
    unroutable: (stanzaXml) => debug(unroutableLine, stanzaXml),
    info,
    debug: (line) => debug(asIs, line),
  };
}

const asIs = (line: string): string => line;
