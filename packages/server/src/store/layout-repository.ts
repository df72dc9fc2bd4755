/** Desktop layouts, and layouts of call variables. */
import type { DesktopLayoutRecord, MediaPropertiesLayoutRecord } from './directory.ts';
import { flag, Repository, requireFound } from './repository.ts';

/** Row of the default layout: no team has this id. */
const DEFAULT_ROW = 0;

export class DesktopLayoutRepository extends Repository {
  async all(): Promise<DesktopLayoutRecord[]> {
    const rows = await this.db.selectFrom('desktop_layout').selectAll().orderBy('team_id').execute();
    return rows.map((row) => ({
      teamId: row.team_id === DEFAULT_ROW ? null : row.team_id,
      xml: row.xml,
      useDefault: row.use_default === 1,
    }));
  }

  /** Saves the layout of a team, or the default one. */
  async save({ teamId, xml, useDefault }: DesktopLayoutRecord): Promise<void> {
    this.touch('desktopLayouts');
    const columns = { xml, use_default: flag(useDefault) };
    await this.db
      .insertInto('desktop_layout')
      .values({ team_id: teamId ?? DEFAULT_ROW, ...columns })
      .onConflict((conflict) => conflict.column('team_id').doUpdateSet(columns))
      .execute();
  }

  /** The team uses the default layout then; the default one is the product's. */
  async remove(teamId: number | null): Promise<void> {
    this.touch('desktopLayouts');
    const result = await this.db
      .deleteFrom('desktop_layout')
      .where('team_id', '=', teamId ?? DEFAULT_ROW)
      .executeTakeFirst();
    requireFound(result.numDeletedRows, teamId === null ? 'default layout' : `layout of team ${teamId}`);
  }
}

type Entries = Pick<MediaPropertiesLayoutRecord, 'header' | 'columns'>;
type Change = Omit<MediaPropertiesLayoutRecord, 'id' | 'isDefault'>;

export class MediaPropertiesLayoutRepository extends Repository {
  async all(): Promise<MediaPropertiesLayoutRecord[]> {
    const rows = await this.db.selectFrom('media_properties_layout').selectAll().orderBy('id').execute();
    return rows.map((row) => {
      const { header, columns } = JSON.parse(row.entries) as Entries;
      return {
        id: row.id,
        name: row.name,
        description: row.description,
        isDefault: row.is_default === 1,
        header,
        columns,
      };
    });
  }

  /** @returns its id. @throws StoreError `duplicate` when the name is used */
  async create(layout: Change): Promise<number> {
    this.touch('mediaPropertiesLayouts');
    const { id } = await this.db
      .insertInto('media_properties_layout')
      .values({ ...columnsOf(layout), is_default: 0 })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  async update(id: number, layout: Change): Promise<void> {
    this.touch('mediaPropertiesLayouts');
    const result = await this.db
      .updateTable('media_properties_layout')
      .set(columnsOf(layout))
      .where('id', '=', id)
      .executeTakeFirst();
    requireFound(result.numUpdatedRows, `layout of call variables ${id}`);
  }

  /** The default one cannot be removed: there is none to take its place. */
  async remove(id: number): Promise<void> {
    this.touch('mediaPropertiesLayouts');
    const result = await this.db
      .deleteFrom('media_properties_layout')
      .where('id', '=', id)
      .where('is_default', '=', 0)
      .executeTakeFirst();
    requireFound(result.numDeletedRows, `layout of call variables ${id}`);
  }
}

const columnsOf = ({ name, description, header, columns }: Change) => ({
  name,
  description,
  entries: JSON.stringify({ header, columns } satisfies Entries),
});
