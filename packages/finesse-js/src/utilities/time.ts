import { session } from '../frame/gadgets.ts';

/** Times as the desktop writes them, and the difference between the clocks of browser and server. */

const two = (n: number): string => String(n).padStart(2, '0');

/** What stands for "no span" in the original's functions. */
const isNone = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || value === '-1' || !Number.isFinite(Number(value));

/** `hh:mm:ss` of whole seconds. */
const clock = (seconds: number): string =>
  `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;

/** Until when a span is measured, as functions take it. */
type Until = Date | number;

export const time = {
  /** Now, in milliseconds since 1970, by the clock of the browser. */
  currentTimeMillis: (): number => Date.now(),

  /** Milliseconds by which the server's clock is ahead of the browser's (sessionStorage `clientTimestampDrift`); 0 when unknown. */
  getCurrentDrift(): number {
    const drift = Number.parseInt(session()?.getItem('clientTimestampDrift') ?? '', 10);
    return Number.isNaN(drift) ? 0 : drift;
  },

  /** A time of the browser's clock as the server's clock has it. */
  convertToServerTimeMillis: (clientMs: number): number => clientMs + time.getCurrentDrift(),

  /** Now by the server's clock. */
  currentServerTimeMillis: (): number => time.convertToServerTimeMillis(Date.now()),

  /** The milliseconds since 1970 of an ISO 8601 text; 0 where there is none. */
  extractTime(text: string | null | undefined): number {
    const at = Date.parse(text ?? '');
    return Number.isNaN(at) ? 0 : at;
  },

  /** `mm:ss` of a span in milliseconds, with more than 59 minutes from an hour on. */
  buildTimeString(ms: number): string {
    const seconds = isNone(ms) ? 0 : Math.max(0, Math.floor(Number(ms) / 1000));
    return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  },

  /** `mm:ss` of a span in milliseconds, `hh:mm:ss` from an hour on. */
  buildTimeStringWithOptionalHours(ms: number): string {
    const seconds = isNone(ms) ? 0 : Math.max(0, Math.floor(Number(ms) / 1000));
    return seconds < 3600 ? time.buildTimeString(ms) : clock(seconds);
  },

  /** The span between two times by the server's clock, as buildTimeString; `--:--` while it has not begun. */
  buildElapsedTimeString: (serverNowMs: number, sinceMs: number): string =>
    elapsed(serverNowMs, sinceMs, time.buildTimeString),

  /** As buildElapsedTimeString, with hours from an hour on. */
  buildElapsedTimeStringWithOptionalHours: (serverNowMs: number, sinceMs: number): string =>
    elapsed(serverNowMs, sinceMs, time.buildTimeStringWithOptionalHours),

  /** How long a call has lasted. */
  buildTotalTimeString: (serverNowMs: number, sinceMs: number): string =>
    time.buildElapsedTimeString(serverNowMs, sinceMs),

  /** How long a call has been held. */
  buildHoldTimeString: (serverNowMs: number, sinceMs: number): string =>
    time.buildElapsedTimeString(serverNowMs, sinceMs),

  /** How long wrap-up has lasted. */
  buildWrapupTimeString: (serverNowMs: number, sinceMs: number): string =>
    time.buildElapsedTimeString(serverNowMs, sinceMs),

  /** `hh:mm:ss` of a span in seconds. */
  getDisplayTime: (seconds: number | string): string =>
    clock(isNone(seconds) ? 0 : Math.max(0, Math.floor(Number(seconds)))),

  /** The span from an ISO 8601 time until `now` (by default the server's), as `hh:mm:ss`; "-1" of "--", which tables show. */
  convertTsToDuration: (ts: string, now?: Until): string =>
    time.convertTsToDurationWithFormat(ts, false, now),

  /** As convertTsToDuration; with `forFormat` "-1" where there is no span, for whoever formats it himself. */
  convertTsToDurationWithFormat(ts: string, forFormat = false, now?: Until): string {
    if (ts === '--' || ts === '-1') return '-1';
    const span = Number(now ?? time.currentServerTimeMillis()) - Date.parse(ts);
    const isThere = span >= 0;
    return forFormat && !isThere ? '-1' : clock(isThere ? Math.floor(span / 1000) : 0);
  },

  /** The Date of an ISO 8601 text; null where it cannot be read. */
  parseDateStringISO8601(text: string): Date | null {
    const at = Date.parse(text);
    return Number.isNaN(at) ? null : new Date(at);
  },

  /** ISO 8601 in UTC with milliseconds. */
  dateToISOString: (date: Date): string => date.toISOString(),

  /** As dateToISOString, of whatever Date understands. */
  convertDateToISODateString: (date: Date | number | string): string => new Date(date).toISOString(),
};

function elapsed(nowMs: number, sinceMs: number, written: (ms: number) => string): string {
  const span = nowMs - sinceMs;
  return sinceMs === 0 || !(span > 0) ? '--:--' : written(span);
}
