import { FailureStatus } from './enums/failure.ts';

/**
 * What can be wrong with a message or a frame, and the FailureStatus a server answers with (GED-188,
 * status codes). `null`: no answer is possible, the stream has lost its framing and the connection is reset.
 */
export const GED188_ERRORS = {
  'length-impossible': null,
  'frame-incomplete': null,
  'invoke-id-missing': null,
  'message-too-short': FailureStatus.BAD_MESSAGE_FORMAT,
  'message-too-long': FailureStatus.INVALID_MESSAGE_LENGTH,
  'message-unknown': FailureStatus.INVALID_MSG_TYPE_FOR_VERSION,
  'message-not-in-version': FailureStatus.INVALID_MSG_TYPE_FOR_VERSION,
  'version-unsupported': FailureStatus.INVALID_VERSION,
  'trailing-bytes': FailureStatus.INVALID_MESSAGE_LENGTH,
  'field-length': FailureStatus.INVALID_FIELD_LENGTH,
  'field-missing': FailureStatus.REQUIRED_DATA_MISSING,
  'field-repeated': FailureStatus.BAD_MESSAGE_FORMAT,
  'field-unknown': FailureStatus.INVALID_FIELD_TAG,
  'field-value': FailureStatus.BAD_MESSAGE_FORMAT,
  'tag-invalid': FailureStatus.INVALID_FIELD_TAG,
  'tag-not-in-message': FailureStatus.INVALID_TAG_FOR_MSG_TYPE,
  'tag-not-in-version': FailureStatus.INVALID_TAG_FOR_VERSION,
  'count-mismatch': FailureStatus.BAD_MESSAGE_FORMAT,
  'skill-group-count': FailureStatus.INVALID_NUM_SKILL_GROUPS,
  'named-variable-count': FailureStatus.INVALID_NUM_NAMED_VARIABLES,
  'named-array-count': FailureStatus.INVALID_NUM_NAMED_ARRAYS,
  'session-not-open': FailureStatus.SESSION_NOT_OPEN,
  'requests-outstanding': null,
  'variables-too-long': FailureStatus.TOO_MUCH_DATA,
} as const;

/** Code of a {@link Ged188Error}. */
export type Ged188ErrorCode = keyof typeof GED188_ERRORS;

/** The only error that this package throws on account of what it was given, whatever the bytes. */
export class Ged188Error extends Error {
  readonly code: Ged188ErrorCode;
  /** FailureStatus a server answers with, or null where only a reset is left. */
  readonly status: number | null;
  /** The field that is wrong, named as in GED-188. */
  readonly field: string | null;

  constructor(code: Ged188ErrorCode, message: string, field: string | null = null) {
    super(message);
    this.name = 'Ged188Error';
    this.code = code;
    this.status = GED188_ERRORS[code];
    this.field = field;
  }
}
