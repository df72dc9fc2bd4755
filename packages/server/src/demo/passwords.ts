/** The passwords of demonstration and bench users: public, and known only in those modes. */
import { KnownPasswordProvider } from '../accounts/password-provider.ts';
import type { ScramDecoys } from '../accounts/scram-decoys.ts';
import type { UserRecord } from '../store/directory.ts';
import type { DirectoryData } from '../store/snapshot.ts';

/**
 * Demonstration users have their login id as password, bench users share one.
 *
 * @param decoys how their SCRAM keys look
 * @param stored whether a login id belongs to a user that an administrator made: those have no public password
 */
export function demoPasswords(
  demo: Pick<DirectoryData, 'users'>,
  bench: Pick<DirectoryData, 'users'>,
  benchPassword: string,
  decoys: ScramDecoys,
  stored: (loginId: string) => boolean = () => false,
): KnownPasswordProvider {
  const demoIds = new Set(demo.users.map((user) => user.loginId));
  const benchIds = new Set(bench.users.map((user) => user.loginId));
  return new KnownPasswordProvider((user: UserRecord) => {
    if (stored(user.loginId)) return undefined;
    if (demoIds.has(user.loginId)) return user.loginId;
    return benchIds.has(user.loginId) ? benchPassword : undefined;
  }, decoys);
}
