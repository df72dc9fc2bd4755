/** Who is asking: the seam between whatever verifies credentials and everything that needs to know. */
import type { Role, UserRecord } from '../store/directory.ts';
import type { ScramDecoy } from './scram-decoys.ts';

/** An authenticated user. */
export interface Principal {
  readonly loginId: string;
  readonly loginName: string;
  readonly roles: ReadonlySet<Role>;
  readonly user: UserRecord;
}

export type AuthenticationFailure = 'unknown' | 'wrong' | 'locked' | 'unavailable';
export type Authentication =
  | { readonly ok: true; readonly principal: Principal }
  | { readonly ok: false; readonly reason: AuthenticationFailure };

/**
 * Five wrong passwords in a row lock a user for five minutes, separately for agents (API, notification service and
 * CTI server together), configuration API and serviceability API (developer guide 12.5, pages 29, 205, 333).
 */
export type LockScope = 'api' | 'configuration' | 'serviceability' | 'xmpp' | 'cti' | 'console';

/** Longest secret: a token in a password field (base64 of 16 KiB). */
export const SECRET_LENGTH_MAX = 16_384;

/** One way to verify a password. Knows no locks and no cache. */
export interface AccountProvider {
  readonly name: string;
  /** Undefined: not responsible for this kind of credential. Derivations run off the event loop. */
  verify(user: UserRecord, secret: string): Promise<boolean | undefined>;
  /** Keys for SCRAM; undefined: not responsible, or the kind of credential has none. */
  scramKeys?(user: UserRecord, mechanism: ScramMechanism): Promise<ScramKeys | undefined>;
}

export type ScramMechanism = 'SCRAM-SHA-1' | 'SCRAM-SHA-256';

/** Stored keys for SCRAM (RFC 5802); never a password. */
export interface ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

export interface Accounts {
  /**
   * Verifies a user (login id or login name, any case) and a password or token.
   * A verified credential is remembered as a keyed hash, so that Basic with every request is cheap;
   * it is forgotten when the user's configuration changes.
   *
   * @param from address whose wrong passwords count once more apart (an IPv6 one with its network, network-of.ts): they alone
   *   lock the way back to the notification service, and to the CTI server (wrong-passwords.ts). Absent: those of all addresses count together
   */
  authenticate(scope: LockScope, user: string, secret: string, from?: string): Promise<Authentication>;
  /** Answers at once when the credential is remembered, else undefined. */
  remembered(scope: LockScope, user: string, secret: string, from?: string): Authentication | undefined;
  /**
   * Verifies an access token of the identity provider, which names its user itself. A refusal counts for no lock:
   * nobody is named.
   */
  authenticateToken(scope: LockScope, token: string): Promise<Authentication>;
  /** Answers at once when the token is remembered, else undefined. */
  rememberedToken(token: string): Authentication | undefined;
  /** For SCRAM; null when the user or its keys do not exist. */
  scramKeys(user: string, mechanism: ScramMechanism): Promise<ScramKeys | null>;
  /** What SCRAM shows of a name without keys, so that it looks like one that has some. */
  scramDecoy(user: string): Promise<ScramDecoy>;
  /** Whether the user is locked in this scope; asking does not count as an attempt. */
  isLocked(scope: LockScope, user: string, from?: string): boolean;
  /**
   * For exchanges that are verified elsewhere (SCRAM): counts an outcome as {@link authenticate} would, and
   * holds a refusal back as long.
   * @returns whether the user is let in: not when he is locked
   */
  noteOutcome(scope: LockScope, user: string, ok: boolean, from?: string): Promise<boolean>;
  /** Forgets remembered credentials of a user whose password changed; null: of everybody. */
  forget(loginId: string | null): void;
}
