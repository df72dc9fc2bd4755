import type { Element } from '@poise/xml';
import { find, list, type Open, text } from './read.ts';

export interface Contact {
  readonly uri: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly phoneNumber: string;
  readonly description: string;
}

export interface PhoneBook {
  readonly uri: string;
  readonly name: string;
  readonly type: Open<'GLOBAL' | 'TEAM'>;
  readonly contacts: readonly Contact[];
}

export function readPhoneBooks(root: Element): PhoneBook[] {
  return list(root, 'PhoneBook').map((element) => ({
    uri: text(element, 'uri'),
    name: text(element, 'name'),
    type: text(element, 'type'),
    contacts: list(find(element, 'contacts'), 'Contact').map(readContact),
  }));
}

function readContact(element: Element): Contact {
  return {
    uri: text(element, 'uri'),
    firstName: text(element, 'firstName'),
    lastName: text(element, 'lastName'),
    phoneNumber: text(element, 'phoneNumber'),
    description: text(element, 'description'),
  };
}
