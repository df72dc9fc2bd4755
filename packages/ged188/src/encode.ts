import {
  type Fields,
  INTEGER_TYPES,
  type IntegerType,
  type NamedArrayElement,
  type NamedVariable,
  VARIABLE_NAME_MAX,
  VARIABLE_VALUE_MAX,
} from './data-types.ts';
import { Ged188Error } from './error.ts';
import { FrameWriter } from './frame-writer.ts';
import { type FixedSlot, type FloatingSlot, type GroupSlot, type Layout, layoutOf } from './layout.ts';
import { type CtiMessage, messageByName } from './message-table.ts';
import { cutText, encodeText } from './text.ts';
import { isSupportedVersion, NAMED_VARIABLES_BYTES_MAX } from './version.ts';

/**
 * Encodes a message as a whole frame, header included, for a protocol version (14 to 25).
 *
 * Fields the version does not have are left out; missing fields of the fixed part are written as their
 * "none" value or 0; counts of groups are filled in. Floating fields go out in table order.
 *
 * @throws Ged188Error for an unknown message or field name, a value out of range, text that is too long,
 *   a count that contradicts its group, a required field that is missing, or a frame that is too long.
 */
export function encode(message: CtiMessage, version: number): Uint8Array {
  if (!isSupportedVersion(version)) throw new Ged188Error('version-unsupported', `version ${version}`);
  const def = messageByName(message.name);
  if (def === undefined) throw new Ged188Error('message-unknown', `no message ${message.name}`);
  const writer = new FrameWriter(version);
  if (def.layout === null) {
    writeBody(message, writer);
  } else {
    const layout = layoutOf(def.type, version);
    if (layout === null) {
      throw new Ged188Error('message-not-in-version', `${def.name} does not exist in version ${version}`);
    }
    new Encoder(layout, writer).write(message.fields);
  }
  return writer.finish(def.type);
}

function writeBody(message: CtiMessage, writer: FrameWriter): void {
  for (const name of Object.keys(message.fields)) {
    if (name !== 'Body') throw unknownField(message.name, name);
  }
  const body = message.fields.Body ?? new Uint8Array();
  if (!(body instanceof Uint8Array)) throw wrongValue('Body', 'bytes');
  writer.bytes(body);
}

const unknownField = (message: string, name: string) =>
  new Ged188Error('field-unknown', `${message} has no field ${name}`, name);
const wrongValue = (name: string, wanted: string) =>
  new Ged188Error('field-value', `${name}: ${wanted} expected`, name);

class Encoder {
  readonly #layout: Layout;
  readonly #out: FrameWriter;
  #variableBytes = 0;

  constructor(layout: Layout, out: FrameWriter) {
    this.#layout = layout;
    this.#out = out;
  }

  write(given: Fields): void {
    const { def, fixed, floating, names, otherNames } = this.#layout;
    for (const name of Object.keys(given)) {
      if (!names.has(name) && !otherNames.has(name)) throw unknownField(def.name, name);
    }
    const fields = withCounts(given, floating, names);
    for (const slot of fixed) this.#fixed(slot, fields[slot.name]);
    for (const slot of floating) this.#member(slot, fields);
  }

  #fixed(slot: FixedSlot, value: Fields[string]): void {
    if (slot.type === 'UNSPEC') {
      const data = value ?? new Uint8Array(slot.size);
      if (!(data instanceof Uint8Array) || data.length !== slot.size) {
        throw wrongValue(slot.name, `${slot.size} bytes`);
      }
      this.#out.bytes(data);
    } else {
      this.#out.integer(integer(slot.name, slot.type, value ?? slot.fallback), slot.size);
    }
  }

  #member(slot: FloatingSlot | GroupSlot, fields: Fields): void {
    const value = fields[slot.name];
    if (slot.kind === 'group') {
      for (const element of elementsOf(slot, value)) this.#element(slot, element);
    } else if (value !== undefined) {
      this.#floating(slot, value);
    } else if (slot.required && slot.group === null) {
      throw new Ged188Error('field-missing', `${this.#layout.def.name} needs ${slot.name}`, slot.name);
    }
  }

  #element(group: GroupSlot, given: Fields): void {
    for (const name of Object.keys(given)) {
      if (!group.names.has(name) && !group.otherNames.has(name)) {
        throw unknownField(`${this.#layout.def.name}.${group.name}`, name);
      }
    }
    const fields = withCounts(given, group.members, group.names);
    // The first field marks the beginning of a repetition; without it two of them would run together.
    if (fields[group.first] === undefined) {
      throw new Ged188Error('field-missing', `${group.name} needs ${group.first}`, group.first);
    }
    for (const member of group.members) this.#member(member, fields);
  }

  #floating(slot: FloatingSlot, value: NonNullable<Fields[string]>): void {
    const half = this.#layout.header.size / 2;
    if (slot.size !== null && !slot.array) {
      // Most floating fields of events are single integers: no buffer of their own for them.
      this.#out.integer(slot.tag, half);
      this.#out.integer(slot.size, half);
      this.#out.integer(integer(slot.name, slot.type as IntegerType, value), slot.size);
      return;
    }
    const data = this.#data(slot, value);
    if (data.length > slot.maxSize) {
      throw new Ged188Error(
        'field-length',
        `${slot.name}: ${data.length} bytes, at most ${slot.maxSize} fit`,
        slot.name,
      );
    }
    if (slot.type === 'NAMEDVAR' || slot.type === 'NAMEDARRAY') {
      this.#variableBytes += data.length;
      if (this.#variableBytes > NAMED_VARIABLES_BYTES_MAX) {
        throw new Ged188Error(
          'variables-too-long',
          `expanded variables take more than ${NAMED_VARIABLES_BYTES_MAX} bytes`,
          slot.name,
        );
      }
    }
    this.#out.integer(slot.tag, half);
    this.#out.integer(data.length, half);
    this.#out.bytes(data);
  }

  #data(slot: FloatingSlot, value: NonNullable<Fields[string]>): Uint8Array {
    switch (slot.type) {
      case 'STRING': {
        if (typeof value !== 'string') throw wrongValue(slot.name, 'text');
        return terminated(slot.name, slot.cut ? cutText(value, slot.maxSize - 1) : value, slot.maxSize);
      }
      case 'UNSPEC':
      case 'TASKID': {
        if (typeof value === 'string') return encodeText(value);
        if (value instanceof Uint8Array) return value;
        throw wrongValue(slot.name, 'bytes or text');
      }
      case 'NAMEDVAR':
        return namedVariable(slot.name, value as NamedVariable);
      case 'NAMEDARRAY':
        return namedArrayElement(slot.name, value as NamedArrayElement);
      default:
        return integers(slot, slot.type, value);
    }
  }
}

/** Adds the counts of groups and packed sequences; refuses counts that contradict them. */
function withCounts(
  given: Fields,
  members: readonly (FloatingSlot | GroupSlot)[],
  names: ReadonlySet<string>,
): Fields {
  let fields: Record<string, Fields[string]> | null = null;
  for (const member of members) {
    const count = member.count;
    if (count === null || !names.has(count)) continue;
    const list = given[member.name];
    if (member.kind === 'field' && list === undefined) continue;
    const length = Array.isArray(list) ? list.length : 0;
    const said = (fields ?? given)[count];
    if (said === undefined) {
      // A count in the floating part stays out where there is nothing to count.
      if (length === 0) continue;
      fields ??= { ...given };
      fields[count] = length;
    } else if (said !== length) {
      throw new Ged188Error(
        'count-mismatch',
        `${count} is ${String(said)}, ${member.name} has ${length}`,
        count,
      );
    }
  }
  return fields ?? given;
}

function elementsOf(group: GroupSlot, value: Fields[string]): readonly Fields[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongValue(group.name, 'a list');
  if (value.length > group.max) {
    throw new Ged188Error(
      'count-mismatch',
      `${group.name}: ${value.length} repetitions, at most ${group.max} are allowed`,
      group.name,
    );
  }
  for (const element of value as unknown[]) {
    if (typeof element !== 'object' || element === null) throw wrongValue(group.name, 'a list of records');
  }
  return value as readonly Fields[];
}

/** Checks an integer; returns it as the unsigned number that its bytes spell. */
function integer(name: string, type: IntegerType, value: unknown): number {
  const number = typeof value === 'boolean' ? Number(value) : value;
  const { size, signed } = INTEGER_TYPES[type];
  const span = 2 ** (8 * size);
  const low = signed ? -span / 2 : 0;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < low || number >= low + span) {
    throw wrongValue(name, `${type} (${low} to ${low + span - 1})`);
  }
  return number < 0 ? number + span : number;
}

/** A packed sequence. */
function integers(slot: FloatingSlot, type: IntegerType, value: unknown): Uint8Array {
  if (!Array.isArray(value)) throw wrongValue(slot.name, 'a list of numbers');
  const size = INTEGER_TYPES[type].size;
  const bytes = new Uint8Array(value.length * size);
  const view = new DataView(bytes.buffer);
  for (const [i, element] of value.entries()) {
    const number = integer(slot.name, type, element);
    if (size === 1) view.setUint8(i, number);
    else if (size === 2) view.setUint16(2 * i, number);
    else view.setUint32(4 * i, number);
  }
  return bytes;
}

/** Text and its zero byte. */
function terminated(name: string, text: unknown, max: number): Uint8Array {
  if (typeof text !== 'string') throw wrongValue(name, 'text');
  // A zero byte inside would silently cut the text at the reader.
  if (text.includes('\0')) throw wrongValue(name, 'text without zero characters');
  const data = encodeText(text);
  if (data.length + 1 > max) {
    throw new Ged188Error('field-length', `${name}: ${data.length + 1} bytes, at most ${max} fit`, name);
  }
  const bytes = new Uint8Array(data.length + 1);
  bytes.set(data);
  return bytes;
}

function namedVariable(name: string, value: NamedVariable): Uint8Array {
  return joined(
    terminated(`${name}.name`, value?.name, VARIABLE_NAME_MAX),
    terminated(`${name}.value`, value?.value, VARIABLE_VALUE_MAX),
  );
}

function namedArrayElement(name: string, value: NamedArrayElement): Uint8Array {
  return joined(
    new Uint8Array([integer(`${name}.index`, 'UCHAR', value?.index)]),
    terminated(`${name}.name`, value?.name, VARIABLE_NAME_MAX),
    terminated(`${name}.value`, value?.value, VARIABLE_VALUE_MAX),
  );
}

function joined(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
