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
        const text = plain(`${name} ${phoneNumber} ${description}`);
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
