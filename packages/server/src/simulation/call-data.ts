/** The data of a simulated call as people name it: `callVariable1`, `user.account`, `user.list[2]`, … */
import { type CallDataPatch, SimulationError } from '@poise/acd';

/** Longest values in bytes of UTF-8, as the CTI protocol has room for (without the final zero byte). */
const VARIABLE_BYTES_MAX = 40;
const NAMED_NAME_BYTES_MAX = 32;
const NAMED_VALUE_BYTES_MAX = 210;
/** Names and values of all expanded variables with their zero bytes, and the indexes of elements. */
const NAMED_BYTES_MAX = 2_000;
const DIGITS_MAX = 40;
const USER_TO_USER_BYTES_MAX = 131;
/** Elements of an array of expanded variables. */
const INDEX_MAX = 254;

const VARIABLE = /^callVariable([1-9]|10)$/;
const NAMED = /^(user[._][A-Za-z0-9_.]+)(?:\[(\d{1,3})\])?$/;

const NAMES =
  'callVariable1 to callVariable10, user.NAME, user.NAME[INDEX], callerEnteredDigits and userToUser';

/** @throws SimulationError `badValue` */
export function readCallData(values: Readonly<Record<string, string>>): CallDataPatch {
  const variables: Record<number, string> = {};
  const named: { name: string; index: number | null; value: string }[] = [];
  let callerEnteredDigits: string | undefined;
  let userToUser: string | undefined;
  let namedBytes = 0;
  for (const [name, value] of Object.entries(values)) {
    const variable = VARIABLE.exec(name);
    const expanded = NAMED.exec(name);
    if (variable) {
      variables[Number(variable[1]) - 1] = fitting(name, value, VARIABLE_BYTES_MAX);
    } else if (expanded && Buffer.byteLength(expanded[1]!) <= NAMED_NAME_BYTES_MAX) {
      const index = expanded[2] === undefined ? null : Number(expanded[2]);
      if (index !== null && index > INDEX_MAX) throw bad(`the index of ${name} is at most ${INDEX_MAX}`);
      named.push({ name: expanded[1]!, index, value: fitting(name, value, NAMED_VALUE_BYTES_MAX) });
      namedBytes += Buffer.byteLength(expanded[1]!) + Buffer.byteLength(value) + (index === null ? 2 : 3);
    } else if (name === 'callerEnteredDigits') {
      callerEnteredDigits = fitting(name, value, DIGITS_MAX);
    } else if (name === 'userToUser') {
      userToUser = fitting(name, value, USER_TO_USER_BYTES_MAX);
    } else
      throw bad(`there is no call variable ${JSON.stringify(name.slice(0, 64))}; the names are ${NAMES}`);
  }
  if (namedBytes > NAMED_BYTES_MAX)
    throw bad(`the expanded variables have ${namedBytes} bytes together; ${NAMED_BYTES_MAX} are allowed`);
  return {
    ...(Object.keys(variables).length === 0 ? {} : { variables }),
    ...(named.length === 0 ? {} : { named }),
    ...(callerEnteredDigits === undefined ? {} : { callerEnteredDigits }),
    ...(userToUser === undefined ? {} : { userToUser }),
  };
}

function fitting(name: string, value: string, max: number): string {
  const bytes = Buffer.byteLength(value);
  if (bytes > max) throw bad(`the value of ${name} has ${bytes} bytes; ${max} are allowed`);
  if (value.includes('\0')) throw bad(`the value of ${name} has a zero character`);
  return value;
}

const bad = (sentence: string): SimulationError => new SimulationError('badValue', sentence);
