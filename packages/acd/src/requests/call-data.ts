import { FailureStatus, type Fields, textOf } from '@poise/ged188';
import type { Failure } from '../agent-model.ts';
import type { CallData, CallDataPatch, NamedVariable } from '../calls/call.ts';
import { NAMED_VARIABLES_BYTES, namedBytes } from '../calls/call-data.ts';
import { connectionOf, controlled } from './connection.ts';
import { CONTROL, control, type RequestTable, status } from './request.ts';

/** Call data in requests: read, checked, and SET_CALL_DATA, RELEASE_CALL and REGISTER_VARIABLES. */

/** Greatest number of bytes of a value. Text that was not UTF-8 grows when it is written again. */
const BYTES_MAX = { variable: 40, wrapUp: 39, digits: 39, uui: 131, name: 32, value: 210 } as const;
const CALL_VARIABLES = 10;
const INDEX_MAX = 255;
const CALL_VARIABLES_KNOWN = 0x3ff;

/**
 * The data that a request sets. `present`: the data of the call, if there is one: a variable that exists as a
 * scalar cannot be set as an array, and all expanded variables together must fit into one message.
 */
export function dataOf(fields: Fields, present?: CallData): CallDataPatch | Failure {
  const variables: Record<number, string> = {};
  for (let i = 0; i < CALL_VARIABLES; i++) {
    const value = fields[`CallVariable${i + 1}`];
    if (typeof value === 'string') variables[i] = value;
  }
  const named = namedOf(fields);
  const patch: CallDataPatch = {
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    ...(named.length === 0 ? {} : { named }),
    ...given('wrapUp', textOf(fields.CallWrapupData)),
    ...given('callerEnteredDigits', textOf(fields.CallerEnteredDigits)),
    ...given('userToUser', textOf(fields.UserToUserInfo)),
  };
  const refusal = tooLong(patch) ?? refusedNamed(named, present?.named ?? []);
  return refusal === null ? patch : status(refusal);
}

export const CALL_DATA_REQUESTS: RequestTable = {
  SET_CALL_DATA_REQ: (centre, client, fields, invokeId) => {
    const connection = connectionOf(centre, client, fields, '', status(FailureStatus.INVALID_CALLID));
    if ('kind' in connection) return connection;
    const present = connection.callId === null ? undefined : centre.calls.call(connection.callId)?.data;
    // The number of the caller is the switch's to tell; a client that repeats it does no harm.
    if (fields.ANI !== undefined && fields.ANI !== present?.ani)
      return status(FailureStatus.PROTECTED_VARIABLE);
    const data = dataOf(fields, present);
    if ('kind' in data) return data;
    return controlled(
      centre,
      client,
      invokeId,
      connection.device,
      { type: 'setData', connection, data },
      () => ({
        conf: 'SET_CALL_DATA_CONF',
      }),
    );
  },

  RELEASE_CALL_REQ: (centre, client, fields, invokeId) => {
    const connection = connectionOf(centre, client, fields, '', status(FailureStatus.INVALID_CALLID));
    if ('kind' in connection) return connection;
    return controlled(centre, client, invokeId, connection.device, { type: 'release', connection }, () => ({
      conf: 'RELEASE_CALL_CONF',
    }));
  },

  /** Values and indexes count nothing; a name must be one that can be set. */
  REGISTER_VARIABLES_REQ: ({ router, namedVariables }, client, fields) => {
    const callVariableMask = Number(fields.CallVariableMask);
    if ((callVariableMask & ~CALL_VARIABLES_KNOWN) !== 0)
      return status(FailureStatus.INVALID_CALL_VARIABLE_MASK);
    const named = namedOf(fields);
    const unknown = named.find(({ name }) => name === '' || namedVariables?.has(name) === false);
    if (unknown) return status(notConfigured(unknown));
    const names = (array: boolean) =>
      new Set(named.filter(({ index }) => (index !== null) === array).map(({ name }) => name));
    router.variables.register(client, { callVariableMask, scalars: names(false), arrays: names(true) });
    return { conf: 'REGISTER_VARIABLES_CONF' };
  },

  /** The quality of a call is noted for the operator; nothing else happens. */
  BAD_CALL_REQ: (centre, client, fields) => {
    const connection = connectionOf(centre, client, fields, '', control(CONTROL.INVALID_CONNECTION));
    if ('kind' in connection) return connection;
    if (connection.callId === null) return control(CONTROL.INVALID_CONNECTION);
    if (!centre.mayControl(client, connection.device)) return control(CONTROL.PRIVILEGE_VIOLATION);
    centre.note(`call ${connection.callId} at ${connection.device} was reported as bad`);
    return { conf: 'BAD_CALL_CONF' };
  },
};

function given<Name extends keyof CallDataPatch>(
  name: Name,
  value: string | undefined,
): Partial<CallDataPatch> {
  return value === undefined ? {} : { [name]: value };
}

function namedOf(fields: Fields): NamedVariable[] {
  const named: NamedVariable[] = [];
  for (const { NamedVariable: scalar } of list(fields.namedVariables))
    if (scalar) named.push({ name: scalar.name, index: null, value: scalar.value });
  for (const { NamedArray: element } of list(fields.namedArrays))
    if (element) named.push({ name: element.name, index: element.index ?? 0, value: element.value });
  return named;
}

interface Element {
  readonly NamedVariable?: { readonly name: string; readonly value: string };
  readonly NamedArray?: { readonly name: string; readonly index?: number; readonly value: string };
}

function list(value: Fields[string]): readonly Element[] {
  return Array.isArray(value) ? (value as readonly Element[]) : [];
}

function tooLong({ variables, wrapUp, callerEnteredDigits, userToUser }: CallDataPatch): number | null {
  const over = (value: string | undefined, max: number) =>
    value !== undefined && Buffer.byteLength(value) > max;
  const long =
    Object.values(variables ?? {}).some((value) => over(value, BYTES_MAX.variable)) ||
    over(wrapUp, BYTES_MAX.wrapUp) ||
    over(callerEnteredDigits, BYTES_MAX.digits) ||
    over(userToUser, BYTES_MAX.uui);
  return long ? FailureStatus.VALUE_TOO_LONG : null;
}

/** FailureStatus for expanded variables that cannot be set, or null. */
function refusedNamed(set: readonly NamedVariable[], present: readonly NamedVariable[]): number | null {
  const all = new Map(present.map((variable) => [keyOf(variable), variable]));
  const scalar = new Map(present.map(({ name, index }) => [name, index === null]));
  for (const variable of set) {
    const { name, index, value } = variable;
    const isScalar = index === null;
    if (name === '') return notConfigured(variable);
    if (index !== null && (index < 0 || index > INDEX_MAX)) return FailureStatus.INVALID_ARRAY_INDEX;
    if (Buffer.byteLength(name) > BYTES_MAX.name || Buffer.byteLength(value) > BYTES_MAX.value)
      return FailureStatus.VALUE_TOO_LONG;
    if ((scalar.get(name) ?? isScalar) !== isScalar)
      return isScalar ? FailureStatus.SCALAR_FUNCTION_ON_ARRAY : FailureStatus.ARRAY_FUNCTION_ON_SCALAR;
    scalar.set(name, isScalar);
    all.set(keyOf(variable), variable);
  }
  if (set.length === 0) return null;
  return namedBytes(all.values()) > NAMED_VARIABLES_BYTES ? FailureStatus.TOO_MUCH_DATA : null;
}

function notConfigured({ index }: NamedVariable): number {
  return index === null
    ? FailureStatus.NAMED_VARIABLE_NOT_CONFIGURED
    : FailureStatus.NAMED_ARRAY_NOT_CONFIGURED;
}

const keyOf = ({ name, index }: NamedVariable): string => `${index ?? ''}\n${name}`;
