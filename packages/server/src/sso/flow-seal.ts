/**
 * What a sign-in at the provider must remember until the browser comes back: sealed into a cookie of that browser,
 * so that nothing is kept here and nobody can bring another browser's answer.
 */
import type { Clock } from '@poise/clock';
import type { FlowSecrets } from './provider.ts';

/** What the sign-in is for: the page, a client that wants its token, the test. */
export type FlowPurpose = 'desktop' | 'token' | 'test';

export interface Flow extends FlowSecrets {
  readonly purpose: FlowPurpose;
  /** Whom the client named; '': nobody. */
  readonly userName: string;
  readonly redirectUri: string;
  readonly returnUser: boolean;
  readonly returnRefreshToken: boolean;
  /** Language of the page; '': its own choice. */
  readonly locale: string;
}

/** How long somebody may take at the provider, s. */
export const FLOW_SECONDS = 600;

/** Loaded with the first flow: `/desktop/sso` is there without single sign-on, too. */
const jose = () => import('jose');

export class FlowSeal {
  readonly #key: () => Promise<Uint8Array>;
  readonly #clock: Clock;

  /** @param key 32 bytes that outlive a restart */
  constructor(key: () => Promise<Uint8Array>, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  async seal(flow: Flow): Promise<string> {
    const { EncryptJWT } = await jose();
    return new EncryptJWT({ ...flow })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(Math.floor(this.#clock.now() / 1000) + FLOW_SECONDS)
      .encrypt(await this.#key());
  }

  /** Null: not ours, changed, or too old. */
  async open(sealed: string): Promise<Flow | null> {
    const { jwtDecrypt } = await jose();
    try {
      const { payload } = await jwtDecrypt(sealed, await this.#key(), {
        currentDate: new Date(this.#clock.now()),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['exp'],
      });
      return payload as unknown as Flow;
    } catch {
      return null;
    }
  }
}
