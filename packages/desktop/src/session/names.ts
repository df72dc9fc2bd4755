/** Who stands behind a number, as far as the page knows: members of the team that is looked at, and contacts of the phone books. */
import type { PhoneBook } from '@poise/client';
import type { Member } from './team-members.ts';

/** The same number is written in several ways. */
const plain = (number: string): string => number.replace(/[^0-9*#]/g, '');

/**
 * Names by number; those of the team win over those of phone books, the first book over later ones.
 * @param books what is known of them: nothing, while they are read
 */
export function namesOf(
  members: Iterable<Pick<Member, 'name' | 'extension'>>,
  books: readonly PhoneBook[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const know = (number: string, name: string) => {
    const digits = plain(number);
    if (digits !== '' && name !== '' && !names.has(digits)) names.set(digits, name);
  };
  for (const { extension, name } of members) know(extension, name);
  for (const { contacts } of books)
    for (const { phoneNumber, firstName, lastName } of contacts)
      know(phoneNumber, `${firstName} ${lastName}`.trim());
  return names;
}

/** @returns '' where nobody is known under the number */
export const nameOf = (names: ReadonlyMap<string, string>, number: string): string =>
  names.get(plain(number)) ?? '';
