/** One principal for each user record, made when first needed. */
import type { UserRecord } from '../store/directory.ts';
import type { Principal } from './accounts.ts';

const PRINCIPALS = new WeakMap<UserRecord, Principal>();

export function principalOf(user: UserRecord): Principal {
  let principal = PRINCIPALS.get(user);
  if (principal === undefined) {
    principal = { loginId: user.loginId, loginName: user.loginName, roles: new Set(user.roles), user };
    PRINCIPALS.set(user, principal);
  }
  return principal;
}
