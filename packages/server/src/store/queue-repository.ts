/** Skill groups, the numbers that lead to them, and the phones. */
import { type DialledNumberRecord, QUEUE_PRIORITY, type SkillGroupRecord } from './directory.ts';
import { chunks, Repository, requireFound } from './repository.ts';
import { StoreError } from './store-error.ts';

export class SkillGroupRepository extends Repository {
  async all(): Promise<SkillGroupRecord[]> {
    const rows = await this.db.selectFrom('skill_group').selectAll().orderBy('number').execute();
    return rows.map(({ number, id, name }) => ({ number, id, name }));
  }

  /** @throws StoreError `duplicate` when number or id is used */
  async create(group: SkillGroupRecord): Promise<void> {
    this.touch('skillGroups');
    await this.db
      .insertInto('skill_group')
      .values({ number: group.number, id: group.id, name: group.name })
      .execute();
  }

  async rename(number: number, name: string): Promise<void> {
    this.touch('skillGroups');
    const result = await this.db
      .updateTable('skill_group')
      .set({ name })
      .where('number', '=', number)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `skill group ${number}`);
  }

  /**
   * Gives its id away, for a group that comes in its place while this one still goes.
   *
   * @param id that no group can have: a negative one
   */
  async giveUpId(number: number, id: number): Promise<void> {
    this.touch('skillGroups');
    const result = await this.db
      .updateTable('skill_group')
      .set({ id })
      .where('number', '=', number)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `skill group ${number}`);
  }

  /** Users lose it; its dialled numbers go. */
  async remove(number: number): Promise<void> {
    this.touch('skillGroups', 'users', 'dialledNumbers');
    const result = await this.db.deleteFrom('skill_group').where('number', '=', number).executeTakeFirst();
    requireFound(result.numDeletedRows, `skill group ${number}`);
  }
}

export class DialledNumberRepository extends Repository {
  async all(): Promise<DialledNumberRecord[]> {
    const rows = await this.db.selectFrom('dialled_number').selectAll().orderBy('number').execute();
    return rows.map(({ number, skill_group_number, priority }) => ({
      number,
      skillGroupNumber: skill_group_number,
      priority,
    }));
  }

  /** @throws StoreError `duplicate`, `reference` when there is no such skill group, `invalid` */
  async create(record: DialledNumberRecord): Promise<void> {
    requirePriority(record.priority);
    this.touch('dialledNumbers');
    await this.db
      .insertInto('dialled_number')
      .values({
        number: record.number,
        skill_group_number: record.skillGroupNumber,
        priority: record.priority,
      })
      .execute();
  }

  /**
   * Callers who wait already keep the priority with which they came.
   *
   * @throws StoreError `not-found`, `invalid`
   */
  async setPriority(number: string, priority: number): Promise<void> {
    requirePriority(priority);
    this.touch('dialledNumbers');
    const result = await this.db
      .updateTable('dialled_number')
      .set({ priority })
      .where('number', '=', number)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `dialled number ${number}`);
  }

  /**
   * Callers who wait already stay where they are.
   *
   * @throws StoreError `not-found`, `reference` when there is no such skill group, `invalid`
   */
  async update(number: string, change: Omit<DialledNumberRecord, 'number'>): Promise<void> {
    requirePriority(change.priority);
    this.touch('dialledNumbers');
    const result = await this.db
      .updateTable('dialled_number')
      .set({ skill_group_number: change.skillGroupNumber, priority: change.priority })
      .where('number', '=', number)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `dialled number ${number}`);
  }

  async remove(number: string): Promise<void> {
    this.touch('dialledNumbers');
    const result = await this.db.deleteFrom('dialled_number').where('number', '=', number).executeTakeFirst();
    requireFound(result.numDeletedRows, `dialled number ${number}`);
  }
}

function requirePriority(priority: number): void {
  const { first, last } = QUEUE_PRIORITY;
  if (Number.isInteger(priority) && priority >= first && priority <= last) return;
  throw new StoreError(
    'invalid',
    `The priority of a dialled number is a whole number from ${first} to ${last}, not ${priority}.`,
    ['dialled_number.priority'],
  );
}

export class DeviceRepository extends Repository {
  /** In the order in which they were made. */
  async all(): Promise<string[]> {
    const rows = await this.db.selectFrom('device').select('extension').orderBy('position').execute();
    return rows.map((row) => row.extension);
  }

  /** @throws StoreError `duplicate` */
  async create(...extensions: readonly string[]): Promise<void> {
    this.touch('devices');
    for (const some of chunks(extensions)) {
      await this.db
        .insertInto('device')
        .values(some.map((extension) => ({ extension })))
        .execute();
    }
  }

  async remove(extension: string): Promise<void> {
    this.touch('devices');
    const result = await this.db.deleteFrom('device').where('extension', '=', extension).executeTakeFirst();
    requireFound(result.numDeletedRows, `phone ${extension}`);
  }
}
