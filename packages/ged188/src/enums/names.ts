import { VERSION_MAX } from '../version.ts';
import { type EnumDef, enumDef } from './define.ts';
import { ENUMS, type EnumName } from './registry.ts';

/** Numbers to names, by protocol version and enumeration; made once. */
const NAMES = new Map<number, Map<EnumName, ReadonlyMap<number, string>>>();

/** The declaration of an enumeration or mask: kind, base type, prefix, versions. */
export const enumOf = (name: EnumName): EnumDef => enumDef(ENUMS[name]);

function namesOf(name: EnumName, version: number): ReadonlyMap<number, string> {
  let ofVersion = NAMES.get(version);
  if (ofVersion === undefined) {
    ofVersion = new Map();
    NAMES.set(version, ofVersion);
  }
  let names = ofVersion.get(name);
  if (names === undefined) {
    const def = enumOf(name);
    const older = def.before !== undefined && version < def.before.version ? def.before.values : {};
    const made = new Map<number, string>();
    for (const [n, value] of Object.entries({ ...def.values, ...older })) {
      if ((def.sinceByName?.[n] ?? 0) <= version) made.set(value, n);
    }
    names = made;
    ofVersion.set(name, names);
  }
  return names;
}

/** Name of a number, without the prefix of the guides; undefined for numbers the version does not know. */
export function enumName(name: EnumName, value: number, version = VERSION_MAX): string | undefined {
  return namesOf(name, version).get(value);
}

/** Number of a name in a protocol version; undefined for names the list does not have. */
export function enumValue(name: EnumName, valueName: string, version = VERSION_MAX): number | undefined {
  const def = enumOf(name);
  if ((def.sinceByName?.[valueName] ?? 0) > version) return undefined;
  const older = def.before !== undefined && version < def.before.version ? def.before.values : undefined;
  return older?.[valueName] ?? (Object.hasOwn(def.values, valueName) ? def.values[valueName] : undefined);
}

/** Names of the bits set in a mask, lowest bit first; bits without a name in that version as `0x…`. */
export function maskNames(name: EnumName, value: number, version = VERSION_MAX): string[] {
  const names = namesOf(name, version);
  const result: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    const flag = 2 ** bit;
    if (Math.floor(value / flag) % 2 === 1) result.push(names.get(flag) ?? `0x${flag.toString(16)}`);
  }
  return result;
}

/** All bits of a mask that a protocol version knows. A server refuses any other (GED-188, OPEN_REQ). */
export function knownBits(name: EnumName, version = VERSION_MAX): number {
  let all = 0;
  for (const value of namesOf(name, version).keys()) all = (all | value) >>> 0;
  return all;
}
