import { candidateLayouts } from './alternate-layout.ts';
import {
  type Fields,
  type FieldValue,
  INTEGER_TYPES,
  type NamedArrayElement,
  type NamedVariable,
} from './data-types.ts';
import { Ged188Error } from './error.ts';
import type { FloatingSlot, GroupSlot, Layout } from './layout.ts';
import { type CtiMessage, messageByType } from './message-table.ts';
import { checkRequest } from './request-check.ts';
import { decodeText } from './text.ts';
import { HEADER_SIZE, isSupportedVersion } from './version.ts';

/** A floating field that was skipped: its tag is not in the table, or its data do not fit its type. */
export interface UnknownField {
  readonly tag: number;
  readonly bytes: Uint8Array;
}

/** A message as read. */
export interface DecodedMessage extends CtiMessage {
  /** MessageType of the header. */
  readonly type: number;
  readonly unknown: readonly UnknownField[];
}

/** How to read. */
export interface DecodeOptions {
  /**
   * As a server reads requests: whatever breaks the rules is refused. Without it, as a client reads a
   * server of which it knows little: odd fields are put aside under `unknown`, and a fixed part that is
   * too short is tried with the layouts of lower versions.
   */
  readonly strict?: boolean;
  /** With `strict`: fields whose tag does not belong to the message are skipped all the same. */
  readonly skipUnexpectedTags?: boolean;
  /** With `strict`: required fields that may be absent all the same. */
  readonly mayLack?: readonly string[];
}

/**
 * Decodes a whole frame, header included, in a protocol version (14 to 25).
 *
 * Messages without a published layout and unknown message types have their body under `Body`; the name
 * of the latter is `UNKNOWN`.
 *
 * @throws Ged188Error and nothing else, whatever the bytes.
 */
export function decode(frame: Uint8Array, version: number, options: DecodeOptions = {}): DecodedMessage {
  if (!isSupportedVersion(version)) throw new Ged188Error('version-unsupported', `version ${version}`);
  const { type, body } = splitFrame(frame);
  const def = messageByType(type);
  if (def === undefined) return { name: 'UNKNOWN', type, fields: { Body: body.slice() }, unknown: [] };
  if (def.layout === null) return { name: def.name, type, fields: { Body: body.slice() }, unknown: [] };
  const strict = options.strict === true;
  const layouts = candidateLayouts(def, version, body, strict);
  const parsed = parseFirst(layouts, body, strict);
  if (strict) checkRequest(parsed.layout, parsed.fields, parsed.unknown, options);
  return { name: def.name, type, fields: parsed.fields, unknown: parsed.unknown };
}

/** Header and body of a frame. */
export function splitFrame(frame: Uint8Array): { type: number; body: Uint8Array } {
  if (frame.length < HEADER_SIZE) throw new Ged188Error('frame-incomplete', `${frame.length} bytes`);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0) !== frame.length - HEADER_SIZE) {
    throw new Ged188Error(
      'frame-incomplete',
      `MessageLength ${view.getUint32(0)}, ${frame.length - HEADER_SIZE} bytes follow the header`,
    );
  }
  return { type: view.getUint32(4), body: frame.subarray(HEADER_SIZE) };
}

interface Parsed {
  readonly layout: Layout;
  readonly fields: Fields;
  readonly unknown: UnknownField[];
}

/** Takes the first layout that explains every byte; else the first that can be read at all. */
function parseFirst(layouts: Iterable<Layout>, body: Uint8Array, strict: boolean): Parsed {
  let readable: Parsed | null = null;
  let failure: Ged188Error | null = null;
  for (const layout of layouts) {
    try {
      const parsed = new BodyReader(layout, body, strict).read();
      if (parsed.unknown.length === 0) return parsed;
      // An alternate layout that leaves bytes unexplained is worse than the complaint about the regular one.
      if (failure === null) readable ??= parsed;
    } catch (error) {
      if (!(error instanceof Ged188Error)) throw error;
      failure ??= error;
    }
  }
  if (readable !== null) return readable;
  throw failure ?? new Ged188Error('message-not-in-version', 'the message does not exist in that version');
}

type MutableFields = Record<string, FieldValue | readonly Fields[] | undefined>;

class BodyReader {
  readonly #layout: Layout;
  readonly #body: Uint8Array;
  readonly #view: DataView;
  readonly #strict: boolean;
  readonly #fields: MutableFields = {};
  readonly #unknown: UnknownField[] = [];
  /** The repetition of each group that fields are added to. */
  readonly #open = new Map<GroupSlot, MutableFields>();

  constructor(layout: Layout, body: Uint8Array, strict: boolean) {
    this.#layout = layout;
    this.#body = body;
    this.#view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.#strict = strict;
  }

  read(): Parsed {
    const { def, fixed, fixedSize, header } = this.#layout;
    const body = this.#body;
    if (body.length < fixedSize) {
      throw new Ged188Error(
        'message-too-short',
        `${def.name}: ${body.length} bytes, the fixed part has ${fixedSize}`,
      );
    }
    let at = 0;
    for (const slot of fixed) {
      this.#fields[slot.name] =
        slot.type === 'UNSPEC'
          ? body.slice(at, at + slot.size)
          : this.#integer(at, slot.size, INTEGER_TYPES[slot.type].signed);
      at += slot.size;
    }
    const half = header.size / 2;
    while (at < body.length) {
      if (at + header.size > body.length) {
        throw new Ged188Error('trailing-bytes', `${def.name}: ${body.length - at} bytes are no field`);
      }
      const tag = this.#integer(at, half, false);
      const length = this.#integer(at + half, half, false);
      at += header.size;
      if (at + length > body.length) {
        throw new Ged188Error('field-length', `${def.name}: field ${tag} runs past the end`);
      }
      this.#floating(tag, at, length);
      at += length;
    }
    return { layout: this.#layout, fields: this.#fields, unknown: this.#unknown };
  }

  #integer(at: number, size: number, signed: boolean): number {
    if (size === 1) return signed ? this.#view.getInt8(at) : this.#view.getUint8(at);
    if (size === 2) return signed ? this.#view.getInt16(at) : this.#view.getUint16(at);
    return signed ? this.#view.getInt32(at) : this.#view.getUint32(at);
  }

  #floating(tag: number, at: number, length: number): void {
    const slot = this.#layout.byTag.get(tag);
    const bytes = this.#body.subarray(at, at + length);
    const values = slot === undefined ? null : this.#values(slot, at, bytes);
    if (slot === undefined || values === null) {
      this.#unknown.push({ tag, bytes: bytes.slice() });
    } else if (slot.array) {
      this.#append(slot, values as number[]);
    } else {
      for (const value of values) this.#place(slot, value, tag, bytes, values.length > 1);
    }
  }

  /** The value or values of a field; null when its data do not fit its type. */
  #values(slot: FloatingSlot, at: number, bytes: Uint8Array): FieldValue[] | null {
    if (this.#strict && bytes.length > slot.maxSize && slot.size === null && !slot.cut) {
      throw new Ged188Error('field-length', `${slot.name}: ${bytes.length} bytes`, slot.name);
    }
    switch (slot.type) {
      case 'STRING':
        return [decodeText(bytes)];
      case 'UNSPEC':
      case 'TASKID':
        return [bytes.slice()];
      case 'NAMEDVAR':
        return [namedVariable(bytes)];
      case 'NAMEDARRAY':
        return bytes.length === 0 ? this.#misfit(slot, bytes) : [namedArrayElement(bytes)];
      default: {
        const { size, signed } = INTEGER_TYPES[slot.type];
        // Lists come packed in one field or as repeated single fields, depending on the source.
        const packed = slot.array || slot.group?.parent != null;
        if (packed && bytes.length % size === 0) {
          const values: number[] = [];
          for (let i = 0; i < bytes.length; i += size) values.push(this.#integer(at + i, size, signed));
          return values;
        }
        const sizes = this.#strict ? slot.sizes : [1, 2, 4];
        if (!sizes.includes(bytes.length)) return this.#misfit(slot, bytes);
        return [this.#integer(at, bytes.length, signed)];
      }
    }
  }

  #misfit(slot: FloatingSlot, bytes: Uint8Array): null {
    if (!this.#strict) return null;
    throw new Ged188Error(
      'field-length',
      `${slot.name}: ${bytes.length} bytes do not make a ${slot.type}`,
      slot.name,
    );
  }

  #append(slot: FloatingSlot, values: readonly number[]): void {
    const target = slot.group === null ? this.#fields : this.#element(slot.group);
    target[slot.name] = [...((target[slot.name] as readonly number[] | undefined) ?? []), ...values];
  }

  #place(slot: FloatingSlot, value: FieldValue, tag: number, bytes: Uint8Array, packed: boolean): void {
    const group = slot.group;
    if (group === null) {
      if (this.#fields[slot.name] === undefined) this.#fields[slot.name] = value;
      else if (this.#strict) throw new Ged188Error('field-repeated', `${slot.name} occurs twice`, slot.name);
      else this.#unknown.push({ tag, bytes: bytes.slice() });
    } else {
      this.#member(group, slot, packed)[slot.name] = value;
    }
  }

  /** The repetition that takes a field: the present one, or a new one when the field begins it. */
  #member(group: GroupSlot, slot: FloatingSlot, packed: boolean): MutableFields {
    if (slot.name === group.first) return this.#begin(group);
    // Packed lists come one field after the other: the second fills the repetitions the first has made.
    const target = packed
      ? this.#list(group).find((element) => element[slot.name] === undefined)
      : this.#open.get(group);
    return target !== undefined && target[slot.name] === undefined ? target : this.#begin(group);
  }

  #element(group: GroupSlot): MutableFields {
    return this.#open.get(group) ?? this.#begin(group);
  }

  #list(group: GroupSlot): MutableFields[] {
    const target = group.parent === null ? this.#fields : this.#element(group.parent);
    let list = target[group.name] as MutableFields[] | undefined;
    if (list === undefined) target[group.name] = list = [];
    return list;
  }

  #begin(group: GroupSlot): MutableFields {
    const element: MutableFields = {};
    this.#list(group).push(element);
    this.#open.set(group, element);
    for (const member of group.members) if (member.kind === 'group') this.#open.delete(member);
    return element;
  }
}

function namedVariable(bytes: Uint8Array): NamedVariable {
  const [name, value] = twoTexts(bytes);
  return { name, value };
}

function namedArrayElement(bytes: Uint8Array): NamedArrayElement {
  const [name, value] = twoTexts(bytes.subarray(1));
  return { index: bytes[0] ?? 0, name, value };
}

function twoTexts(bytes: Uint8Array): [string, string] {
  const end = bytes.indexOf(0);
  return end < 0 ? [decodeText(bytes), ''] : [decodeText(bytes), decodeText(bytes.subarray(end + 1))];
}
