/**
 * Small facts about the data itself, such as that the demonstration configuration was put in once, and how far
 * numbers that must never be used twice have been given away.
 */
import { sql } from 'kysely';
import { Repository } from './repository.ts';

export class FactRepository extends Repository {
  async get(name: string): Promise<string | undefined> {
    const row = await this.db.selectFrom('fact').select('value').where('name', '=', name).executeTakeFirst();
    return row?.value;
  }

  async set(name: string, value: string): Promise<void> {
    await this.db
      .insertInto('fact')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute();
  }

  /** Does nothing where there is a value; waits for another transaction that writes it. */
  async setOnce(name: string, value: string): Promise<void> {
    await this.db
      .insertInto('fact')
      .values({ name, value })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  }

  /**
   * Gives away the next `count` numbers of a row that begins with 0. One statement, so that several processes on
   * one store never get the same ones.
   *
   * @returns the first of them
   */
  async reserve(name: string, count: number): Promise<number> {
    const row = await this.db
      .insertInto('fact')
      .values({ name, value: String(count) })
      .onConflict((conflict) =>
        conflict
          .column('name')
          .doUpdateSet({ value: sql<string>`cast(cast(fact.value as bigint) + ${count} as text)` }),
      )
      .returning('value')
      .executeTakeFirstOrThrow();
    return Number(row.value) - count;
  }
}
