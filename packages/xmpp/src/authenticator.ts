/** The seam to whatever verifies credentials. Implemented outside this package. */
import type { TransportKind } from './transport.ts';

/** Where a sign-in comes from: for delays, counting and logs. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly transport: TransportKind;
  readonly secure: boolean;
  readonly loopback: boolean;
}

export type AuthFailure = 'not-authorized' | 'locked' | 'unavailable';

export type AuthResult =
  /** `loginId` in the spelling by which access callbacks know the user. */
  { readonly ok: true; readonly loginId: string } | { readonly ok: false; readonly reason: AuthFailure };

export type ScramMechanism = 'SCRAM-SHA-1' | 'SCRAM-SHA-256';

/** What a server stores for SCRAM (RFC 5802 3): never a password. */
export interface ScramRecord {
  readonly loginId: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** What a name without keys is shown: as one with keys would be, so that nobody can tell who exists. */
export interface ScramDecoy {
  readonly loginId: null;
  readonly salt: Uint8Array;
  readonly iterations: number;
}

export interface Authenticator {
  /** @param authcid as sent, unescaped and case-folded */
  plain(authcid: string, password: string, peer: Peer): Promise<AuthResult>;
  /** A decoy where there is no such user, or no keys for this mechanism. Absent: SCRAM is never offered. */
  scram?(authcid: string, mechanism: ScramMechanism): Promise<ScramRecord | ScramDecoy>;
  /**
   * The end of each SCRAM exchange, for counting, locks and delays: the client is told when it resolves.
   * @param ok the proof was right
   * @returns whether the user is let in; never true where `ok` is false. Absent: `ok` decides.
   */
  scramConcluded?(authcid: string, ok: boolean, peer: Peer): Promise<boolean>;
}
