/**
 * Security tokens of gadgets (`st`): say that a signed-in user loaded this gadget. Whoever shows none, as gadgets with old
 * libraries do, reaches this server only.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '@poise/clock';

export interface GadgetToken {
  readonly loginId: string;
  /** As the frame's `url` parameter has it. */
  readonly gadgetUrl: string;
  /** Wall ms. */
  readonly expiresAt: number;
}

/** Longer than a shift. */
export const TOKEN_LIFE_MS = 12 * 3_600_000;
const LENGTH_MAX = 16_384;

export class SecurityTokens {
  readonly #clock: Clock;
  readonly #key: () => Promise<Uint8Array>;

  constructor(clock: Clock, key: () => Promise<Uint8Array>) {
    this.#clock = clock;
    this.#key = key;
  }

  async make(loginId: string, gadgetUrl: string): Promise<string> {
    const expiresAt = this.#clock.now() + TOKEN_LIFE_MS;
    const text = Buffer.from(JSON.stringify([loginId, gadgetUrl, expiresAt])).toString('base64url');
    return `${text}.${(await this.#signature(text)).toString('base64url')}`;
  }

  /** Undefined for a token that we did not make, or that has expired. */
  async read(token: string): Promise<GadgetToken | undefined> {
    const [text = '', signature = '', more] = token.split('.');
    if (token.length > LENGTH_MAX || text === '' || more !== undefined) return undefined;
    const expected = await this.#signature(text);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const [loginId, gadgetUrl, expiresAt] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [
      string,
      string,
      number,
    ];
    return expiresAt > this.#clock.now() ? { loginId, gadgetUrl, expiresAt } : undefined;
  }

  /** A token for the same that lives on, once half of the life of this one is over. */
  async renewed(token: GadgetToken): Promise<string | undefined> {
    if (token.expiresAt - this.#clock.now() > TOKEN_LIFE_MS / 2) return undefined;
    return this.make(token.loginId, token.gadgetUrl);
  }

  async #signature(text: string): Promise<Buffer> {
    return createHmac('sha256', await this.#key())
      .update(text)
      .digest();
  }
}
