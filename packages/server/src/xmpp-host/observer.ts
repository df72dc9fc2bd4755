/** What the XMPP server tells, as happenings and log lines. */

import type { Clock } from '@poise/clock';
import type { BoshObserver, XmppObserver } from '@poise/xmpp';
import type { Happenings } from '../happenings.ts';
import type { DebugRing } from './debug-ring.ts';
import {
  activeLine,
  consumeLine,
  idleClosedLine,
  receivedLine,
  sentLine,
  sessionClosedLine,
  statsLine,
  unroutableLine,
  unroutedLine91,
} from './notification-lines.ts';

/** Takes presences; publishes their happenings itself. */
export interface PresenceSink {
  presenceChanged(user: string, jid: string, type: 'available' | 'unavailable', last: boolean): void;
}

export interface ObserverDependencies {
  readonly happenings: Happenings;
  readonly clock: Clock;
  readonly ring: DebugRing;
  /** debug.log is written now. */
  readonly debugging: () => boolean;
  /** Without it the host publishes `presence` and `unsubscribe`. */
  readonly presence: PresenceSink | undefined;
  /** A sign-in failed: whoever checked it may have told already. */
  readonly authFailed: (user: string, reason: string) => void;
  readonly form: '9.1' | '11.6' | '12.6';
}

export interface Observers {
  readonly xmpp: Partial<XmppObserver>;
  readonly bosh: Partial<BoshObserver>;
}

export function notificationObservers(dependencies: ObserverDependencies): Observers {
  const { happenings, clock, ring, debugging, presence, authFailed, form } = dependencies;
  const info = (line: string) => happenings.publish('notification.info', { line });
  const debug = <Args extends (string | number)[]>(line: (...args: Args) => string, ...args: Args) => {
    ring.push(clock.now(), line, ...args);
    if (debugging()) happenings.publish('notification.debug', { line: line(...args) });
  };
  const idle = (sid: string, jid: string, threshold: number) => info(idleClosedLine(sid, jid, threshold));
  const closed = (jid: string) => {
    if (jid !== '') info(sessionClosedLine(jid));
  };

  return {
    xmpp: {
      presence(user, fullJid, type, last) {
        if (presence !== undefined) presence.presenceChanged(user, fullJid, type, last);
        else happenings.publish('presence', { jid: fullJid, type }, { user });
      },
      unsubscribed(node, bareJid) {
        if (presence === undefined) happenings.publish('unsubscribe', { node, jid: bareJid });
      },
      sessionClosed: closed,
      unroutable(stanzaXml) {
        if (form === '9.1') debug(unroutedLine91, stanzaXml);
        debug(unroutableLine, stanzaXml);
      },
      authFailed,
      info,
      debug: (line) => debug(asIs, line),
    },
    bosh: {
      received: (sid, xml) => debug(receivedLine, sid, xml),
      sent: (sid, xml) => debug(sentLine, sid, xml),
      consume: ({ sid, jid, status, presenceXml, rid }) =>
        debug(consumeLine, sid, jid, status, presenceXml, rid),
      lastActive: (sid, msAgo, jid) => debug(activeLine, sid, msAgo, jid),
      stats: (s) => debug(statsLine, clock.now(), s.jid, s.msgsSent, s.msgsQueue, s.msgsDrop, s.bytesSent),
      idleClosed: idle,
      notice: (sid, jid, text) => debug(noticeLine, sid, jid, text),
    },
  };
}

const asIs = (line: string): string => line;
const noticeLine = (sid: string, jid: string, text: string): string => `Session (id=${sid}): ${jid}: ${text}`;
