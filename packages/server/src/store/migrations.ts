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

/** Step number n makes format n of format n - 1. */
const STEPS: ReadonlyArray<(db: Kysely<unknown>, engine: Engine) => Promise<void>> = [
  first,
  teamMessages,
  keepsSubscriptions,
  queuePriorities,
  presenceAndSignOuts,
  layouts,
  shiftsAndWorkflows,
  audit,
  settings,
];

/** Version of the layout of the data directory that this program writes. */
export const DATA_FORMAT = STEPS.length;

/** The steps under names that sort by number. @param steps for tests: the steps of another release */
export function migrationProvider(engine: Engine, steps: typeof STEPS = STEPS): MigrationProvider {
  const migrations: Record<string, Migration> = {};
  for (const [index, step] of steps.entries()) {
    migrations[String(index + 1).padStart(4, '0')] = { up: (db) => step(db as Kysely<unknown>, engine) };
  }
  return { getMigrations: () => Promise.resolve(migrations) };
}

export type MigrationStep = (typeof STEPS)[number];
export const MIGRATION_STEPS = STEPS;
