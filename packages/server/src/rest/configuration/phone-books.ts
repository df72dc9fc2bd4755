/** Phone books and their contacts, for administrators: one by one, as a file, as XML (rest-api.md 8; objects.md 8). */
import { hasTooManyBooks, hasTooManyContacts } from '../../configuration/limits.ts';
import { failure } from '../../domain/errors.ts';
import { listDocument } from '../../objects/list.ts';
import {
  CONTACTS_LIMITS,
  type ContactFields,
  contactsFile,
  readContact,
  readContacts,
  readContactsFile,
  readNewContact,
  readPhoneBook,
} from '../../objects/phone-book-request.ts';
import { CONTACT_OF_BOOK, PHONE_BOOK_SUMMARY } from '../../objects/phone-books.ts';
import { type Reading, refuse } from '../../objects/request.ts';
import { missing, Refused } from '../../objects/request-fields.ts';
import { objectWriter } from '../../objects/writer.ts';
import type { ContactRecord, PhoneBookRecord } from '../../store/directory.ts';
import { type Answer, accepted, ok } from '../answer.ts';
import type { Call } from '../call.ts';
import { formFile } from '../form-file.ts';
import type { Resource } from '../resource.ts';
import {
  answering,
  changing,
  changingQuietly,
  created,
  handler,
  notFound,
  numberOf,
  resourcesOf,
} from './configuration.ts';

type Type = PhoneBookRecord['type'];

/** The part that holds the file of an upload. */
const PART = 'datafile';

const allBooks = (call: Call) => call.dependencies.directory.current.allPhoneBooks();
const bookWriter = (call: Call) => objectWriter(PHONE_BOOK_SUMMARY, call.dependencies.presenter.profile);
const contactWriter = (call: Call) => objectWriter(CONTACT_OF_BOOK, call.dependencies.presenter.profile);

/** @throws Refused */
function bookOf(call: Call, parameter = 'id'): PhoneBookRecord {
  const id = numberOf(call, parameter);
  const book = id === null ? undefined : call.dependencies.directory.current.phoneBook(id);
  if (book === undefined) throw new Refused(notFound(call, 'PhoneBook', parameter));
  return book;
}

/** @throws Refused */
function contactOf(call: Call): { readonly bookId: number; readonly contact: ContactRecord } {
  const book = bookOf(call, 'phoneBookId');
  const id = numberOf(call);
  const contact = book.contacts.find((one) => one.id === id);
  if (contact === undefined) throw new Refused(notFound(call, 'Contact'));
  return { bookId: book.id, contact };
}

/** @throws Refused */
function refuseOneMoreBook(call: Call, type: Type): void {
  if (hasTooManyBooks(allBooks(call), 0, type)) throw new Refused(failure('MAXIMUM_EXCEEDED', 'PhoneBook'));
}

/** @throws Refused */
function refuseInUse({ name, teamIds }: PhoneBookRecord): void {
  if (teamIds.length > 0)
    throw new Refused(failure('IN_USE', name.slice(0, 64), 'The phone book is assigned to a team'));
}

async function createBook(call: Call): Promise<Answer> {
  const read = readPhoneBook(call.body, true);
  return changing(call, 'PhoneBook', async ({ phoneBooks }) => {
    if (!read.ok) throw new Refused(read.failure);
    const { name, type } = read.value;
    if (name === undefined) throw missing('name');
    if (type === undefined) throw missing('type');
    refuseOneMoreBook(call, type);
    return created(call, `/finesse/api/PhoneBook/${await phoneBooks.create({ name, type, teamIds: [] })}`);
  });
}

async function updateBook(call: Call): Promise<Answer> {
  const read = readPhoneBook(call.body);
  return changingQuietly(call, 'PhoneBook', async ({ phoneBooks }) => {
    const before = bookOf(call);
    if (!read.ok) throw new Refused(read.failure);
    const { type = before.type } = read.value;
    if (type !== before.type) {
      refuseInUse(before);
      refuseOneMoreBook(call, type);
    }
    await phoneBooks.update(before.id, read.value);
  });
}

const removeBook = (call: Call): Promise<Answer> =>
  changingQuietly(call, 'PhoneBook', async ({ phoneBooks }) => {
    const book = bookOf(call);
    refuseInUse(book);
    await phoneBooks.remove(book.id);
  });

/** @param own contacts of the book when this is done @throws Refused */
function refuseContacts(call: Call, book: PhoneBookRecord, own: number): void {
  if (hasTooManyContacts(allBooks(call), book.id, own))
    throw new Refused(failure('MAXIMUM_EXCEEDED', 'Contact'));
}

async function createContact(call: Call): Promise<Answer> {
  const read = readNewContact(call.body);
  return changing(call, 'Contact', async ({ phoneBooks }) => {
    const book = bookOf(call, 'phoneBookId');
    if (!read.ok) throw new Refused(read.failure);
    refuseContacts(call, book, book.contacts.length + 1);
    const id = await phoneBooks.createContact(book.id, read.value);
    return created(call, `/finesse/api/PhoneBook/${book.id}/Contact/${id}`);
  });
}

async function updateContact(call: Call): Promise<Answer> {
  const read = readContact(call.body);
  return changingQuietly(call, 'Contact', async ({ phoneBooks }) => {
    const { bookId, contact } = contactOf(call);
    if (!read.ok) throw new Refused(read.failure);
    await phoneBooks.updateContact(bookId, contact.id, read.value);
  });
}

const removeContact = (call: Call): Promise<Answer> =>
  changingQuietly(call, 'Contact', async ({ phoneBooks }) => {
    const { bookId, contact } = contactOf(call);
    await phoneBooks.removeContact(bookId, contact.id);
  });

/**
 * Replaces all contacts of a book. Accepted, as the original's import is, which goes on in the background; ours is done, so
 * that who asks next sees what was imported, and nothing that was accepted can get lost.
 */
async function importContacts(
  call: Call,
  parameter: string,
  read: (call: Call) => Reading<readonly ContactFields[]> | Promise<Reading<readonly ContactFields[]>>,
): Promise<Answer> {
  const contacts = await read(call);
  return changing(call, 'PhoneBook', async ({ phoneBooks }) => {
    const book = bookOf(call, parameter);
    if (!contacts.ok) throw new Refused(contacts.failure);
    refuseContacts(call, book, contacts.value.length);
    await phoneBooks.replaceContacts(book.id, contacts.value);
    return accepted();
  });
}

/** The file by itself is taken, too, where its type says so. */
async function uploaded({
  body = new Uint8Array(),
  contentType,
}: Call): Promise<Reading<readonly ContactFields[]>> {
  const file = /^text\/csv\b/i.test(contentType) ? body : await formFile(body, contentType, PART);
  return file === null
    ? refuse(failure('INVALID_INPUT', PART, `The request must be multipart/form-data with a file ${PART}`))
    : readContactsFile(file);
}

function exportContacts(call: Call): Answer {
  return answering(() => {
    const book = bookOf(call);
    const { bytes, charset } = contactsFile(book.contacts);
    return {
      status: 200,
      body: bytes,
      contentType: `text/csv;charset=${charset}`,
      headers: { 'Content-Disposition': `attachment; filename="PhoneBook-${book.id}.csv"` },
    };
  });
}

const FILE = 'PhoneBook/{id}/Contacts/csvFileContent';

export const PHONE_BOOK_CONFIGURATION_RESOURCES: readonly Resource[] = [
  ...resourcesOf(
    'PhoneBook',
    'phoneBook',
    { read: 'phoneBook.read', write: 'phoneBook.write' },
    {
      list: (call) => ok(listDocument('PhoneBooks', bookWriter(call), allBooks(call))),
      get: (call) => answering(() => ok(bookWriter(call).document(bookOf(call)))),
      create: createBook,
      update: updateBook,
      remove: removeBook,
    },
  ),
  ...resourcesOf(
    'PhoneBook/{phoneBookId}/Contact',
    'contact',
    { read: 'contact.read', write: 'contact.write' },
    {
      list: (call) =>
        answering(() => {
          const { id: bookId, contacts } = bookOf(call, 'phoneBookId');
          const sources = contacts.map((contact) => ({ bookId, contact }));
          return ok(listDocument('Contacts', contactWriter(call), sources));
        }),
      get: (call) => answering(() => ok(contactWriter(call).document(contactOf(call)))),
      create: createContact,
      update: updateContact,
      remove: removeContact,
    },
  ).map((resource) =>
    resource.path.endsWith('/Contacts')
      ? {
          ...resource,
          methods: {
            ...resource.methods,
            PUT: handler(
              'contact.write',
              'contacts.PUT',
              (call) => importContacts(call, 'phoneBookId', ({ body }) => readContacts(body)),
              CONTACTS_LIMITS,
            ),
          },
        }
      : resource,
  ),
  {
    path: FILE,
    methods: {
      GET: handler('contact.read', 'csvFileContent.GET', exportContacts),
      POST: handler(
        'contact.write',
        'csvFileContent.POST',
        (call) => importContacts(call, 'id', uploaded),
        CONTACTS_LIMITS,
      ),
      // Who sends the file by itself replaces what is there.
      PUT: handler(
        'contact.write',
        'csvFileContent.PUT',
        (call) => importContacts(call, 'id', uploaded),
        CONTACTS_LIMITS,
      ),
    },
  },
];
