/** Phone books: with embedded contacts, as users get them, and without, as administrators do (objects.md 8; rest-api.md 1.8). */
import { CONTACTS_MAX } from '../configuration/limits.ts';
import type { ContactRecord, PhoneBookRecord } from '../store/directory.ts';
import { fieldsOf, type ObjectDescription } from './description.ts';

export interface ContactSource {
  readonly bookId: number;
  readonly contact: ContactRecord;
}

export interface PhoneBookSource {
  readonly book: PhoneBookRecord;
  /** Those inside the asked range. */
  readonly contacts: readonly ContactRecord[];
}

const contact = fieldsOf<ContactSource>();
const CONTACT = [
  contact.text('description', (c) => c.contact.description),
  contact.text('firstName', (c) => c.contact.firstName),
  contact.text('lastName', (c) => c.contact.lastName),
  contact.text('phoneNumber', (c) => c.contact.phoneNumber),
  contact.uri('uri', (c) => `/finesse/api/PhoneBook/${c.bookId}/Contact/${c.contact.id}`),
];

/** A contact by itself. */
export const CONTACT_OF_BOOK: ObjectDescription<ContactSource> = {
  root: 'Contact',
  eventRoot: 'contact',
  declaration: true,
  fields: CONTACT,
};

const summary = fieldsOf<PhoneBookRecord>();

/** Its contacts are a list of their own. */
export const PHONE_BOOK_SUMMARY: ObjectDescription<PhoneBookRecord> = {
  root: 'PhoneBook',
  eventRoot: 'phoneBook',
  declaration: true,
  fields: [
    summary.uri('uri', (b) => `/finesse/api/PhoneBook/${b.id}`),
    summary.text('name', (b) => b.name),
    summary.oneOf('type', ['GLOBAL', 'TEAM'], (b) => b.type),
    summary.uri('contacts', (b) => `/finesse/api/PhoneBook/${b.id}/Contacts`),
  ],
};

const book = fieldsOf<PhoneBookSource>();

export const PHONE_BOOK: ObjectDescription<PhoneBookSource> = {
  root: 'PhoneBook',
  eventRoot: 'phoneBook',
  declaration: true,
  fields: [
    book.uri('uri', (b) => `/finesse/api/PhoneBook/${b.book.id}`),
    book.text('name', (b) => b.book.name),
    book.oneOf('type', ['GLOBAL', 'TEAM'], (b) => b.book.type),
    book.list('Contacts', 'Contact', CONTACT, (b) =>
      b.contacts.map((record) => ({ bookId: b.book.id, contact: record })),
    ),
  ],
};

/** Contacts `first` to `last` (from 1, inclusive), counted through all books in order. */
export interface ContactRange {
  readonly first: number;
  readonly last: number;
}

/** `objects=A-B`; null when it is not that or lies outside the window. */
export function parseContactRange(header: string): ContactRange | null {
  const match = /^\s*objects\s*=\s*(\d{1,6})\s*-\s*(\d{1,6})\s*$/i.exec(header);
  if (match === null) return null;
  const first = Number(match[1]);
  const last = Number(match[2]);
  return first >= 1 && last >= first && last <= CONTACTS_MAX ? { first, last } : null;
}

export interface ContactSlice {
  readonly books: readonly PhoneBookSource[];
  /** Contacts in all books. */
  readonly total: number;
  /** Whether contacts exist that were not returned. */
  readonly partial: boolean;
}

/** The part of the books that lies in the range: global books are filled first, as the directory orders them. */
export function sliceContacts(books: readonly PhoneBookRecord[], range: ContactRange): ContactSlice {
  const slices: PhoneBookSource[] = [];
  let passed = 0;
  let returned = 0;
  for (const record of books) {
    const from = Math.max(0, range.first - 1 - passed);
    const to = Math.min(record.contacts.length, range.last - passed);
    if (to > from || (record.contacts.length === 0 && passed < range.last)) {
      const contacts = record.contacts.slice(from, to);
      slices.push({ book: record, contacts });
      returned += contacts.length;
    }
    passed += record.contacts.length;
  }
  return { books: slices, total: passed, partial: returned < passed };
}
