import { session } from '../frame/gadgets.ts';

/** Times as the desktop writes them, and the difference between the clocks of browser and server. */

const two = (n: number): string => String(n).padStart(2, '0');

/** Whole seconds of a span; 0 where there is none. */
const seconds = (ms: unknown): number => Math.max(0, Math.floor(Number(ms ?? 0) / 1000)) || 0;

/** The span since a moment by the server's clock; `--:--` when it has not begun. */
function since(serverNowMs: number, startMs: number, write: (ms: number) => string): string {
  const span = Number(serverNowMs) - Number(startMs);
  return startMs && span > 0 ? write(span) : '--:--';
}

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

  /** Milliseconds since 1970 of an ISO 8601 time; 0 for none. */
  extractTime: (iso: string | null | undefined): number => Date.parse(iso ?? '') || 0,

  /** A span in milliseconds as `mm:ss`, however many minutes these are. */
  buildTimeString(ms: number): string {
    const all = seconds(ms);
    return `${two(Math.floor(all / 60))}:${two(all % 60)}`;
  },

  /** A span in milliseconds as `mm:ss`, from an hour on as `hh:mm:ss`. */
  buildTimeStringWithOptionalHours(ms: number): string {
    const all = seconds(ms);
    const hours = Math.floor(all / 3600);
    return `${hours > 0 ? `${two(hours)}:` : ''}${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  },

  /** How long a state has lasted, `mm:ss`; `--:--` when it has not begun. Both by the server's clock, in milliseconds. */
  buildElapsedTimeString: (serverNowMs: number, startMs: number): string =>
    since(serverNowMs, startMs, time.buildTimeString),

  /** As buildElapsedTimeString, from an hour on as `hh:mm:ss`. */
  buildElapsedTimeStringWithOptionalHours: (serverNowMs: number, startMs: number): string =>
    since(serverNowMs, startMs, time.buildTimeStringWithOptionalHours),

  /** How long a call has lasted; see buildElapsedTimeString. */
  buildTotalTimeString: (serverNowMs: number, startMs: number): string =>
    time.buildElapsedTimeString(serverNowMs, startMs),

  /** How long a call has been held; see buildElapsedTimeString. */
  buildHoldTimeString: (serverNowMs: number, startMs: number): string =>
    time.buildElapsedTimeString(serverNowMs, startMs),

  /** How long wrap-up has lasted; see buildElapsedTimeString. */
  buildWrapupTimeString: (serverNowMs: number, startMs: number): string =>
    time.buildElapsedTimeString(serverNowMs, startMs),

  /** Seconds as `hh:mm:ss`; `00:00:00` for none and for "-1". */
  getDisplayTime(span: number | string | null | undefined): string {
    const all = Math.max(0, Math.floor(Number(span ?? 0))) || 0;
    return `${two(Math.floor(all / 3600))}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  },

  /** The span from an ISO 8601 time until `now` (a time of the browser's clock; by default this moment) as `hh:mm:ss`. */
  convertTsToDuration: (ts: string | null | undefined, now?: Date): string =>
    time.convertTsToDurationWithFormat(ts, false, now),

  /** As convertTsToDuration; with `forFormat`, "-1" where there is no span or it is negative. */
  convertTsToDurationWithFormat(ts: string | null | undefined, forFormat = false, now?: Date): string {
    if (ts === '--' || ts === '-1') return '-1';
    const start = Date.parse(ts ?? '');
    const until = time.convertToServerTimeMillis(now instanceof Date ? now.getTime() : Date.now());
    const span = Math.floor((until - start) / 1000);
    // Clocks that differ by less than a second are not a negative span.
    if (forFormat && !(span >= -1)) return '-1';
    return time.getDisplayTime(Number.isNaN(span) ? 0 : span);
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
