import { arrayOf } from './data.ts';
import { RestBase, type RestData, type RestHandlers } from './rest-base.ts';
import { RestCollectionBase } from './rest-collection-base.ts';

/** Somebody in a phone book. */
export class Contact extends RestBase {
  override getRestType(): string {
    return 'Contact';
  }
  getFirstName(): string {
    return this.textOf('firstName');
  }
  getLastName(): string {
    return this.textOf('lastName');
  }
  getPhoneNumber(): string {
    return this.textOf('phoneNumber');
  }
  getDescription(): string {
    return this.textOf('description');
  }
}

/** The contacts of a phone book. */
export class Contacts extends RestCollectionBase<Contact> {
  override getRestType(): string {
    return 'Contacts';
  }
  override getRestItemType(): string {
    return 'Contact';
  }
  protected override makeItem(id: string, data: RestData): Contact {
    return new Contact({ id, data, parentObj: this, autoSubscribe: false });
  }
}

/** A phone book. */
export class PhoneBook extends RestBase {
  override getRestType(): string {
    return 'PhoneBook';
  }
  override getRestUrl(): string {
    return `/finesse/api/PhoneBook/${this._id}`;
  }
  getName(): string {
    return this.textOf('name');
  }
  /** GLOBAL or TEAM. */
  getType(): string {
    return this.textOf('type');
  }
  /** The contacts that came with the book: `{Contact: one or an array}`; null when none did. */
  getEmbeddedContacts(): { Contact: RestData | RestData[] } | null {
    const contacts = this.member('contacts') ?? this.member('Contacts');
    return typeof contacts === 'object' && contacts !== null
      ? (contacts as { Contact: RestData | RestData[] })
      : null;
  }
  /** The contacts as a collection: those that came with the book, else read from the server. */
  getContacts(handlers?: RestHandlers): Contacts {
    const embedded = this.getEmbeddedContacts();
    return new Contacts({
      ...handlers,
      parentObj: this,
      autoSubscribe: false,
      ...(embedded && { data: { Contact: arrayOf<RestData>(embedded.Contact) } }),
    });
  }
}

/** The phone books of a user: `/finesse/api/User/{id}/PhoneBooks`. */
export class PhoneBooks extends RestCollectionBase<PhoneBook> {
  override getRestType(): string {
    return 'PhoneBooks';
  }
  override getRestItemType(): string {
    return 'PhoneBook';
  }
  protected override makeItem(id: string, data: RestData): PhoneBook {
    return new PhoneBook({ id, data, parentObj: this, autoSubscribe: false });
  }
}
