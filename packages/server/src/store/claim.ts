/** Whose the rows are that one node writes of itself, after a database came from one server or a file went to another name. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Engine } from './migrations.ts';
import type { Schema } from './schema.ts';

/** Tables of rows of one node, with their keys beside its name. */
const TABLES = {
  presence: 'login_id',
  shift: 'login_id',
  shift_entry: 'id',
  sign_out: 'id',
} as const;

/**
 * Makes rows that are nobody's this node's own. A file of SQLite serves one server: whatever its name was before, the rows are its own, but
 * for sign-outs, which others may have recorded (the file may be a restored backup of several nodes).
 *
 * @param change runs a transaction; only called where there is something to claim
 */
export async function claimRows(
  engine: Engine,
  node: string,
  db: Kysely<Schema>,
  change: (work: (transaction: Transaction<Schema>) => Promise<void>) => Promise<void>,
): Promise<void> {
  for (const [table, key] of Object.entries(TABLES)) {
    const isAll = engine === 'sqlite' && table !== 'sign_out';
    // Two ranges of the key, so that it costs nothing to find none.
    const foreign = isAll ? sql`(node < ${node} or node > ${node})` : sql`node = ''`;
    const { rows } = await sql`select 1 from ${sql.table(table)} where ${foreign} limit 1`.execute(db);
    if (rows.length === 0) continue;
    await change(async (transaction) => {
      // What this node has written itself is the truer one.
      await sql`delete from ${sql.table(table)} where ${foreign} and ${sql.ref(key)} in
        (select ${sql.ref(key)} from ${sql.table(table)} where node = ${node})`.execute(transaction);
      const verb = engine === 'sqlite' ? sql`update or replace` : sql`update`;
      await sql`${verb} ${sql.table(table)} set node = ${node} where ${foreign}`.execute(transaction);
    });
  }
}
