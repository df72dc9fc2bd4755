/** Small facts about the data itself, such as that the demonstration configuration was put in once. */
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
}
