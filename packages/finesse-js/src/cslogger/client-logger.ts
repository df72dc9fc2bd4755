import type { Config } from '../frame/config.ts';
import { type GadgetsHub, pageHost, session } from '../frame/gadgets.ts';
import { TOPICS } from '../frame/topics.ts';
import { time } from '../utilities/time.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const three = (n: number): string => String(n).padStart(3, '0');
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `±HH:MM` or `±HHMM` of minutes east of UTC. */
function offset(minutes: number, colon: string): string {
  const all = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(all / 60))}${colon}${two(all % 60)}`;
}

/** The browser's time, `2026-01-31T12:00:00.000 +01:00`. */
function localStamp(at: Date): string {
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${three(at.getMilliseconds())}`;
  return `${date}T${clock} ${offset(-at.getTimezoneOffset(), ':')}`;
}

/** The server's time in its own zone, `Jan 31 2026 11:00:00.000 +0000`; dashes where its clock is not known. */
function serverStamp(nowMs: number): string {
  const zone = Number.parseInt(session()?.getItem('serverTimezoneOffset') ?? '', 10);
  if (session()?.getItem('clientTimestampDrift') == null || Number.isNaN(zone)) return '-'.repeat(30);
  const at = new Date(time.convertToServerTimeMillis(nowMs) + zone * 60_000);
  const date = `${MONTHS[at.getUTCMonth()]} ${two(at.getUTCDate())} ${at.getUTCFullYear()}`;
  const clock = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}.${three(at.getUTCMilliseconds())}`;
  return `${date} ${clock} ${offset(zone, '')}`;
}

let hub: GadgetsHub | undefined;
let gadget = '';
let topic = '';
let host = '';

/** `finesse.cslogger.ClientLogger`: lines for the log that the desktop collects of its gadgets. */
export const ClientLogger = {
  /**
   * Begins. Before it, `log` does nothing.
   * @param withHub `gadgets.Hub`
   * @param gadgetId the name in the lines, which is also the end of the topic
   */
  init(withHub: GadgetsHub, gadgetId: string, config?: Partial<Config>): void {
    hub = withHub;
    // A topic has no empty tokens and no wildcards.
    gadget = String(gadgetId);
    topic = `${TOPICS.clientLogging}.${gadget.replace(/[.*\s]+/g, '_') || 'gadget'}`;
    host = config?.host || pageHost();
  },

  /** Writes a line to the desktop's log and to the console. */
  log(message: string, error?: unknown): void {
    if (!hub) return;
    const detail =
      error === undefined || error === null
        ? ''
        : ` ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    const now = Date.now();
    const key = session()?.getItem('finSessKey') ?? '';
    const line = `${localStamp(new Date(now))}:${key === '' ? ' ' : ` ${key}`}: ${host}: ${serverStamp(now)}: ${gadget} : ${message}${detail}`;
    console.log(line);
    try {
      hub.publish(topic, line);
    } catch {
      // Not connected, or throttled: the console has the line.
    }
  },
};
