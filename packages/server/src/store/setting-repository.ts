/** Settings that an administrator has written through an API (docs/settings.md). What they may be is known elsewhere. */
import type { SettingRecord } from './directory.ts';
import { Repository } from './repository.ts';

export class SettingRepository extends Repository {
  /** In the order of their keys. */
  async all(): Promise<SettingRecord[]> {
    return this.db.selectFrom('setting').select(['key', 'value']).orderBy('key').execute();
  }

  async save({ key, value }: SettingRecord): Promise<void> {
    this.touch('settings');
    await this.db
      .insertInto('setting')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  }

  /** The default is meant again. */
  async remove(key: string): Promise<void> {
    this.touch('settings');
    await this.db.deleteFrom('setting').where('key', '=', key).execute();
  }
}
