/** The OpenID Connect provider: metadata, authorization code flow with PKCE, refreshing, keys. */
import type { Clock } from '@poise/clock';
import type { JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import { providerKeys } from './provider-keys.ts';

export interface ProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  /** Empty: a public client. */
  readonly clientSecret: string;
  readonly scope: string;
  readonly clock: Clock;
  /** Questions under way to the provider; more are refused. Default: 64. */
  readonly questionsMax?: number;
}

/** What the provider gave. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** s; undefined: the provider did not say. */
  readonly expiresIn: number | undefined;
  readonly refreshExpiresIn: number | undefined;
}

/** What one authorization must bring back. */
export interface FlowSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/**
 * - `refused`: the provider, or what it answered, does not hold: another sign-in may help
 * - `unavailable`: it cannot be reached, or does not work
 */
export class ProviderError extends Error {
  override readonly name: string = 'ProviderError';
  readonly reason: 'refused' | 'unavailable';

  constructor(reason: 'refused' | 'unavailable', cause: unknown) {
    super(`The identity provider: ${reason}`, { cause });
    this.reason = reason;
  }
}

const TIMEOUT_S = 8;
/** Clocks of provider and server may differ by this much, s. */
const TOLERANCE_S = 5;
const QUESTIONS_MAX = 64;
/** After a failed look at the metadata nobody looks again for this long, ms. */
const METADATA_PAUSE_MS = 2_000;

interface Known {
  readonly configuration: oidc.Configuration;
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
}

export class Provider {
  readonly #options: ProviderOptions;
  #known: Promise<Known> | undefined;
  #failedAt = Number.NEGATIVE_INFINITY;
  #questions = 0;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  newSecrets(): FlowSecrets {
    return {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
    };
  }

  /** Where the browser goes to sign in. @throws ProviderError */
  async authorizationUrl(secrets: FlowSecrets, redirectUri: string, loginHint: string): Promise<URL> {
    const { configuration } = await this.#configuration();
    return oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.#options.scope,
      state: secrets.state,
      nonce: secrets.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(secrets.verifier),
      code_challenge_method: 'S256',
      ...(loginHint !== '' && { login_hint: loginHint }),
    });
  }

  /** The tokens for what the browser brought back. @throws ProviderError */
  exchange(callback: URL, { state, nonce, verifier }: FlowSecrets): Promise<Tokens> {
    return this.#ask((configuration) =>
      oidc.authorizationCodeGrant(configuration, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      }),
    );
  }

  /** @throws ProviderError */
  refresh(refreshToken: string): Promise<Tokens> {
    return this.#ask((configuration) => oidc.refreshTokenGrant(configuration, refreshToken));
  }

  /** What access tokens are verified with. @throws ProviderError */
  keys(): Promise<Known> {
    return this.#configuration();
  }

  async #ask(
    question: (
      configuration: oidc.Configuration,
    ) => Promise<oidc.TokenEndpointResponse & { refresh_expires_in?: unknown }>,
  ): Promise<Tokens> {
    if (this.#questions >= (this.#options.questionsMax ?? QUESTIONS_MAX))
      throw new ProviderError('unavailable', 'too many questions at once');
    this.#questions++;
    try {
      const { configuration } = await this.#configuration();
      const answer = await question(configuration);
      return {
        accessToken: answer.access_token,
        refreshToken: answer.refresh_token,
        expiresIn: answer.expires_in,
        refreshExpiresIn: lifetime(answer.refresh_expires_in),
      };
    } catch (error) {
      throw providerError(error);
    } finally {
      this.#questions--;
    }
  }

  #configuration(): Promise<Known> {
    this.#known ??= this.#look().catch((error: unknown) => {
      this.#known = undefined;
      throw error;
    });
    return this.#known;
  }

  async #look(): Promise<Known> {
    const { issuer, clientId, clientSecret, clock } = this.#options;
    if (clock.monotonic() - this.#failedAt < METADATA_PAUSE_MS)
      throw new ProviderError('unavailable', 'it has just been asked');
    try {
      const configuration = await oidc.discovery(
        new URL(issuer),
        clientId,
        // The library looks at the platform's clock; ours may be another one.
        {
          [oidc.clockSkew]: Math.round((clock.now() - Date.now()) / 1000),
          [oidc.clockTolerance]: TOLERANCE_S,
        },
        clientSecret === '' ? oidc.None() : oidc.ClientSecretBasic(clientSecret),
        {
          timeout: TIMEOUT_S,
          execute: [
            oidc.enableNonRepudiationChecks,
            // The setting admits http on this machine only.
            ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : []),
          ],
        },
      );
      const metadata = configuration.serverMetadata();
      if (metadata.jwks_uri === undefined) throw new Error('its metadata name no jwks_uri');
      const keys = providerKeys(new URL(metadata.jwks_uri), TIMEOUT_S * 1000);
      return { configuration, issuer: metadata.issuer, keys };
    } catch (error) {
      this.#failedAt = clock.monotonic();
      throw new ProviderError('unavailable', error);
    }
  }
}

/** Keycloak and others tell the lifetime of the refresh token; 0 and nothing at all: it is not known. */
const lifetime = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined;

function providerError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (error instanceof oidc.AuthorizationResponseError) return new ProviderError('refused', error);
  if (error instanceof oidc.ResponseBodyError)
    return new ProviderError(error.status < 500 && error.status !== 429 ? 'refused' : 'unavailable', error);
  // What the library finds wrong in an answer; what it cannot reach is another kind of error.
  const { code } = error as { code?: string };
  const isAnswer =
    code?.startsWith('OAUTH_') === true && code !== 'OAUTH_TIMEOUT' && !isFromBrokenServer(error);
  return new ProviderError(isAnswer ? 'refused' : 'unavailable', error);
}

/** The library keeps the answer that it could not use as the innermost cause. */
function isFromBrokenServer(error: unknown): boolean {
  let cause = error;
  while (cause instanceof Error) cause = cause.cause;
  return cause instanceof Response && cause.status >= 500;
}
