import { expect, test } from 'vitest';
import { contactsFromCsv, contactsToCsv, latin1, readText } from './csv.ts';

const HEADER = '"First Name","Last Name","Phone Number","Notes"';
const ANNA = { firstName: 'Anna', lastName: 'O"Neil, B', phoneNumber: '5551', description: 'two\nlines' };

test('what was written is read again', () => {
  const csv = contactsToCsv([ANNA]);
  expect(csv).toBe(`${HEADER}\r\n"Anna","O""Neil, B","5551","two\nlines"\r\n`);
  expect(contactsFromCsv(csv)).toEqual({ contacts: [ANNA], lines: [2] });
});

test('quotes are not needed, nor are notes, nor a line at the end', () => {
  expect(contactsFromCsv('First Name,Last Name,Phone Number,Notes\n\nAnna,,5551')).toEqual({
    contacts: [{ firstName: 'Anna', lastName: '', phoneNumber: '5551', description: '' }],
    lines: [3],
  });
});

test.each([
  ['', 1],
  ['Anna,Blue,5551,', 1],
  [`${HEADER}\nAnna,Blue\n`, 2],
  [`${HEADER}\nAnna,Blue,,x\n`, 2],
  [`${HEADER}\nAnna,Blue,1,x\nAnna,Blue,1,x,y`, 3],
  [`${HEADER}\nAnna,"Blue,1`, 2],
])('%j cannot be read in line %i', (csv, line) => {
  expect(contactsFromCsv(csv)).toEqual({ line });
});

test('files are Latin 1, with a question mark for what it does not have; UTF-8 is read, too', () => {
  expect([...latin1('é€')]).toEqual([0xe9, 63]);
  expect(readText(Uint8Array.of(0xe9))).toBe('é');
  expect(readText(new TextEncoder().encode('é€'))).toBe('é€');
});
