/** What requests about phone books and their contacts may hold (objects.md 8; rest-api.md 8). */
import type { Element } from '@poise/xml';
import { type CsvError, type Info, parse } from 'csv-parse/sync';
import {
  CONTACT_LENGTHS,
  CONTACTS_MAX,
  hasVisible,
  isXmlText,
  oneLine,
  PHONE_BOOK_NAME_MAX,
} from '../configuration/limits.ts';
import { failure } from '../domain/errors.ts';
import type { ContactRecord, PhoneBookRecord } from '../store/directory.ts';
import { type BodyLimits, type Reading, readRoot, refuse } from './request.ts';
import { invalid, missing, oneOf, Refused, reading, short, unseen } from './request-fields.ts';

/** 6,000 contacts of 600 bytes each, and some air. Contacts that are longer go in several books. */
export const CONTACTS_LIMITS: BodyLimits = { bytesMax: 4 * 1024 * 1024, textLengthMax: 64 * 1024 };

/** What a request sets; what it leaves out keeps its value. */
export type PhoneBookChange = Partial<Pick<PhoneBookRecord, 'name' | 'type'>>;
export type ContactFields = Omit<ContactRecord, 'id'>;
export type ContactChange = Partial<ContactFields>;

const LENGTHS: Readonly<Record<keyof ContactFields, readonly [min: number, max: number]>> = CONTACT_LENGTHS;
const FIELDS = Object.keys(LENGTHS) as readonly (keyof ContactFields)[];

const nothingSet = (object: string) => failure('INVALID_INPUT', object, 'At least one element must be given');

/** @param isNew something has to be set, but of a new one it is told what */
export function readPhoneBook(body: Uint8Array | undefined, isNew = false): Reading<PhoneBookChange> {
  return reading(() => {
    const root = readRoot(body, 'PhoneBook');
    if (!root.ok) return root;
    const name = short(root.value, 'name', PHONE_BOOK_NAME_MAX, 1);
    const type = oneOf(root.value, 'type', ['GLOBAL', 'TEAM']);
    const value = { ...(name !== undefined && { name }), ...(type !== undefined && { type }) };
    return !isNew && Object.keys(value).length === 0 ? refuse(nothingSet('PhoneBook')) : { ok: true, value };
  });
}

function contactOf(element: Element): ContactChange {
  const value: { -readonly [K in keyof ContactChange]: ContactChange[K] } = {};
  for (const name of FIELDS) {
    const text = short(element, name, LENGTHS[name][1]);
    // An empty number is none, and is told as such.
    if (text === '' && LENGTHS[name][0] > 0) throw missing(name);
    if (text !== undefined) value[name] = text;
  }
  return value;
}

/** A contact as a whole; what is not said is empty. */
function wholeContact({ phoneNumber, ...rest }: ContactChange): ContactFields {
  if (phoneNumber === undefined) throw missing('phoneNumber');
  return { firstName: '', lastName: '', description: '', ...rest, phoneNumber };
}

export function readNewContact(body: Uint8Array | undefined): Reading<ContactFields> {
  return reading(() => {
    const root = readRoot(body, 'Contact');
    return root.ok ? { ok: true, value: wholeContact(contactOf(root.value)) } : root;
  });
}

export function readContact(body: Uint8Array | undefined): Reading<ContactChange> {
  return reading(() => {
    const root = readRoot(body, 'Contact');
    if (!root.ok) return root;
    const value = contactOf(root.value);
    return Object.keys(value).length === 0 ? refuse(nothingSet('Contact')) : { ok: true, value };
  });
}

/** Contacts of an import: those that can be; how many and which ones cannot is told when none is left. */
function imported<T>(
  sources: readonly T[],
  contact: (source: T) => ContactFields,
  place: (source: T, index: number) => number,
): Reading<readonly ContactFields[]> {
  if (sources.length > CONTACTS_MAX) return refuse(failure('MAXIMUM_EXCEEDED', 'Contact'));
  const contacts: ContactFields[] = [];
  const bad: number[] = [];
  for (const [index, source] of sources.entries()) {
    try {
      contacts.push(contact(source));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      bad.push(place(source, index));
    }
  }
  if (contacts.length > 0) return { ok: true, value: contacts };
  const shown = bad.slice(0, 100).join(',');
  return refuse(failure('INVALID_INPUT', shown, 'There is no contact that can be imported'));
}

/** An import as XML. Contacts that cannot be are passed over. */
export function readContacts(body: Uint8Array | undefined): Reading<readonly ContactFields[]> {
  const root = readRoot(body, 'Contacts', CONTACTS_LIMITS);
  if (!root.ok) return root;
  return imported(
    root.value.elements('Contact'),
    (element) => wholeContact(contactOf(element)),
    (_, index) => index + 1,
  );
}

const HEADER = ['First Name', 'Last Name', 'Phone Number', 'Notes'];

/** UTF-8 where it is that, else Latin-1, in which the original reads and writes. */
function textOf(file: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return Buffer.from(file).toString('latin1');
  }
}

interface Row {
  readonly record: readonly string[];
  readonly info: Pick<Info, 'lines'>;
}

/**
 * An import as CSV: a line with the headings, then first name, last name, number, note; quotes where they are needed.
 * Lines that cannot be contacts are passed over; ErrorData has the numbers of the lines when all are such.
 */
export function readContactsFile(file: Uint8Array): Reading<readonly ContactFields[]> {
  let rows: readonly Row[];
  try {
    rows = parse(textOf(file), {
      info: true,
      recordDelimiter: ['\r\n', '\n', '\r'],
      relaxColumnCount: true,
      relaxQuotes: true,
      skipEmptyLines: true,
      trim: true,
      maxRecordSize: 64 * 1024,
    }) as unknown as readonly Row[];
  } catch (error) {
    return refuse(failure('INVALID_INPUT', String((error as CsvError)['lines'] ?? ''), 'The file is no CSV'));
  }
  const [first, ...others] = rows;
  const kind = first === undefined ? 'headings' : firstLine(first.record);
  if (kind === 'neither')
    return refuse(failure('INVALID_INPUT', String(first!.info.lines), 'The first line has no headings'));
  const contacts = kind === 'headings' ? others : rows;
  return imported(
    contacts,
    ({ record }) => contactOfRow(record),
    ({ info }) => info.lines,
  );
}

/**
 * The headings come first (admin.md 1); whoever left them out meant a contact. What is neither tells that the file is none of these:
 * the book shall not be emptied for it. Headings in another language are any words in the place of the number; those of the original in
 * another order are refused, for the columns would be mistaken.
 */
function firstLine(record: readonly string[]): 'headings' | 'contact' | 'neither' {
  const cells = record.map((cell) => cell.toLowerCase());
  const known = HEADER.map((heading) => heading.toLowerCase());
  if (cells[2] === known[2]) return 'headings';
  if (cells.some((cell) => known.includes(cell))) return 'neither';
  const number = cells[2] ?? '';
  if (/^[^\d@]*\p{L}[^\d@]*$/u.test(number)) return 'headings';
  return number === '' ? 'neither' : 'contact';
}

function contactOfRow([
  firstName = '',
  lastName = '',
  phoneNumber = '',
  description = '',
]: readonly string[]) {
  const contact: ContactFields = {
    firstName: oneLine(firstName),
    lastName: oneLine(lastName),
    phoneNumber: oneLine(phoneNumber),
    description: oneLine(description),
  };
  for (const name of FIELDS) {
    const [min, max] = LENGTHS[name];
    const text = contact[name];
    if (text.length < min || [...text].length > max || !isXmlText(text))
      throw invalid(name, `${name} must have ${min} to ${max} characters`);
    if (text !== '' && !hasVisible(text)) throw unseen(name);
  }
  return contact;
}

export interface ContactsFile {
  readonly bytes: Uint8Array;
  readonly charset: 'ISO-8859-1' | 'UTF-8';
}

/**
 * The contacts as the import takes them, every value in quotes. In Latin-1 as the original writes it, and in UTF-8 with its
 * mark where that would lose a letter. A value that a spreadsheet would take for a formula is one all the same: it has to
 * come back unchanged.
 */
export function contactsFile(contacts: readonly ContactRecord[]): ContactsFile {
  const rows = contacts.map((one) => [one.firstName, one.lastName, one.phoneNumber, one.description]);
  const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
  const text = [HEADER, ...rows].map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
  return /[^\u0000-\u00ff]/.test(text)
    ? { bytes: Buffer.from(`\ufeff${text}`, 'utf8'), charset: 'UTF-8' }
    : { bytes: Buffer.from(text, 'latin1'), charset: 'ISO-8859-1' };
}
