/** Accounts whose passwords equal the login id; knows locks only as far as told. */
import type { Accounts, Authentication, LockScope } from '../../src/accounts/accounts.ts';
import type { DirectorySource } from '../../src/store/directory.ts';

export class TestAccounts implements Accounts {
  readonly locked = new Set<string>();
  /** False: every authentication takes the slow way. */
  remembers = true;
  readonly #directory: DirectorySource;

  constructor(directory: DirectorySource) {
    this.#directory = directory;
  }

  async authenticate(_scope: LockScope, user: string, secret: string): Promise<Authentication> {
    return this.#check(user, secret);
  }

  remembered(_scope: LockScope, user: string, secret: string): Authentication | undefined {
    return this.remembers ? this.#check(user, secret) : undefined;
  }

  /** The token of a user is `token-` and the login id. */
  async authenticateToken(_scope: LockScope, token: string): Promise<Authentication> {
    return this.#check(token.replace(/^token-/, ''), token.replace(/^token-/, ''));
  }

  rememberedToken(): undefined {}

  async scramKeys(): Promise<null> {
    return null;
  }

  async scramDecoy(): Promise<{ salt: Uint8Array; iterations: number }> {
    return { salt: new Uint8Array(16), iterations: 4096 };
  }

  isLocked(_scope: LockScope, user: string): boolean {
    return this.locked.has(user);
  }

  async noteOutcome(_scope: LockScope, _user: string, ok: boolean): Promise<boolean> {
    return ok;
  }

  forget(): void {}

  #check(name: string, secret: string): Authentication {
    const directory = this.#directory.current;
    const user = directory.user(name) ?? directory.userByName(name);
    if (user === undefined) return { ok: false, reason: 'unknown' };
    if (this.locked.has(user.loginId)) return { ok: false, reason: 'locked' };
    if (secret !== user.loginId) return { ok: false, reason: 'wrong' };
    const { loginId, loginName, roles } = user;
    return { ok: true, principal: { loginId, loginName, roles: new Set(roles), user } };
  }
}
