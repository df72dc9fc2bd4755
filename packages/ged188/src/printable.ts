import { enumName } from './enums/names.ts';
import type { EnumName } from './enums/registry.ts';

/** Printed in place of anything that is a password. */
export const HIDDEN = '***';

/** Enumerations that the original's logs print as plain numbers. */
export const PRINTED_AS_NUMBER: ReadonlySet<string> = new Set([
  'Direction',
  'AgentMode',
  'AgentAvailabilityStatus',
]);

/** Longest byte string that is printed whole. */
const PRINTED_BYTES_MAX = 64;

const CONTROL = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const CONTROLS = new RegExp(CONTROL, 'g');

/** Text for one line of a log: control characters cannot begin a line of their own. */
export const oneLine = (text: string): string =>
  // Hardly any text has one, and looking is much cheaper than replacing nothing.
  CONTROL.test(text)
    ? text.replace(CONTROLS, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
    : text;

/** Text in double quotes. */
export const quoted = (text: string): string => `"${oneLine(text).replaceAll('"', '\\"')}"`;

/** Bytes in hex, cut at 64. */
export function hexBytes(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, PRINTED_BYTES_MAX)).toString('hex');
  return bytes.length > PRINTED_BYTES_MAX ? `0x${shown}...` : `0x${shown}`;
}

/** How logs print PeripheralType: ENTERPRISE_AGENT is EnterpriseAgent there. */
const PASCAL_CASE: ReadonlySet<EnumName> = new Set(['PeripheralType']);

/** Name of an enumeration value in the spelling of the logs; undefined for unknown numbers. */
export function printedEnum(name: EnumName, value: number, version: number): string | undefined {
  const found = enumName(name, value, version);
  return found !== undefined && PASCAL_CASE.has(name) ? pascalCase(found) : found;
}

/** `ENTERPRISE_AGENT` to `EnterpriseAgent`. */
export const pascalCase = (name: string): string =>
  name
    .split('_')
    .map((word) => word.charAt(0) + word.slice(1).toLowerCase())
    .join('');
