/** That nodes live, as each of them writes of itself. PostgreSQL alone: a file of SQLite serves one server. */
import { NOW_MS, Repository } from './repository.ts';

export interface SignOfLifeRow {
  readonly node: string;
  /** Of its process. */
  readonly instance: string;
  readonly host: string;
  /** When it was written, by the clock of the database, ms since 1970. */
  readonly atMs: number;
  /** How long ago that was by the same clock, ms; negative when it was set back since. */
  readonly ageMs: number;
}

export class SignOfLifeRepository extends Repository {
  /** In one statement. */
  async write(instance: string, host: string): Promise<void> {
    await this.db
      .insertInto('sign_of_life')
      .values({ node: this.node, instance, host, at_ms: NOW_MS })
      .onConflict((conflict) =>
        conflict.column('node').doUpdateSet(({ ref }) => ({
          instance: ref('excluded.instance'),
          host: ref('excluded.host'),
          at_ms: ref('excluded.at_ms'),
        })),
      )
      .execute();
  }

  /** Of all nodes, this one included. */
  async all(): Promise<SignOfLifeRow[]> {
    const rows = await this.db
      .selectFrom('sign_of_life')
      .select(['node', 'instance', 'host', 'at_ms', NOW_MS.as('now_ms')])
      .execute();
    return rows.map(({ node, instance, host, at_ms, now_ms }) => ({
      node,
      instance,
      host,
      atMs: Number(at_ms),
      ageMs: Number(now_ms) - Number(at_ms),
    }));
  }

  /** Unless another process of this node has written since. */
  async remove(instance: string): Promise<void> {
    await this.db
      .deleteFrom('sign_of_life')
      .where('node', '=', this.node)
      .where('instance', '=', instance)
      .execute();
  }
}
