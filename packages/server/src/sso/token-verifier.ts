/**
 * Verifies access tokens here, by signature: issuer, audience, times, and the claim that names the agent
 * (RFC 7519, RFC 9068). What was verified is remembered until the token ends.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '@poise/clock';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

export interface TokenVerifierOptions {
  /** Keys and issuer of the provider. Rejects while they cannot be had. */
  readonly source: () => Promise<{ readonly issuer: string; readonly keys: JWTVerifyGetKey }>;
  readonly audience: string;
  /** Claim with the login id or login name. */
  readonly userClaim: string;
  readonly clock: Clock;
  /** Tokens that are remembered. Default: 20,000. */
  readonly entriesMax?: number;
}

export interface VerifiedToken {
  /** Login id or login name, as the provider wrote it. */
  readonly name: string;
  /** Wall ms. */
  readonly expiresAt: number;
}

/** Only signatures whose key stays at the provider: no `none`, no shared secrets. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Clocks of provider and server may differ by this much, s. */
const TOLERANCE_S = 5;
const ENTRIES_MAX = 20_000;
const NAME_MAX = 255;

/** Codes of jose that say something of the token, not of the keys that could not be fetched. */
const OF_THE_TOKEN = /^ERR_(JWT|JWS|JOSE|JWKS_NO_MATCHING_KEY|JWKS_MULTIPLE_MATCHING_KEYS)/;

export class TokenVerifier {
  readonly #options: TokenVerifierOptions;
  readonly #entries = new Map<string, VerifiedToken>();

  constructor(options: TokenVerifierOptions) {
    this.#options = options;
  }

  /** Of a token that was verified before and has not ended. */
  remembered(token: string): VerifiedToken | undefined {
    const key = fingerprint(token);
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt > this.#options.clock.now()) return entry;
    this.#entries.delete(key);
    return undefined;
  }

  /** Null: refused. @throws Error when there are no keys to verify with */
  async verify(token: string): Promise<VerifiedToken | null> {
    const known = this.remembered(token);
    if (known !== undefined) return known;
    const { audience, clock } = this.#options;
    const { issuer, keys } = await this.#options.source();
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp'],
        clockTolerance: TOLERANCE_S,
        currentDate: new Date(clock.now()),
      }));
    } catch (error) {
      if (isOfTheToken(error)) return null;
      throw error;
    }
    const name = payload[this.#options.userClaim];
    if (isIdToken(payload) || typeof name !== 'string' || name === '' || name.length > NAME_MAX) return null;
    const verified = { name, expiresAt: (payload.exp as number) * 1000 };
    this.#remember(fingerprint(token), verified);
    return verified;
  }

  /** Tokens that are remembered, for diagnostics. */
  get size(): number {
    return this.#entries.size;
  }

  #remember(key: string, verified: VerifiedToken): void {
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= (this.#options.entriesMax ?? ENTRIES_MAX) && !oldest.done)
      this.#entries.delete(oldest.value);
    this.#entries.set(key, verified);
  }
}

const fingerprint = (token: string): string => createHash('sha256').update(token).digest('base64');

function isOfTheToken(error: unknown): boolean {
  // What is answered instead of keys is reported without a code of its own.
  return (
    error instanceof errors.JOSEError && error.code !== errors.JOSEError.code && OF_THE_TOKEN.test(error.code)
  );
}

/** An ID token has the same issuer and audience, and is no key to anything. */
function isIdToken(payload: JWTPayload): boolean {
  return payload.at_hash !== undefined || payload.c_hash !== undefined || payload.typ === 'ID';
}
