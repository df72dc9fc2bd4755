import { expect, it } from 'vitest';
import { personName } from './person-name.ts';

it.each([
  ['Ada', 'Lovelace', 'Ada Lovelace'],
  ['', 'Lovelace', 'Lovelace'],
  ['محمد', '', 'محمد'],
  ['\u{1F469}', '', '\u{1F469}'],
  // Nobody could see these, or press what they stand on.
  ['', '', '2001'],
  ['   ', '\u200B\u2060', '2001'],
  ['\u202E', '\u00AD', '2001'],
])('%j %j is called %j', (firstName, lastName, name) => {
  expect(personName({ firstName, lastName }, '2001')).toBe(name);
});
