/** Times in the options of `file …`, and as it prints them (admin.md 3). */
import { phrase } from '../../../messages/catalogue.ts';
import { refusal } from '../shell.ts';

/** Wall ms, both inclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const UNITS: Readonly<Record<string, number>> = {
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
  weeks: 7 * 86_400_000,
  months: 30 * 86_400_000,
};
const UNIT_NAMES = Object.keys(UNITS);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `reltime <unit> n`: the last n units. @throws PlainError */
export function relativeSpan(unit: string | undefined, count: string | undefined, now: number): Span {
  const ms = UNITS[(unit ?? '').toLowerCase()];
  if (ms === undefined || !/^[1-9]\d{0,4}$/.test(count ?? ''))
    throw refusal(phrase('shell.reltime', { units: UNIT_NAMES.join(', ') }));
  return { from: now - ms * Number(count), to: now };
}

/** `abstime hh:mm:MM/DD/YY hh:mm:MM/DD/YY`, in the time zone of this computer; the last minute is meant whole. @throws PlainError */
export function absoluteSpan(first: string | undefined, last: string | undefined): Span {
  const [from, to] = [wallTime(first ?? ''), wallTime(last ?? '')];
  if (from === null || to === null || to < from) throw refusal(phrase('shell.abstime'));
  return { from, to: to + 59_999 };
}

function wallTime(text: string): number | null {
  const found = /^(\d{1,2}):(\d{2}):(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/.exec(text);
  if (found === null) return null;
  const [hour, minute, month, day, year] = found.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const at = new Date(year < 100 ? 2000 + year : year, month - 1, day, hour, minute);
  const same = at.getMonth() === month - 1 && at.getDate() === day && at.getHours() === hour && minute < 60;
  return same ? at.getTime() : null;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `dd Mon,yyyy hh:mm:ss` in the time zone of this computer. */
export function listedTime(wallMs: number): string {
  const at = new Date(wallMs);
  return `${two(at.getDate())} ${MONTHS[at.getMonth()]},${at.getFullYear()} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `YYYY-MM-DD hh:mm:ss` in the time zone of this computer. */
export function sortableTime(wallMs: number): string {
  const at = new Date(wallMs);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `1234567` as `1,234,567`. */
export const withCommas = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
