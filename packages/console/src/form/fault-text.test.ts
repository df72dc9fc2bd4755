import { expect, test } from 'vitest';
import { de } from '../messages/de.ts';
import { en } from '../messages/en.ts';
import { fr } from '../messages/fr.ts';
import { faultText } from './fault-text.ts';

/** What the server says of teams of a thing that everybody has; every kind of thing that teams can have says the same. */
const FAULT = { field: 'teamIds', code: 'FORMAT', message: 'What everybody has cannot be given to teams.' };

test.each([
  ['en', en],
  ['de', de],
  ['fr', fr],
])('what everybody has and teams cannot have as well is said so, in %s', (_name, messages) => {
  const said = faultText((key) => messages[key], FAULT);
  expect(said).toBe(messages['format.teamIds']);
  expect(said).not.toBe(messages['fault.FORMAT']);
});
