/** Contacts as CSV (admin.md 1): a header line, quotes always written and never needed. Pure. */
import type { Item } from './schema.ts';

export const CONTACT_HEADER = ['First Name', 'Last Name', 'Phone Number', 'Notes'] as const;
const FIELDS = ['firstName', 'lastName', 'phoneNumber', 'description'] as const;

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

export const contactsToCsv = (contacts: readonly Item[]): string =>
  [CONTACT_HEADER, ...contacts.map((contact) => FIELDS.map((field) => String(contact[field] ?? '')))]
    .map((row) => `${row.map(quoted).join(',')}\r\n`)
    .join('');

/** In Latin 1, as the original writes it; what it does not have becomes a question mark. */
export const latin1 = (text: string): Uint8Array =>
  Uint8Array.from([...text], (character) => {
    const code = character.codePointAt(0) as number;
    return code < 256 ? code : 63;
  });

/** UTF-8 where it is that, else Latin 1. */
export function readText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}

export interface ContactsRead {
  readonly contacts: readonly Item[];
  /** Where each of them begins, from 1. */
  readonly lines: readonly number[];
}

/** @returns the number of the line that cannot be read, from 1, in the place of contacts */
export function contactsFromCsv(text: string): ContactsRead | { readonly line: number } {
  const rows: string[][] = [[]];
  const lines = [1];
  let [field, line, isQuoted] = ['', 1, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '\n') line++;
    if (isQuoted) {
      if (character !== '"') field += character;
      else if (text[at + 1] === '"') {
        field += '"';
        at++;
      } else isQuoted = false;
    } else if (character === '"' && field.trim() === '') {
      isQuoted = true;
      field = '';
    } else if (character === ',' || character === '\n') {
      (rows.at(-1) as string[]).push(field.replace(/\r$/, ''));
      field = '';
      if (character === '\n') {
        rows.push([]);
        lines.push(line);
      }
    } else field += character;
  }
  if (isQuoted) return { line: lines.at(-1) as number };
  (rows.at(-1) as string[]).push(field);
  const filled = rows
    .map((row, index) => ({ row: row.map((cell) => cell.trim()), line: lines[index] as number }))
    .filter(({ row }) => row.some((cell) => cell !== ''));
  const first = filled[0];
  if (first === undefined || first.row.join().toLowerCase() !== CONTACT_HEADER.join().toLowerCase())
    return { line: first?.line ?? 1 };
  const wrong = filled.find(({ row }) => row.length < 3 || row.length > 4 || row[2] === '');
  if (wrong !== undefined) return { line: wrong.line };
  const given = filled.slice(1);
  return {
    contacts: given.map(({ row }) =>
      Object.fromEntries(FIELDS.map((name, index) => [name, row[index] ?? ''])),
    ),
    lines: given.map((one) => one.line),
  };
}
