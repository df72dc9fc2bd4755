/** The addressed user: by login id, on CCE by login name too; any case (rest-api.md 1.1, 4.4). */
import { DEPLOYMENT_RULES } from '../../domain/profile.ts';
import { isApiUser } from '../../domain/teams.ts';
import type { UserRecord } from '../../store/directory.ts';
import type { Call } from '../call.ts';
import type { RestDependencies } from '../dependencies.ts';

/** Administrators are accounts, not users of the API. */
export function findUser(dependencies: RestDependencies, id: string): UserRecord | undefined {
  const directory = dependencies.directory.current;
  const byName = DEPLOYMENT_RULES[dependencies.presenter.profile.deployment].loginByName;
  const user = directory.user(id) ?? (byName ? directory.userByName(id) : undefined);
  return user !== undefined && isApiUser(user) ? user : undefined;
}

/** The user of the path; the dispatcher has answered 404 for unknown ones. */
export function userOf(call: Call): UserRecord {
  return findUser(call.dependencies, call.parameters.userId ?? '')!;
}
