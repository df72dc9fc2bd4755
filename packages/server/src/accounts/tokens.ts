/** Access tokens of an identity provider: the seam between accounts and whatever verifies them (rest-api.md 1.4). */
import type { UserRecord } from '../store/directory.ts';

export interface TokenAuthority {
  /** Whether this user signs in with tokens, and so never with a password. */
  owns(user: UserRecord): boolean;
  /** The login id or name in a token that was verified before and holds still; answers at once. */
  remembered(token: string): string | undefined;
  /** The same after verifying it; null: refused. @throws Error while tokens cannot be verified at all */
  verify(token: string): Promise<string | null>;
}
