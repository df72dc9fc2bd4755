import { FailureStatus as E } from '@poise/ged188';
import type { CallData, CallDataPatch, NamedVariable } from './call.ts';
import type { CallSettings } from './call-settings.ts';

/** What a call carries with it, and what may be put there (ged188.md 11). */

export const CALL_VARIABLES = 10;
/** Bytes of one CallVariable, of CallWrapupData and of CallerEnteredDigits. */
export const CALL_VARIABLE_BYTES = 40;
/** Bytes of UserToUserInfo. */
const USER_TO_USER_BYTES = 131;
/** Bytes of the expanded variables of a call in all: what one message may carry, and how messages count. */
export const NAMED_VARIABLES_BYTES = 2000;
const NAME = /^[A-Za-z][A-Za-z0-9_.]{0,31}$/;
const ARRAY_INDEX_MAX = 255;

export const EMPTY_CALL_DATA: CallData = {
  ani: '',
  dnis: '',
  dialedNumber: '',
  callerEnteredDigits: '',
  userToUser: '',
  variables: Array.from({ length: CALL_VARIABLES }, () => ''),
  named: [],
  wrapUp: '',
  key: null,
};

/** @returns the FailureStatus with which setting this is refused, or null */
export function dataRefusal(data: CallData, patch: CallDataPatch, settings: CallSettings): number | null {
  const texts: [string, number][] = [
    [patch.wrapUp ?? '', CALL_VARIABLE_BYTES],
    [patch.callerEnteredDigits ?? '', CALL_VARIABLE_BYTES],
    [patch.userToUser ?? '', USER_TO_USER_BYTES],
  ];
  for (const [index, text] of Object.entries(patch.variables ?? {})) {
    if (!/^[0-9]$/.test(index)) return E.INVALID_ARRAY_INDEX;
    texts.push([text, CALL_VARIABLE_BYTES]);
  }
  for (const [text, limit] of texts) {
    if (!isClean(text)) return E.INVALID_CHARACTER;
    if (bytes(text) > limit) return E.VALUE_TOO_LONG;
  }
  return namedRefusal(data.named, patch.named ?? [], settings);
}

function namedRefusal(
  known: readonly NamedVariable[],
  wished: readonly NamedVariable[],
  { namedVariables }: CallSettings,
): number | null {
  if (wished.length === 0) return null;
  const isArray = new Map(known.map(({ name, index }) => [name, index !== null]));
  for (const { name, index, value } of wished) {
    const array = index !== null;
    const allowed = namedVariables === null ? NAME.test(name) : namedVariables.has(name);
    if (!allowed) return array ? E.NAMED_ARRAY_NOT_CONFIGURED : E.NAMED_VARIABLE_NOT_CONFIGURED;
    if (!isClean(value)) return E.INVALID_CHARACTER;
    if (array && !(Number.isInteger(index) && index >= 0 && index <= ARRAY_INDEX_MAX))
      return E.INVALID_ARRAY_INDEX;
    const before = isArray.get(name);
    if (before !== undefined && before !== array)
      return array ? E.ARRAY_FUNCTION_ON_SCALAR : E.SCALAR_FUNCTION_ON_ARRAY;
    isArray.set(name, array);
  }
  return namedBytes(mergeNamed(known, wished)) > NAMED_VARIABLES_BYTES ? E.TOO_MUCH_DATA : null;
}

/** Bytes of expanded variables in a message: names and values with their zero bytes, indexes of elements. */
export function namedBytes(named: Iterable<NamedVariable>): number {
  let sum = 0;
  for (const { name, index, value } of named)
    sum += bytes(name) + bytes(value) + 2 + (index === null ? 0 : 1);
  return sum;
}

/** The data with the patch applied; the patch was found right. */
export function patched(data: CallData, patch: CallDataPatch): CallData {
  const variables = [...data.variables];
  for (const [index, text] of Object.entries(patch.variables ?? {})) variables[Number(index)] = text;
  return {
    ...data,
    variables,
    named: patch.named ? mergeNamed(data.named, patch.named) : data.named,
    wrapUp: patch.wrapUp ?? data.wrapUp,
    callerEnteredDigits: patch.callerEnteredDigits ?? data.callerEnteredDigits,
    userToUser: patch.userToUser ?? data.userToUser,
  };
}

/**
 * What a call keeps that took in another one: its own values, and the other's where it has none; of expanded
 * variables its own alone where both together are more than a message may carry.
 */
export function merged(kept: CallData, other: CallData): CallData {
  const own = new Set(kept.named.map(({ name }) => name));
  const named = [...kept.named, ...other.named.filter(({ name }) => !own.has(name))];
  return {
    ...kept,
    callerEnteredDigits: kept.callerEnteredDigits || other.callerEnteredDigits,
    userToUser: kept.userToUser || other.userToUser,
    variables: kept.variables.map((text, i) => text || (other.variables[i] ?? '')),
    named: namedBytes(named) > NAMED_VARIABLES_BYTES ? kept.named : named,
    wrapUp: kept.wrapUp || other.wrapUp,
    key: kept.key ?? other.key,
  };
}

/** Whether a merge or a patch changed something that CALL_DATA_UPDATE_EVENT tells. */
export function difference(before: CallData, after: CallData): CallDataPatch | null {
  const variables: Record<number, string> = {};
  after.variables.forEach((text, i) => {
    if (text !== before.variables[i]) variables[i] = text;
  });
  const old = new Map(before.named.map((variable) => [keyOf(variable), variable.value]));
  const named = after.named.filter((variable) => old.get(keyOf(variable)) !== variable.value);
  const patch: CallDataPatch = {
    ...(Object.keys(variables).length > 0 && { variables }),
    ...(named.length > 0 && { named }),
    ...(after.wrapUp !== before.wrapUp && { wrapUp: after.wrapUp }),
    ...(after.callerEnteredDigits !== before.callerEnteredDigits && {
      callerEnteredDigits: after.callerEnteredDigits,
    }),
    ...(after.userToUser !== before.userToUser && { userToUser: after.userToUser }),
  };
  return Object.keys(patch).length > 0 ? patch : null;
}

function mergeNamed(
  known: readonly NamedVariable[],
  wished: readonly NamedVariable[],
): readonly NamedVariable[] {
  const result = new Map(known.map((variable) => [keyOf(variable), variable]));
  for (const variable of wished) result.set(keyOf(variable), variable);
  return [...result.values()];
}

function keyOf({ name, index }: NamedVariable): string {
  return index === null ? name : `${name}[${index}]`;
}

function isClean(text: string): boolean {
  return !text.includes('\0') && !/\p{Surrogate}/u.test(text);
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
