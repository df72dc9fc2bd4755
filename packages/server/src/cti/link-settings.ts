/** What the CTI link is told, and its defaults. */
import type { RecoveryWindowLimits } from './recovery-window.ts';
import { REQUEST_DEADLINE_MS } from './requests.ts';
import type { CtiAddress } from './socket.ts';

export interface CtiLinkSettings {
  readonly a: CtiAddress;
  readonly b: CtiAddress | null;
  /** Protocol version asked for, 14 to 25. */
  readonly version: number;
  readonly peripheralId: number;
  readonly clientId: string;
  readonly clientPassword: string;
  /** `Poise-<node>`: two nodes must not end each other's sessions. */
  readonly clientSignature: string;
  readonly heartbeatIntervalMs: number;
  /** A request without an answer after this time is answered with CF_REQUEST_TIMEOUT_REJECTION. */
  readonly requestTimeoutMs: number;
  /** Queries in flight during recovery. */
  readonly recoveryWindow: RecoveryWindowLimits;
  /** How long to wait for the configuration before going on without it, ms. */
  readonly configurationMs: number;
  /** Unsent bytes at which the CTI server counts as stuck. */
  readonly unsentBytesMax: number;
}

export const CTI_LINK_DEFAULTS = {
  clientId: 'Poise',
  clientPassword: '',
  heartbeatIntervalMs: 5_000,
  requestTimeoutMs: REQUEST_DEADLINE_MS,
  recoveryWindow: { least: 50, most: 2_000 },
  configurationMs: 10_000,
  unsentBytesMax: 8 * 1024 * 1024,
} as const;
