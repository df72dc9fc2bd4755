/** Times as logs write them: many forms, with and without zone, with and without a date. */

export interface WallTime {
  /** Milliseconds since 1970 as if the clock showed UTC; without a date, milliseconds of the day. */
  readonly wall: number;
  /** Minutes east of UTC; null: not said. */
  readonly offset: number | null;
  readonly hasDate: boolean;
}

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

/** `18:40:05`, `18:40:05.123`: a time of the day only. */
export function clockTime(text: string | undefined): WallTime | null {
  const found = text === undefined ? null : /^(\d\d):(\d\d):(\d\d)(?:[.:,](\d{1,3}))?/.exec(text);
  if (found === null) return null;
  const at = wall(1970, 0, 1, found[1] as string, found[2] as string, found[3] as string, millis(found[4]));
  return at === null ? null : { wall: at, offset: null, hasDate: false };
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
