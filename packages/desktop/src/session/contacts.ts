/** Contacts of the phone books, and the search in them. */
import type { PhoneBook } from '@poise/client';

/** One line of the list. */
export interface ContactRow {
  readonly name: string;
  readonly number: string;
  readonly description: string;
  readonly book: string;
  /** What the search looks at: lower case, without accents. */
  readonly text: string;
}

const DIACRITICS = /\p{Diacritic}/gu;
const plain = (text: string) => text.normalize('NFD').replace(DIACRITICS, '').toLowerCase();

/** All contacts by name; made once, since there may be thousands of them. */
export function contactRows(books: readonly PhoneBook[], language: string): readonly ContactRow[] {
  const { compare } = new Intl.Collator(language);
  return books
    .flatMap(({ name: book, contacts }) =>
      contacts.map(({ firstName, lastName, phoneNumber, description }) => {
        const name = `${firstName} ${lastName}`.trim();
        const text = plain(`${name} ${phoneNumber} ${phoneNumber.replace(/[^0-9]/g, '')} ${description}`);
        return { name: name || phoneNumber, number: phoneNumber, description, book, text };
      }),
    )
    .sort((a, b) => compare(a.name, b.name));
}

/** Those that have every word of the search somewhere; digits are found however the number is written. */
export function search(rows: readonly ContactRow[], words: string): readonly ContactRow[] {
  const wanted = plain(words).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return rows;
  return rows.filter(({ text }) => wanted.every((word) => text.includes(word)));
}

/** The part of a long list that is drawn: what is seen and a little around it, and the row that has the focus. */
export function drawnRows(
  count: number,
  scrollTop: number,
  height: number,
  rowHeight: number,
  focused: number | null,
): readonly number[] {
  const AROUND = 6;
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - AROUND);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + AROUND);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  if (focused === null || focused >= count || (focused >= first && focused < last)) return rows;
  return focused < first ? [focused, ...rows] : [...rows, focused];
}

/** Where the focus is in the list: a row, and in it what calls or what copies the number into the field. */
export interface ListPlace {
  readonly row: number;
  readonly cell: 'call' | 'copy';
}

const PAGE = 5;
const STEPS: Readonly<Record<string, number>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: PAGE,
  PageUp: -PAGE,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Where a key leads in a list of `count` rows; null: it leads nowhere. */
export function placeAfter(key: string, { row, cell }: ListPlace, count: number): ListPlace | null {
  if (count === 0) return null;
  if (key === 'ArrowLeft' || key === 'ArrowRight') return { row, cell: cell === 'call' ? 'copy' : 'call' };
  const step = STEPS[key];
  return step === undefined ? null : { row: Math.max(0, Math.min(count - 1, row + step)), cell };
}
