/** What the database refuses, in terms of the records. */

export type StoreErrorCode =
  /** Another record has this name, code or id already. */
  | 'duplicate'
  /** A record refers to something that does not exist, or something still refers to it. */
  | 'reference'
  /** There is no such record. */
  | 'not-found'
  /** A value is outside its range. */
  | 'invalid'
  /** The database cannot be reached, or cannot write: a full or read-only disk, a lost server. It may be able to later. */
  | 'unavailable';

export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: StoreErrorCode;
  /** Table and columns of a duplicate or an invalid value, e.g. `team.name`; empty when the database does not say. */
  readonly columns: readonly string[];
  /** What a server of HTTP answers who knows no better. */
  readonly statusCode: number | undefined;

  constructor(
    code: StoreErrorCode,
    message: string,
    columns: readonly string[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.columns = columns;
    this.statusCode = code === 'unavailable' ? 503 : undefined;
  }
}

/** What the drivers tell: SQLite its words, PostgreSQL SQLSTATE with the place, Node the call that failed. */
interface DriverError extends Error {
  readonly code?: string;
  readonly table?: string;
  readonly column?: string;
  readonly detail?: string;
  readonly syscall?: string;
}

/**
 * SQLite: the disk (full, read-only, failing), memory, or another process that keeps the database too long. Its words, because
 * statements that return rows come without a result code.
 */
const SQLITE_UNAVAILABLE =
  /database or disk is full|attempt to write a readonly database|disk I\/O error|database (?:table )?is locked|unable to open database file|out of memory/;
const SQLITE = 'ERR_SQLITE_ERROR';

/**
 * SQLSTATE (PostgreSQL, Appendix A) of a server that is not there for us: connections (08), credentials (28), no such database
 * (3D), resources (53), given up by the operator or a timeout (57), the system (58), read-only (25006), locks (55P03), and
 * transactions that may be tried again (40).
 */
const POSTGRES_UNAVAILABLE = /^(?:08|28|3D|40|53|57|58)[0-9A-Z]{3}$|^(?:25006|25P03|25P04|55P03)$/;
/** … and of those after which the connection is gone, or of no use: the server became a standby (25006). */
const POSTGRES_GONE = /^08[0-9A-Z]{3}$|^57P0[1-5]$|^25006$|^25P03$|^25P04$/;
/** The driver has no codes for these. */
const DRIVER_GONE =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Client was closed|The server does not support SSL|Cannot use a pool after)/;

/** Of a name that leads to several addresses Node tells all that went wrong in one error without words or a call: the first one of them. */
const firstOf = (error: Error): Error => {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined;
  return first instanceof Error ? first : error;
};

/** Why something failed, as a part of a sentence: never empty, and without a full stop. */
export function reasonOf(error: unknown): string {
  const all: readonly unknown[] =
    error instanceof AggregateError && error.message === '' ? error.errors : [error];
  const words = all.map((each) => (each instanceof Error ? each.message || each.name : String(each)));
  return words.join(', ').replace(/\.$/, '');
}

/** Whether the connection to PostgreSQL is of no use any more. */
export function isConnectionLost(given: unknown): boolean {
  if (!(given instanceof Error)) return false;
  const error = firstOf(given);
  const { code, syscall, message } = error as DriverError;
  return syscall !== undefined || POSTGRES_GONE.test(code ?? '') || DRIVER_GONE.test(message);
}

/**
 * Whether a server of PostgreSQL that could not be connected to may be there later: it is away, starting, a standby still, or has no
 * connection free. A wrong password, a database or TLS that does not exist are for somebody to mend.
 */
export function comesLater(error: unknown): boolean {
  if (!(error instanceof Error) || /does not support SSL/.test(error.message)) return false;
  return isConnectionLost(error) || /^53[0-9A-Z]{3}$/.test((error as DriverError).code ?? '');
}

function meansUnavailable(error: DriverError): boolean {
  if (error.code === SQLITE) return SQLITE_UNAVAILABLE.test(error.message);
  return POSTGRES_UNAVAILABLE.test(error.code ?? '') || isConnectionLost(error);
}

/** Turns an error of the driver into a {@link StoreError} where it means one; others are returned as they are. */
export function storeErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const told = firstOf(error) as DriverError;
  const as = (code: StoreErrorCode, columns: readonly string[] = []): StoreError =>
    new StoreError(code, error.message || reasonOf(error), columns, { cause: error });
  if (meansUnavailable(told)) return as('unavailable');
  return told.code === SQLITE ? sqliteErrorOf(told, as) : postgresErrorOf(told, as);
}

type Made = (code: StoreErrorCode, columns?: readonly string[]) => StoreError;

function sqliteErrorOf(error: DriverError, as: Made): Error {
  const failed = /(UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed(?:: (.+))?$/m.exec(error.message);
  switch (failed?.[1]) {
    case 'UNIQUE':
      return as('duplicate', failed[2]!.split(', '));
    case 'FOREIGN KEY':
      return as('reference');
    case 'NOT NULL':
      return as('invalid', [failed[2]!]);
    case 'CHECK':
      return as('invalid');
    default:
      return error;
  }
}

function postgresErrorOf(error: DriverError, as: Made): Error {
  const { code = '', table = '', column, detail = '' } = error;
  switch (code) {
    case '23505': {
      // Key (category, code)=(NOT_READY, 40) already exists. The words are in the language of the server, the form is not.
      const columns = /\(([^)]*)\)=\(/.exec(detail)?.[1]?.split(', ') ?? [];
      return as(
        'duplicate',
        columns.map((name) => `${table}.${name.replaceAll('"', '')}`),
      );
    }
    case '23503':
    case '23001':
      return as('reference');
    case '23502':
      return as('invalid', column === undefined ? [] : [`${table}.${column}`]);
    default:
      // 23514: a check; class 22: a number out of range, a character that no text can hold.
      return code === '23514' || /^22[0-9A-Z]{3}$/.test(code) ? as('invalid') : error;
  }
}

/** Whether the same change may succeed later: 503 over HTTP. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof StoreError && error.code === 'unavailable';
