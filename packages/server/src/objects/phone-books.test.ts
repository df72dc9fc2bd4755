import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CONTACTS_MAX } from '../configuration/limits.ts';
import type { PhoneBookRecord } from '../store/directory.ts';
import { parseContactRange, sliceContacts } from './phone-books.ts';

const book = (id: number, size: number): PhoneBookRecord => ({
  id,
  name: `Book ${id}`,
  type: 'GLOBAL',
  teamIds: [],
  contacts: Array.from({ length: size }, (_, index) => ({
    id: id * 10_000 + index,
    firstName: '',
    lastName: '',
    phoneNumber: '1',
    description: '',
  })),
});

test.each([
  ['objects=1-1', { first: 1, last: 1 }],
  ['objects=1-6000', { first: 1, last: CONTACTS_MAX }],
  [' Objects = 2 - 7 ', { first: 2, last: 7 }],
  ['objects=0-5', null],
  ['objects=5-4', null],
  ['objects=1-6001', null],
  ['bytes=0-499', null],
  ['objects=1-', null],
  ['', null],
])('the range %j is read as %j', (header, range) => {
  expect(parseContactRange(header)).toEqual(range);
});

test('a range takes the contacts of all books in order, and knows whether any are left', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 });
  const range = fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 30 }));
  fc.assert(
    fc.property(sizes, range, (counts, [first, more]) => {
      const books = counts.map((size, index) => book(index + 1, size));
      const all = books.flatMap(({ contacts }) => contacts);
      const slice = sliceContacts(books, { first, last: first + more });
      const returned = slice.books.flatMap(({ contacts }) => contacts);
      expect(returned).toEqual(all.slice(first - 1, first + more));
      expect(slice.partial).toBe(returned.length < all.length);
      expect(slice.total).toBe(all.length);
    }),
  );
});
