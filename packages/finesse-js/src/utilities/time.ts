import { session } from '../frame/gadgets.ts';

/** Times as the desktop writes them, and the difference between the clocks of browser and server. */

const two = (n: number): string => String(n).padStart(2, '0');

/** Whole seconds of a span, never negative; NaN where there is none. */
const seconds = (ms: unknown): number => {
  const n = Number(ms);
  return ms === null || ms === undefined || ms === '' || !Number.isFinite(n)
    ? Number.NaN
    : Math.max(0, Math.floor(n / 1000));
};

export interface Extracted {
  readonly hours: number;
  readonly minutes: number;
  readonly seconds: number;
}

export const time = {
  /** Now, in milliseconds since 1970, by the clock of the browser. */
  currentTimeMillis: (): number => Date.now(),

  /** Milliseconds by which the browser's clock is ahead of the server's (sessionStorage `clientTimestampDrift`); 0 when unknown. */
  getCurrentDrift(): number {
    const drift = Number.parseInt(session()?.getItem('clientTimestampDrift') ?? '', 10);
    return Number.isNaN(drift) ? 0 : drift;
  },

  /** A time of the browser's clock as the server's clock has it. */
  convertToServerTimeMillis: (clientMs: number): number => clientMs - time.getCurrentDrift(),

  /** Now by the server's clock. */
  currentServerTimeMillis: (): number => time.convertToServerTimeMillis(Date.now()),

  /** A span in milliseconds as `{hours, minutes, seconds}`. */
  extractTime(ms: number): Extracted {
    const all = seconds(ms) || 0;
    return { hours: Math.floor(all / 3600), minutes: Math.floor(all / 60) % 60, seconds: all % 60 };
  },

  /** `mm:ss`, from an hour on `hh:mm:ss`; `--:--` where there is no span. */
  buildTimeString(ms: number): string {
    if (Number.isNaN(seconds(ms))) return '--:--';
    const { hours, minutes, seconds: rest } = time.extractTime(ms);
    return `${hours > 0 ? `${two(hours)}:` : ''}${two(minutes)}:${two(rest)}`;
  },

  /** As buildTimeString. */
  buildTimeStringWithOptionalHours: (ms: number): string => time.buildTimeString(ms),

  /** The span since a time of the browser's clock in milliseconds. */
  buildElapsedTimeString: (sinceMs: number): string => time.buildTimeString(Date.now() - sinceMs),

  /** As buildElapsedTimeString. */
  buildElapsedTimeStringWithOptionalHours: (sinceMs: number): string => time.buildElapsedTimeString(sinceMs),

  /** The whole time of a call. */
  buildTotalTimeString: (ms: number): string => time.buildTimeString(ms),

  /** How long a call has been held. */
  buildHoldTimeString: (ms: number): string => time.buildTimeString(ms),

  /** How long wrap-up has lasted. */
  buildWrapupTimeString: (ms: number): string => time.buildTimeString(ms),

  /** The time of day, `hh:mm:ss`. */
  getDisplayTime(date: Date | number = new Date()): string {
    const at = new Date(date);
    return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  },

  /** The span from an ISO 8601 time until `nowMs` (by default the server's now); `--:--` where the time cannot be read. */
  convertTsToDuration: (ts: string, nowMs?: number): string =>
    time.buildTimeString(Number(nowMs ?? time.currentServerTimeMillis()) - Date.parse(ts)),

  /** As convertTsToDuration; with `withHours` always `hh:mm:ss`. */
  convertTsToDurationWithFormat(ts: string, withHours = false, nowMs?: number): string {
    const span = Number(nowMs ?? time.currentServerTimeMillis()) - Date.parse(ts);
    if (!withHours || Number.isNaN(span)) return time.buildTimeString(span);
    const { hours, minutes, seconds: rest } = time.extractTime(span);
    return `${two(hours)}:${two(minutes)}:${two(rest)}`;
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
