import { type DataType, INTEGER_TYPES, type IntegerType } from './data-types.ts';
import type { EnumName } from './enums/registry.ts';
import { type MessageDef, messageByType } from './message-table.ts';
import { type FixedRow, type FloatingRow, type GroupRow, isGroup } from './messages/define.ts';
import { isSecretTag, TAGS, type TagRow } from './tags.ts';
import { type FloatingHeader, floatingHeader } from './version.ts';
import { inVersion } from './version-range.ts';

/** A field of the fixed part in one protocol version. */
export interface FixedSlot {
  readonly name: string;
  readonly type: IntegerType | 'UNSPEC';
  readonly size: number;
  /** Written when the message does not give the field. */
  readonly fallback: number;
  readonly none: number | null;
  readonly enum: EnumName | null;
  readonly mask: EnumName | null;
}

/** A floating field in one protocol version. */
export interface FloatingSlot {
  readonly kind: 'field';
  readonly name: string;
  readonly tag: number;
  readonly type: DataType;
  /** Size of an integer (of one element where `array`), otherwise null. */
  readonly size: number | null;
  /** Greatest number of data bytes. */
  readonly maxSize: number;
  /** Longer text is cut instead of refused. */
  readonly cut: boolean;
  /** Byte counts of an integer that are accepted when reading. */
  readonly sizes: readonly number[];
  readonly required: boolean;
  readonly array: boolean;
  /** Field that counts the elements of a packed sequence. */
  readonly count: string | null;
  readonly none: number | null;
  readonly enum: EnumName | null;
  readonly mask: EnumName | null;
  /** Never printed. */
  readonly secret: boolean;
  readonly group: GroupSlot | null;
}

/** A repeated group in one protocol version. */
export interface GroupSlot {
  readonly kind: 'group';
  readonly name: string;
  readonly count: string;
  readonly max: number;
  readonly members: readonly (FloatingSlot | GroupSlot)[];
  /** The name whose appearance begins the next repetition. */
  readonly first: string;
  /** Names of members in this version, and those that exist in another version only. */
  readonly names: ReadonlySet<string>;
  readonly otherNames: ReadonlySet<string>;
  readonly parent: GroupSlot | null;
}

/** One message as it looks on the wire in one protocol version. */
export interface Layout {
  readonly def: MessageDef;
  readonly version: number;
  readonly header: FloatingHeader;
  readonly fixed: readonly FixedSlot[];
  readonly fixedSize: number;
  readonly floating: readonly (FloatingSlot | GroupSlot)[];
  readonly byTag: ReadonlyMap<number, FloatingSlot>;
  /** Names of fields and groups in this version, and those that exist in another version only. */
  readonly names: ReadonlySet<string>;
  readonly otherNames: ReadonlySet<string>;
}

const CACHE = new Map<number, Map<number, Layout | null>>();

/**
 * The layout of a message type in a protocol version, computed once. Null: the type is not known, has no
 * published layout, or does not exist in that version.
 */
export function layoutOf(type: number, version: number): Layout | null {
  let layouts = CACHE.get(version);
  if (layouts === undefined) {
    layouts = new Map();
    CACHE.set(version, layouts);
  }
  let layout = layouts.get(type);
  if (layout === undefined) {
    const def = messageByType(type);
    // Only types of the table enter the cache, so a peer cannot fill it with invented ones.
    if (def === undefined) return null;
    layout = compile(def, version);
    layouts.set(type, layout);
  }
  return layout;
}

/** Builds a layout; `fixedRows` replaces the fixed part for the few messages that have an alternate one. */
export function compile(def: MessageDef, version: number, fixedRows?: readonly FixedRow[]): Layout | null {
  if (def.layout === null || !inVersion(def.layout, version)) return null;
  const header = floatingHeader(version);
  const fixed = (fixedRows ?? def.layout.fixed)
    .filter(([, , options]) => inVersion(options ?? {}, version))
    .map(fixedSlot);
  const floating = slots(def.layout.floating, version, header, null);
  const byTag = new Map<number, FloatingSlot>();
  for (const slot of flat(floating)) byTag.set(slot.tag, slot);
  const names = new Set([...fixed.map((slot) => slot.name), ...floating.map((slot) => slot.name)]);
  const otherNames = new Set(
    [...def.layout.fixed.map(([name]) => name), ...def.layout.floating.map(rowName)].filter(
      (name) => !names.has(name),
    ),
  );
  const fixedSize = fixed.reduce((size, slot) => size + slot.size, 0);
  return { def, version, header, fixed, fixedSize, floating, byTag, names, otherNames };
}

function fixedSlot([name, type, options]: FixedRow): FixedSlot {
  return {
    name,
    type,
    size: type === 'UNSPEC' ? (options?.size ?? 0) : INTEGER_TYPES[type].size,
    fallback: options?.none ?? 0,
    none: options?.none ?? null,
    enum: options?.enum ?? null,
    mask: options?.mask ?? null,
  };
}

function slots(
  rows: readonly (FloatingRow | GroupRow)[],
  version: number,
  header: FloatingHeader,
  group: GroupSlot | null,
): (FloatingSlot | GroupSlot)[] {
  const result: (FloatingSlot | GroupSlot)[] = [];
  for (const row of rows) {
    const slot = isGroup(row)
      ? groupSlot(row, version, header, group)
      : floatingSlot(row, version, header, group);
    if (slot !== null) result.push(slot);
  }
  return result;
}

function groupSlot(
  row: GroupRow,
  version: number,
  header: FloatingHeader,
  parent: GroupSlot | null,
): GroupSlot | null {
  const members: (FloatingSlot | GroupSlot)[] = [];
  const names = new Set<string>();
  const otherNames = new Set<string>();
  const max = row.max ?? Number.POSITIVE_INFINITY;
  const base = { kind: 'group', name: row.group, count: row.count, max, members, names, otherNames } as const;
  const group = { ...base, first: '', parent };
  members.push(...slots(row.fields, version, header, group));
  for (const member of members) names.add(member.name);
  for (const name of row.fields.map(rowName)) if (!names.has(name)) otherNames.add(name);
  const first = members[0];
  return first === undefined ? null : Object.assign(group, { first: first.name });
}

const rowName = (row: FloatingRow | GroupRow): string => (isGroup(row) ? row.group : row[0]);

function floatingSlot(
  [name, tagName, own]: FloatingRow,
  version: number,
  header: FloatingHeader,
  group: GroupSlot | null,
): FloatingSlot | null {
  const [tag, type, tagMax, tagOptions] = TAGS[tagName] as TagRow;
  const options = { ...tagOptions, ...own };
  if (!inVersion(tagOptions ?? {}, version) || !inVersion(own ?? {}, version)) return null;
  const size = type in INTEGER_TYPES ? INTEGER_TYPES[type as IntegerType].size : null;
  const narrow = options.narrow !== undefined && version <= options.narrow.until ? options.narrow : null;
  const published = narrow?.maxSize ?? own?.maxSize ?? tagMax ?? header.dataMax;
  return {
    kind: 'field',
    name,
    tag,
    type,
    size,
    maxSize: Math.min(published, header.dataMax),
    cut: narrow?.cut ?? false,
    sizes: options.sizes ?? (size === null ? [] : [size]),
    required: options.required === true,
    array: options.array ?? false,
    count: options.count ?? null,
    none: options.none ?? null,
    enum: options.enum ?? null,
    mask: options.mask ?? null,
    secret: isSecretTag(tagName),
    group,
  };
}

/** The single fields of a floating part, groups opened up. */
export function* flat(members: readonly (FloatingSlot | GroupSlot)[]): Generator<FloatingSlot> {
  for (const member of members) {
    if (member.kind === 'field') yield member;
    else yield* flat(member.members);
  }
}
