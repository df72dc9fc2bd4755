/** Phone books, their teams and their contacts. */
import type { ContactRecord, PhoneBookRecord } from './directory.ts';
import { chunks, grouped, Repository, requireFound } from './repository.ts';

export class PhoneBookRepository extends Repository {
  async all(): Promise<PhoneBookRecord[]> {
    const rows = await this.db.selectFrom('phone_book').selectAll().orderBy('id').execute();
    const teams = grouped(
      await this.db.selectFrom('phone_book_team').selectAll().orderBy('team_id').execute(),
      (row) => row.phone_book_id,
      (row) => row.team_id,
    );
    const contacts = grouped(
      await this.db.selectFrom('contact').selectAll().orderBy('id').execute(),
      (row) => row.phone_book_id,
      (row): ContactRecord => ({
        id: row.id,
        firstName: row.first_name,
        lastName: row.last_name,
        phoneNumber: row.phone_number,
        description: row.description,
      }),
    );
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      type: row.type as PhoneBookRecord['type'],
      teamIds: teams.get(row.id) ?? [],
      contacts: contacts.get(row.id) ?? [],
    }));
  }

  /** @returns its id. @throws StoreError `duplicate` when the name is used */
  async create(book: Pick<PhoneBookRecord, 'name' | 'type' | 'teamIds'>): Promise<number> {
    this.touch('phoneBooks');
    const { id } = await this.db
      .insertInto('phone_book')
      .values({ name: book.name, type: book.type })
      .returning('id')
      .executeTakeFirstOrThrow();
    await this.#assign(id, book.teamIds);
    return id;
  }

  async update(
    id: number,
    change: Partial<Pick<PhoneBookRecord, 'name' | 'type' | 'teamIds'>>,
  ): Promise<void> {
    this.touch('phoneBooks');
    const columns = {
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.type === undefined ? {} : { type: change.type }),
    };
    if (Object.keys(columns).length > 0) {
      const result = await this.db
        .updateTable('phone_book')
        .set(columns)
        .where('id', '=', id)
        .executeTakeFirst();
      requireFound(result.numUpdatedRows, `phone book ${id}`);
    }
    if (change.teamIds === undefined) return;
    await this.db.deleteFrom('phone_book_team').where('phone_book_id', '=', id).execute();
    await this.#assign(id, change.teamIds);
  }

  /** Its contacts go with it. */
  async remove(id: number): Promise<void> {
    this.touch('phoneBooks');
    const result = await this.db.deleteFrom('phone_book').where('id', '=', id).executeTakeFirst();
    requireFound(result.numDeletedRows, `phone book ${id}`);
  }

  /** @returns the id of the contact. @throws StoreError `reference` when there is no such book */
  async createContact(phoneBookId: number, contact: Omit<ContactRecord, 'id'>): Promise<number> {
    this.touch('phoneBooks');
    const row = await this.db
      .insertInto('contact')
      .values(columnsOf(phoneBookId, contact))
      .returning('id')
      .executeTakeFirstOrThrow();
    return row.id;
  }

  async updateContact(
    phoneBookId: number,
    id: number,
    change: Partial<Omit<ContactRecord, 'id'>>,
  ): Promise<void> {
    this.touch('phoneBooks');
    const columns = {
      ...(change.firstName === undefined ? {} : { first_name: change.firstName }),
      ...(change.lastName === undefined ? {} : { last_name: change.lastName }),
      ...(change.phoneNumber === undefined ? {} : { phone_number: change.phoneNumber }),
      ...(change.description === undefined ? {} : { description: change.description }),
    };
    if (Object.keys(columns).length === 0) return;
    const result = await this.db
      .updateTable('contact')
      .set(columns)
      .where('id', '=', id)
      .where('phone_book_id', '=', phoneBookId)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `contact ${id}`);
  }

  async removeContact(phoneBookId: number, id: number): Promise<void> {
    this.touch('phoneBooks');
    const result = await this.db
      .deleteFrom('contact')
      .where('id', '=', id)
      .where('phone_book_id', '=', phoneBookId)
      .executeTakeFirst();
    requireFound(result.numDeletedRows, `contact ${id}`);
  }

  /** Replaces all contacts of a book, as an import does. */
  async replaceContacts(
    phoneBookId: number,
    contacts: ReadonlyArray<Omit<ContactRecord, 'id'>>,
  ): Promise<void> {
    this.touch('phoneBooks');
    await this.db.deleteFrom('contact').where('phone_book_id', '=', phoneBookId).execute();
    await this.addContacts(phoneBookId, contacts);
  }

  async addContacts(phoneBookId: number, contacts: ReadonlyArray<Omit<ContactRecord, 'id'>>): Promise<void> {
    this.touch('phoneBooks');
    for (const some of chunks(contacts)) {
      await this.db
        .insertInto('contact')
        .values(some.map((contact) => columnsOf(phoneBookId, contact)))
        .execute();
    }
  }

  /**
   * What a team has, besides what everybody has.
   * @throws StoreError `reference` for a book or a team that does not exist
   */
  async assign(teamId: number, ids: readonly number[]): Promise<void> {
    this.touch('phoneBooks');
    await this.db.deleteFrom('phone_book_team').where('team_id', '=', teamId).execute();
    const rows = ids.map((phone_book_id) => ({ phone_book_id, team_id: teamId }));
    if (rows.length > 0) await this.db.insertInto('phone_book_team').values(rows).execute();
  }

  async #assign(id: number, teamIds: readonly number[]): Promise<void> {
    if (teamIds.length === 0) return;
    const rows = [...new Set(teamIds)].map((team_id) => ({ phone_book_id: id, team_id }));
    await this.db.insertInto('phone_book_team').values(rows).execute();
  }
}

const columnsOf = (phone_book_id: number, contact: Omit<ContactRecord, 'id'>) => ({
  phone_book_id,
  first_name: contact.firstName,
  last_name: contact.lastName,
  phone_number: contact.phoneNumber,
  description: contact.description,
});
