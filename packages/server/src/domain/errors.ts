/**
 * The one catalogue of errors: our code, HTTP status, and what stands in ApiErrors. Synchronous ones are
 * answers, asynchronous ones become an Update with apiErrors (rest-api.md 2). docs/errors.md repeats it
 * and is checked against it by a test.
 */
import type { Deployment } from './profile.ts';

interface SyncErrorRow {
  readonly status: number;
  readonly type: string;
  /** Fixed ErrorData, or null when it names the offending thing. */
  readonly data: string | null;
  /** Fixed ErrorMessage, or null when it is said at the place. */
  readonly message: string | null;
  readonly when: string;
}

const row = (
  status: number,
  type: string,
  data: string | null,
  message: string | null,
  when: string,
): SyncErrorRow => ({
  status,
  type,
  data,
  message,
  when,
});

/** Of some errors of configuration the message repeats status and type (rest-api.md 2.3), line by line. */
function told(status: 400 | 404, type: string, text: string): string {
  const reason = { 400: 'Bad Request', 404: 'Not Found' }[status];
  return `HTTP Status code: ${status} (${reason})\nApi Error Type: ${type}\nError Message: ${text}`;
}

/** Synchronous errors. */
export const SYNC_ERRORS = {
  BAD_REQUEST: row(
    400,
    'Bad Request',
    null,
    null,
    'The request is malformed or incomplete: XML that cannot be read, an unknown root element, an impossible extension, a body that is too long.',
  ),
  PARAMETER_MISSING: row(
    400,
    'Parameter Missing',
    null,
    null,
    'A required element is absent or empty; ErrorData is its name.',
  ),
  STATE_MISSING: row(
    400,
    'Parameter Missing',
    'state',
    'State Parameter missing',
    'A User request without state.',
  ),
  REASON_REQUIRED: row(
    400,
    'Parameter Missing',
    'finesse.api.reasoncode.require_reasoncode',
    'The state change requires a valid reason code.',
    'NOT_READY or LOGOUT without reasonCodeId although the team has codes of that category.',
  ),
  REASON_NOT_ALLOWED: row(
    400,
    'Invalid Input',
    'finesse.api.reasoncode.not_allowed',
    'Reason codes are not allowed for this operation.',
    'reasonCodeId where no code is configured, with another state, or by a supervisor for an agent.',
  ),
  INVALID_INPUT: row(
    400,
    'Invalid Input',
    null,
    null,
    'A value is invalid or unknown; ErrorData is the element.',
  ),
  INVALID_STATE_WORD: row(
    400,
    'Invalid Input',
    'state',
    'Invalid State specified for user',
    'An unknown state, a state that cannot be asked for, or a sign-out that is impossible now.',
  ),
  INVALID_STATE: row(
    400,
    'Invalid State',
    'state',
    'Invalid State specified for user',
    'Sign-out while signed out; a state that a supervisor cannot set.',
  ),
  GENERIC_ERROR: row(
    400,
    'Generic Error',
    null,
    null,
    'The cause is none of the others, e.g. too many requests of one agent or on one dialog are waiting.',
  ),
  INVALID_CALL_STATE: row(
    400,
    'Invalid State',
    null,
    null,
    'Silent monitoring or barging in while the supervisor or the agent is in a state that does not allow it; ErrorData names the element.',
  ),
  INVALID_DESTINATION: row(
    400,
    'Invalid Destination',
    null,
    null,
    'The own number; a party to be removed that is none, or no agent; an agent who cannot be watched or barged in on; ErrorData is the element.',
  ),
  BRIDGE_FULL: row(
    400,
    '20700',
    null,
    'The conference has as many parties as it can have',
    'Barging in would exceed the size of a conference; ErrorData is toAddress.',
  ),
  NOT_CONTROLLER: row(
    400,
    '20999',
    null,
    'The agent does not control the conference, or consults already',
    'Barging in on an agent who does not control the conference or has a consult call; ErrorData is toAddress.',
  ),
  LAYOUT_INVALID: row(
    400,
    'Invalid Input',
    null,
    'layoutxml',
    'A desktop layout that breaks its schema: one error for each place, with line, column and element in ErrorData.',
  ),
  MAXIMUM_EXCEEDED: row(
    400,
    'Maximum Exceeded',
    null,
    'The maximum number of records exists already',
    'One more than the system takes; ErrorData is the object.',
  ),
  API_ERROR: row(
    400,
    'Finesse API Error',
    null,
    null,
    'What a workflow or a team is to have does not exist, what is to be deleted is in use, another one has the code, label or name, or it is one of the system; ErrorData is the object or the element.',
  ),
  IN_USE: row(
    400,
    'In Use',
    null,
    null,
    'A phone book that a team has can neither be deleted nor become one of another type; ErrorData is its name.',
  ),
  DUPLICATE_WORKFLOW: row(
    400,
    'Database constraint violation',
    'Duplicate Workflow name.',
    null,
    'Another workflow, or another workflow action, has the name already.',
  ),
  OPERATION_FAILURE: row(400, 'Operation Failure', null, null, 'The client log could not be stored.'),
  CLIENT_LOG_TOO_LONG: row(
    400,
    'Invalid Input',
    'logData',
    'The log data is longer than 1048576 characters',
    'logData is longer than 1,048,576 characters.',
  ),
  COMPRESSED_LOG_TOO_LONG: row(
    400,
    'Invalid Input',
    'logData',
    'The compressed log is longer than 1500000 bytes',
    'The zip of CompressedClientLog is longer than 1,500,000 bytes.',
  ),
  COMPRESSED_LOG_NO_ZIP: row(
    400,
    'Invalid Input',
    'logData',
    'The compressed log is no zip',
    'What CompressedClientLog brings is no zip, or logData is no Base64.',
  ),
  TEAM_MESSAGE_LIMIT: row(
    400,
    'System Resource Limit Exceeded',
    'teammessage.max.limit.exceeded',
    'MAX_ACTIVE_MESSAGE_LIMIT_EXCEEDED',
    'Too many active team messages, or too many created and deleted within an hour.',
  ),
  UNAUTHORIZED: row(
    401,
    'Authorization Failure',
    null,
    'UNAUTHORIZED',
    'No, wrong or locked credentials, or a role that may not use the API; ErrorData is the user name presented.',
  ),
  NOT_OWN_USER: row(
    401,
    'Invalid Authorization User Specified',
    null,
    'The user specified in the authentication credentials and the uri do not match',
    'The user of the credentials is not the one in the URI; ErrorData is the id in the URI.',
  ),
  NOT_SUPERVISOR: row(
    401,
    'Invalid Supervisor',
    null,
    'The supervisor does not supervise a team of this user',
    'A supervisor acts on an agent or a dialog of another team; ErrorData is the id in the URI, or toAddress.',
  ),
  NOT_A_PARTY: row(
    401,
    'Invalid Authorization User Specified',
    null,
    'The user specified in the authentication credentials takes no part in the dialog',
    'A dialog of somebody else; ErrorData is its id.',
  ),
  NOT_TEAM_MEMBER: row(
    401,
    'Invalid Authorization',
    null,
    'The user specified in the authentication credentials is no member of the team',
    'TeamResource of a team that the user is neither member nor supervisor of; ErrorData is the team.',
  ),
  NO_AUTHORIZED_SUPERVISOR: row(
    401,
    'Invalid Authorization User Specified',
    null,
    'The user specified in the authentication credentials is not an authorized supervisor',
    'An administrator asks for call control; ErrorData is the administrator.',
  ),
  LEG_HELD: row(
    401,
    'Invalid State',
    null,
    'The call is on hold',
    'DTMF or recording on a leg that is held; ErrorData is its extension.',
  ),
  FORBIDDEN: row(
    403,
    'Forbidden',
    '',
    null,
    'The service is switched off; the default layout of call variables cannot be deleted; only administrators see who is connected.',
  ),
  NOT_FOUND: row(
    404,
    'Not Found',
    null,
    null,
    'No such resource or object; ErrorData is the path or the id.',
  ),
  USER_NOT_FOUND: row(
    404,
    'User Not Found',
    null,
    'UNKNOWN_USER',
    'The user id is unknown; ErrorData is the id.',
  ),
  TEAM_ASSIGNMENT_NOT_FOUND: row(
    404,
    'finesse.api.team.team_assignment_invalid_team',
    null,
    told(404, 'finesse.api.team.team_assignment_invalid_team', 'This is not a valid team'),
    'What is assigned to a team that does not exist; ErrorData is the id.',
  ),
  DIALOG_NOT_FOUND: row(
    404,
    'Dialog Not Found',
    null,
    'Invalid dialogId specified for dialog',
    'The dialog of a PUT is unknown or over; ErrorData is its id. GET says Not Found.',
  ),
  METHOD_NOT_ALLOWED: row(
    405,
    'Method Not Allowed',
    null,
    null,
    'The resource exists, the method does not; the header Allow lists the others.',
  ),
  RANGE_NOT_SATISFIABLE: row(
    416,
    'Range Not Satisfiable',
    null,
    'Invalid Range Specified',
    'The Range header of a phone book list is not objects=A-B within 1 to 6000, or begins beyond the last contact.',
  ),
  INTERNAL: row(500, 'Internal Server Error', '', 'RUNTIME_EXCEPTION', 'A defect of the server.'),
  NOT_IMPLEMENTED: row(
    501,
    'Not Implemented',
    null,
    null,
    'The call or the action exists on the other deployment only; ErrorData is the path or the action.',
  ),
  STORE_UNAVAILABLE: row(
    503,
    'Service Unavailable',
    '',
    'The database cannot be written',
    'A change while the database is lost, or its disk is full or read-only. Nothing was changed; reading goes on.',
  ),
  OUT_OF_SERVICE: row(
    503,
    'Service Unavailable',
    '',
    'SERVER_OUT_OF_SERVICE',
    'The server is out of service, e.g. the CTI link is down. SystemInfo still answers.',
  ),
} as const satisfies Record<string, SyncErrorRow>;

export type SyncErrorCode = keyof typeof SYNC_ERRORS;

/** A synchronous error as it is answered. */
export interface ApiFailure {
  readonly code: SyncErrorCode;
  readonly status: number;
  readonly errorType: string;
  readonly errorData: string;
  readonly errorMessage: string;
}

/** Makes an error of the catalogue; texts that the catalogue fixes cannot be overridden. */
/** The message of an error that repeats its status and type. */
export const inFull = (code: 'DUPLICATE_WORKFLOW' | 'INVALID_INPUT', text: string): string =>
  told(400, SYNC_ERRORS[code].type, text);

export function failure(code: SyncErrorCode, data = '', message = ''): ApiFailure {
  const entry: SyncErrorRow = SYNC_ERRORS[code];
  return {
    code,
    status: entry.status,
    errorType: entry.type,
    errorData: entry.data ?? data,
    errorMessage: entry.message ?? message,
  };
}

/** `errorType` by CTI code; the sign-in and calls have types of their own (rest-api.md 2.4, 4.1; objects.md 2.6). */
interface CtiErrorRow {
  readonly code: number;
  readonly constant: string;
  readonly type: string;
  /** Type when the refused request was a sign-in, where it differs. */
  readonly typeAtSignIn?: string;
  /** Type when it was call control, by deployment, where that is not Generic Error. */
  readonly typeAtCall?: Readonly<Partial<Record<Deployment, string>>>;
  readonly when: string;
}

const cti = (
  code: number,
  constant: string,
  type: string,
  when: string,
  typeAtSignIn?: string,
): CtiErrorRow =>
  typeAtSignIn === undefined ? { code, constant, type, when } : { code, constant, type, when, typeAtSignIn };

const call = (code: number, constant: string, when: string): CtiErrorRow => ({
  code,
  constant,
  type: 'Generic Error',
  when,
});

/** Asynchronous errors by number of the CTI server. Unknown numbers become a Generic Error. */
export const CTI_ERRORS: readonly CtiErrorRow[] = [
  call(6, 'CF_INVALID_CALLED_DEVICE', 'The number called does not exist.'),
  call(13, 'CF_INVALID_CSTA_CONNECTION_IDENTIFIER', 'The call is over, or the extension has no part in it.'),
  call(14, 'CF_INVALID_DESTINATION', 'The number called cannot be reached.'),
  call(21, 'CF_GENERIC_STATE_INCOMPATIBILITY', 'The call is not in a state that allows it.'),
  {
    ...cti(
      22,
      'CF_INVALID_OBJECT_STATE',
      'Invalid State',
      'The state does not allow the request, e.g. READY while signed out; on CCX a conference by somebody who does not control it.',
    ),
    typeAtCall: { CCX: 'Invalid State' },
  },
  cti(
    33,
    'CF_RESOURCE_BUSY',
    'Invalid State',
    'Busy; at sign-in: another agent uses the extension.',
    'Device Busy',
  ),
  call(34, 'CF_RESOURCE_OUT_OF_SERVICE', 'The phone is out of service.'),
  {
    ...call(38, 'CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED', 'The conference has as many parties as it can have.'),
    typeAtCall: { CCE: 'Call Operation Failure' },
  },
  cti(70, 'CF_GENERIC_UNSPECIFIED_REJECTION', 'Generic Error', 'The CTI server gives no reason.'),
  cti(
    78,
    'CF_REQUEST_TIMEOUT_REJECTION',
    'Generic Error',
    'No answer from the CTI server within 20 s, or the link was lost before the answer.',
  ),
  cti(
    256,
    'CF_INVALID_AGENT_ID_SPECIFIED',
    'Invalid State',
    'The CTI server does not know the agent.',
    'Invalid Input',
  ),
  cti(
    257,
    'CF_INVALID_PASSWORD_SPECIFIED',
    'Invalid State',
    'NOT_READY while signed out (CCE).',
    'Authorization Failure',
  ),
  cti(
    258,
    'CF_INVALID_AGENT_ID_OR_PASSWORD_SPECIFIED',
    'Invalid State',
    'Agent or password are unknown to the CTI server.',
    'Authorization Failure',
  ),
  cti(259, 'CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON', 'Invalid State', 'The agent is signed in already.'),
  cti(260, 'CF_INVALID_LOGON_DEVICE_SPECIFIED', 'Invalid Device', 'The extension cannot be used.'),
  cti(
    265,
    'CF_INVALID_AGENT_WORKMODE',
    'Invalid State',
    'The wish is not possible now; at a mobile sign-in: the agent may not use the mode.',
    'Mode Not Allowed',
  ),
  cti(266, 'CF_INVALID_AGENT_REASON_CODE', 'Invalid State', 'The reason code is unknown to the CTI server.'),
  call(268, 'CF_AGENT_NOT_PARTY_ON_CALL', 'The agent has no part in the call.'),
  cti(280, 'CF_WRAPUP_DATA_REQUIRED', 'Invalid State', 'Wrap-up data must be entered first.'),
  cti(281, 'CF_REASON_CODE_REQUIRED', 'Invalid State', 'The CTI server demands a reason code.'),
  cti(
    283,
    'CF_SPECIFIED_EXTENSION_ALREADY_IN_USE',
    'Device Busy',
    'Another agent uses the extension; at sign-in shown as 33 CF_RESOURCE_BUSY, as clients expect it.',
  ),
  cti(289, 'CF_AGENT_ACCOUNT_LOCKED_OUT', 'Authorization Failure', 'The agent is locked in the CTI server.'),
  call(290, 'CF_DROP_ANY_PARTY_NOT_ENABLED_CTI', 'Parties of a conference cannot be removed.'),
  cti(1010, 'CF_INVALID_PARAMETER', 'Invalid State', 'NOT_READY while signed out (CCX).'),
];

/** Numbers of the peripheral that stand in errorData in place of the CTI server's (rest-api.md 2.4). */
export const PERIPHERAL_ERRORS: readonly Pick<CtiErrorRow, 'code' | 'constant' | 'when'>[] = [
  {
    code: 13145,
    constant: 'CF_GENERIC_OPERATION_REJECTION',
    when: 'Silent monitoring of an agent in HOLD or NOT_READY (CCE).',
  },
  {
    code: 20700,
    constant: 'CF_CONFERENCE_MEMBER_LIMIT_EXCEEDED',
    when: 'The conference has as many parties as it can have.',
  },
  {
    code: 20999,
    constant: 'CF_GENERIC_OPERATION_REJECTION',
    when: 'A conference by somebody who does not control it, or an agent who consults already (CCE).',
  },
  {
    code: 88049,
    constant: 'CF_GENERIC_OPERATION_REJECTION',
    when: 'Silent monitoring of an agent in READY, WORK, HOLD or NOT_READY (CCX).',
  },
];

const CTI_BY_CODE = new Map(CTI_ERRORS.map((entry) => [entry.code, entry]));
const CTI_BY_CONSTANT = new Map(CTI_ERRORS.map((entry) => [entry.constant, entry]));

/** An asynchronous error as it is published. */
export interface AsyncError {
  readonly errorType: string;
  /** Number of the CTI server, as text. */
  readonly errorData: string;
  readonly errorMessage: string;
  /** Number of the peripheral, when the CTI server gave one. */
  readonly peripheralErrorCode?: number;
  readonly peripheralErrorText?: string;
  /** Media routing domain, of errors of media. */
  readonly errorMedia?: string;
}

export interface CtiRefusal {
  readonly code: number;
  /** Constant that the codec knows for numbers outside our table. */
  readonly constant?: string | undefined;
  readonly peripheralErrorCode?: number | undefined;
  readonly text?: string | undefined;
}

/** Turns the refusal of a state change into an error of the catalogue. */
export function asyncError(refusal: CtiRefusal, atSignIn = false): AsyncError {
  const code = atSignIn && refusal.code === 283 ? 33 : refusal.code;
  const entry = CTI_BY_CODE.get(code);
  const type =
    entry === undefined ? 'Generic Error' : atSignIn ? (entry.typeAtSignIn ?? entry.type) : entry.type;
  return said(refusal, code, type);
}

/** The same for call control; some numbers of the peripheral say more than that of the CTI server. */
export function callError(refusal: CtiRefusal, deployment: Deployment): AsyncError {
  const { code, peripheralErrorCode } = refusal;
  const error = said(refusal, code, CTI_BY_CODE.get(code)?.typeAtCall?.[deployment] ?? 'Generic Error');
  return PERIPHERAL_ERRORS.some((entry) => entry.code === peripheralErrorCode)
    ? { ...error, errorData: String(peripheralErrorCode) }
    : error;
}

const said = (refusal: CtiRefusal, code: number, errorType: string): AsyncError => ({
  errorType,
  errorData: String(code),
  errorMessage: CTI_BY_CODE.get(code)?.constant ?? refusal.constant ?? 'CF_GENERIC_UNSPECIFIED_REJECTION',
  ...(refusal.peripheralErrorCode ? { peripheralErrorCode: refusal.peripheralErrorCode } : {}),
  ...(refusal.text ? { peripheralErrorText: refusal.text } : {}),
});

/** The error of the peripheral with this number, as if the CTI server had told it. */
export function peripheralError(code: number): AsyncError {
  const entry = PERIPHERAL_ERRORS.find((candidate) => candidate.code === code)!;
  return { errorType: 'Generic Error', errorData: String(code), errorMessage: entry.constant };
}

/** The number of a constant of the table. Throws for others: a defect of the caller. */
export function ctiCode(constant: string): number {
  const entry = CTI_BY_CONSTANT.get(constant);
  if (entry === undefined) throw new Error(`No CTI error is called ${constant}.`);
  return entry.code;
}
