/**
 * How the tables came to be, step by step. A step that was released is never changed; a new one gets the
 * next number and raises the data format.
 */
import {
  type ColumnDefinitionBuilder,
  type Kysely,
  type Migration,
  type MigrationProvider,
  sql,
} from 'kysely';
import type { Schema } from './schema.ts';

export type Engine = 'sqlite' | 'postgres';

type Column = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder;

/** Identity keys: numbers are never used twice, because they stand in URIs that clients keep. */
function identity(engine: Engine): Column {
  return (column) =>
    engine === 'postgres'
      ? column.generatedByDefaultAsIdentity().primaryKey()
      : column.primaryKey().autoIncrement();
}

const required: Column = (column) => column.notNull();
const key: Column = (column) => column.primaryKey().notNull();
const references =
  (target: string, onDelete: 'cascade' | 'set null' | 'restrict'): Column =>
  (column) => {
    const built = column.references(target).onDelete(onDelete);
    return onDelete === 'set null' ? built : built.notNull();
  };

async function first(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { schema } = db;
  const pair = async (
    table: string,
    owner: string,
    target: string,
    column: string,
    to: string,
  ): Promise<void> => {
    await schema
      .createTable(table)
      .addColumn(owner, 'integer', references(`${target}.id`, 'cascade'))
      .addColumn(
        column,
        to === 'user_role' ? 'text' : 'integer',
        to === 'user_role' ? required : references(to, 'cascade'),
      )
      .addPrimaryKeyConstraint(`${table}_key`, [owner, column] as never)
      .execute();
  };
  await schema
    .createTable('fact')
    .addColumn('name', 'text', key)
    .addColumn('value', 'text', required)
    .execute();
  await schema
    .createTable('team')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('wrap_up_incoming', 'text', required)
    .addColumn('wrap_up_outgoing', 'text', required)
    .addColumn('wrap_up_timer_seconds', 'integer', required)
    .execute();
  await schema
    .createTable('skill_group')
    .addColumn('number', 'integer', key)
    .addColumn('id', 'integer', (column) => column.notNull().unique())
    .addColumn('name', 'text', required)
    .execute();
  await schema
    .createTable('dialled_number')
    .addColumn('number', 'text', key)
    .addColumn('skill_group_number', 'integer', references('skill_group.number', 'cascade'))
    .execute();
  await schema
    .createTable('device')
    .addColumn('position', 'integer', identity(engine))
    .addColumn('extension', 'text', (column) => column.notNull().unique())
    .execute();
  await schema
    .createTable('user_account')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('login_id', 'text', required)
    .addColumn('login_id_folded', 'text', (column) => column.notNull().unique())
    .addColumn('login_name', 'text', required)
    .addColumn('login_name_folded', 'text', (column) => column.notNull().unique())
    .addColumn('first_name', 'text', required)
    .addColumn('last_name', 'text', required)
    .addColumn('team_id', 'integer', references('team.id', 'set null'))
    .addColumn('skill_target_id', 'integer', (column) => column.notNull().unique())
    .execute();
  await pair('user_role', 'user_id', 'user_account', 'role', 'user_role');
  await pair('user_supervised_team', 'user_id', 'user_account', 'team_id', 'team.id');
  await pair('user_skill_group', 'user_id', 'user_account', 'skill_group_number', 'skill_group.number');
  await schema
    .createTable('credential')
    .addColumn('user_id', 'integer', (column) =>
      column.primaryKey().notNull().references('user_account.id').onDelete('cascade'),
    )
    .addColumn('salt', 'text', required)
    .addColumn('iterations', 'integer', required)
    .addColumn('sha1_stored_key', 'text', required)
    .addColumn('sha1_server_key', 'text', required)
    .addColumn('sha256_stored_key', 'text', required)
    .addColumn('sha256_server_key', 'text', required)
    .addColumn('set_by_hand', 'integer', required)
    .addColumn('changed_at_ms', 'bigint', required)
    .execute();
  await schema
    .createTable('reason_code')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('category', 'text', required)
    .addColumn('code', 'integer', required)
    .addColumn('label', 'text', required)
    .addColumn('for_all', 'integer', required)
    .addColumn('system_code', 'integer', required)
    .addUniqueConstraint('reason_code_category_code', ['category', 'code'])
    .addUniqueConstraint('reason_code_category_label', ['category', 'label'])
    .execute();
  await pair('reason_code_team', 'reason_code_id', 'reason_code', 'team_id', 'team.id');
  await schema
    .createTable('wrap_up_reason')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('label', 'text', (column) => column.notNull().unique())
    .addColumn('for_all', 'integer', required)
    .execute();
  await pair('wrap_up_reason_team', 'wrap_up_reason_id', 'wrap_up_reason', 'team_id', 'team.id');
  await schema
    .createTable('phone_book')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('type', 'text', required)
    .execute();
  await pair('phone_book_team', 'phone_book_id', 'phone_book', 'team_id', 'team.id');
  await schema
    .createTable('contact')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('phone_book_id', 'integer', references('phone_book.id', 'cascade'))
    .addColumn('first_name', 'text', required)
    .addColumn('last_name', 'text', required)
    .addColumn('phone_number', 'text', required)
    .addColumn('description', 'text', required)
    .execute();
  await schema.createIndex('contact_phone_book').on('contact').column('phone_book_id').execute();
}

async function teamMessages(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('team_message')
    .addColumn('id', 'text', key)
    .addColumn('creator_login_id', 'text', required)
    .addColumn('creator_first_name', 'text', required)
    .addColumn('creator_last_name', 'text', required)
    .addColumn('created_at_ms', 'bigint', required)
    .addColumn('duration_seconds', 'integer', required)
    .addColumn('content', 'text', required)
    .addColumn('team_ids', 'text', required)
    .execute();
}

async function keepsSubscriptions(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('subscription')
    .addColumn('login_id', 'text', required)
    .addColumn('node', 'text', required)
    .addColumn('subid', 'text', required)
    .addPrimaryKeyConstraint('subscription_key', ['login_id', 'node'] as never)
    .execute();
}

/** The rule is in the database too, because rows may be written by hand. A list, because 2.5 is between 1 and 10. */
async function queuePriorities(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('dialled_number')
    .addColumn('priority', 'integer', (column) =>
      column.notNull().defaultTo(5).check(sql`priority in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)`),
    )
    .execute();
}

async function presenceAndSignOuts(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('presence')
    .addColumn('login_id', 'text', key)
    .addColumn('watched', 'text', required)
    .execute();
  await db.schema
    .createTable('sign_out')
    .addColumn('id', 'bigint', key)
    .addColumn('at_ms', 'bigint', required)
    .addColumn('login_id', 'text', required)
    .addColumn('record', 'text', required)
    .execute();
  await db.schema.createIndex('sign_out_login_id').on('sign_out').columns(['login_id', 'id']).execute();
  await db.schema.createIndex('sign_out_at').on('sign_out').column('at_ms').execute();
}

/** Call variables of a new installation, as this step wrote them. */
const FIRST_CALL_VARIABLES = (() => {
  const entry = (number: number, showInPopOver = false) => ({
    displayName: `Call Variable ${number}`,
    mediaProperty: `callVariable${number}`,
    showInPopOver,
    uiEditable: false,
  });
  return {
    header: entry(1),
    columns: [
      [1, 2, 3, 4, 5].map((number) => entry(number)),
      [6, 7, 8, 9, 10].map((number) => entry(number)),
    ],
  };
})();

async function layouts(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('desktop_layout')
    .addColumn('team_id', 'integer', key)
    .addColumn('xml', 'text', required)
    .addColumn('use_default', 'integer', required)
    .execute();
  await db.schema
    .createTable('media_properties_layout')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('description', 'text', required)
    .addColumn('is_default', 'integer', required)
    .addColumn('entries', 'text', required)
    .execute();
  await (db as Kysely<Schema>)
    .insertInto('media_properties_layout')
    .values({
      name: 'Default Layout',
      description: 'Layout used when no custom layout is chosen',
      is_default: 1,
      entries: JSON.stringify(FIRST_CALL_VARIABLES),
    })
    .execute();
}

async function shiftsAndWorkflows(db: Kysely<unknown>, engine: Engine): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('shift')
    .addColumn('login_id', 'text', key)
    .addColumn('shift', 'text', required)
    .execute();
  await schema
    .createTable('shift_entry')
    .addColumn('id', 'bigint', key)
    .addColumn('login_id', 'text', required)
    .addColumn('shift_id', 'bigint', required)
    .addColumn('kind', 'text', required)
    .addColumn('ordinal', 'integer', required)
    .addColumn('version', 'integer', required)
    .addColumn('entry', 'text', required)
    .execute();
  await schema
    .createIndex('shift_entry_shift')
    .on('shift_entry')
    .columns(['login_id', 'shift_id', 'kind', 'ordinal'])
    .execute();
  await schema
    .createTable('workflow_action')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('type', 'text', required)
    .addColumn('handled_by', 'text', required)
    .addColumn('params', 'text', required)
    .addColumn('variables', 'text', required)
    .execute();
  await schema
    .createTable('workflow')
    .addColumn('id', 'integer', identity(engine))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('description', 'text', required)
    .addColumn('media', 'text', required)
    .addColumn('trigger_set', 'text', required)
    .addColumn('condition_set', 'text', required)
    .execute();
  await schema
    .createTable('workflow_step')
    .addColumn('workflow_id', 'integer', references('workflow.id', 'cascade'))
    .addColumn('workflow_action_id', 'integer', references('workflow_action.id', 'restrict'))
    .addColumn('position', 'integer', required)
    .addPrimaryKeyConstraint('workflow_step_key', ['workflow_id', 'position'] as never)
    .execute();
  await schema
    .createTable('workflow_team')
    .addColumn('workflow_id', 'integer', references('workflow.id', 'cascade'))
    .addColumn('team_id', 'integer', references('team.id', 'cascade'))
    .addColumn('position', 'integer', required)
    .addPrimaryKeyConstraint('workflow_team_key', ['team_id', 'workflow_id'] as never)
    .execute();
}

async function audit(db: Kysely<unknown>, engine: Engine): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('serial', 'integer', identity(engine))
    .addColumn('at_ms', 'bigint', required)
    .addColumn('who', 'text', required)
    .addColumn('who_folded', 'text', required)
    .addColumn('address', 'text', required)
    .addColumn('client', 'text', required)
    .addColumn('method', 'text', required)
    .addColumn('path', 'text', required)
    .addColumn('resource', 'text', required)
    .addColumn('object_id', 'text', required)
    .addColumn('before_json', 'text')
    .addColumn('after_json', 'text')
    .execute();
  await db.schema.createIndex('audit_at').on('audit').column('at_ms').execute();
  await db.schema.createIndex('audit_who').on('audit').columns(['who_folded', 'serial']).execute();
  await db.schema.createIndex('audit_resource').on('audit').columns(['resource', 'serial']).execute();
}

async function settings(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('setting')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', required)
    .execute();
}

/**
 * What one node writes of itself gets a column with its name: several nodes share a database. Rows of before are nobody's (empty) until the
 * first server claims them. Keys of tables cannot be changed alike on both engines, so the tables are made anew.
 */
async function rowsOfNodes(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const remake = async (table: string, make: () => Promise<void>): Promise<void> => {
    const before = `${table}_of_format_9`;
    await schema.alterTable(table).renameTo(before).execute();
    await make();
    const columns = sql.join(COLUMNS_OF_NODES[table]!.map((column) => sql.ref(column)));
    await sql`insert into ${sql.table(table)} (${columns}) select ${columns} from ${sql.table(before)}`.execute(
      db,
    );
    await schema.dropTable(before).execute();
  };
  const node: Column = (column) => column.notNull().defaultTo('');
  await remake('presence', () =>
    schema
      .createTable('presence')
      .addColumn('node', 'text', node)
      .addColumn('login_id', 'text', required)
      .addColumn('watched', 'text', required)
      .addPrimaryKeyConstraint('presence_key', ['node', 'login_id'] as never)
      .execute(),
  );
  await remake('sign_out', () =>
    schema
      .createTable('sign_out')
      .addColumn('node', 'text', node)
      .addColumn('id', 'bigint', required)
      .addColumn('at_ms', 'bigint', required)
      .addColumn('login_id', 'text', required)
      .addColumn('record', 'text', required)
      .addPrimaryKeyConstraint('sign_out_key', ['node', 'id'] as never)
      .execute(),
  );
  await schema.createIndex('sign_out_login_id').on('sign_out').columns(['login_id', 'at_ms']).execute();
  await schema.createIndex('sign_out_at').on('sign_out').column('at_ms').execute();
  await remake('shift', () =>
    schema
      .createTable('shift')
      .addColumn('node', 'text', node)
      .addColumn('login_id', 'text', required)
      .addColumn('shift', 'text', required)
      .addPrimaryKeyConstraint('shift_key', ['node', 'login_id'] as never)
      .execute(),
  );
  await remake('shift_entry', () =>
    schema
      .createTable('shift_entry')
      .addColumn('node', 'text', node)
      .addColumn('id', 'bigint', required)
      .addColumn('login_id', 'text', required)
      .addColumn('shift_id', 'bigint', required)
      .addColumn('kind', 'text', required)
      .addColumn('ordinal', 'integer', required)
      .addColumn('version', 'integer', required)
      .addColumn('entry', 'text', required)
      .addPrimaryKeyConstraint('shift_entry_key', ['node', 'id'] as never)
      .execute(),
  );
  await schema
    .createIndex('shift_entry_shift')
    .on('shift_entry')
    .columns(['node', 'login_id', 'shift_id', 'kind', 'ordinal'])
    .execute();
  await schema.createTable(FORMAT_TABLE).addColumn('compatible', 'integer', required).execute();
}

/** That each node on a shared database lives. */
const signsOfLife: MigrationStep = Object.assign(
  async (db: Kysely<unknown>): Promise<void> => {
    await db.schema
      .createTable('sign_of_life')
      .addColumn('node', 'text', key)
      .addColumn('instance', 'text', required)
      .addColumn('host', 'text', required)
      .addColumn('at_ms', 'bigint', required)
      .execute();
  },
  { addsOnly: true } as const,
);

const COLUMNS_OF_NODES: Readonly<Record<string, readonly string[]>> = {
  presence: ['login_id', 'watched'],
  sign_out: ['id', 'at_ms', 'login_id', 'record'],
  shift: ['login_id', 'shift'],
  shift_entry: ['id', 'login_id', 'shift_id', 'kind', 'ordinal', 'version', 'entry'],
};

/** Its one row tells the oldest format whose releases can still work on the database; no backup has it. */
export const FORMAT_TABLE = 'store_format';

/** Of the first database that tells it. */
const FIRST_TO_TELL = 10;

/**
 * One step of the layout. What is marked `addsOnly` leaves everything that the release before reads and writes as it was: it makes new
 * tables, and new columns with defaults, and nothing else. Nodes of that release go on beside it.
 */
export type MigrationStep = ((db: Kysely<unknown>, engine: Engine) => Promise<void>) & {
  readonly addsOnly?: true;
};

/** Step number n makes format n of format n - 1. */
const STEPS: readonly MigrationStep[] = [
  first,
  teamMessages,
  keepsSubscriptions,
  queuePriorities,
  presenceAndSignOuts,
  layouts,
  shiftsAndWorkflows,
  audit,
  settings,
  rowsOfNodes,
  signsOfLife,
];

/** Version of the layout of the data directory that this program writes. */
export const DATA_FORMAT = STEPS.length;

/**
 * The oldest format whose releases can work on a database that these steps made: that of the last step which did more than add.
 * @param steps all of a release
 */
export function compatibleFormat(steps: readonly MigrationStep[]): number {
  let format = steps.length;
  while (format > 0 && steps[format - 1]!.addsOnly === true) format -= 1;
  return format;
}

/** The steps under names that sort by number. @param steps for tests: the steps of another release */
export function migrationProvider(
  engine: Engine,
  steps: readonly MigrationStep[] = STEPS,
): MigrationProvider {
  const migrations: Record<string, Migration> = {};
  for (const [index, step] of steps.entries()) {
    const up = async (db: Kysely<unknown>): Promise<void> => {
      await step(db, engine);
      const format = index + 1;
      if (engine !== 'postgres' || format < FIRST_TO_TELL) return;
      // In the transaction of the step: no node ever sees the one without the other.
      const compatible = compatibleFormat(steps.slice(0, format));
      await sql`delete from ${sql.table(FORMAT_TABLE)}`.execute(db);
      await sql`insert into ${sql.table(FORMAT_TABLE)} (compatible) values (${compatible})`.execute(db);
    };
    migrations[String(index + 1).padStart(4, '0')] = { up: (db) => up(db as Kysely<unknown>) };
  }
  return { getMigrations: () => Promise.resolve(migrations) };
}

export const MIGRATION_STEPS = STEPS;
