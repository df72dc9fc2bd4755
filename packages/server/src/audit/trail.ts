/** The record of what was changed, written in the transaction of the change itself: there is none of them without the other. */
import { basename } from 'node:path';
import type { AuditClient, AuditRow } from '../store/audit-repository.ts';
import type { BackupSummary } from '../store/backup.ts';
import type { ChangeWitness } from '../store/store.ts';
import { differences, type ObjectChange } from './difference.ts';

/** Who changes something, and from where. */
export interface ChangeOrigin {
  /** Login id; empty: nobody signed in (the command line). */
  readonly who: string;
  /** Address of the client; empty: this machine. */
  readonly address: string;
  readonly client: AuditClient;
  readonly method: string;
  /** Path of the request, or the command. */
  readonly path: string;
}

/** Whoever may run commands has the data directory; nobody is signed in. */
const COMMAND = { who: '', address: '', client: 'cli' } as const;

/** Texts are kept as far as somebody reads them; layouts may have 256 KiB. */
const TEXT_MAX = 2_000;
const PATH_MAX = 256;

/** In place of a password, which is stored nowhere. */
const PASSWORD_SET = '(set)';

/** What {@link Store.change} calls with what a change came to. @param now wall ms */
export const auditing =
  (origin: ChangeOrigin, now: () => number): ChangeWitness =>
  async ({ before, after, sections, credentials }, { audit }) => {
    const changes = withPasswords(differences(before, after, sections), credentials);
    if (changes.length === 0) return;
    const at = now();
    await audit.add(changes.map((change) => rowOf(change, origin, at)));
    await audit.prune(at);
  };

/** A restore: what came of it object by object, and after all of these the restore itself. */
export const auditingRestore = (
  { path, made }: Pick<BackupSummary, 'path' | 'made'>,
  now: () => number,
): ChangeWitness => {
  const origin: ChangeOrigin = { ...COMMAND, method: 'restore', path: 'poise restore' };
  const changes = auditing(origin, now);
  return async (change, repositories) => {
    await changes(change, repositories);
    const restored = { resource: 'backup', id: basename(path), before: null, after: { path, made } };
    await repositories.audit.add([rowOf(restored, origin, now())]);
  };
};

/** A password that was set is told of, whether anything else of the user was changed or not. */
function withPasswords(
  changes: readonly ObjectChange[],
  credentials: ReadonlySet<string>,
): readonly ObjectChange[] {
  const set = new Set([...credentials].map((loginId) => loginId.toLowerCase()));
  const told = changes.map((change) =>
    change.resource === 'users' && change.after !== null && set.delete(change.id.toLowerCase())
      ? { ...change, after: { ...(change.after as object), password: PASSWORD_SET } }
      : change,
  );
  const others = [...credentials].filter((loginId) => set.has(loginId.toLowerCase()));
  return [
    ...told,
    ...others.map((id) => ({ resource: 'users', id, before: {}, after: { password: PASSWORD_SET } })),
  ];
}

function rowOf({ resource, id, before, after }: ObjectChange, origin: ChangeOrigin, at: number): AuditRow {
  const { who, address, client, method, path } = origin;
  return {
    at,
    who,
    address,
    client,
    method,
    path: path.slice(0, PATH_MAX),
    resource,
    objectId: id,
    before: before === null ? null : written(before),
    after: after === null ? null : written(after),
  };
}

const written = (value: unknown): string =>
  JSON.stringify(value, (_name, one) =>
    typeof one === 'string' && one.length > TEXT_MAX
      ? `${one.slice(0, TEXT_MAX)}… (${one.length} characters)`
      : one,
  );
