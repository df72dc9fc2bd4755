/** What SystemInfo tells of the CTI side. */

/** As SystemInfo and the health of the CTI link tell it. */
export const PERIPHERAL_OFFLINE_REASON = 'The peripheral of the CTI server is offline.';

export interface CtiServerInfo {
  readonly host: string;
  /** Seconds since this side was connected; 0 when it is not. */
  readonly connectedSeconds: number;
  readonly active: boolean;
}

export interface CtiInfo {
  /** Protocol version in use. */
  readonly version: number;
  /** Wall ms of the last sign of life; null before the first. */
  readonly lastSignOfLife: number | null;
  readonly servers: readonly CtiServerInfo[];
  /** The CTI server is connected, and what it speaks for is not there. */
  readonly isPeripheralOffline: boolean;
}
