/** The log families as a table: place below <data>/logs, file names, rotation, caps. */

export type Naming =
  /**
   * `<prefix>.<YYYY-MM-DDTHH-MM-SS.sss>.log`, a new one at each start and when the file is full. `startup`: the first one of each
   * start ends in `.startup.log`. `zipped`: a full one becomes `<name>.zip`.
   */
  | { readonly kind: 'stamped'; readonly prefix: string; readonly startup?: true; readonly zipped?: true }
  /** `<prefix>.<YYYY-MM-DD>.txt`, a new one each day; when one is full, `.1`, `.2`, … before the extension. */
  | { readonly kind: 'daily'; readonly prefix: string }
  /** Always this name; full ones become `<name>.1` (newest), `<name>.2`, … */
  | { readonly kind: 'fixed'; readonly name: string };

export interface Family {
  readonly directory: string;
  readonly naming: Naming;
  /** A file does not grow beyond this. */
  readonly fileBytesMax: number;
  /** Files of this family together; the oldest are deleted. */
  readonly directoryBytesMax: number;
  readonly filesMax: number;
}

const MB = 1_000_000;
const GB = 1_000 * MB;

const notification = (name: string): Family => ({
  directory: 'desktop/logs/openfire',
  naming: { kind: 'fixed', name },
  fileBytesMax: 10 * MB,
  directoryBytesMax: 110 * MB,
  filesMax: 11,
});

export const FAMILIES = {
  access: {
    directory: 'finesse/logs',
    naming: { kind: 'daily', prefix: 'localhost_access_log' },
    fileBytesMax: GB,
    directoryBytesMax: 4 * GB,
    filesMax: 60,
  },
  webservices: {
    directory: 'desktop/logs/webservices',
    naming: { kind: 'stamped', prefix: 'Desktop-webservices', startup: true, zipped: true },
    fileBytesMax: 100 * MB,
    directoryBytesMax: 4 * GB,
    filesMax: 1_000,
  },
  webservicesErrors: {
    directory: 'desktop/logs/webservices',
    naming: { kind: 'stamped', prefix: 'Error-Desktop-webservices', startup: true, zipped: true },
    fileBytesMax: 100 * MB,
    directoryBytesMax: 500 * MB,
    filesMax: 1_000,
  },
  realm: {
    directory: 'desktop/logs/realm',
    naming: { kind: 'fixed', name: 'realm.log' },
    fileBytesMax: 10 * MB,
    directoryBytesMax: 110 * MB,
    filesMax: 11,
  },
  notificationInfo: notification('info.log'),
  notificationDebug: { ...notification('debug.log'), fileBytesMax: 100 * MB, directoryBytesMax: GB },
  notificationError: notification('error.log'),
  notificationWarn: notification('warn.log'),
  audit: {
    directory: 'desktop/logs/audit-log',
    naming: { kind: 'stamped', prefix: 'audit' },
    fileBytesMax: 100 * MB,
    directoryBytesMax: GB,
    filesMax: 1_000,
  },
  /** Ours, and only where it is asked for. */
  json: {
    directory: 'json',
    naming: { kind: 'fixed', name: 'poise.jsonl' },
    fileBytesMax: 100 * MB,
    directoryBytesMax: GB,
    filesMax: 11,
  },
  ctiTrace: {
    directory: 'cti',
    naming: { kind: 'fixed', name: 'cti-trace.log' },
    fileBytesMax: 100 * MB,
    directoryBytesMax: GB,
    filesMax: 11,
  },
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;

/** Client logs are one file per submission and have their own writer. */
export const CLIENT_LOGS = {
  directory: 'desktop/logs/clientlogs',
  fileBytesMax: 1_500_000,
  directoryBytesMax: 100 * MB,
  filesMax: 25_000,
} as const;
