/** Which users sign in at the identity provider (rest-api.md 7.3). */
import type { DirectorySource, UserRecord } from '../store/directory.ts';

export interface SsoUsersOptions {
  readonly systemAuthMode: 'NON_SSO' | 'SSO' | 'HYBRID';
  /** HYBRID: login ids, any case. */
  readonly users: readonly string[];
  /** HYBRID: names of teams. */
  readonly teams: readonly string[];
  readonly directory: DirectorySource;
}

export class SsoUsers {
  readonly #options: SsoUsersOptions;
  readonly #users: ReadonlySet<string>;
  readonly #teams: ReadonlySet<string>;

  constructor(options: SsoUsersOptions) {
    this.#options = options;
    this.#users = new Set(options.users.map((user) => user.toLowerCase()));
    this.#teams = new Set(options.teams);
  }

  /** Administrators who are nothing else use the console, with a password, also while the provider is down. */
  owns(user: UserRecord): boolean {
    const { systemAuthMode, directory } = this.#options;
    if (!user.roles.includes('Agent') && !user.roles.includes('Supervisor')) return false;
    if (systemAuthMode !== 'HYBRID') return systemAuthMode === 'SSO';
    if (this.#users.has(user.loginId.toLowerCase())) return true;
    if (this.#teams.size === 0 || user.teamId === null) return false;
    return this.#teams.has(directory.current.team(user.teamId)?.name ?? '');
  }

  /** The user behind a login id or login name. */
  find(name: string): UserRecord | undefined {
    const directory = this.#options.directory.current;
    return directory.user(name) ?? directory.userByName(name);
  }

  /** Answered to anybody: a name that does not exist gets what most get. */
  authModeOf(name: string): 'SSO' | 'NON_SSO' {
    const user = this.find(name);
    if (user !== undefined) return this.owns(user) ? 'SSO' : 'NON_SSO';
    return this.#options.systemAuthMode === 'SSO' ? 'SSO' : 'NON_SSO';
  }
}
