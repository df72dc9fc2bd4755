/** The time forms of the log families, in local time with the zone of the machine. */

/** What the forms of one second have in common, put together once. */
interface SecondTexts {
  /** `Jun 17 2017 00:16:04.` */
  readonly webservices: string;
  /** `2017.06.17 00:16:04` */
  readonly openfire: string;
  /** `2017-06-17` */
  readonly date: string;
  /** `00:16:04` */
  readonly timeOfDay: string;
  /** `+0530` */
  readonly offset: string;
}

/** Minutes east of Greenwich at a moment. */
export type ZoneOffset = (atMs: number) => number;

export const localZone: ZoneOffset = (atMs) => -new Date(atMs).getTimezoneOffset();

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
const three = (value: number): string => (value < 100 ? `0${two(value)}` : String(value));

/** Writes times; remembers the last second, because thousands of lines share one. */
export class Timestamps {
  readonly #zone: ZoneOffset;
  #second = Number.NaN;
  #parts: SecondTexts | undefined;

  constructor(zone: ZoneOffset = localZone) {
    this.#zone = zone;
  }

  /** `Jun 17 2017 00:16:04.630 +0530`: webservices, realm */
  webservices(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.webservices}${millis(atMs)} ${t.offset}`;
  }

  /** `2017.06.17 00:14:34`: notification service */
  openfire(atMs: number): string {
    return this.#at(atMs).openfire;
  }

  /** `2017-06-17T00-16-04.630`: part of file names */
  fileStamp(atMs: number): string {
    const t = this.#at(atMs);
    return `${t.date}T${t.timeOfDay.replaceAll(':', '-')}.${millis(atMs)}`;
  }

  /** `2017-06-17` */
  date(atMs: number): string {
    return this.#at(atMs).date;
  }

  /** `00:16:04.630`: CTI trace */
  timeOfDay(atMs: number): string {
    return `${this.#at(atMs).timeOfDay}.${millis(atMs)}`;
  }

  #at(atMs: number): SecondTexts {
    const second = Math.floor(atMs / 1000);
    if (this.#parts !== undefined && second === this.#second) return this.#parts;
    const offsetMinutes = this.#zone(atMs);
    const local = new Date(atMs + offsetMinutes * 60_000);
    const absolute = Math.abs(offsetMinutes);
    const [year, month, day] = [
      local.getUTCFullYear(),
      two(local.getUTCMonth() + 1),
      two(local.getUTCDate()),
    ];
    const timeOfDay = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`;
    this.#second = second;
    this.#parts = {
      webservices: `${MONTHS[local.getUTCMonth()]} ${day} ${year} ${timeOfDay}.`,
      openfire: `${year}.${month}.${day} ${timeOfDay}`,
      date: `${year}-${month}-${day}`,
      timeOfDay,
      offset: `${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(absolute / 60))}${two(absolute % 60)}`,
    };
    return this.#parts;
  }
}

function millis(atMs: number): string {
  return three(((Math.floor(atMs) % 1000) + 1000) % 1000);
}
