import type { Element } from '@poise/xml';

/** One entry of an `ApiErrors` body or an `apiErrors` Update. */
export interface ApiErrorDetail {
  /** Category, e.g. `Invalid State`. */
  readonly errorType: string;
  /** Offending element, user, key, or the number of the CTI error. */
  readonly errorData: string;
  /** Text or CTI constant, e.g. `CF_INVALID_OBJECT_STATE`. */
  readonly errorMessage: string;
  /** Since 12.5, from the CTI server. */
  readonly peripheralErrorCode?: string;
  readonly peripheralErrorText?: string;
}

/**
 * Everything that a call of this SDK is rejected with.
 *
 * `status` is the HTTP status, 400 for an asynchronous error (as the original's library has it), 0 when
 * there was no answer at all, 408 when an answer or an event did not come in time. Errors of the
 * notification service are translated: wrong password 401, forbidden node 403, unknown node 404, the same
 * JID signed in elsewhere 409, server out of service 503.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errorType: string;
  readonly errorData: string;
  readonly errorMessage: string;
  /** '' where the request had none. */
  readonly requestId: string;
  /** All entries; the fields above repeat the first one. */
  readonly details: readonly ApiErrorDetail[];
  /**
   * Whether the API said so, in a body or an event of its own. False: this side has found it, or only the HTTP status is known, which
   * may be that of something before the server.
   */
  readonly isFromApi: boolean;

  constructor(
    status: number,
    details: readonly ApiErrorDetail[],
    requestId = '',
    cause?: unknown,
    isFromApi = true,
  ) {
    const first = details[0] ?? { errorType: '', errorData: '', errorMessage: '' };
    const text = [first.errorType, first.errorMessage, first.errorData]
      .filter((part) => part !== '')
      .join(': ');
    super(text || `HTTP status ${status}`, cause === undefined ? undefined : { cause });
    this.status = status;
    this.errorType = first.errorType;
    this.errorData = first.errorData;
    this.errorMessage = first.errorMessage;
    this.requestId = requestId;
    this.details = details;
    this.isFromApi = isFromApi;
  }
}

/** An error that this side found; `message` is for people. */
export function localError(
  status: number,
  errorType: string,
  errorMessage: string,
  requestId = '',
  cause?: unknown,
): ApiError {
  return new ApiError(status, [{ errorType, errorData: '', errorMessage }], requestId, cause, false);
}

/** 408: `errorData` says whether the `answer` did not come, or the `event` after an accepted request. */
export function timeoutError(
  awaited: 'answer' | 'event',
  errorMessage: string,
  requestId = '',
  cause?: unknown,
): ApiError {
  return new ApiError(
    408,
    [{ errorType: 'Timeout', errorData: awaited, errorMessage }],
    requestId,
    cause,
    false,
  );
}

/**
 * The entries of `ApiErrors/ApiError*` (HTTP) or `apiErrors/apiError*` (events): the names differ in their
 * first letter only, and their order differs between releases.
 */
export function readApiErrors(root: Element): ApiErrorDetail[] {
  return root.elements().map((entry) => {
    const text = (name: string) =>
      entry.elements().find((child) => child.name.toLowerCase() === name.toLowerCase())?.text ?? '';
    const peripheralErrorCode = text('peripheralErrorCode');
    const peripheralErrorText = text('peripheralErrorText');
    return {
      errorType: text('errorType'),
      errorData: text('errorData'),
      errorMessage: text('errorMessage'),
      ...(peripheralErrorCode !== '' && { peripheralErrorCode }),
      ...(peripheralErrorText !== '' && { peripheralErrorText }),
    };
  });
}
