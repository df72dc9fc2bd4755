/** Single sign-on: the provider, its tokens as accounts verify them, and what the sign-in brings. */
import type { Clock } from '@poise/clock';
import type { TokenAuthority } from '../accounts/tokens.ts';
import type { DirectorySource, UserRecord } from '../store/directory.ts';
import { Provider, ProviderError, type Tokens } from './provider.ts';
import { SignOnError } from './sign-on-error.ts';
import { SsoUsers } from './sso-users.ts';
import { TokenVerifier } from './token-verifier.ts';

export interface SsoSettings {
  readonly systemAuthMode: 'NON_SSO' | 'SSO' | 'HYBRID';
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
  readonly userClaim: string;
  readonly scope: string;
  readonly users: readonly string[];
  readonly teams: readonly string[];
}

/** Tokens whose user is known and signs in so. */
export interface SignedOn {
  readonly tokens: Tokens;
  readonly name: string;
  readonly user: UserRecord;
  /** Until the access token ends, whole s. */
  readonly expiresIn: number;
  /** The same of the refresh token; undefined: unknown, or there is none. */
  readonly refreshExpiresIn: number | undefined;
}

export class SignOn implements TokenAuthority {
  readonly provider: Provider;
  readonly users: SsoUsers;
  readonly issuer: string;
  readonly #verifier: TokenVerifier;
  readonly #clock: Clock;

  constructor(settings: SsoSettings, directory: DirectorySource, clock: Clock) {
    this.#clock = clock;
    this.issuer = settings.issuer;
    this.provider = new Provider({ ...settings, clock });
    this.users = new SsoUsers({ ...settings, directory });
    this.#verifier = new TokenVerifier({
      source: () => this.provider.keys(),
      audience: settings.audience,
      userClaim: settings.userClaim,
      clock,
    });
  }

  owns(user: UserRecord): boolean {
    return this.users.owns(user);
  }

  remembered(token: string): string | undefined {
    return this.#verifier.remembered(token)?.name;
  }

  async verify(token: string): Promise<string | null> {
    return (await this.#verifier.verify(token))?.name ?? null;
  }

  /** Asks the provider, and looks at what it gives. @throws SignOnError */
  async obtain(ask: (provider: Provider) => Promise<Tokens>): Promise<SignedOn> {
    try {
      const tokens = await ask(this.provider);
      if (tokens.accessToken === '') throw new SignOnError('noToken');
      const verified = await this.#verifier.verify(tokens.accessToken);
      if (verified === null)
        throw new SignOnError('refused', new Error('the access token does not hold; see sso.audience'));
      const user = this.users.find(verified.name);
      if (user === undefined || !this.users.owns(user)) throw new SignOnError('unknownUser');
      const expiresIn = Math.floor((verified.expiresAt - this.#clock.now()) / 1000);
      const { refreshToken } = tokens;
      const refreshExpiresIn =
        refreshToken === undefined
          ? undefined
          : (tokens.refreshExpiresIn ?? this.#lifetimeWithin(refreshToken));
      return { tokens, name: verified.name, user, expiresIn, refreshExpiresIn };
    } catch (error) {
      if (error instanceof SignOnError) throw error;
      throw new SignOnError(error instanceof ProviderError ? error.reason : 'unavailable', error);
    }
  }

  /** Some refresh tokens are JWTs that tell their end; it is shown, and nothing depends on it. */
  #lifetimeWithin(token: string): number | undefined {
    try {
      const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
        exp?: unknown;
      };
      const left = typeof exp === 'number' ? Math.floor(exp - this.#clock.now() / 1000) : 0;
      return left > 0 ? left : undefined;
    } catch {
      return undefined;
    }
  }
}
