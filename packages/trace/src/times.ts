/** Times as logs write them: many forms, with and without zone, with and without a date. */

export interface WallTime {
  /** Milliseconds since 1970 as if the clock showed UTC; without a date, milliseconds of the day. */
  readonly wall: number;
  /** Minutes east of UTC; null: not said. */
  readonly offset: number | null;
  readonly hasDate: boolean;
  /** Day and month are known, the year is not (syslog): `wall` lies in {@link YEARLESS}, `hasDate` is false. */
  readonly yearless?: true;
}

/** The year that stands for an unknown one: it has a 29th of February. */
const YEARLESS = 1972;

/** Names of months in the locales in which servers were seen: the first three letters, without accents. */
const MONTHS: Readonly<Record<string, number>> = {
  jan: 0,
  feb: 1,
  fev: 1,
  mar: 2,
  mrz: 2,
  apr: 3,
  avr: 3,
  may: 4,
  mai: 4,
  jun: 5,
  jul: 6,
  aug: 7,
  aou: 7,
  sep: 8,
  oct: 9,
  okt: 9,
  nov: 10,
  dec: 11,
  dez: 11,
};

/** A log says the same month and zone in each line: what was read last is read once. */
function last<T>(read: (text: string) => T): (text: string) => T {
  let text: string | undefined;
  let value: T;
  return (wanted) => {
    if (wanted !== text) {
      value = read(wanted);
      text = wanted;
    }
    return value;
  };
}

/** `juin` and `juillet` share three letters in French. */
export const monthOf = last((name): number | null => {
  const plain = name
    .normalize('NFD')
    .replace(/[^a-z]/gi, '')
    .toLowerCase();
  if (plain.startsWith('jui')) return plain.startsWith('juil') ? 6 : 5;
  return MONTHS[plain.slice(0, 3)] ?? null;
});

/** `+0530`, `-05:00`, `Z`; null when it is none. */
export const offsetOf = (text: string | undefined): number | null =>
  text === undefined ? null : zoneOf(text);

const zoneOf = last((text): number | null => {
  if (/^(?:Z|UTC|GMT)$/.test(text)) return 0;
  const found = /^([+-])(\d\d):?(\d\d)$/.exec(text);
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return minutes > 14 * 60 ? null : found[1] === '-' ? -minutes : minutes;
});

const millis = (fraction: string | undefined): number =>
  fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));

function wall(year: number, month: number, day: number, h: string, m: string, s: string, ms: number) {
  const hours = Number(h);
  const minutes = Number(m);
  const seconds = Number(s);
  if (day < 1 || day > 31 || hours > 24 || minutes > 59 || seconds > 60) return null;
  return Date.UTC(year, month, day, hours, minutes, seconds, ms);
}

/** `Jun 17 2017 00:16:04.630 +0530` */
export const CISCO_TIME =
  /([A-Za-z\u00c0-\u024f.]{3,9}) {1,2}(\d{1,2}) (\d{4}) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3})\d{0,6})?(?: ?([+-]\d\d:?\d\d|UTC|GMT|Z))?/;

export function ciscoTime(found: readonly (string | undefined)[], from = 1): WallTime | null {
  const month = monthOf(found[from] ?? '');
  if (month === null) return null;
  const [, day, year, h, m, s, fraction, zone] = found.slice(from) as string[];
  const at = wall(Number(year), month, Number(day), h as string, m as string, s as string, millis(fraction));
  return at === null ? null : { wall: at, offset: offsetOf(zone), hasDate: true };
}

/** `2017.06.17 00:14:34`, `2019-01-11T12:24:14.586 -05:00` */
export const NUMERIC_TIME =
  /(\d{4})[.-](\d\d)[.-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3})\d{0,6})?(?: ?([+-]\d\d:?\d\d|Z))?/;

export function numericTime(found: readonly (string | undefined)[], from = 1): WallTime | null {
  const [year, month, day, h, m, s, fraction, zone] = found.slice(from) as string[];
  if (Number(month) < 1 || Number(month) > 12) return null;
  const at = wall(
    Number(year),
    Number(month) - 1,
    Number(day),
    h as string,
    m as string,
    s as string,
    millis(fraction),
  );
  return at === null ? null : { wall: at, offset: offsetOf(zone), hasDate: true };
}

/** `18:40:05`, `18:40:05.123`, `6:40:05 PM`: a time of the day only. */
export function clockTime(text: string | undefined): WallTime | null {
  const found =
    text === undefined
      ? null
      : /^(\d{1,2}):(\d\d):(\d\d)(?:[.:,](\d{1,3}))?(?: ?([AaPp])\.?[Mm]\.?)?/.exec(text);
  if (found === null) return null;
  const [, hour, m, s, fraction, half] = found as unknown as string[];
  const at = wall(1970, 0, 1, hourOf(hour as string, half), m as string, s as string, millis(fraction));
  return at === null ? null : { wall: at, offset: null, hasDate: false };
}

/** The hour of 24: with `A` or `P` behind it, 12 comes before 1. */
function hourOf(hour: string, half: string | undefined): string {
  if (half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toUpperCase() === 'P' ? 12 : 0));
}

/** `Jun 16 23:58:01`: syslog leaves the year out. */
export function yearlessTime(month: string | undefined, day: string | undefined, clock: string | undefined) {
  const m = monthOf(month ?? '');
  const time = clockTime(clock);
  if (m === null || time === null || !(Number(day) >= 1 && Number(day) <= 31)) return null;
  const at = Date.UTC(YEARLESS, m, Number(day)) + time.wall;
  return { wall: at, offset: null, hasDate: false, yearless: true } as const;
}

/** The time in the year that brings it nearest to a moment, both as a clock shows them. */
export function inYearNear({ wall: at }: WallTime, near: number): number {
  const from = new Date(at);
  const year = new Date(near).getUTCFullYear();
  const tries = [year - 1, year, year + 1].map(
    (y) => Date.UTC(y, from.getUTCMonth(), from.getUTCDate()) + (at % 86_400_000),
  );
  return tries.reduce((best, one) => (Math.abs(one - near) < Math.abs(best - near) ? one : best));
}

/**
 * Dates of Java's log and of Windows, by locale: `Jun 17, 2017 1:16:04 PM`, `6/17/2017 1:16:04 PM` (with AM or PM the
 * month stands first), `17 juin 2017 13:16:04`, `17.06.2017 13:16:04`, `17-Jun-2017 13:16:04.123`, `17/Jun/2017:13:16:04 +0200`.
 */
const NAME = String.raw`[A-Za-z\u00c0-\u024f.]{3,9}`;
const HOUR = String.raw`\d{1,2}:\d\d:\d\d`;
export const LOCAL_TIME = new RegExp(
  String.raw`(?:(?<name>${NAME}) (?<day>\d{1,2}), (?<year>\d{4})|(?<m>\d{1,2})/(?<d>\d{1,2})/(?<y>\d{4})(?=,? ${HOUR} ?[AaPp])|(?<day2>\d{1,2})[. /-]{1,2}(?<name2>${NAME}|\d\d)[. /-](?<year2>\d{4}))[,:]? ?(?<clock>${HOUR}(?:[.,]\d{1,3})?(?: ?[AaPp]\.?[Mm]\.?)?)(?: (?<zone>[+-]\d{4}))?`,
);

export function localTime(found: RegExpExecArray): WallTime | null {
  const g = found.groups ?? {};
  const name = g.name ?? g.name2;
  const month =
    g.m !== undefined ? Number(g.m) - 1 : /^\d\d$/.test(name ?? '') ? Number(name) - 1 : monthOf(name ?? '');
  const time = clockTime(g.clock);
  const day = Number(g.day ?? g.d ?? g.day2);
  if (month === null || month < 0 || month > 11 || time === null || day < 1 || day > 31) return null;
  return {
    wall: Date.UTC(Number(g.year ?? g.y ?? g.year2), month, day) + time.wall,
    offset: offsetOf(g.zone),
    hasDate: true,
  };
}

/** A moment in a zone: `2017-06-17 00:16:04.630 +05:30`. */
export function written(at: number, offset: number): string {
  const local = new Date(at + offset * 60_000);
  if (Number.isNaN(local.getTime())) return '?';
  const sign = offset < 0 ? '-' : '+';
  const size = Math.abs(offset);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${local.toISOString().replace('T', ' ').slice(0, 23)} ${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** What people write after `--at`: ISO with or without zone, or one of the forms of the logs. */
export function momentOf(text: string): WallTime | null {
  const trimmed = text.trim();
  const numeric = new RegExp(`^${NUMERIC_TIME.source}$`).exec(trimmed);
  if (numeric !== null) return numericTime(numeric);
  const short = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d)( ?(?:[+-]\d\d:?\d\d|Z))?$/.exec(trimmed);
  if (short !== null) return momentOf(`${short[1]}:00${short[2] ?? ''}`);
  const cisco = new RegExp(`^${CISCO_TIME.source}$`).exec(trimmed);
  if (cisco !== null) return ciscoTime(cisco);
  return /^\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(trimmed)
    ? clockTime(/^\d\d:\d\d$/.test(trimmed) ? `${trimmed}:00` : trimmed)
    : null;
}
