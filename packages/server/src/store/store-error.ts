/** What the database refuses, in terms of the records. */

export type StoreErrorCode =
  /** Another record has this name, code or id already. */
  | 'duplicate'
  /** A record refers to something that does not exist, or something still refers to it. */
  | 'reference'
  /** There is no such record. */
  | 'not-found'
  /** A value is outside its range. */
  | 'invalid';

export class StoreError extends Error {
  override readonly name: string = 'StoreError';
  readonly code: StoreErrorCode;
  /** Table and columns of a duplicate or an invalid value, e.g. `team.name`; empty when the database does not say. */
  readonly columns: readonly string[];

  constructor(
    code: StoreErrorCode,
    message: string,
    columns: readonly string[] = [],
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.code = code;
    this.columns = columns;
  }
}

/** Turns an error of the driver into a {@link StoreError} where it means one; others are returned as they are. */
export function storeErrorOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError) return error;
  const unique = /UNIQUE constraint failed: (.+)$/m.exec(error.message);
  if (unique !== null) {
    return new StoreError('duplicate', error.message, unique[1]!.split(', '), { cause: error });
  }
  if (/FOREIGN KEY constraint failed/.test(error.message)) {
    return new StoreError('reference', error.message, [], { cause: error });
  }
  return error;
}
