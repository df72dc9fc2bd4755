/** realm.log: failed authentications. */
import type { Happening } from '../happenings.ts';
import { escapeValue } from './escape.ts';
import type { Timestamps } from './timestamps.ts';

const THREADS = { rest: 'http-8080-1', xmpp: 'XMPP-1', console: 'http-8080-1' } as const;

/** `<ms counter>: <time>: [<thread>] INFO CCRealmConfig.finesseAuthenticate(): Unable to authenticate user: <id>` */
export function realmLine(
  happening: Happening<'auth.failed'>,
  sinceStartMs: number,
  times: Timestamps,
): string {
  return `${counter(sinceStartMs)}: ${times.webservices(happening.at)}: [${THREADS[happening.where]}] INFO CCRealmConfig.finesseAuthenticate(): Unable to authenticate user: ${escapeValue(happening.user)}`;
}

/** First line of each file: where the configuration of this log comes from. */
export function realmHeader(atMs: number, times: Timestamps): string {
  return `${counter(0)}: ${times.webservices(atMs)}: [main] INFO CCRealmConfig.init(): Log configuration: built in`;
}

function counter(ms: number): string {
  return String(Math.max(0, Math.floor(ms))).padStart(10, '0');
}
