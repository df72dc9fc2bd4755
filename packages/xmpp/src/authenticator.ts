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

export interface Authenticator {
  /** @param authcid as sent, unescaped and case-folded */
  plain(authcid: string, password: string, peer: Peer): Promise<AuthResult>;
  /** Null: no such user, or no keys for this mechanism. Absent: SCRAM is never offered. */
  scram?(authcid: string, mechanism: ScramMechanism): Promise<ScramRecord | null>;
}
