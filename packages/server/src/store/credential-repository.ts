/** Keys of passwords. The password itself is never in here. */
import { Repository, requireFound } from './repository.ts';
import type { CredentialTable } from './schema.ts';
import { foldId } from './snapshot.ts';

/** SCRAM keys of both mechanisms under one salt (the shape that `accounts` verifies with). */
export interface CredentialRecord {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly sha1: { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array };
  readonly sha256: { readonly storedKey: Uint8Array; readonly serverKey: Uint8Array };
  /** Chosen by a person, not made by a program. */
  readonly setByHand: boolean;
  readonly changedAtMs: number;
}

const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const toBytes = (text: string): Uint8Array => Buffer.from(text, 'base64');

const recordOf = (row: CredentialTable): CredentialRecord => ({
  salt: toBytes(row.salt),
  iterations: row.iterations,
  sha1: { storedKey: toBytes(row.sha1_stored_key), serverKey: toBytes(row.sha1_server_key) },
  sha256: { storedKey: toBytes(row.sha256_stored_key), serverKey: toBytes(row.sha256_server_key) },
  setByHand: row.set_by_hand === 1,
  changedAtMs: Number(row.changed_at_ms),
});

export class CredentialRepository extends Repository {
  async find(loginId: string): Promise<CredentialRecord | undefined> {
    const row = await this.db
      .selectFrom('credential')
      .innerJoin('user_account', 'user_account.id', 'credential.user_id')
      .selectAll('credential')
      .where('login_id_folded', '=', foldId(loginId))
      .executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** By folded login id. */
  async all(): Promise<Map<string, CredentialRecord>> {
    const rows = await this.db
      .selectFrom('credential')
      .innerJoin('user_account', 'user_account.id', 'credential.user_id')
      .selectAll('credential')
      .select('login_id_folded')
      .execute();
    return new Map(rows.map((row) => [row.login_id_folded, recordOf(row)]));
  }

  /** Sets or replaces the keys of a stored user. @throws StoreError `not-found` */
  async save(loginId: string, credential: CredentialRecord): Promise<void> {
    this.touch('users');
    this.touchCredential(loginId);
    const user = await this.db
      .selectFrom('user_account')
      .select('id')
      .where('login_id_folded', '=', foldId(loginId))
      .executeTakeFirst();
    requireFound(user === undefined ? 0 : 1, `user ${loginId}`);
    await this.db.deleteFrom('credential').where('user_id', '=', user!.id).execute();
    await this.db
      .insertInto('credential')
      .values({
        user_id: user!.id,
        salt: toText(credential.salt),
        iterations: credential.iterations,
        sha1_stored_key: toText(credential.sha1.storedKey),
        sha1_server_key: toText(credential.sha1.serverKey),
        sha256_stored_key: toText(credential.sha256.storedKey),
        sha256_server_key: toText(credential.sha256.serverKey),
        set_by_hand: credential.setByHand ? 1 : 0,
        changed_at_ms: credential.changedAtMs,
      })
      .execute();
  }

  async remove(loginId: string): Promise<void> {
    this.touch('users');
    this.touchCredential(loginId);
    await this.db
      .deleteFrom('credential')
      .where('user_id', 'in', (query) =>
        query.selectFrom('user_account').select('id').where('login_id_folded', '=', foldId(loginId)),
      )
      .execute();
  }

  /** How many passwords have so many iterations. */
  async iterationsInUse(): Promise<{ iterations: number; users: number }[]> {
    const rows = await this.db
      .selectFrom('credential')
      .select(({ fn }) => ['iterations', fn.countAll<number>().as('users')])
      .groupBy('iterations')
      .execute();
    return rows.map(({ iterations, users }) => ({ iterations, users: Number(users) }));
  }

  /** Whether some administrator has a password that a person chose. */
  async administratorSetByHand(): Promise<boolean> {
    const row = await this.db
      .selectFrom('credential')
      .innerJoin('user_role', 'user_role.user_id', 'credential.user_id')
      .select('credential.user_id')
      .where('role', '=', 'Administrator')
      .where('set_by_hand', '=', 1)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }
}
