/** Errors of the configuration API: RFC 9457, with one entry for each field that is wrong. */
import type { InstallProblem } from '../certificates/installed.ts';
import type { FieldError } from '../configuration/fields.ts';
import type { FolderProblem } from '../gadget-upload/index.ts';
import type { CaseProblem } from '../log-cases/index.ts';

/** Why a request is refused, besides its fields. */
export type ProblemCode =
  | 'INVALID'
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'CSRF'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'IN_USE'
  | 'SIGNED_IN'
  | 'LAST_ADMINISTRATOR'
  | 'BUILT_IN'
  | 'SYSTEM'
  | 'FIXED'
  | 'CHANGED'
  | 'TOO_LARGE'
  | 'NOT_JSON'
  | 'IF_MATCH_NEEDED'
  | 'UNAVAILABLE'
  | 'NOT_WRITABLE'
  | 'INTERNAL'
  | InstallProblem
  | 'SWITCHED_OFF'
  | 'SHELL_BUSY'
  | 'NOT_A_ZIP'
  | 'NOT_FILES'
  | FolderProblem
  | CaseProblem;

const STATUS: Readonly<Record<ProblemCode, number>> = {
  INVALID: 400,
  BAD_REQUEST: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  CSRF: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  IN_USE: 409,
  SIGNED_IN: 409,
  LAST_ADMINISTRATOR: 409,
  BUILT_IN: 409,
  SYSTEM: 409,
  FIXED: 409,
  CHANGED: 412,
  TOO_LARGE: 413,
  NOT_JSON: 415,
  IF_MATCH_NEEDED: 428,
  UNAVAILABLE: 503,
  NOT_WRITABLE: 503,
  INTERNAL: 500,
  NOT_A_CERTIFICATE: 400,
  NOT_A_KEY: 400,
  MISMATCH: 400,
  EXPIRED: 400,
  NOT_YET: 400,
  CHAIN: 400,
  NOT_USABLE: 400,
  SWITCHED_OFF: 403,
  SHELL_BUSY: 503,
  NOT_A_ZIP: 400,
  BAD_FILE_NAME: 400,
  NAME_NEEDED: 400,
  EMPTY: 400,
  FOLDER_EXISTS: 409,
  NOT_FILES: 415,
  NO_CASE: 404,
  NO_REPORT: 404,
  TOO_MANY_CASES: 409,
  TOO_MANY_FILES: 409,
  CASES_FULL: 413,
  TRACER_BUSY: 503,
  TRACER_FAILED: 422,
};

/** What is refused, on its way to the answer. Nothing is changed then. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly FieldError[];

  /** @param title one plain sentence */
  constructor(code: ProblemCode, title: string, errors: readonly FieldError[] = []) {
    super(title);
    this.code = code;
    this.errors = errors;
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** The body of the answer. */
  get body() {
    return { title: this.message, status: this.status, code: this.code, errors: this.errors };
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** @throws Problem when there is an error */
export function refuseErrors(errors: readonly FieldError[]): void {
  if (errors.length > 0) throw new Problem('INVALID', 'Some fields cannot be stored.', errors);
}
