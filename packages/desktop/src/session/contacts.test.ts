import { expect, it } from 'vitest';
import { contactRows, drawnRows, placeAfter, search } from './contacts.ts';

const contact = (firstName: string, lastName: string, phoneNumber: string, description = '') => ({
  uri: '',
  firstName,
  lastName,
  phoneNumber,
  description,
});
const rows = contactRows(
  [
    { uri: '', name: 'Company', type: 'GLOBAL', contacts: [contact('Zoë', 'Ångström', '+1 (555) 12')] },
    {
      uri: '',
      name: 'Team',
      type: 'TEAM',
      contacts: [contact('Ada', 'L', '100', 'maths'), contact('', '', '7')],
    },
  ],
  'en',
);

it('contacts of all books stand by name; one without a name has its number for it', () => {
  expect(rows.map(({ name, book }) => [name, book])).toEqual([
    ['7', 'Team'],
    ['Ada L', 'Team'],
    ['Zoë Ångström', 'Company'],
  ]);
});

it.each([
  ['', 3],
  ['zoe ang', 1],
  ['ANGSTROM zoe', 1],
  ['MATHS', 1],
  ['155512', 1],
  ['(555)', 1],
  ['ada zoe', 0],
])('%j finds %i', (words, count) => {
  expect(search(rows, words)).toHaveLength(count);
});

it('of thousands only what is seen is drawn, and the row that has the focus', () => {
  expect(drawnRows(6000, 0, 264, 44, null)).toHaveLength(12);
  const middle = drawnRows(6000, 44 * 3000, 264, 44, 0);
  expect(middle).toHaveLength(19);
  expect(middle[0]).toBe(0);
  expect(middle).toContain(3000);
  expect(drawnRows(2, 0, 264, 44, 1)).toEqual([0, 1]);
  expect(drawnRows(0, 0, 264, 44, null)).toEqual([]);
});

it.each([
  ['ArrowDown', 4, 'call'],
  ['ArrowUp', 2, 'call'],
  ['PageDown', 8, 'call'],
  ['PageUp', 0, 'call'],
  ['Home', 0, 'call'],
  ['End', 9, 'call'],
  ['ArrowRight', 3, 'copy'],
])('%s leads to row %i', (key, row, cell) => {
  expect(placeAfter(key, { row: 3, cell: 'call' }, 10)).toEqual({ row, cell });
});

it('other keys lead nowhere, and in an empty list none does', () => {
  expect(placeAfter('a', { row: 0, cell: 'call' }, 10)).toBeNull();
  expect(placeAfter('End', { row: 0, cell: 'call' }, 0)).toBeNull();
});
