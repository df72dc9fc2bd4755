/** The time forms of the log families, in local time with the zone of the machine. */

export interface TimeParts {
  readonly year: number;
  readonly month: string;
  readonly monthName: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  /** `+0530` */
  readonly offset: string;
}

/** Minutes east of Greenwich at a moment. */
export type ZoneOffset = (atMs: number) => number;

export const localZone: ZoneOffset = (atMs) => -new Date(atMs).getTimezoneOffset();

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const three = (value: number): string => String(value).padStart(3, '0');

/** Writes times; remembers the last second, because thousands of lines share one. */
export class Timestamps {
  readonly #zone: ZoneOffset;
  #second = Number.NaN;
  #parts: TimeParts | undefined;

  constructor(zone: ZoneOffset = localZone) {
    this.#zone = zone;
  }

  /** `Jun 17 2017 00:16:04.630 +0530`: webservices, realm */
  webservices(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.monthName} ${t.day} ${t.year} ${t.hour}:${t.minute}:${t.second}.${millis(atMs)} ${t.offset}`;
  }

  /** `2017.06.17 00:14:34`: notification service */
  openfire(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.year}.${t.month}.${t.day} ${t.hour}:${t.minute}:${t.second}`;
  }

  /** `2017-06-17T00-16-04.630`: part of file names */
  fileStamp(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.year}-${t.month}-${t.day}T${t.hour}-${t.minute}-${t.second}.${millis(atMs)}`;
  }

  /** `2017-06-17` */
  date(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.year}-${t.month}-${t.day}`;
  }

  /** `00:16:04.630`: CTI trace */
  timeOfDay(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.hour}:${t.minute}:${t.second}.${millis(atMs)}`;
  }

  #at(atMs: number): TimeParts {
    const second = Math.floor(atMs / 1000);
    if (this.#parts !== undefined && second === this.#second) return this.#parts;
    const offsetMinutes = this.#zone(atMs);
    const local = new Date(atMs + offsetMinutes * 60_000);
    const absolute = Math.abs(offsetMinutes);
    this.#second = second;
    this.#parts = {
      year: local.getUTCFullYear(),
      month: two(local.getUTCMonth() + 1),
      monthName: MONTHS[local.getUTCMonth()] as string,
      day: two(local.getUTCDate()),
      hour: two(local.getUTCHours()),
      minute: two(local.getUTCMinutes()),
      second: two(local.getUTCSeconds()),
      offset: `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${two(absolute % 60)}`,
    };
    return this.#parts;
  }
}

function millis(atMs: number): string {
  return three(((Math.floor(atMs) % 1000) + 1000) % 1000);
}
