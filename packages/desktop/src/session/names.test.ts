import type { PhoneBook } from '@poise/client';
import { expect, test } from 'vitest';
import { nameOf, namesOf } from './names.ts';

const book = (...contacts: readonly (readonly [string, string, string])[]): PhoneBook =>
  ({
    name: 'Book',
    contacts: contacts.map(([firstName, lastName, phoneNumber]) => ({
      firstName,
      lastName,
      phoneNumber,
      description: '',
    })),
  }) as unknown as PhoneBook;

const names = namesOf(
  [
    { name: 'Dev One', extension: '3001' },
    { name: 'Away', extension: '' },
  ],
  [
    book(['Acme', 'Support', '1 (555) 010-0'], ['', '', '777'], ['Other', 'One', '3001']),
    book(['Later', '', '15550100']),
  ],
);

test.each([
  ['3001', 'Dev One'],
  ['15550100', 'Acme Support'],
  ['1-555-0100', 'Acme Support'],
  ['777', ''],
  ['', ''],
  ['9', ''],
])('%s is %s', (number, name) => {
  expect(nameOf(names, number)).toBe(name);
});
